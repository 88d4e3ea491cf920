"""`Actor`: a client of one API that does random things, and knows what it must then find.

Each holds the answers against a model of its own. Whatever another sandbox did and shows here is a
`Disagreement`, and so is any answer that is neither expected nor documented.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection
from typing import Any, Protocol
from urllib.parse import urlencode

PATIENCE = 60
"""Seconds for an answer; a server under load may take a while."""


class Disagreement(Exception):
    """An answer that is not what the model says."""


class Actor(Protocol):
    """A client that takes one step after the other."""

    def step(self) -> None:
        """Do something, and see; Disagreement where it is not as it should be."""


class Caller:
    """A connection to a server, on which everything is asked in one sandbox."""

    def __init__(self, port: int, sandbox: str) -> None:
        self.sandbox = sandbox
        self.asked = 0
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        expect: int = 200,
    ) -> tuple[Any, Mapping[str, str]]:
        """The answer's body and headers, which are by lower-case name."""
        sent = {"Understudy-Sandbox": self.sandbox, **(headers or {})}
        payload = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            payload = json.dumps(body)
        self._connection.request(method, path, payload, sent)
        response = self._connection.getresponse()
        raw = response.read()
        self.asked += 1
        if response.status != expect:
            told = raw[:200].decode(errors="replace")
            raise Disagreement(f"{method} {path} answered {response.status}, not {expect}: {told}")
        found = {name.lower(): value for name, value in response.getheaders()}
        return (json.loads(raw) if raw else None), found

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class Spread(Caller):
    """Asks each request of any of some servers, on a connection of its own."""

    def __init__(self, ports: Sequence[int], sandbox: str, chance: random.Random) -> None:
        super().__init__(ports[0], sandbox)
        self._ports = ports
        self._chance = chance

    def __call__(self, method: str, path: str, *rest: Any, **more: Any) -> Any:
        """The answer's body and headers, which are by lower-case name."""
        port = self._chance.choice(self._ports)
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            return super().__call__(method, path, *rest, **more)
        finally:
            self._connection.close()


def agree(what: str, found: Any, expected: Any) -> None:
    """Disagreement when the two differ."""
    if found != expected:
        raise Disagreement(f"{what}: {found!r} instead of {expected!r}"[:600])


class Office:
    """Keeps basket sessions in Nexudus."""

    _PATH = "/nexudus/api/billing/basketsessions"
    _ADMIN: Mapping[str, str] = {"Authorization": "Bearer nexudus-admin"}

    def __init__(self, call: Caller, chance: random.Random) -> None:
        self._call = call
        self._chance = chance
        self._kept: dict[int, str] = {}
        self._made = 0

    def step(self) -> None:
        """Create, read, replace, delete or list."""
        acts: list[Callable[[], None]] = [self._create, self._list]
        if self._kept:
            acts += [self._read, self._replace, self._delete]
        self._chance.choice(acts)()

    def _create(self) -> None:
        contents = f"{self._call.sandbox} {self._made}"
        self._made += 1
        body = {"BusinessId": 7, "SessionId": self._call.sandbox, "JsonContents": contents}
        answer, _ = self._call("POST", self._PATH, body, self._ADMIN)
        self._kept[answer["Value"]["Id"]] = contents

    def _read(self) -> None:
        key = self._chance.choice(list(self._kept))
        record, _ = self._call("GET", f"{self._PATH}/{key}", None, self._ADMIN)
        agree(f"record {key}", record["JsonContents"], self._kept[key])

    def _replace(self) -> None:
        key = self._chance.choice(list(self._kept))
        contents = f"{self._call.sandbox} changed {self._chance.random()}"
        body = {"Id": key, "BusinessId": 7, "SessionId": self._call.sandbox}
        self._call("PUT", self._PATH, {**body, "JsonContents": contents}, self._ADMIN)
        self._kept[key] = contents

    def _delete(self) -> None:
        key = self._chance.choice(list(self._kept))
        self._call("DELETE", f"{self._PATH}/{key}", None, self._ADMIN)
        del self._kept[key]
        self._call("GET", f"{self._PATH}/{key}", None, self._ADMIN, expect=404)

    def _list(self) -> None:
        # The rows of the fixture do not hold the sandbox's name.
        wanted = {"BasketSession_JsonContents": self._call.sandbox, "size": "1000"}
        answer, _ = self._call("GET", f"{self._PATH}?{urlencode(wanted)}", None, self._ADMIN)
        found = {record["Id"]: record["JsonContents"] for record in answer["Records"]}
        agree("the records of this client", found, self._kept)


class Subscriber:
    """Begins baskets in Limio."""

    _PATH = "/limio/api/checkout"
    _CLIENT: Mapping[str, str] = {"Authorization": "Bearer limio-token"}
    _OFFER: Mapping[str, str] = {
        "id": "1f0c5a7be2d84936a1b2c3d4e5f60718293a4b5c",
        "version": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    }

    def __init__(self, call: Caller, chance: random.Random) -> None:
        self._call = call
        self._chance = chance
        self._baskets: dict[str, str] = {}
        self._others: set[str] | None = None

    def step(self) -> None:
        """Begin a basket, begin it again, or list."""
        if self._others is None:
            self._others = self._listed()
        acts: list[Callable[[], None]] = [self._begin, self._list]
        if self._baskets:
            acts.append(self._again)
        self._chance.choice(acts)()

    def _begin(self) -> None:
        name = f"{self._call.sandbox}-{len(self._baskets)}"
        identity = self._initiated(name)
        if identity in self._baskets.values():
            raise Disagreement(f"{identity} is given to two orders")
        self._baskets[name] = identity

    def _again(self) -> None:
        name = self._chance.choice(list(self._baskets))
        agree(f"the basket of {name}", self._initiated(name), self._baskets[name])

    def _list(self) -> None:
        agree(
            "the baskets begun here",
            self._listed() - (self._others or set()),
            {*self._baskets.values()},
        )

    def _initiated(self, name: str) -> str:
        items = [{"quantity": 1, "type": "offer", "offer": self._OFFER}]
        body = {"order": {"external_id": name, "orderItems": items}}
        answer, _ = self._call("POST", f"{self._PATH}/initiate", body, self._CLIENT)
        return str(answer["id"])

    def _listed(self) -> set[str]:
        found: set[str] = set()
        more = ""
        while True:
            query = urlencode({"limit": "100", **({"queryMore": more} if more else {})})
            answer, _ = self._call("GET", f"{self._PATH}/abandoned?{query}", None, self._CLIENT)
            found |= {basket["id"] for basket in answer["items"]}
            more = answer.get("queryMore", "")
            if not more:
                return found


