"""The log: one line for each request and each warning, for people or for programs."""

import io
import json
import logging
import re
from typing import Any

import pytest

from understudy.server.access_log import AccessLog
from understudy.server.logs import LogFormat, Requests, handler


def _line(stream: io.StringIO) -> str:
    text = stream.getvalue()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text[:-1]


def _asked(format_: LogFormat, path: str = "/x", status: int = 200, reason: str = "") -> str:
    """The line of a request."""
    stream = io.StringIO()
    Requests(format_, stream).write("GET", path, status, 1.2512, reason)
    return _line(stream)


def _warned(format_: LogFormat, message: str) -> str:
    """The line of a warning."""
    entry = {"name": "understudy.watch", "levelname": "WARNING", "msg": message}
    stream = io.StringIO()
    handler(format_, stream).emit(logging.makeLogRecord(entry))
    return _line(stream)


def test_a_request_is_a_line_that_people_read() -> None:
    """Time, method, path, status, duration; the reason where it was refused."""
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET /x 200 1\.25 ms", _asked("text"))
    line = _asked("text", status=400, reason="/paths; specs/limio.yaml:3")
    assert line.endswith(" GET /x 400 1.25 ms  /paths; specs/limio.yaml:3")


def test_a_request_is_an_object_that_programs_read() -> None:
    """The same, under names."""
    entry = json.loads(_asked("json", reason="why", path='/"\n'))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry.pop("time"))
    assert entry == {
        "level": "info",
        "method": "GET",
        "path": '/"\n',
        "status": 200,
        "ms": 1.25,
        "reason": "why",
    }


def test_a_warning_is_a_line_as_well() -> None:
    """With its level."""
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning: so it is", _warned("text", "so it is"))
    entry = json.loads(_warned("json", "so it is"))
    assert (entry["level"], entry["message"]) == ("warning", "so it is")


@pytest.mark.parametrize(
    "path", ["/x\n12:00:00 GET /forged 200", "/\x1b[31mred", "/\u2028", "/\x7f", "/\u202e"]
)
def test_no_request_can_forge_a_line(path: str) -> None:
    """What does not print is written as its number."""
    line = _asked("text", path=path)
    assert line.isprintable()
    assert "\\x" in line


async def _nothing(*_: Any) -> Any:
    return None


def _scope(**members: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/x", "query_string": b"", **members}


def _run(coroutine: Any) -> None:
    with pytest.raises(StopIteration):
        coroutine.send(None)


class _Told(Requests):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("text", io.StringIO())
        self.lines: list[Any] = []

    def write(self, method: str, path: str, status: int, ms: float, reason: str = "") -> None:
        """Keep it, but for the time it took."""
        assert ms >= 0
        self.lines.append((method, path, status, reason))


def test_each_request_is_logged_once() -> None:
    """With its query, its status and, when it was refused, why."""
    told = _Told()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = int(scope["path"][1:])
        headers = [(b"understudy-reason", b"why")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})

    asked = _scope(path="/200", query_string=b"a=%C3%A9")
    _run(AccessLog(app, told)(asked, _nothing, _nothing))
    _run(AccessLog(app, told)(_scope(path="/404"), _nothing, _nothing))
    assert told.lines == [("GET", "/200?a=%C3%A9", 200, ""), ("GET", "/404", 404, "why")]


def test_a_request_that_broke_is_logged_too() -> None:
    """With the status 0: none was sent."""
    told = _Told()

    async def app(*_: Any) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        AccessLog(app, told)(_scope(), _nothing, _nothing).send(None)
    assert told.lines == [("GET", "/x", 0, "")]


def test_what_is_no_request_is_passed_on() -> None:
    """The lifespan of the server is no line."""
    seen, told = [], _Told()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    _run(AccessLog(app, told)({"type": "lifespan"}, _nothing, _nothing))
    assert seen == ["lifespan"]
    assert told.lines == []
