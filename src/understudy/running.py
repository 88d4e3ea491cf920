"""`running`: a stand-in in a process of its own, for the length of a block."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .client import Client
from .specs.errors import UnderstudyError

_URL = re.compile(r"^[^ ]+: (https?://[^/\s]+)")
_PATIENCE = 10.0
"""Seconds for it to end."""


class DidNotBegin(UnderstudyError):
    """The stand-in could not be started; the text is what it said."""


@contextmanager
def running(contracts: Sequence[str] = ()) -> Iterator[Client]:
    """The control API of a stand-in on a free port; DidNotBegin when it cannot be served.

    It ends with the block, and also when this process ends without leaving the block.
    """
    # A pipe that nobody reads would fill, and stop the server.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        command = [sys.executable, "-m", "understudy", "serve", *contracts, "--port", "0"]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
            [*command, "--until-stdin-ends"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            said = process.stdout.readline() if process.stdout else ""
            found = _URL.match(said)
            if found is None:
                process.wait(_PATIENCE)
                log.seek(0)
                raise DidNotBegin(log.read().strip() or "the stand-in did not begin")
            client = Client(found[1])
            yield client
            client.close()
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.wait(_PATIENCE)
