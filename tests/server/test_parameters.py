"""Parameters: what text becomes which value, and what is refused, in every place they stand."""

from typing import Any
from urllib.parse import quote

import pytest

from ..stand import Stand
from .wire import exchange

HERE = "/echo/1/x"
UUID = "0b0f5a5e-6c1c-4f6c-9d55-0a1b2c3d4e5f"


def _query(probe: Stand, text: str) -> Any:
    answer = probe.get(f"{HERE}?{text}")
    assert answer.status_code == 200, answer.text
    return answer.json()["query"]


def _refused(probe: Stand, path: str, **options: Any) -> list[tuple[str, list[Any], str]]:
    answer = probe.get(path, **options)
    assert answer.status_code == 422, answer.text
    return [(e["in"], e["path"], e["rule"]) for e in answer.json()["errors"]]


@pytest.mark.ruling("G4")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integer=0", 0),
        ("integer=-0", 0),
        ("integer=12", 12),
        ("integer=-12", -12),
        ("integer=1.0", 1),
        ("integer=1e2", 100),
        ("integer=1E%2B2", 100),
        ("integer=9007199254740993", 9007199254740993),
        ("integer=18446744073709551616", 18446744073709551616),
        ("float=1", 1),
        ("float=-0.5", -0.5),
        ("float=1e308", 1e308),
        ("float=5e-324", 5e-324),
        ("float=1e-400", 0.0),
        ("flag=true", True),
        ("flag=false", False),
        ("string=", ""),
        ("string=%00", "\0"),
        ("string=a%20b+c%2Bd", "a b c+d"),
        ("string=%C3%A9%F0%9F%98%80", "\u00e9\U0001f600"),
        ("string=%zz%", "%zz%"),
        ("string=%ff", "\ufffd"),
        ("string=a=b", "a=b"),
        ("string=null", "null"),
        ("word=abc", "abc"),
        ("choice=c%20d", "c d"),
        ("moment=2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z"),
        ("moment=2026-01-15T12:00:00%2B01:00", "2026-01-15T12:00:00+01:00"),
        ("moment=2026-01-15T12:00:00", "2026-01-15T12:00:00"),
        ("minute=2026-01-15T12:00", "2026-01-15T12:00"),
        ("day=2024-02-29", "2024-02-29"),
        (f"id={UUID}", UUID),
        ("free=anything", "anything"),
        ("list=1", [1]),
        ("list=1,2,3", [1, 2, 3]),
        ("list=1%2C2", [1, 2]),
        ("words=a,c%20d", ["a", "c d"]),
        ("many=true&many=false", [True, False]),
        ("many=true", [True]),
    ],
)
def test_a_value_is_read_by_its_schema(probe: Stand, text: str, expected: Any) -> None:
    """Numbers by JSON's grammar, booleans in two words, lists with commas or repeated."""
    found = _query(probe, text)[text.partition("=")[0]]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.ruling("G4")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        *((f"integer={value}", "type") for value in ("", "+1", "01", "1.5", "0x1", "1e", " 1")),
        *((f"integer={value}", "type") for value in ("1_0", "%D9%A1", "NaN", "Infinity", "null")),
        *((f"integer={value}", "type") for value in ("-", "1.", ".5", "1e400", "--1", "true")),
        *((f"float={value}", "type") for value in ("", ".5", "5.", "1,5", "1e309", "nan", "inf")),
        *((f"flag={value}", "type") for value in ("", "1", "0", "True", "TRUE", "yes", "on")),
        ("small=0", "minimum"),
        ("small=10", "maximum"),
        ("small=18446744073709551616", "maximum"),
        ("word=", "minLength"),
        ("word=A", "pattern"),
        ("choice=C", "enum"),
        ("choice=", "enum"),
        ("moment=2026-01-15", "format"),
        ("moment=2026-01-15T12:00:00+01:00", "format"),  # a `+` that was not encoded is a space
        ("moment=2026-13-15T12:00:00Z", "format"),
        ("moment=", "format"),
        ("minute=2026-01-15T12:00:00", "format"),
        ("minute=2026-02-30T12:00", "format"),
        ("day=2026-02-29", "format"),
        ("id=0b0f5a5e", "format"),
        ("list=", "type"),
        ("list=1,,2", "type"),
        ("list=1,x", "type"),
        ("list=1,2,3,4", "maxItems"),
        ("list=1&list=2", "repeated"),
        ("words=a,z", "enum"),
        ("many=true&many=1", "type"),
        ("integer=1&integer=1", "repeated"),
        ("string=&string=", "repeated"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(probe: Stand, text: str, rule: str) -> None:
    """With the parameter's name and the rule that it breaks."""
    name = text.partition("=")[0]
    ((where, path, found),) = _refused(probe, f"{HERE}?{text}")
    assert (where, path[0], found) == ("query", name, rule)


@pytest.mark.parametrize("name", ["integer", "float", "small"])
@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "1" * 5000, "1" + "0" * 400])
def test_a_number_of_thousands_of_digits_is_refused(probe: Stand, name: str, digits: str) -> None:
    """It is no error of ours, and costs no time."""
    assert _refused(probe, f"{HERE}?{name}={digits}") == [("query", [name], "type")]


