"""The example of docs/playwright.md: ten tests at once, each in its own sandbox and browser."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from understudy.client import Client

from ..process import Process

pytestmark = pytest.mark.browser

EXAMPLE = Path(__file__).parent / "playwright"
COMMANDS = EXAMPLE / "node_modules" / ".bin"


def _environment(**more: str) -> dict[str, str]:
    """That of this process, with the program in its path and without colours."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    plain = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    return {**plain, "PATH": path, "NO_COLOR": "1", **more}


def _tests(suite: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for spec in suite["specs"]:
        yield from spec["tests"]
    for inner in suite.get("suites", ()):
        yield from _tests(inner)


def test_ten_tests_pass_at_once_each_in_its_own_sandbox(tmp_path: Path) -> None:
    """Ten workers, ten sandboxes: every test makes the same baskets, and sees its own alone."""
    report = tmp_path / "report.json"
    chromium = shutil.which("chromium")
    assert chromium is not None, "chromium is missing: `make test-browser` installs it"
    done = subprocess.run(
        [COMMANDS / "playwright", "test", "--reporter=json", "--output", tmp_path / "left"],
        cwd=EXAMPLE,
        env=_environment(CHROMIUM=chromium, PLAYWRIGHT_JSON_OUTPUT_NAME=str(report)),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    tests = [test for suite in told["suites"] for test in _tests(suite)]
    assert [test["status"] for test in tests] == ["expected"] * 10
    noted = [note for test in tests for note in test["annotations"]]
    assert len({note["description"] for note in noted if note["type"] == "sandbox"}) == 10
    assert len({test["results"][0]["workerIndex"] for test in tests}) == 10


@pytest.fixture
def shop(served: Process) -> Iterator[str]:
    """The URL of Vite's own server, whose proxy leads into the sandbox `by-hand`."""
    port = str(urlsplit(served.root).port)
    process = subprocess.Popen(
        [COMMANDS / "vite", "--port", "0"],
        cwd=EXAMPLE,
        env=_environment(UNDERSTUDY_PORT=port, UNDERSTUDY_SANDBOX="by-hand"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = (re.search(r"http://localhost:\d+", line) for line in process.stdout)
    url = next((match[0] for match in found if match), None)
    assert url is not None, "Vite did not begin"
    yield url
    process.terminate()
    process.communicate(timeout=30)


def test_vite_hands_on_into_the_sandbox_that_is_named(served: Process, shop: str) -> None:
    """A developer's own world, and the page's own files beside it."""
    asked = requests.get(f"{shop}/akinon/baskets/basket/", timeout=10)
    assert asked.status_code == 200
    assert "Path=/;" in asked.headers["Set-Cookie"]
    assert "<title>Baskets</title>" in requests.get(f"{shop}/", timeout=10).text
    client = Client(served.root)
    assert client.sandbox("by-hand").verify(path="/akinon/baskets/basket/", exactly=1)
    client.close()
