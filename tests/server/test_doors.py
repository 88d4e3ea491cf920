"""Doors: who a request is from, for each kind of scheme, alone and together."""

import base64
from typing import Any

import pytest

from understudy.fixtures.fixture import Fixture
from understudy.server.app import build, mount
from understudy.server.health import Health
from understudy.server.sandbox import Sandbox
from understudy.server.settings import Settings
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import World
from understudy.specs import document
from understudy.specs.contract import from_document
from understudy.specs.errors import ContractError

from ..stand import Frozen, Stand


def _basic(text: str | bytes) -> dict[str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return {"Authorization": "Basic " + base64.b64encode(raw).decode()}


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def _who(probe: Stand, path: str, headers: Any = None) -> Any:
    answer = probe.get(path, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return answer.json()["identities"]


OPEN: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("bearer", _bearer("good"), {"bearer": "good@bearer"}),
    ("bearer", {"Authorization": "bearer good"}, {"bearer": "good@bearer"}),
    ("bearer", {"Authorization": "BEARER   good"}, {"bearer": "good@bearer"}),
    ("twin", _bearer("good"), {"twin": "good@twin"}),  # a scheme like `bearer` but for its name
    ("oauth", _bearer("good"), {"oauth": "good@oauth"}),
    ("basic", _basic("ada:ada"), {"basic": "ada@basic"}),
    ("basic", {"Authorization": "basic YWRhOmFkYQ=="}, {"basic": "ada@basic"}),
    ("basic", _basic("\u00e9:\u00e9"), {"basic": "\u00e9@basic"}),
    ("either", _bearer("good"), {"bearer": "good@bearer"}),
    ("either", _basic("ada:ada"), {"basic": "ada@basic"}),
    ("header", {"X-Key": "good"}, {"header": "good@header"}),
    ("header", {"x-key": "good"}, {"header": "good@header"}),
    ("cookie", {"Cookie": "a=b; key=good"}, {"cookie": "good@cookie"}),
    ("cookie", {"Cookie": "bad[]=1; key=good"}, {"cookie": "good@cookie"}),
    ("query?key=good", {}, {"query": "good@query"}),
    ("query?a=1&key=%67ood", {}, {"query": "good@query"}),
    ("both?key=good", {"X-Key": "good"}, {"header": "good@header", "query": "good@query"}),
    ("optional", {}, {}),
    ("optional", {"Cookie": "key=good"}, {"cookie": "good@cookie"}),
    ("optional", {"Cookie": "key=bad"}, {}),
]


@pytest.mark.parametrize(("door", "headers", "expected"), OPEN, ids=str)
def test_a_good_credential_opens(
    probe: Stand, door: str, headers: dict[str, str], expected: dict[str, str]
) -> None:
    """The handler is told who it is, by scheme."""
    assert _who(probe, f"/doors/{door}", headers) == expected


SHUT: list[tuple[str, dict[str, str]]] = [
    *((door, {}) for door in ("bearer", "oauth", "basic", "either", "header", "cookie", "query")),
    ("bearer", _bearer("bad")),
    ("bearer", {"Authorization": ""}),
    ("bearer", {"Authorization": "Bearer"}),
    ("bearer", {"Authorization": "Bearergood"}),
    ("bearer", {"Authorization": "good"}),
    ("bearer", {"Authorization": "Token good"}),
    ("bearer", _bearer("good good")),
    ("bearer", _bearer("GOOD")),
    ("bearer", _basic("good:good")),
    ("basic", _bearer("good")),
    ("basic", _basic("ada:bob")),
    ("basic", _basic("ada")),
    ("basic", _basic(b"\xff:\xff")),
    ("basic", {"Authorization": "Basic"}),
    ("basic", {"Authorization": "Basic !!!"}),
    ("basic", {"Authorization": "Basic YWRhOmFkYQ"}),
    ("either", _bearer("bad")),
    ("either", _basic("ada:bob")),
    ("header", {"X-Key": ""}),
    ("header", {"X-Key": "bad"}),
    ("header?X-Key=good", {}),
    ("cookie", {"Cookie": "key="}),
    ("cookie", {"Cookie": "Key=good"}),
    ("cookie", {"Cookie": ";;=;key"}),
    ("query?key=", {}),
    ("query?KEY=good", {}),
    ("query", {"key": "good"}),
    ("both", {"X-Key": "good"}),
    ("both?key=good", {}),
    ("both?key=bad", {"X-Key": "good"}),
    ("both?key=good", {"X-Key": "bad"}),
]


@pytest.mark.parametrize(("door", "headers"), SHUT, ids=str)
def test_any_other_credential_does_not(probe: Stand, door: str, headers: dict[str, str]) -> None:
    """401, with what is asked for, and the contract's answer as the reason."""
    answer = probe.get(f"/doors/{door}", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]
    assert answer.headers["Understudy-Reason"].startswith("/components/responses/")


@pytest.mark.parametrize(
    ("door", "challenge"),
    [
        ("bearer", "Bearer"),
        ("oauth", "Bearer"),
        ("basic", 'Basic realm="probe"'),
        ("either", 'Basic realm="probe", Bearer'),
        ("header", 'ApiKey name="X-Key"'),
        ("cookie", 'ApiKey name="key"'),
        ("both", 'ApiKey name="X-Key", ApiKey name="key"'),
    ],
)
def test_a_refusal_says_what_would_open(probe: Stand, door: str, challenge: str) -> None:
    """A challenge for each scheme of the operation (RFC 9110, 11.6.1)."""
    assert probe.get(f"/doors/{door}").headers["WWW-Authenticate"] == challenge


def test_who_comes_first_is_the_identity(probe: Stand) -> None:
    """Of several; none for an anonymous request, nor where no door is."""
    both = probe.get("/doors/both?key=good", headers={"X-Key": "good"}).json()
    assert both["identity"] == "good@header"
    assert probe.get("/doors/optional").json()["identity"] is None
    open_to_all = probe.get("/echo/1/x", headers={"X-Key": "good", **_bearer("good")}).json()
    assert open_to_all["identities"] == {}


@pytest.mark.parametrize(
    ("door", "headers"),
    [("optional", {"Cookie": "key=broken"}), ("either", {**_bearer("broken")})],
    ids=str,
)
def test_a_door_that_cannot_say_whether_it_opens_is_not_gone_around(
    probe: Stand, door: str, headers: dict[str, str]
) -> None:
    """Nobody is taken for a guest, nor for a stranger, because of a mistake of ours."""
    assert probe.get(f"/doors/{door}", headers=headers).status_code == 500


def test_a_door_comes_before_the_request_is_read(shop: Stand) -> None:
    """401 whatever is wrong with the rest, but for path and method."""
    assert shop.get("/orders?limit=x").status_code == 401
    assert shop.post("/orders", data=b"{").status_code == 401
    assert shop.get("/orders/not-a-uuid").status_code == 401
    assert shop.put("/orders").status_code == 405


def test_everybody_is_who_they_say_where_no_vendor_knows_better(shop: Stand) -> None:
    """A user's own contract has no list of keys: anything but nothing will do."""
    assert shop.get("/orders", headers={"X-Shop": "anybody"}).status_code == 200
    assert shop.get("/orders", headers={"X-Shop": ""}).status_code == 401


def _contract(scheme: str) -> Any:
    text = f"""
openapi: 3.0.3
info: {{title: Locked, version: "1"}}
security: [{{lock: []}}]
paths:
  /it:
    get:
      operationId: it
      responses: {{200: {{description: It.}}, 401: {{description: No.}}}}
components:
  securitySchemes:
    lock: {scheme}
"""
    return from_document("locked", document.parse(text, "locked.yaml"))


@pytest.mark.parametrize(
    "scheme",
    [
        "{type: http, scheme: digest}",
        "{type: openIdConnect, openIdConnectUrl: https://example.com/x}",
    ],
)
def test_a_scheme_that_cannot_be_served_stops_the_start(scheme: str) -> None:
    """With file and line, instead of a server that refuses everybody or nobody."""
    served = mount(_contract(scheme), Fixture("locked", "-", None, {}), "/locked")
    sandbox = Sandbox("default", lambda name: TinyStore(in_memory(), f"{name}."), Frozen())
    world = World(lambda _: sandbox)
    with pytest.raises(ContractError) as caught:
        build([served], world, Settings(), Health())
    (finding,) = caught.value.findings
    assert str(finding).startswith("locked.yaml:12: /components/securitySchemes/lock")
    assert "cannot be served" in str(finding)
