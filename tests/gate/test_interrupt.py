"""What was started is stopped, with all that it started, however the gate ends."""

import os
import select
import signal

import pytest

from ..command import end, start
from ..process import PATIENCE
from .conftest import Gated

# A shell and a child that hold the pipe open as long as they live; asked to end, it says so alone.
STUBBORN = """\
exec 3> pipe
(trap '' TERM; exec sleep 1000) &
trap 'echo asked >&3' TERM
echo begun >&3
while kill -0 $! 2>&-; do wait; done
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_what_was_started(gated: Gated, sign: signal.Signals) -> None:
    """Ctrl-C asks it to end, a second one does not wait for that."""
    gated.write("service.sh", STUBBORN)
    os.mkfifo("pipe")
    gate = start(
        *("gate", "--contract", "notes.yaml", "--start", "sh service.sh", "--step", "verify"),
        cwd=gated.folder,
    )
    pipe = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert _heard(pipe) == b"begun\n"
    gate.send_signal(sign)
    assert _heard(pipe) == b"asked\n"
    gate.send_signal(sign)

    assert end(gate).code == 130
    assert _heard(pipe) == b""
    os.close(pipe)


def _heard(pipe: int) -> bytes:
    """What is said next; nothing when nobody is left who could say something."""
    assert select.select([pipe], [], [], PATIENCE)[0]
    return os.read(pipe, 100)
