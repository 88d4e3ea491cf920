"""Request bodies: what is read, and what is refused before anybody acts on it."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from ..stand import Stand
from .wire import connect, exchange, receive

JSON = {"Content-Type": "application/json"}
LIMIT = 1024 * 1024


def _errors(answer: Any, status: int = 400) -> list[tuple[str, list[Any], str]]:
    assert answer.status_code == status, answer.text
    return [(e["in"], e["path"], e["rule"]) for e in answer.json()["errors"]]


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"name": "a"',
        b'{"name": "a"}}',
        b'{"name": "a",}',
        b"{'name': 'a'}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e400}',
        b'{"name": "a", "count": ' + b"9" * 5000 + b"}",
        b'{"name": 01}',
        b'{"name": "\\ud800"}',
        b'{"name": "\\udc00\\ud800"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "a\nb"}',
        b'{"name": "\\x41"}',
        b"\xef\xbb\xbf{}",
        '{"name": "a"}'.encode("utf-16"),
        b"name=a",
        b"\x00",
        b" ",
        b"// comment\n{}",
        b'{"name": "a", "parts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 300 + b"1" + b"}" * 300,
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_is_refused(probe: Stand, raw: bytes) -> None:
    """As a body that cannot be read; the reason is the request body."""
    answer = probe.post("/body", data=raw, headers=JSON)
    assert _errors(answer) == [("body", [], "json")]
    reason = answer.headers["Understudy-Reason"]
    assert reason.startswith("/components/requestBodies/Thing; ")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"name": "a", "x": "\\u0000\\ud83d\\ude00"}', {"name": "a", "x": "\0\U0001f600"}),
        (b' {"name":\t"a"}\r\n', {"name": "a"}),
        (b'{"name": "a", "count": 1.0}', {"name": "a", "count": 1.0}),
        (b'{"name": "a", "x": 1e308}', {"name": "a", "x": 1e308}),
        (b'{"name": "a", "name": "b"}', {"name": "b"}),
        (b'{"name": "a", "count": null}', {"name": "a", "count": None}),
        (b'{"name": "a", "x": 18446744073709551615}', {"name": "a", "x": 18446744073709551615}),
    ],
)
def test_what_is_json_reaches_the_handler(probe: Stand, raw: bytes, expected: Any) -> None:
    """Undeclared members as well."""
    assert probe.post("/body", data=raw, headers=JSON).json()["body"] == expected


def test_a_body_may_be_as_deep_as_answers_can_be(probe: Stand) -> None:
    """Two hundred levels are read and written again; brackets in text are no levels."""
    for levels in (150, 198):
        raw = '{"name": "a", "x": ' + "[" * levels + "]" * levels + "}"
        assert probe.post("/body", data=raw, headers=JSON).json()["body"] == json.loads(raw)
    wide = {"name": "[{" * 500, "parts": [{"id": n} for n in range(300)]}
    assert probe.post("/body", json=wide).json()["body"] == wide


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], [([], "type")]),
        ("text", [([], "type")]),
        (None, [([], "type")]),
        ({}, [(["name"], "required")]),
        ({"name": None}, [(["name"], "type")]),
        ({"name": "a", "count": "1"}, [(["count"], "type")]),
        ({"name": "a", "count": 1.5}, [(["count"], "type")]),
        ({"name": "a", "at": "2026-01-15T12:00:00"}, [(["at"], "format")]),
        ({"name": "a", "at": "2016-12-31T23:59:60Z"}, [(["at"], "format")]),
        ({"name": "a", "parts": [{"id": 1}, {}]}, [(["parts", 1, "id"], "required")]),
        ({"name": 1, "parts": [{"id": "x"}]}, [(["name"], "type"), (["parts", 0, "id"], "type")]),
    ],
)
def test_a_body_that_breaks_its_schema_is_refused(
    probe: Stand, body: Any, expected: list[tuple[list[Any], str]]
) -> None:
    """Each broken rule with the way to the member; a missing one is named, not its parent."""
    found = _errors(probe.post("/body", data=json.dumps(body), headers=JSON))
    assert sorted(found, key=str) == sorted((("body", *entry) for entry in expected), key=str)


def test_the_reason_points_at_the_rule_in_the_contract(probe: Stand) -> None:
    """The keyword that is broken, and its line."""
    answer = probe.post("/body", json={"name": 1})
    pointer, _, place = answer.headers["Understudy-Reason"].partition("; ")
    assert pointer == (
        "/components/requestBodies/Thing/content/application~1json/schema/properties/name/type"
    )
    line = probe.contract.source.text.splitlines()[int(place.rpartition(":")[2]) - 1]
    assert line.strip().startswith("name: {type: string}")


def test_a_body_that_is_required_must_be_sent(probe: Stand) -> None:
    """None, and one without octets."""
    for headers in (JSON, {}):
        assert _errors(probe.post("/body", headers=headers)) == [("body", [], "required")]


def test_a_body_that_is_not_required_may_be_left_out(probe: Stand) -> None:
    """Whatever the content type then says; a sent one is read."""
    for headers in ({}, JSON, {"Content-Type": "text/plain"}):
        assert probe.post("/loose", headers=headers).json()["body"] is None
    assert probe.post("/loose", data="[1]", headers=JSON).json()["body"] == [1]


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8", 200),
        ("APPLICATION/JSON", 200),
        ("application/json; charset=latin-1", 200),
        ("application/json ; a=b", 200),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/problem+json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("json", 415),
        (";", 415),
        ("", 200),
    ],
)
def test_only_the_documented_content_types_are_read(
    probe: Stand, content_type: str, status: int
) -> None:
    """In any case, with any parameters; an empty or missing one is taken for JSON."""
    answer = probe.post("/body", data=b'{"name": "a"}', headers={"Content-Type": content_type})
    assert answer.status_code == status
    if status == 415:
        assert "application/json is" in answer.json()["detail"]
        assert answer.headers["Understudy-Reason"].startswith("/components/requestBodies/Thing; ")


def test_a_missing_content_type_is_json(probe: Stand) -> None:
    """Free by G5; ours reads it."""
    answer = probe.post("/body", data=b'{"name": "a"}')
    assert answer.json()["body"] == {"name": "a"}


def test_another_character_set_is_not_guessed(probe: Stand) -> None:
    """JSON is UTF-8, whatever the parameter says."""
    headers = {"Content-Type": "application/json; charset=latin-1"}
    raw = '{"name": "\u00e9"}'
    assert (
        probe.post("/body", data=raw.encode(), headers=headers).json()["body"]["name"] == "\u00e9"
    )
    answer = probe.post("/body", data=raw.encode("latin-1"), headers=headers)
    assert _errors(answer) == [("body", [], "json")]


@pytest.mark.ruling("G5")
def test_a_body_over_the_limit_is_refused(probe: Stand) -> None:
    """To the octet, by its declared length, before it was sent at all."""
    frame = len(b'{"name": ""}')
    fits = b'{"name": "' + b"x" * (LIMIT - frame) + b'"}'
    assert probe.post("/body", data=fits, headers=JSON).status_code == 200
    assert probe.post("/body", data=fits + b" ", headers=JSON).status_code == 413
    head = f"POST /probe/body HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n"
    assert exchange(probe, head.encode()).status == 413


def test_a_body_in_pieces_is_read_and_limited(probe: Stand) -> None:
    """Without a declared length the octets are counted."""

    def pieces(size: int) -> Iterator[bytes]:
        yield b'{"name": "'
        for _ in range(size // 1000):
            yield b"x" * 1000
        yield b'"}'

    small = probe.post("/body", data=pieces(10_000), headers=JSON)
    assert len(small.json()["body"]["name"]) == 10_000
    large = probe.post("/body", data=pieces(LIMIT + 1000), headers=JSON)
    assert large.status_code == 413
    assert "1048576" in large.json()["detail"]


def test_a_connection_goes_on_after_a_body_that_was_too_long(probe: Stand) -> None:
    """What was left unread is not taken for the next request."""
    long = b"x" * (LIMIT + 1)
    head = f"POST /probe/body HTTP/1.1\r\nHost: x\r\nContent-Length: {len(long)}\r\n\r\n"
    with connect(probe) as connection:
        connection.sendall(head.encode() + long)
        assert receive(connection).status == 413
        connection.sendall(b"GET /probe/head HTTP/1.1\r\nHost: x\r\n\r\n")
        assert receive(connection).status == 200


def test_the_rest_of_a_body_that_never_comes_is_not_made_up(library: Stand) -> None:
    """A client that goes away in the middle has asked for nothing, though the half is JSON."""
    half = b'{"title": "A"}'
    head = b"POST /library/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with connect(library) as connection:
        connection.sendall(head + b"Content-Length: 100\r\n\r\n" + half)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1024):
            pass  # until the server has closed it, too
    assert library.get("/books").json()["total"] == 0


def test_a_form_is_read_by_its_schema(probe: Stand) -> None:
    """Empty values are values; plus and percent are decoded; a repeated name counts once."""
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = probe.post("/form", data="name=a+b%C3%A9&note=&other=1", headers=form)
    assert answer.json()["body"] == {"name": "a b\u00e9", "note": "", "other": "1"}
    assert _errors(probe.post("/form", data="name=", headers=form)) == [
        ("body", ["name"], "minLength")
    ]
    assert _errors(probe.post("/form", data="note=1", headers=form)) == [
        ("body", ["name"], "required")
    ]
    assert _errors(probe.post("/form", data=b"name=\xff", headers=form)) == [("body", [], "json")]
    assert _errors(probe.post("/form", headers=form)) == [("body", [], "required")]


def test_each_content_type_has_its_schema(probe: Stand) -> None:
    """Another documented one is read by its own."""
    headers = {"Content-Type": "application/vnd.probe+json"}
    assert probe.post("/form", data=b'{"a": [1]}', headers=headers).json()["body"] == {"a": [1]}
    assert _errors(probe.post("/form", data=b"[]", headers=headers)) == [("body", [], "type")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"kind": "box", "size": "x"}, ("body", ["size"], "type")),
        ({"kind": "bag"}, ("body", ["name"], "required")),
        ({"kind": "bag", "name": 1}, ("body", ["name"], "type")),
    ],
)
def test_alternatives_are_refused_by_the_nearest(probe: Stand, body: Any, expected: Any) -> None:
    """What is wrong there, not that it fits none."""
    assert _errors(probe.post("/either", json=body)) == [expected]


def test_a_body_and_parameters_are_refused_together(probe: Stand) -> None:
    """All that is wrong is said at once."""
    answer = probe.post("/body?x=1", data=b"[]", headers=JSON)
    assert _errors(answer) == [("body", [], "type")]


def test_a_read_only_member_is_not_required(probe: Stand) -> None:
    """The server makes it."""
    assert probe.post("/body", json={"name": "a"}).status_code == 200


def test_nothing_is_written_by_a_refused_body(library: Stand) -> None:
    """Dump before equals dump after."""
    before = library.dump()
    for raw in (b"{", b"{}", b'{"title": ""}', b'{"title": "a", "pages": 0}'):
        assert library.post("/books", data=raw, headers=JSON).status_code == 400
    assert library.dump() == before