def test_a_number_that_json_can_hardly_hold_is_still_a_number(probe: Stand) -> None:
    """It fits the schema, so it reaches the handler as it is."""
    assert _query(probe, "integer=" + "9" * 300)["integer"] == int("9" * 300)


@pytest.mark.ruling("G4")
def test_unknown_parameters_are_ignored(probe: Stand) -> None:
    """Also repeated, nameless or in another case."""
    assert _query(probe, "unknown=1&unknown=2&INTEGER=3&=4&&&5") == {"small": 5, "words": ["a"]}


def test_defaults_stand_in_for_what_is_not_sent(probe: Stand) -> None:
    """In every place; what has none is absent."""
    body = probe.get(HERE).json()
    assert body["query"] == {"small": 5, "words": ["a"]}
    assert body["headers"] == {"X-Text": "none"}
    assert body["cookies"] == {}
    assert _query(probe, "small=7&words=b") == {"small": 7, "words": ["b"]}


def test_names_are_read_as_they_are_decoded(probe: Stand) -> None:
    """A percent sign in a name is no other name."""
    assert _query(probe, "%69nteger=3")["integer"] == 3


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        ("007", "x", [("path", ["number"], "type")]),
        ("+7", "x", [("path", ["number"], "type")]),
        ("x", "x", [("path", ["number"], "type")]),
        ("9" * 5000, "x", [("path", ["number"], "type")]),
        ("9007199254740992", "x", [("path", ["number"], "maximum")]),
        ("1", "y" * 21, [("path", ["text"], "maxLength")]),
        ("x", "y" * 21, [("path", ["number"], "type"), ("path", ["text"], "maxLength")]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_path_is_read_like_any_other_place(
    probe: Stand, number: str, text: str, expected: Any
) -> None:
    """Its text is not changed by routing; all that is wrong is said."""
    assert _refused(probe, f"/echo/{number}/{text}") == expected


def test_a_path_may_hold_any_text(probe: Stand) -> None:
    """Decoded once."""
    for text in ("a b", "\u00e9\U0001f600", "%41", "a+b", "..;", "{text}", "~"):
        found = probe.get(f"/echo/-3/{quote(text, safe='')}").json()["path"]
        assert found == {"number": -3, "text": text}


@pytest.mark.parametrize("name", ["X-Number", "x-number", "X-NUMBER"])
def test_a_header_is_found_in_any_case(probe: Stand, name: str) -> None:
    """And is given under the name in the contract."""
    body = probe.get(HERE, headers={name: "12"}).json()
    assert body["headers"] == {"X-Number": 12, "X-Text": "none"}


@pytest.mark.parametrize("text", ["1,2,3", "1, 2,\t3", " 1 ,2, 3 "])
def test_a_list_in_a_header_may_have_spaces(probe: Stand, text: str) -> None:
    """As lists in headers do (RFC 9110, 5.6.1)."""
    assert probe.get(HERE, headers={"X-List": text.strip()}).json()["headers"]["X-List"] == [
        1,
        2,
        3,
    ]


def test_a_list_in_several_header_lines_is_one_list(probe: Stand) -> None:
    """RFC 9110, 5.3; a single value in several lines is a bad one."""
    head = f"GET /probe{HERE} HTTP/1.1\r\nHost: x\r\n".encode()
    answer = exchange(probe, head + b"X-List: 1\r\nX-List: 2, 3\r\n\r\n")
    assert answer.json()["headers"]["X-List"] == [1, 2, 3]
    answer = exchange(probe, head + b"X-Number: 1\r\nX-Number: 1\r\n\r\n")
    assert answer.status == 422
    assert answer.json()["errors"][0]["rule"] == "repeated"


def test_headers_and_cookies_are_refused_by_their_place(probe: Stand) -> None:
    """All at once."""
    headers = {"X-Number": "x", "Cookie": "taste=salty"}
    assert _refused(probe, HERE, headers=headers) == [
        ("header", ["X-Number"], "type"),
        ("cookie", ["taste"], "enum"),
    ]


def test_a_cookie_is_a_parameter_like_others(probe: Stand) -> None:
    """Undeclared ones are not given to the handler."""
    body = probe.get(HERE, headers={"Cookie": "other=1; taste=sour"}).json()
    assert body["cookies"] == {"taste": "sour"}


def test_what_is_required_must_be_sent(probe: Stand) -> None:
    """Each is named with its place; the reason points at the first in the contract."""
    answer = probe.get("/must")
    assert answer.status_code == 400
    found = [(e["in"], e["path"], e["rule"]) for e in answer.json()["errors"]]
    assert found == [
        ("query", ["one"], "required"),
        ("header", ["X-Two"], "required"),
        ("cookie", ["three"], "required"),
    ]
    assert answer.headers["Understudy-Reason"].startswith("/paths/~1must/get/parameters/0; ")
    sent = probe.get("/must?one=1", headers={"X-Two": "", "Cookie": "three="})
    assert sent.status_code == 200
    assert sent.json()["headers"] == {"X-Two": ""}


def test_an_unreadable_value_is_not_missing_as_well(probe: Stand) -> None:
    """One thing wrong is said once."""
    answer = probe.get("/must?one=x", headers={"X-Two": "a", "Cookie": "three=b"})
    assert [e["rule"] for e in answer.json()["errors"]] == ["type"]
