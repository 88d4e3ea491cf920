"""Sandboxes: each request plays in the one that it names, and none sees another's documents."""

from collections.abc import Iterator

import pytest
import requests

from understudy.server.refusal import Refusal
from understudy.server.sandbox import Sandbox
from understudy.server.store.tiny import TinyStore, in_memory
from understudy.server.world import IDLE, World, is_name

from ..conftest import LIBRARY
from ..stand import Frozen, Server, Stand

BOOK = {"title": "Middlemarch", "pages": 880}


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server([LIBRARY, "limio"])
    yield server
    server.stop()


@pytest.fixture
def shop(server: Server) -> Stand:
    return server.stands["library"]


def _in(name: str) -> dict[str, str]:
    return {"Understudy-Sandbox": name}


def _total(answer: requests.Response) -> int:
    assert answer.status_code == 200, answer.text
    total: int = answer.json()["total"]
    return total


def test_a_sandbox_is_made_on_first_use_and_is_alone(shop: Stand) -> None:
    """What one adds, no other sees, nor the default."""
    before = _total(shop.get("/books"))
    shop.post("/books", json=BOOK, headers=_in("a"))
    assert _total(shop.get("/books", headers=_in("a"))) == before + 1
    assert _total(shop.get("/books", headers=_in("b"))) == before
    assert _total(shop.get("/books")) == before


def test_header_and_path_name_the_same_sandbox(shop: Stand) -> None:
    """`/sandbox/a/...` is what the header `a` is."""
    shop.post("/books", json=BOOK, headers=_in("a"))
    below = requests.get(f"{shop.root}/sandbox/a/library/books", timeout=10)
    assert _total(below) == _total(shop.get("/books", headers=_in("a")))
    both = requests.get(f"{shop.root}/sandbox/a/library/books", headers=_in("a"), timeout=10)
    assert both.status_code == 200


def test_header_and_path_that_differ_are_refused(shop: Stand) -> None:
    """Nobody could tell which one was meant."""
    answer = requests.get(f"{shop.root}/sandbox/a/library/books", headers=_in("b"), timeout=10)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "a" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["", "-a", ".a", "a..b", "a/b", "a" * 65, "ä", "a b", "%2e%2e"])
def test_what_is_no_name_is_refused(shop: Stand, name: str) -> None:
    """Names become names of tables and files one day; no name is a path."""
    assert not is_name(name)
    answer = shop.get("/books", headers={"Understudy-Sandbox": name.encode()})
    assert answer.status_code == (400 if name else 200)


def test_the_same_seed_gives_each_sandbox_the_same_ids(server: Server) -> None:
    """A test that names its sandbox finds what it found the last time."""
    limio = server.stands["limio"]
    token = {"Authorization": "Bearer limio-token"}
    body = {
        "order": {
            "external_id": "order-1",
            "orderItems": [{"quantity": 1, "type": "offer", "offer": {"id": "x", "version": "y"}}],
        }
    }
    made = [
        limio.post("/api/checkout/initiate", json=body, headers={**token, **_in(name)}).text
        for name in ("a", "b")
    ]
    assert made[0] == made[1]


def test_cookies_stay_below_the_path_that_names_the_sandbox(server: Server) -> None:
    """So that a browser sends each sandbox its own."""
    answer = requests.post(
        f"{server.root}/sandbox/a/limio/api/checkout/subscription",
        json={"order": {"forSubscription": {"id": "none"}, "order_type": "update_subscription"}},
        headers={"Authorization": "Bearer limio-token", "x-limio-recaptcha": "x"},
        timeout=10,
    )
    assert answer.status_code == 404
    examples = server.stands["limio"].documents("subscriptions")
    free = next(s for s in examples if s.get("changesAt") is None)
    answer = requests.post(
        f"{server.root}/sandbox/a/limio/api/checkout/subscription",
        json={
            "order": {"forSubscription": {"id": free["id"]}, "order_type": "update_subscription"}
        },
        headers={"Authorization": "Bearer limio-token", "x-limio-recaptcha": "x"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text
    assert "; Path=/sandbox/a/;" in answer.headers["Set-Cookie"]


def test_the_document_and_its_page_stay_in_the_sandbox(shop: Stand) -> None:
    """What Swagger UI tries, it tries where it was opened."""
    document = requests.get(f"{shop.root}/sandbox/a/library/openapi.json", timeout=10).json()
    assert document["servers"] == [{"url": "/sandbox/a/library"}]
    page = requests.get(f"{shop.root}/sandbox/a/library/ui", timeout=10, allow_redirects=False)
    assert page.headers["Location"] == "/sandbox/a/library/ui/"
    assert "../openapi.json" in requests.get(f"{shop.root}/library/ui/", timeout=10).text


def _make(name: str) -> Sandbox:
    return Sandbox(name, lambda contract: TinyStore(in_memory(), f"{contract}."), Frozen())


class Hands:
    """A clock for idleness."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        """Seconds."""
        return self.time


def _world(most: int) -> tuple[World, Hands]:
    hands = Hands()
    return World(_make, most=most, now=hands.now), hands


def test_the_sandbox_that_is_idle_for_longest_makes_room() -> None:
    """The default never goes."""
    world, hands = _world(3)
    for name in ("a", "b"):
        with world.visit(name):
            hands.time += 1
    hands.time += IDLE
    with world.visit("c"):
        assert {s.name for s in world.all()} == {"default", "b", "c"}


def test_when_all_are_busy_a_new_one_is_refused() -> None:
    """With 503 and when to come back; one in use is never taken away."""
    world, hands = _world(2)
    with world.visit("a"):
        hands.time += 10 * IDLE
        with pytest.raises(Refusal) as refused, world.visit("b"):
            pass
    assert refused.value.status == 503
    assert ("Retry-After", "1") in refused.value.headers
    with world.visit("a"):
        pass
    with pytest.raises(Refusal), world.visit("b"):
        pass  # it is not idle yet


def test_where_only_declared_sandboxes_are_open_others_are_not_found() -> None:
    """So nobody on a network fills the memory by naming."""
    world = World(_make, is_open=False)
    with pytest.raises(Refusal) as refused, world.visit("a"):
        pass
    assert refused.value.status == 404
    world.declare("a")
    with world.visit("a") as sandbox:
        assert sandbox.name == "a"
    world.delete("a")
    with pytest.raises(Refusal), world.visit("a"):
        pass
