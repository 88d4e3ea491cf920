"""The README tells the truth: its curl lines give its answers, its commands exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.specs.contract import NAMES

from . import curl
from .command import here
from .stand import Server

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MADE_ANEW = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r"|(?P<uuid>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


def blocks(language: str) -> str:
    """All fenced blocks of one language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found
    return "\n".join(found)


def masked(text: str) -> str:
    """An answer without what every run makes anew, its members in their order."""
    return json.dumps(json.loads(MADE_ANEW.sub(lambda found: f"<{found.lastgroup}>", text)))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(NAMES)
    yield server
    server.stop()


def test_the_curl_lines_give_their_answers(server: Server) -> None:
    """Sent in their order to a server that has just begun."""
    said = curl.conversation(README)
    answers = [curl.send(line.replace("http://localhost:8080", server.root)) for line, _ in said]

    assert len(said) == 5
    assert [masked(answer.text) for answer in answers] == [masked(text) for _, text in said]


def test_a_refusal_names_its_line(server: Server) -> None:
    """The header that the README promises stands on its refusals, and on nothing else."""
    answers = [
        curl.send(line.replace("http://localhost:8080", server.root))
        for line, _ in curl.conversation(README)
    ]

    refused = [answer.status_code >= 400 for answer in answers]
    assert refused == [False, False, False, True, True]
    assert ["Understudy-Reason" in answer.headers for answer in answers] == refused


def test_the_commands_exist() -> None:
    """Each target of make, and each command and option of the program."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    lines = blocks("sh").splitlines()

    assert set(re.findall(r"^make ([\w-]+)", "\n".join(lines), re.MULTILINE)) <= targets
    for line in (line for line in lines if "understudy" in line):
        words = line.split("#")[0].split()[1:]
        shown = here(*words, "--help")
        assert shown.code == 0
        assert all(option in shown.out for option in words if option.startswith("--"))


def test_the_files_exist() -> None:
    """Every link to a file leads somewhere."""
    links = re.findall(r"\]\(([^)]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