class Shopper:
    """Fills a basket in Akinon."""

    _PATH = "/akinon/baskets/basket/"
    _PRODUCTS = (2021, 2022, 2023, 2025)
    _MOST = 40

    def __init__(self, call: Caller, chance: random.Random) -> None:
        self._call = call
        self._chance = chance
        self._cookie: dict[str, str] = {}
        self._lines: Counter[int] = Counter()

    def step(self) -> None:
        """Add, set, look or empty."""
        if not self._cookie:
            _, headers = self._call("GET", self._PATH)
            self._cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
        self._chance.choice([self._add, self._add, self._set, self._look, self._empty])()

    def _add(self) -> None:
        product = self._chance.choice(self._PRODUCTS)
        self._write("POST", product, 1)
        self._lines[product] += 1

    def _set(self) -> None:
        product, quantity = self._chance.choice(self._PRODUCTS), self._chance.randrange(self._MOST)
        self._write("PUT", product, quantity)
        self._lines[product] = quantity

    def _look(self) -> None:
        answer, _ = self._call("GET", self._PATH, None, self._cookie)
        self._agree(answer)

    def _empty(self) -> None:
        self._call("DELETE", self._PATH, None, self._cookie)
        self._lines.clear()
        self._look()

    def _write(self, method: str, product: int, quantity: int) -> None:
        body = {"product": product, "quantity": quantity}
        self._call(method, self._PATH, body, self._cookie)

    def _agree(self, answer: Any) -> None:
        found = {i["product"]["pk"]: i["quantity"] for i in answer["basket"]["basketitem_set"]}
        agree("the basket", found, {k: n for k, n in self._lines.items() if n})


class Merchant:
    """Opens, confirms and cancels checkout sessions in Zenskar."""

    _PATH = "/zenskar/checkout"
    _PAIR: Mapping[str, str] = {"x-api-key": "zenskar-key", "organisation": "zenskar-org"}
    _CONTRACT: Mapping[str, Any] = {
        "is_plan_based": False,
        "currency": "USD",
        "start_date": "2026-02-01T00:00:00Z",
        "phases": [{"pricings": [{"unit_amount": 19.99, "quantity": 3}]}],
    }

    def __init__(self, call: Caller, chance: random.Random) -> None:
        self._call = call
        self._chance = chance
        self._sessions: dict[str, tuple[str, str]] = {}
        self._before: int | None = None

    def step(self) -> None:
        """Open one, open it again, read, move or count."""
        if self._before is None:
            self._before = self._total()
        acts: list[Callable[[], None]] = [self._open, self._count]
        if self._sessions:
            acts += [self._again, self._read, self._cancel]
        self._chance.choice(acts)()

    def _open(self) -> None:
        key = f"{self._call.sandbox}-{len(self._sessions)}"
        session = self._posted(key)
        agree("a new session", session["checkout_session_status"], "open")
        if session["id"] in {identity for identity, _ in self._sessions.values()}:
            raise Disagreement(f"{session['id']} is given to two keys")
        self._sessions[key] = session["id"], "open"

    def _again(self) -> None:
        key = self._chance.choice(list(self._sessions))
        agree(f"the session of {key}", self._posted(key)["id"], self._sessions[key][0])

    def _read(self) -> None:
        identity, status = self._sessions[self._chance.choice(list(self._sessions))]
        session, _ = self._call("GET", f"{self._PATH}/{identity}", None, self._PAIR)
        agree(f"the status of {identity}", session["checkout_session_status"], status)

    def _cancel(self) -> None:
        key = self._chance.choice(list(self._sessions))
        identity, status = self._sessions[key]
        expected = 200 if status == "open" else 400
        path = f"{self._PATH}/{identity}/cancel"
        self._call("POST", path, None, self._PAIR, expect=expected)
        self._sessions[key] = identity, "cancelled"

    def _count(self) -> None:
        agree("the number of sessions", self._total(), (self._before or 0) + len(self._sessions))

    def _posted(self, key: str) -> Any:
        return self._call("POST", self._PATH, self.body(key), self._PAIR)[0]

    @classmethod
    def body(cls, key: str) -> Mapping[str, Any]:
        """What begins a session, once."""
        customer = "123e4567-e89b-12d3-a456-426614174001"
        return {"customer_id": customer, "contract": cls._CONTRACT, "idempotency_key": key}

    def _total(self) -> int:
        answer, _ = self._call("GET", f"{self._PATH}?limit=1", None, self._PAIR)
        return int(answer["total_count"])


def actors(call: Caller, chance: random.Random) -> list[Actor]:
    """One for each API, on one connection."""
    return [
        Office(call, chance),
        Subscriber(call, chance),
        Shopper(call, chance),
        Merchant(call, chance),
    ]
