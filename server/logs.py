"""How the log becomes lines: text for people, JSON for programs."""

import json
import logging
import time
from datetime import UTC, datetime
from typing import Literal, TextIO

LogFormat = Literal["text", "json"]


class Requests:
    """Writes a line for each request: without `logging`, whose record costs half an answer.

    `stream` is one that is flushed at the end of each line, as standard error is.
    """

    def __init__(self, format_: LogFormat, stream: TextIO) -> None:
        self._is_json = format_ == "json"
        self._stream = stream
        self._second, self._clock = 0, ""

    def write(self, method: str, path: str, status: int, ms: float, reason: str = "") -> None:
        """Tell of one request; `status` is 0 where no answer was sent, `ms` are milliseconds."""
        if self._is_json:
            told = {"method": method, "path": path, "status": status, "ms": round(ms, 2)}
            line = json.dumps(_begun(time.time(), "info") | told | {"reason": reason})
        else:
            line = f"{self._time()} {method} {path} {status} {round(ms, 2)} ms"
            line = _printable(f"{line}  {reason}" if reason else line)
        self._stream.write(f"{line}\n")

    def _time(self) -> str:
        """The time of day, written anew once in a second."""
        second = int(time.time())
        if second != self._second:
            self._second, self._clock = second, _time_of_day(second)
        return self._clock


def handler(format_: LogFormat, stream: TextIO) -> logging.Handler:
    """What writes records to `stream`, one line each."""
    made = logging.StreamHandler(stream)
    made.setFormatter(_Json() if format_ == "json" else _Text())
    return made


def _printable(text: str) -> str:
    """`text` on one line: a path may hold anything, a log line must not be forged."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _time_of_day(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def _begun(seconds: float, level: str) -> dict[str, object]:
    """What each object begins with."""
    at = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return {"time": at.replace("+00:00", "Z"), "level": level}


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """`12:00:00 warning: what is wrong`."""
        line = f"{record.levelname.lower()}: {record.getMessage().strip()}"
        return _printable(f"{_time_of_day(record.created)} {line}")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        begun = _begun(record.created, record.levelname.lower())
        return json.dumps(begun | {"message": record.getMessage()})
