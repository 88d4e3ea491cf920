"""`forked`: a stand-in in a process that has everything imported when it begins."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from understudy.cli import main

PATIENCE = 5.0
"""Seconds that a server has to end in after it was asked to."""
_URL = re.compile(r"https?://localhost:\d+")
_FORKS = get_context("forkserver")
# To import the server takes as long as to judge most of those that are wrong; and each process that
# is forked runs the main module's imports, which are the judge's.
_FORKS.set_forkserver_preload(["understudy.server.serve", "bench.measure"])


@contextmanager
def forked(contract: str, options: Sequence[str]) -> Iterator[str]:
    """The URL of `contract`, served as `understudy serve` does until the block is left."""
    heard, told = _FORKS.Pipe(duplex=False)
    command = ["serve", contract, "--at-root", "--port", "0", *options]
    process = _FORKS.Process(target=_serve, args=(command, told))
    process.start()
    told.close()
    try:
        yield _url(heard)
    finally:
        heard.close()
        process.terminate()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()


def _serve(command: Sequence[str], told: Connection) -> None:
    os.dup2(told.fileno(), 1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    sys.exit(main(command))


def _url(heard: Connection) -> str:
    said = b""
    while not (found := _URL.search(said.decode())):
        part = os.read(heard.fileno(), 4096)
        if not part:
            raise RuntimeError(f"the stand-in did not start: {said.decode()}")
        said += part
    return found[0]
