"""Two machines with four workers each are one stand-in, whichever of them is asked."""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

import psycopg
import pytest

from bench.postgres import Postgres
from bench.soak.actors import Disagreement, Merchant, Spread
from bench.soak.sandboxes import crowd
from bench.soak.server import Running
from understudy.client import Client, Sandbox

from .conftest import at_once

pytestmark = pytest.mark.whole

CLIENTS, STEPS = 3, 15
ADMIN = {"Authorization": "Bearer nexudus-admin"}
PAIR = {"x-api-key": "zenskar-key", "organisation": "zenskar-org"}
OFFICE, CHECKOUT = "/nexudus/api/billing/basketsessions", "/zenskar/checkout"
BASKET = "/akinon/baskets/basket/"
MANY = 8


@pytest.fixture
def call(ports: Sequence[int], sandbox: Sandbox) -> Callable[..., Any]:
    """Asks in the test's sandbox, each time another worker."""
    return partial(_asked, ports, sandbox.name)


def _asked(
    ports: Sequence[int],
    sandbox: str,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Any:
    """One answer's body; each call chooses for itself, so that many may ask at once."""
    return Spread(ports, sandbox, random.Random())(method, path, body, headers, **more)[0]


def test_clients_that_are_spread_at_random_find_what_they_did(ports: Sequence[int]) -> None:
    """Each holds every answer against a model of its own, on all four APIs at once."""
    came = crowd(ports, CLIENTS, lambda steps: steps < STEPS, name="spread-{}".format)
    assert came.wrong == ()
    assert came.asked >= CLIENTS * STEPS


def test_two_adds_to_one_basket_at_once_both_count(ports: Sequence[int], sandbox: Sandbox) -> None:
    """As many as there are, whoever takes them."""
    _, headers = Spread(ports, sandbox.name, random.Random(1))("GET", BASKET)
    cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
    ask = partial(_asked, ports, sandbox.name)
    add = partial(ask, "POST", BASKET, {"product": 2021, "quantity": 1}, cookie)
    at_once([add] * MANY)
    (line,) = ask("GET", BASKET, None, cookie)["basket"]["basketitem_set"]
    assert line["quantity"] == MANY


def test_creates_at_once_with_one_idempotency_key_make_one_session(call: Any) -> None:
    """All are answered with it."""
    before = call("GET", f"{CHECKOUT}?limit=1", None, PAIR)["total_count"]
    made = at_once([partial(call, "POST", CHECKOUT, Merchant.body("once"), PAIR)] * MANY)
    assert len({session["id"] for session in made}) == 1
    assert call("GET", f"{CHECKOUT}?limit=1", None, PAIR)["total_count"] == before + 1


def test_creates_at_once_have_numbers_of_their_own(call: Any) -> None:
    """None twice, and none left out."""
    body = {"BusinessId": 7, "SessionId": "at-once"}
    made = at_once([partial(call, "POST", OFFICE, body, ADMIN)] * MANY)
    numbers = sorted(answer["Value"]["Id"] for answer in made)
    assert numbers == list(range(numbers[0], numbers[0] + MANY))


def test_a_walk_survives_writers(call: Any) -> None:
    """What is there all the time is seen once; nothing is seen twice."""
    steady = [call("POST", CHECKOUT, Merchant.body(f"s{n}"), PAIR)["id"] for n in range(6)]
    is_over = threading.Event()

    def write(name: str) -> None:
        for number in count():
            if is_over.is_set():
                return
            body = Merchant.body(f"{name}{number}")
            made = call("POST", CHECKOUT, body, PAIR)
            call("POST", f"{CHECKOUT}/{made['id']}/cancel", None, PAIR)

    writers = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    path = f"{CHECKOUT}?limit=7&order=id"
    page = call("GET", path, None, PAIR)
    seen += [session["id"] for session in page["results"]]
    while page["next"] is not None:
        page = call("GET", f"{path}&cursor={page['next']}", None, PAIR)
        seen += [session["id"] for session in page["results"]]
    is_over.set()
    for writer in writers:
        writer.join()
    assert len(seen) == len(set(seen))
    assert set(steady) <= set(seen)
    assert seen == sorted(seen)


def test_what_one_controls_the_other_serves(ports: Sequence[int], sandbox: Sandbox) -> None:
    """Sandboxes, clock, snapshots, faults and journal, at once."""
    other = Client(f"http://127.0.0.1:{ports[1]}").sandbox(sandbox.name)
    assert sandbox.name in [each.name for each in other.client.sandboxes()]
    sandbox.freeze("2030-01-01T12:00:00Z")
    assert other.read()["clock"] == {"now": "2030-01-01T12:00:00.000Z", "frozen": True}
    other.snapshot("before")
    assert sandbox.snapshots() == ["before"]
    made = _asked(ports[:1], sandbox.name, "POST", OFFICE, {"BusinessId": 7, "SessionId": "x"},
                  ADMIN)  # fmt: skip
    assert made["UpdatedOn"] == "2030-01-01T12:00:00Z"
    number = made["Value"]["Id"]
    assert _asked(ports[1:], sandbox.name, "GET", f"{OFFICE}/{number}", None, ADMIN)["IsNew"]
    asked = [entry for entry in other.journal() if entry["kind"] == "request"]
    assert [entry["status"] for entry in asked] == [200, 200]
    sandbox.restore("before")
    _asked(ports[1:], sandbox.name, "GET", f"{OFFICE}/{number}", None, ADMIN, expect=404)
    other.client.close()


def test_what_handlers_find_by_is_indexed(pair: Sequence[Running], postgres: Postgres) -> None:
    """A server that begins makes the indexes that the modules of its vendors ask for."""
    assert pair
    with psycopg.connect(postgres.url) as connection:
        made = connection.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'pair'")
        told = "".join(line for (line,) in made)
    for member in ("basket", "external_id", "name", "Email"):
        assert f"ARRAY['{member}'::text]" in told


def test_what_a_listing_of_much_asks_by_is_indexed(
    call: Any, sandbox: Sandbox, postgres: Postgres
) -> None:
    """Whichever worker is asked has it made, beside those that go on asking."""
    made = call("POST", OFFICE, {"BusinessId": 7, "SessionId": "x"}, ADMIN)["Value"]["Id"]
    state = sandbox.state()["nexudus"]
    (session,) = (each for each in state["basket_sessions"] if each["Id"] == made)
    many = [{**session, "Id": number} for number in range(1, 1201)]
    sandbox.load({"nexudus": {**state, "basket_sessions": many}})
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        for page in range(1, 2001):
            order = f"orderBy=UpdatedBy&page={page % 48 + 1}&size=25"
            assert call("GET", f"{OFFICE}?{order}", None, ADMIN)["TotalItems"] == 1200
            found = connection.execute(
                "SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
                " WHERE relnamespace = 'pair'::regnamespace AND indisvalid"
                " AND pg_get_indexdef(indexrelid) LIKE '%UpdatedBy%'"
            )
            if found.fetchone() is not None:
                break
        else:
            pytest.fail("nobody has made it")


def test_what_falls_due_happens_once(ports: Sequence[int], call: Any, sandbox: Sandbox) -> None:
    """Whoever is asked first lets it happen, however many are asked at once."""
    call("GET", CHECKOUT, None, PAIR)
    zenskar = sandbox.state()["zenskar"]
    session = next(
        each for each in zenskar["checkout_sessions"] if each["checkout_session_status"] == "open"
    )
    session["expires_at"] = "2020-01-01T00:00:00Z"
    sandbox.load({"zenskar": zenskar})
    seen = at_once([partial(call, "GET", f"{CHECKOUT}/{session['id']}", None, PAIR)] * MANY)
    assert {each["checkout_session_status"] for each in seen} == {"closed"}
    happened = [
        happening
        for entry in sandbox.journal()
        if entry["kind"] == "clock"
        for happening in entry["happenings"]
        if happening["key"] == session["id"]
    ]
    assert len(happened) == 1


def test_a_fault_with_a_count_strikes_so_often_and_no_more(call: Any, sandbox: Sandbox) -> None:
    """Whoever is struck: the count is shared."""
    sandbox.add_fault("transport.status", status=418, count=3, operation="list_basket_sessions")

    def status() -> int:
        try:
            call("GET", OFFICE, None, ADMIN)
        except Disagreement as error:
            return 418 if "418" in str(error) else 0
        return 200

    assert sorted(at_once([status] * MANY)) == [200] * (MANY - 3) + [418] * 3


def test_the_journal_has_all_that_was_answered(call: Any, sandbox: Sandbox) -> None:
    """Numbered without a gap, whoever wrote it down."""
    at_once([partial(call, "GET", OFFICE, None, ADMIN)] * MANY)
    numbers = [entry["number"] for entry in sandbox.journal()]
    assert numbers == list(range(1, MANY + 1))
    assert sandbox.read()["journal"] == {"entries": MANY, "dropped": 0}


def test_the_same_seed_gives_the_same_ids_wherever_they_are_made(
    ports: Sequence[int], sandbox: Sandbox
) -> None:
    """Chance goes on where the other has left it."""

    def made(name: str) -> list[str]:
        return [
            _asked([ports[number % 2]], name, "POST", CHECKOUT, Merchant.body(str(number)), PAIR)[
                "id"
            ]
            for number in range(4)
        ]

    twins = [sandbox.client.create(name=f"{sandbox.name}-{n}", seed=7) for n in range(2)]
    first, second = (made(twin.name) for twin in twins)
    assert first == second
    assert len(set(first)) == 4
    for twin in twins:
        twin.delete()
