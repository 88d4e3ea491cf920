"""How log records become lines: text for people, JSON for programs."""

import json
import logging
from datetime import UTC, datetime
from typing import Literal, TextIO

LogFormat = Literal["text", "json"]
_ACCESS = ("method", "path", "status", "ms", "reason")


def handler(format_: LogFormat, stream: TextIO) -> logging.Handler:
    """What writes records to `stream`, one line each."""
    made = logging.StreamHandler(stream)
    made.setFormatter(_Json() if format_ == "json" else _Text())
    return made


def _printable(text: str) -> str:
    """`text` on one line: a path may hold anything, a log line must not be forged."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """`12:00:00 GET /nexudus/... 200 1.2 ms`."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        if record.name != "understudy.access":
            return _printable(f"{time} {record.levelname.lower()}: {record.getMessage().strip()}")
        method, path, status, ms, reason = (getattr(record, name) for name in _ACCESS)
        line = f"{time} {method} {path} {status} {ms} ms"
        return _printable(f"{line}  {reason}" if reason else line)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower()}
        if record.name == "understudy.access":
            return json.dumps(line | {name: getattr(record, name) for name in _ACCESS})
        return json.dumps(line | {"message": record.getMessage()})
