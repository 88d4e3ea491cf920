"""docs/control.md tells the truth: its curl lines give its answers, in their order."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.specs.contract import NAMES

from .. import curl
from ..stand import Server

TEXT = (Path(__file__).parents[2] / "docs" / "control.md").read_text(encoding="utf-8")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(NAMES)
    yield server
    server.stop()


def test_the_curl_lines_give_their_answers(server: Server) -> None:
    """Sent in their order to a server that has just begun; moments are those of its clock."""
    said = curl.conversation(TEXT)
    assert len(said) == 8
    for line, text in said:
        answer = curl.send(line.replace("http://localhost:8080", server.root))
        if not text:
            assert answer.status_code < 300, answer.text
        elif text.endswith('..."}'):
            assert answer.text.startswith(text.removesuffix('..."}'))
        else:
            found = MOMENT.sub("<moment>", answer.text)
            assert json.loads(found) == json.loads(MOMENT.sub("<moment>", text))
