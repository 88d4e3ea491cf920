"""The server as a process: sockets, signals, the file of its state, changed files, logs."""

import json
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from ..command import refused
from ..conftest import LIBRARY
from .serving import Serving

BOOK = {"title": "Middlemarch", "pages": 880}


def _copy(folder: Path, *changes: tuple[str, str]) -> Path:
    """A library of one's own, changed."""
    path = folder / "library.yaml"
    text = Path(LIBRARY).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_it_listens_on_both_loopbacks() -> None:
    """A browser may take `localhost` for either; it is one server, which says `localhost`."""
    with Serving(LIBRARY) as serving:
        assert serving.announced == f"library: http://localhost:{serving.port}/library"
        serving.post("/books", BOOK)
        for host in ("localhost", "127.0.0.1", "[::1]"):
            url = f"http://{host}:{serving.port}"
            assert requests.get(f"{url}/library/books", timeout=5).json()["total"] == 1
            health = requests.get(f"{url}/_understudy/health", timeout=5)
            assert (health.status_code, health.json()) == (200, {"status": "ready"})


@pytest.mark.whole
def test_one_address_can_be_chosen() -> None:
    """Then there is no other."""
    with Serving(LIBRARY, "--host", "127.0.0.1") as serving:
        assert serving.url.startswith("http://127.0.0.1:")
        assert serving.get("/books").ok
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("::1", serving.port), timeout=5)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_in_use_is_one_line_with_what_to_do(address: str) -> None:
    """On either loopback; nothing is served on the other."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        with Serving(LIBRARY, port=port) as serving:
            (line,) = serving.failed()
    assert line == (
        f"understudy: cannot listen on {address} port {port}: Address already in use; "
        "choose another with --port"
    )


def test_an_address_that_is_not_here_is_one_line() -> None:
    """No traceback."""
    (line,) = refused("serve", LIBRARY, "--host", "192.0.2.1", "--port", "0")
    assert line.startswith("understudy: cannot listen on 192.0.2.1 port 0: ")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_within_a_second_with_its_state_saved(
    tmp_path: Path, sign: signal.Signals
) -> None:
    """Though one client keeps its connection open, and another is still sending."""
    file = tmp_path / "state.json"
    store = ("--store", file)
    with Serving(LIBRARY, *store, is_timed=True) as serving, requests.Session() as idle:
        assert idle.post(f"{serving.url}/books", json=BOOK, timeout=5).status_code == 201
        with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as slow:
            slow.sendall(b"POST /library/books HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            assert idle.get(f"{serving.url}/books", timeout=5).ok
            logged = serving.stop(sign, within=1)
    assert "Traceback" not in logged
    stored = json.loads(file.read_text(encoding="utf-8"))["library.books"]
    assert [row["document"]["title"] for row in stored.values()] == ["Middlemarch"]


@pytest.mark.whole
def test_a_restart_goes_on_with_the_file(tmp_path: Path) -> None:
    """Documents, their order, and numbers that were given out; the fixture is not loaded again."""
    file = tmp_path / "state.json"
    with Serving(LIBRARY, "--store", file) as serving:
        ids = [serving.post("/books", {"title": title}).json()["id"] for title in ("B", "A", "C")]
        requests.delete(f"{serving.url}/books/{ids[2]}", timeout=5)
        before = serving.get("/books").json()
        serving.stop()
    with Serving(LIBRARY, "--store", file) as serving:
        assert serving.get("/books").json() == before
        assert serving.post("/books", BOOK).json()["id"] == ids[2] + 1
        serving.stop()


@pytest.mark.whole
def test_what_is_answered_comes_into_the_file_while_it_serves(tmp_path: Path) -> None:
    """Killed when it is there, the server goes on with it."""
    file = tmp_path / "state.json"
    with Serving(LIBRARY, "--store", file) as serving:
        made = serving.post("/books", BOOK).json()
        while "Middlemarch" not in file.read_text(encoding="utf-8"):
            assert serving.get("/books").json()["total"] == 1
        serving.process.kill()
    with Serving(LIBRARY, "--store", file) as serving:
        assert serving.get(f"/books/{made['id']}").json() == made


def test_a_file_that_cannot_be_written_refuses_changes_until_it_can(tmp_path: Path) -> None:
    """503 with the reason, logged once; what was taken before is read, and written in the end."""
    home = tmp_path / "home"
    home.mkdir()
    file = home / "state.json"
    titles: list[str] = []
    with Serving(LIBRARY, "--store", file) as serving:
        away = home.rename(tmp_path / "away")
        while (answer := serving.post("/books", {"title": str(len(titles))})).status_code == 201:
            titles.append(str(len(titles)))
        assert answer.status_code == 503
        assert f"{file}: [Errno 2] No such file or directory" in answer.text
        assert answer.headers["Retry-After"] == "1"
        assert serving.get("/books").json()["total"] == len(titles)
        away.rename(home)
        while serving.post("/books", {"title": "last"}).status_code != 201:
            assert serving.get("/books").json()["total"] == len(titles)
        logged = serving.stop()
    assert logged.count("the state cannot be written") == 1
    assert logged.count("the state is written to") == 1
    assert "Traceback" not in logged
    stored = json.loads(file.read_text(encoding="utf-8"))["library.books"]
    assert [row["document"]["title"] for row in stored.values()] == [*titles, "last"]


def test_a_file_that_cannot_be_written_at_the_end_is_told(tmp_path: Path) -> None:
    """One line, and exit code 2: something that was answered is lost."""
    home = tmp_path / "home"
    home.mkdir()
    with Serving(LIBRARY, "--store", home / "state.json") as serving:
        home.rename(tmp_path / "away")
        serving.post("/books", BOOK)
        serving.process.send_signal(signal.SIGTERM)
        line = serving.failed()[-1]
    assert line.startswith(f"understudy: The state cannot be written to {home / 'state.json'}: ")


def test_a_file_that_cannot_be_written_is_not_served() -> None:
    """Found at the begin, before there is anything to lose."""
    with Serving(LIBRARY, "--store", "/proc/state.json") as serving:
        line = serving.failed()[-1]
    assert line.startswith("understudy: The state cannot be written to /proc/state.json: ")


def test_a_file_that_breaks_the_contract_is_refused(tmp_path: Path) -> None:
    """With its name and the place of each defect, and left as it was."""
    file = tmp_path / "state.json"
    good = {"id": 1, "title": "A", "state": "in", "added_at": "2026-01-01T00:00:00Z"}
    rows = [good, {**good, "id": 2, "title": ""}, {**good, "id": 3, "state": "burnt"}]
    table = {str(n): {"key": row["id"], "document": row} for n, row in enumerate(rows, 1)}
    text = json.dumps({"library.books": table})
    file.write_text(text, encoding="utf-8")
    lines = refused("serve", LIBRARY, "--store", str(file))
    assert [line.partition(" ")[2].split(": ")[:2] for line in lines] == [
        [f"{file}:1", "/library.books/1/title"],
        [f"{file}:1", "/library.books/2/state"],
    ]
    assert file.read_text(encoding="utf-8") == text


def test_a_document_under_another_key_is_refused(tmp_path: Path) -> None:
    """As a hand may have left it: it would be listed, and never found."""
    file = tmp_path / "state.json"
    book = {"id": 1, "title": "A", "state": "in", "added_at": "2026-01-01T00:00:00Z"}
    file.write_text(json.dumps({"library.books": {"1": {"key": 2, "document": book}}}))
    (line,) = refused("serve", LIBRARY, "--store", str(file))
    assert line == f"understudy: {file}:1: /library.books/0: stands under a key that is not its own"


@pytest.mark.parametrize("text", ["{", "[]", '{"library.books": {"1": {}}}', "\x00"])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """One line, and left as it was."""
    file = tmp_path / "state.json"
    file.write_text(text, encoding="utf-8")
    (line,) = refused("serve", LIBRARY, "--store", str(file))
    assert line.startswith(f"understudy: --store {file} cannot be used: ")
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.whole
def test_a_contract_can_be_served_at_the_root() -> None:
    """Pages of ours stand beside it; refusals are worded by it."""
    with Serving(LIBRARY, "--at-root") as serving:
        assert serving.url == f"http://localhost:{serving.port}"
        assert serving.get("/books").json()["total"] == 0
        assert serving.get("/_understudy/health").ok
        assert serving.get("/openapi.json").json()["servers"] == [{"url": "/"}]
        refused = serving.get("/library/books")
        assert refused.status_code == 404
        assert refused.headers["Understudy-Reason"].startswith("/paths; ")
        assert requests.put(f"{serving.url}/books", timeout=5).headers["Allow"] == "GET, HEAD, POST"


def test_a_changed_contract_is_served_and_a_broken_one_is_not(tmp_path: Path) -> None:
    """With the documents there are; what is broken is said in one line, and serving goes on."""
    path = _copy(tmp_path)
    with Serving(path, "--watch") as serving:
        made = serving.post("/books", BOOK).json()
        assert serving.get("/hours").status_code == 404
        _copy(tmp_path, ("/opening-hours:", "/hours:"))
        serving.logged("serving what has changed")
        assert serving.get("/hours").ok
        assert serving.get("/opening-hours").status_code == 404
        assert serving.get(f"/books/{made['id']}").json() == made
        _copy(tmp_path, ("key: /id", "key: /idd"))
        line = serving.logged("still serving what was there before the change")
        assert f"{path}:6" in line
        assert serving.get("/opening-hours").status_code == 404
        assert serving.get("/hours").ok
        path.unlink()
        serving.logged("still serving what was there before the change")
        assert serving.get("/hours").ok
        _copy(tmp_path)
        serving.logged("serving what has changed")
        assert serving.get("/opening-hours").ok
        assert "Traceback" not in serving.stop(within=2)


def test_documents_that_no_longer_fit_begin_anew(tmp_path: Path) -> None:
    """When the contract changes under them; the log says so."""
    path = _copy(tmp_path)
    with Serving(path, "--watch") as serving:
        serving.post("/books", BOOK)
        _copy(
            tmp_path,
            (
                "pages: {type: integer, minimum: 1, nullable",
                "pages: {type: integer, maximum: 9, nullable",
            ),
        )
        serving.logged("the documents of library no longer fit its contract")
        serving.logged("serving what has changed")
        assert serving.get("/books").json()["total"] == 0


def test_a_change_that_cannot_be_served_does_not_end_the_watch(tmp_path: Path) -> None:
    """A scheme without a door is found later than other defects."""
    path = _copy(tmp_path)
    scheme = "components:\n  securitySchemes: {lock: {type: http, scheme: digest}}\n"
    locked = ("components:\n", "security: [{lock: []}]\n" + scheme)
    with Serving(path, "--watch") as serving:
        _copy(tmp_path, locked)
        assert "cannot be served" in serving.logged("still serving what was there before")
        _copy(tmp_path, ("/opening-hours:", "/hours:"))
        serving.logged("serving what has changed")
        assert serving.get("/hours").ok


def test_a_fixture_file_is_watched_and_kept_apart(tmp_path: Path) -> None:
    """One that is for a contract that is not served is refused at once."""
    fixture = tmp_path / "few.yaml"
    fixture.write_text(
        "contract: library\n"
        "try: {operation: create_book, headers: {X-Who: me}}\n"
        "collections:\n  books:\n"
        "  - {id: 1, title: A, added_at: !now -P1D}\n",
        encoding="utf-8",
    )
    with Serving(LIBRARY, "--fixtures", fixture, "--watch") as serving:
        assert serving.get("/books").json()["total"] == 1
        assert serving.process.stdout is not None
        line = serving.process.stdout.readline().strip()
        assert line == f"curl -X POST -H 'X-Who: me' {serving.url}/books"
        fixture.write_text("contract: library\ncollections: {shelves: []}\n", encoding="utf-8")
        assert "few.yaml:2" in serving.logged("still serving what was there before the change")
    fixture.write_text("contract: elsewhere\ncollections: {}\n", encoding="utf-8")
    (line,) = refused("serve", LIBRARY, "--fixtures", str(fixture))
    assert 'is for "elsewhere", which is not served.' in line


@pytest.mark.whole
@pytest.mark.parametrize("entry", ["library/empty", "empty"])
def test_a_fixture_is_chosen_by_name(entry: str) -> None:
    """For all contracts or for one."""
    with Serving(LIBRARY, "--fixtures", entry) as serving:
        assert serving.get("/books").json()["total"] == 0


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("libary/empty", '"libary" is not served. Did you mean "library"?'),
        ("library/emty", 'library has no fixture "emty"'),
    ],
)
def test_a_fixture_that_is_not_there_is_refused(entry: str, said: str) -> None:
    """With the nearest name."""
    (line,) = refused("serve", LIBRARY, "--fixtures", entry)
    assert said in line


def test_the_log_can_be_read_by_programs() -> None:
    """Every line of it is JSON, also those about requests that are no HTTP."""
    with Serving(LIBRARY, "--log-format", "json") as serving:
        serving.get("/books?page=x")
        with socket.create_connection(("127.0.0.1", serving.port), timeout=5) as other:
            other.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            assert other.recv(1024).startswith(b"HTTP/1.1 400 ")
        lines: list[Any] = [json.loads(line) for line in serving.stop().splitlines()]
    assert (lines[0]["path"], lines[0]["status"]) == ("/library/books?page=x", 400)
    assert lines[0]["reason"].startswith("/paths/~1books/get/parameters/0; ")
    assert [line["level"] for line in lines[1:]] == ["warning"]


@pytest.mark.whole
def test_a_wish_for_a_websocket_is_answered_as_the_request_that_it_is() -> None:
    """There are none here."""
    with Serving(LIBRARY) as serving:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        answer = requests.get(f"{serving.url}/books", headers=upgrade, timeout=5)
        assert answer.status_code == 200
        assert "Traceback" not in serving.stop()


@pytest.mark.whole
def test_it_says_which_operations_have_only_an_example() -> None:
    """And how to try the others."""
    with Serving(LIBRARY) as serving:
        assert serving.process.stdout is not None
        lines = [serving.process.stdout.readline().strip() for _ in range(3)]
    assert lines[0] == f"curl {serving.url}/books"
    assert lines[1].startswith("GET /opening-hours: ")
    assert lines[2].startswith("GET /catalogue: ")
