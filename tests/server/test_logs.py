"""The log: one line for each request and each warning, for people or for programs."""

import io
import json
import logging
import re
from typing import Any

import pytest

from understudy.server.access_log import AccessLog
from understudy.server.logs import LogFormat, handler


def _written(format_: LogFormat, record: logging.LogRecord) -> str:
    stream = io.StringIO()
    handler(format_, stream).emit(record)
    text = stream.getvalue()
    assert text.endswith("\n")
    assert text.count("\n") == 1
    return text[:-1]


def _access(**members: Any) -> logging.LogRecord:
    record = logging.makeLogRecord({"name": "understudy.access", "levelno": logging.INFO})
    record.levelname = "INFO"
    entry = {"method": "GET", "path": "/x", "status": 200, "ms": 1.25, "reason": ""}
    record.__dict__.update(entry | members)
    return record


def _warning(message: str) -> logging.LogRecord:
    entry = {"name": "understudy.watch", "levelname": "WARNING", "msg": message}
    return logging.makeLogRecord(entry)


def test_a_request_is_a_line_that_people_read() -> None:
    """Time, method, path, status, duration; the reason where it was refused."""
    assert re.fullmatch(r"\d\d:\d\d:\d\d GET /x 200 1\.25 ms", _written("text", _access()))
    line = _written("text", _access(status=400, reason="/paths; specs/limio.yaml:3"))
    assert line.endswith(" GET /x 400 1.25 ms  /paths; specs/limio.yaml:3")


def test_a_request_is_an_object_that_programs_read() -> None:
    """The same, under names."""
    entry = json.loads(_written("json", _access(reason="why", path='/"\n')))
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
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning: so it is", _written("text", _warning("so it is")))
    entry = json.loads(_written("json", _warning("so it is")))
    assert (entry["level"], entry["message"]) == ("warning", "so it is")


@pytest.mark.parametrize(
    "path", ["/x\n12:00:00 GET /forged 200", "/\x1b[31mred", "/\u2028", "/\x7f", "/\u202e"]
)
def test_no_request_can_forge_a_line(path: str) -> None:
    """What does not print is written as its number."""
    line = _written("text", _access(path=path))
    assert line.isprintable()
    assert "\\x" in line


async def _nothing(*_: Any) -> Any:
    return None


def _scope(**members: Any) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/x", "query_string": b"", **members}


def _run(coroutine: Any) -> None:
    with pytest.raises(StopIteration):
        coroutine.send(None)


def test_each_request_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """With its query, its status and, when it was refused, why."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        status = int(scope["path"][1:])
        headers = [(b"understudy-reason", b"why")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body"})

    with caplog.at_level(logging.INFO, "understudy.access"):
        _run(AccessLog(app)(_scope(path="/200", query_string=b"a=%C3%A9"), _nothing, _nothing))
        _run(AccessLog(app)(_scope(path="/404"), _nothing, _nothing))
    seen: list[Any] = [(r.__dict__["path"], r.__dict__["reason"]) for r in caplog.records]
    assert seen == [("/200?a=%C3%A9", ""), ("/404", "why")]


def test_a_request_that_broke_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    """With the status 0: none was sent."""

    async def app(*_: Any) -> None:
        raise KeyError("x")

    with caplog.at_level(logging.INFO, "understudy.access"), pytest.raises(KeyError):
        AccessLog(app)(_scope(), _nothing, _nothing).send(None)
    assert [r.__dict__["status"] for r in caplog.records] == [0]


def test_what_is_no_request_is_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    """The lifespan of the server is no line."""
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    with caplog.at_level(logging.INFO, "understudy.access"):
        _run(AccessLog(app)({"type": "lifespan"}, _nothing, _nothing))
    assert seen == ["lifespan"]
    assert caplog.records == []
