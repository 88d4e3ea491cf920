"""`understudy` as a user runs it, and the same command in this process: output and exit code."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from understudy.cli import main

PATIENCE = 300
"""Seconds for a run to end; only what hangs takes as long."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run left."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The line that says what it came to."""
        return self.out.strip().splitlines()[-1]


def start(
    *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Begin a run in a folder."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("understudy"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
    )


def end(process: "subprocess.Popen[str]") -> Done:
    """Wait for a run."""
    out, err = process.communicate(timeout=PATIENCE)
    return Done(process.returncode, out, err)


def run(
    *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Done:
    """A run to its end."""
    return end(start(*arguments, cwd=cwd, environment=environment))


def here(*arguments: str, cwd: Path | None = None) -> Done:
    """A run in this process, for what comes neither to serve nor to judge: no start to wait for."""
    with (
        chdir(cwd or Path.cwd()),
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        code = main(arguments)
    return Done(code, out.getvalue(), err.getvalue())


def refused(command: str, *arguments: str, by: Callable[..., Done] = here) -> list[str]:
    """The lines that say why a command cannot be done: on stderr alone, with exit code 2."""
    # What is served after all must end, and the test with it.
    ending = ["--until-stdin-ends"] if command == "serve" else []
    done = by(command, *ending, *arguments)
    assert (done.code, done.out) == (2, "")
    return done.err.splitlines()
