"""Starts the stand-in as a process of its own, to be judged like any other server."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..specs.errors import UsageError

_URL = re.compile(r"https?://localhost:\d+")
CLOCK = "/_understudy/sandboxes/default/clock/advance"
"""Where its clock is moved; for one that nobody else uses."""
PATIENCE = 5.0
"""Seconds that it has to end in after it was asked to."""


@contextmanager
def stand_in(contract: str, options: Sequence[str] = ()) -> Iterator[str]:
    """The URL of `contract`, served at the root of a free port until the block is left."""
    command = [sys.executable, "-m", "understudy", "serve", contract, "--at-root", "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _url(process)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _url(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        found = _URL.search(line)
        if found:
            return found[0]
    raise UsageError("the stand-in did not start; `understudy serve` says why")
