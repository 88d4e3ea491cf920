"""What the user's own git is asked."""

import subprocess

from ..specs.errors import UsageError

_PATIENCE = 60


class GitRefused(UsageError):
    """Git answered that it has no such thing; the text says what it said."""


def git(*arguments: str, told: str) -> bytes:
    """What git answers; GitRefused where it refuses, UsageError where it does not answer.

    `told` is what the message is about.
    """
    try:
        done = subprocess.run(  # noqa: S603 - arguments, and no shell
            ["git", *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise UsageError(f"{told}: git did not answer; is it installed?") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise GitRefused(f"{told}: cannot be read from git: {why.splitlines()[0] if why else '?'}")
    return done.stdout
