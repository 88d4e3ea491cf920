"""`Understudy`: a running server's sandboxes, as a test uses them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from .specs.errors import UnderstudyError, UsageError

HEADER = "Understudy-Sandbox"
"""The header that names the sandbox of a request."""


class ControlError(UnderstudyError):
    """A server that cannot be reached, or that refused; `status` is None in the first case."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Understudy:
    """A server, by its address."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._pool = urllib3.PoolManager(retries=False, timeout=10)

    def sandboxes(self) -> Sequence[Mapping[str, Any]]:
        """All sandboxes, as the server tells of them."""
        found: Sequence[Mapping[str, Any]] = self.ask("GET", "/sandboxes")["sandboxes"]
        return found

    def sandbox(self, name: str) -> "Sandbox":
        """The sandbox of that name, which is not asked for before it is used."""
        return Sandbox(self, name)

    def create(self, name: str | None = None, **options: Any) -> "Sandbox":
        """A new sandbox; `options` are seed, fixture, fixtures, state or fork."""
        wanted = options if name is None else {"name": name, **options}
        return Sandbox(self, self.ask("POST", "/sandboxes", wanted)["name"])

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """What the control API answers, None where it has no body; ControlError when refused."""
        fields = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in query.items()
        }
        sent = None if body is None else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._pool.request(
                method,
                f"{self.url}/_understudy{path}" + (f"?{urlencode(fields)}" if fields else ""),
                headers={**self._headers, **kind},
                body=sent,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ControlError(f"{self.url} cannot be reached: {error}") from None
        if answer.status >= 400:
            raise ControlError(_told(answer), answer.status)
        return json.loads(answer.data) if answer.data else None


class Sandbox:
    """One sandbox of a server."""

    def __init__(self, server: Understudy, name: str) -> None:
        self.name = name
        self._server = server
        self.headers = {HEADER: name}
        self.base = f"{server.url}/sandbox/{quote(name, safe='')}"
        self.clock = Clock(self)
        self.faults = Faults(self)

    def ask(self, method: str, path: str = "", body: Any = None, **query: Any) -> Any:
        """What the control API answers for this sandbox."""
        return self._server.ask(
            method, f"/sandboxes/{quote(self.name, safe='')}{path}", body, **query
        )

    def url(self, contract: str) -> str:
        """Where a contract is served from this sandbox, without a header."""
        return f"{self.base}/{contract}"

    def reset(self, **options: Any) -> None:
        """Begin anew; `options` are fixture, fixtures or seed."""
        self.ask("POST", "/reset", options)

    def state(self) -> Any:
        """The documents, by contract and collection."""
        return self.ask("GET", "/state")["contracts"]

    def load(self, contracts: Mapping[str, Any]) -> None:
        """Replace the documents of some contracts."""
        self.ask("PUT", "/state", {"contracts": contracts})

    def snapshot(self, name: str) -> None:
        """Keep the documents under a name."""
        self.ask("PUT", f"/snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Go back to what was kept."""
        self.ask("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def journal(self, **query: Any) -> Sequence[Mapping[str, Any]]:
        """The requests that came; `query` as the control API has it."""
        entries: Sequence[Mapping[str, Any]] = self.ask("GET", "/journal", **query)["entries"]
        return entries

    def verify(self, **wanted: Any) -> None:
        """AssertionError, with the nearest misses, unless such requests came."""
        found = self.ask("POST", "/journal/verify", wanted)
        if not found["matches"]:
            raise AssertionError(_missed(wanted, found))

    def delete(self) -> None:
        """Remove the sandbox."""
        self.ask("DELETE")


class Clock:
    """The clock of a sandbox; moments are RFC 3339, spans ISO 8601 durations."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def read(self) -> Any:
        """The time, and whether it stands still."""
        return self._sandbox.ask("GET", "/clock")

    def set(self, now: str) -> Any:
        """Set the time; what happened by it."""
        return self._sandbox.ask("PUT", "/clock", {"now": now})

    def freeze(self, at: str | None = None) -> Any:
        """Let it stand still, now or at a moment."""
        return self._sandbox.ask("POST", "/clock/freeze", {} if at is None else {"at": at})

    def advance(self, by: str | timedelta) -> Any:
        """Move it forward; what happened meanwhile."""
        return self._sandbox.ask("POST", "/clock/advance", {"by": _span(by)})

    def resume(self) -> Any:
        """Let it run."""
        return self._sandbox.ask("POST", "/clock/resume")


class Faults:
    """The faults of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def add(self, name: str, **options: Any) -> str:
        """Place a fault of the catalogue; its id."""
        return str(self._sandbox.ask("POST", "/faults", {"name": name, **options})["id"])

    def remove(self, fault: str) -> None:
        """Take one fault out."""
        self._sandbox.ask("DELETE", f"/faults/{quote(fault, safe='')}")

    def clear(self) -> None:
        """Take all faults out."""
        self._sandbox.ask("DELETE", "/faults")

    @contextmanager
    def during(self, name: str, **options: Any) -> Iterator[None]:
        """A fault for the length of a block."""
        fault = self.add(name, **options)
        try:
            yield
        finally:
            self.remove(fault)


def _span(by: str | timedelta) -> str:
    if isinstance(by, str):
        return by
    seconds, rest = divmod(by, timedelta(seconds=1))
    if rest or seconds < 0:
        raise UsageError(f"a clock moves forward by whole seconds, not by {by}")
    return f"PT{seconds}S"


def _told(answer: urllib3.BaseHTTPResponse) -> str:
    try:
        problem = json.loads(answer.data)
        lines = [str(problem.get("detail") or problem["title"])]
        lines += [f"{each['at']}: {each['message']}" for each in problem.get("errors", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"the control API answered {answer.status}, without a problem document"
    return "\n".join(lines)


def _missed(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    lines = [f"{found['count']} requests came that match {json.dumps(wanted)}"]
    for near in found.get("nearest", ()):
        apart = "; ".join(
            f"{each['what']} was {json.dumps(each['found'])}, not {json.dumps(each['wanted'])}"
            for each in near["differences"]
        )
        lines.append(f"nearest: request {near['number']}: {apart}")
    return "\n".join(lines)
