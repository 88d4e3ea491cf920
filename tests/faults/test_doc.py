"""docs/faults.md tells the truth: its curl lines give its answers, its table has every kind."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from understudy.server.faults.catalogue import find
from understudy.server.faults.transport import KINDS, MEMBERS
from understudy.specs.contract import load

from .. import curl
from ..stand import Server

TEXT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
NO_ANSWER = "curl: (52) Empty reply from server"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(["zenskar"])
    yield server
    server.stop()


def test_the_curl_lines_give_their_answers(server: Server) -> None:
    """Sent in their order; where no answer is shown, any good one will do."""
    said = curl.conversation(TEXT)
    assert len(said) == TEXT.count("\n$ ") == 8
    for line, told in said:
        line = line.replace("http://localhost:8080", server.root)
        if told == NO_ANSWER:
            with pytest.raises(requests.ConnectionError):
                curl.send(line)
            continue
        answer = curl.send(line)
        if told:
            assert answer.json() == json.loads(told), line
        else:
            assert answer.ok, answer.text


def test_every_kind_is_told_with_what_it_takes() -> None:
    """In the table of faults of transport."""
    rows = re.findall(r"^\| `(transport\.[a-z-]+)` \| (.*?)\|", TEXT, re.MULTILINE)
    told = {name: tuple(re.findall(r"`(\w+)`", takes)) for name, takes in rows}
    assert told == {name: MEMBERS.get(name, ()) for name in KINDS}


def test_the_faults_named_are_there() -> None:
    """Those in code, and the mutant."""
    contracts = {name: load(name) for name in ("nexudus", "zenskar")}
    named = re.findall(r"`((?:nexudus|zenskar)\.[a-z-]+|mutant [^`]*)`", TEXT)
    assert len(named) == 3
    for name in named:
        find(" ".join(name.split()), contracts)
