"""`Client`: a stand-in's control API, for tests in Python."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

from .specs.errors import UnderstudyError

Json = Mapping[str, Any]
_PATIENCE = 30.0
"""Seconds for an answer."""


class ControlError(UnderstudyError):
    """The control API refused, in the words of its problem, or no such API answered at all.

    `status` is None where nothing answered.
    """

    def __init__(self, status: int | None, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class NotCalled(AssertionError):
    """Calls that were to be made were not, or too often; the text tells the nearest misses."""


class Client:
    """The control API of one server; `token` is asked for on any address but loopback.

    Every method raises ControlError when the server refuses, or cannot be reached.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=1)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON that the control API answers to one request; None where it answers nothing."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._pool.request(
                method,
                f"{self.url}/_understudy{path}{f'?{asked}' if asked else ''}",
                body=None if body is None else json.dumps(body).encode(),
                headers=headers,
                timeout=_PATIENCE,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ControlError(None, f"{self.url} cannot be reached: {error}") from None
        try:
            told = json.loads(response.data) if response.data else None
        except ValueError:
            raise ControlError(response.status, f"{self.url} has no control API") from None
        if response.status >= 400:
            detail = told.get("detail", "") if isinstance(told, Mapping) else ""
            raise ControlError(response.status, detail or f"{method} {path}: {response.status}")
        return told

    def contracts(self) -> Sequence[Json]:
        """What is served."""
        found: Sequence[Json] = self.ask("GET", "/contracts")["contracts"]
        return found

    def sandboxes(self) -> Sequence["Sandbox"]:
        """The sandboxes that there are."""
        return [Sandbox(self, each["name"]) for each in self.ask("GET", "/sandboxes")["sandboxes"]]

    def sandbox(self, name: str = "default") -> "Sandbox":
        """The sandbox of that name, which need not be there yet."""
        return Sandbox(self, name)

    def create(
        self,
        name: str | None = None,
        *,
        seed: int | None = None,
        fixture: str | None = None,
        fixtures: Mapping[str, str] | None = None,
        state: Json | None = None,
        fork: str | None = None,
    ) -> "Sandbox":
        """A new sandbox; without a name one is made up."""
        said = {
            "name": name,
            "seed": seed,
            "fixture": fixture,
            "fixtures": fixtures,
            "state": state,
            "fork": fork,
        }
        body = {member: value for member, value in said.items() if value is not None}
        return Sandbox(self, self.ask("POST", "/sandboxes", body)["name"])

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.clear()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One sandbox of a server: what plays in it, and what controls it."""

    client: Client
    name: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request carries to play in it."""
        return {"Understudy-Sandbox": self.name}

    @property
    def base(self) -> str:
        """The server's URL, with the sandbox in its path: for clients that can set no header."""
        return f"{self.client.url}/sandbox/{self.name}"

    def url(self, contract: str) -> str:
        """Where a contract is in this sandbox, by its path."""
        return f"{self.base}/{contract}"

    def read(self) -> Json:
        """What the server says of it."""
        found: Json = self._ask("GET", "")
        return found

    def reset(
        self,
        *,
        fixture: str | None = None,
        fixtures: Mapping[str, str] | None = None,
        seed: int | None = None,
    ) -> None:
        """Make all as new but the snapshots."""
        said = {"fixture": fixture, "fixtures": fixtures, "seed": seed}
        self._ask("POST", "/reset", {k: v for k, v in said.items() if v is not None})

    def delete(self) -> None:
        """Let go of it and all that is in it."""
        self._ask("DELETE", "")

    def state(self) -> Json:
        """All documents, by contract and collection."""
        found: Json = self._ask("GET", "/state")["contracts"]
        return found

    def load(self, contracts: Json) -> None:
        """Put documents in place of those that there are, for these contracts."""
        self._ask("PUT", "/state", {"contracts": contracts})

    def snapshot(self, name: str) -> None:
        """Save the documents under a name."""
        self._ask("PUT", f"/snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        """Put back what was saved under a name."""
        self._ask("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def snapshots(self) -> Sequence[str]:
        """The names that documents are saved under."""
        found: Sequence[str] = self._ask("GET", "/snapshots")["snapshots"]
        return found

    def delete_snapshot(self, name: str) -> None:
        """Let go of what was saved under a name."""
        self._ask("DELETE", f"/snapshots/{quote(name, safe='')}")

    @property
    def now(self) -> datetime:
        """The time in it."""
        return datetime.fromisoformat(self._ask("GET", "/clock")["now"])

    def freeze(self, at: datetime | str | None = None) -> Sequence[Json]:
        """Let its clock stand, now or at a moment; what happened on the way there."""
        return self._moved("POST", "/clock/freeze", {} if at is None else {"at": _moment(at)})

    def set_clock(self, at: datetime | str) -> Sequence[Json]:
        """Put its clock to a moment; what happened on the way there."""
        return self._moved("PUT", "/clock", {"now": _moment(at)})

    def advance(self, by: timedelta | str) -> Sequence[Json]:
        """Move its clock forward by whole seconds; what happened on the way."""
        return self._moved("POST", "/clock/advance", {"by": _span(by)})

    def resume(self) -> None:
        """Let its clock run on."""
        self._ask("POST", "/clock/resume")

    def journal(self, **query: Any) -> Sequence[Json]:
        """What was asked of it: by contract, operation, status, violations, since, limit."""
        if isinstance(query.get("violations"), bool):
            query["violations"] = str(query["violations"]).lower()
        found: Sequence[Json] = self._ask("GET", "/journal", None, **query)["entries"]
        return found

    def clear_journal(self) -> None:
        """Forget what was asked of it."""
        self._ask("DELETE", "/journal")

    def verify(self, **expected: Any) -> Sequence[int]:
        """The numbers of the calls that are as described; NotCalled where they are not enough.

        `contract`, `operation`, `method`, `path`, `status` and `body` describe a call; `exactly`,
        `at_least` and `at_most` say how many.
        """
        told = self._ask("POST", "/journal/verify", expected)
        if not told["matches"]:
            raise NotCalled(_told(expected, told))
        found: Sequence[int] = told["entries"]
        return found

    def add_fault(self, name: str, **members: Any) -> str:
        """Set a fault; its id."""
        return str(self._ask("POST", "/faults", {"name": name, **members})["id"])

    def clear_faults(self) -> None:
        """Let all go right again."""
        self._ask("DELETE", "/faults")

    @contextmanager
    def fault(self, name: str, **members: Any) -> Iterator[str]:
        """A fault for the length of a block; its id."""
        id_ = self.add_fault(name, **members)
        try:
            yield id_
        finally:
            self._ask("DELETE", f"/faults/{id_}")

    def _moved(self, method: str, path: str, body: Json) -> Sequence[Json]:
        found: Sequence[Json] = self._ask(method, path, body)["happenings"]
        return found

    def _ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        return self.client.ask(
            method, f"/sandboxes/{quote(self.name, safe='')}{path}", body, **query
        )


def _moment(at: datetime | str) -> str:
    if isinstance(at, str):
        return at
    if at.tzinfo is None:
        raise ValueError(f"{at} names no moment: it has no time zone")
    return at.isoformat()


def _span(by: timedelta | str) -> str:
    if isinstance(by, str):
        return by
    seconds, rest = divmod(by, timedelta(seconds=1))
    if rest or seconds < 0:
        raise ValueError(f"a clock moves forward by whole seconds, not by {by}")
    return f"PT{seconds}S"


def _told(expected: Json, told: Json) -> str:
    lines = [f"{told['count']} calls are as expected: {expected}"]
    for miss in told["nearest"]:
        differences = "; ".join(
            f"{each['what']} is {each['found']!r}, not {each['wanted']!r}"
            for each in miss["differences"]
        )
        lines.append(f"  call {miss['number']}: {differences}")
    return "\n".join(lines)
