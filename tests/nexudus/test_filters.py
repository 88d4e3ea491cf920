"""The list's filters, each against what a plain computation over the stored records keeps."""

from collections.abc import Callable
from typing import Any

import pytest

from ..stand import Stand
from .office import ADMIN, PATH, WRONG, Record, created, ids, records, refused

Keeps = Callable[[Record], bool]


def kept(stand: Stand, keeps: Keeps) -> list[int]:
    """The ids of the stored records that `keeps` holds of."""
    return [record["Id"] for record in records(stand) if keeps(record)]


@pytest.mark.ruling("N9")
@pytest.mark.parametrize("business", [0, -1, 20, 1415, 9007199254740993, -(2**63), 2**63 - 1])
def test_a_business_keeps_its_own_sessions(nexudus: Stand, business: int) -> None:
    """`BasketSession_Business` compares with BusinessId, exactly also where a float would not."""
    expected = kept(nexudus, lambda record: record["BusinessId"] == business)

    assert 0 < len(expected) < len(records(nexudus))
    assert ids(nexudus, BasketSession_Business=business) == expected


@pytest.mark.ruling("N9")
def test_a_business_without_sessions_keeps_none(nexudus: Stand) -> None:
    """The neighbour of a number that a float cannot tell from it matches nothing."""
    assert ids(nexudus, BasketSession_Business=9007199254740992) == []


@pytest.mark.ruling("N14", "N22")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "example-value",
        "Example-Value",
        "example",
        "cart_1",
        "cart%1",
        "cart 1",
        "é",
        "😀",
        " a",
    ],
)
def test_a_session_id_matches_as_a_whole(nexudus: Stand, text: str) -> None:
    """Neither a part, nor another case, nor a pattern matches; the empty text is a value."""
    expected = kept(nexudus, lambda record: record["SessionId"] == text)

    assert 0 < len(expected) < len(records(nexudus))
    assert ids(nexudus, BasketSession_SessionId=text) == expected


@pytest.mark.ruling("N14", "N22")
@pytest.mark.parametrize("text", ["example-valu", "eXample-value", "cart", "*", "null", "E"])
def test_a_session_id_that_no_session_has_matches_none(nexudus: Stand, text: str) -> None:
    """Parts and other spellings of ids that exist keep nothing."""
    assert ids(nexudus, BasketSession_SessionId=text) == []


@pytest.mark.ruling("N14", "N22")
@pytest.mark.parametrize(
    "text",
    ['"ProductId":101', "productid", "100%", "a_b", "*", "C:\\", "it's", "Größe", "GRÖSSE", "null"],
)
def test_contents_match_by_any_part(nexudus: Stand, text: str) -> None:
    """Case counts, and signs that mean more in a pattern mean themselves."""
    expected = kept(nexudus, lambda record: text in (record["JsonContents"] or ""))

    assert 0 < len(expected) < len(records(nexudus))
    assert ids(nexudus, BasketSession_JsonContents=text) == expected


@pytest.mark.ruling("N22")
def test_contents_that_are_null_contain_nothing(nexudus: Stand) -> None:
    """The empty text is part of every contents, empty ones too, but not of null."""
    expected = kept(nexudus, lambda record: record["JsonContents"] is not None)

    assert 0 < len(expected) < len(records(nexudus))
    assert ids(nexudus, BasketSession_JsonContents="") == expected


MINUTES = [
    "2024-12-31T23:59",
    "2025-01-01T00:00",
    "2025-01-15T10:29",
    "2025-01-15T10:30",
    "2025-01-15T10:31",
    "2025-12-31T23:59",
]


@pytest.mark.ruling("N10", "N22", "G3")
@pytest.mark.parametrize("minute", MINUTES)
@pytest.mark.parametrize("field", ["CreatedOn", "UpdatedOn"])
@pytest.mark.parametrize("end", ["from", "to"])
def test_a_range_holds_its_ends_to_the_second(
    nexudus: Stand, field: str, end: str, minute: str
) -> None:
    """From the minute's first second on, or up to it; a second past it is outside."""
    # All stored times have the same form, so that text compares as time does.
    edge = f"{minute}:00Z"
    expected = kept(
        nexudus, lambda record: record[field] >= edge if end == "from" else record[field] <= edge
    )

    assert 0 < len(expected) < len(records(nexudus))
    assert ids(nexudus, **{f"{end}_BasketSession_{field}": minute}) == expected


@pytest.mark.ruling("N22")
def test_a_second_past_the_minute_is_after_it(nexudus: Stand) -> None:
    """10:30:00 is up to 10:30, 10:30:01 is not; both are from 10:30 on."""
    about = {"BasketSession_Business": 1415, "to_BasketSession_CreatedOn": "2025-01-15T10:30"}
    edges = {r["Id"]: r["CreatedOn"] for r in records(nexudus) if r["Id"] in (508, 509)}
    assert edges == {508: "2025-01-15T10:30:01Z", 509: "2025-01-15T10:30:00Z"}

    upto = ids(nexudus, **about)

    assert 509 in upto
    assert 508 not in upto
    assert {508, 509} <= set(ids(nexudus, from_BasketSession_CreatedOn="2025-01-15T10:30"))


def test_both_ends_of_both_ranges_hold_at_once(nexudus: Stand) -> None:
    """The four range filters are four parameters: each narrows what the others keep."""
    query = {
        "from_BasketSession_CreatedOn": "2025-02-01T00:00",
        "to_BasketSession_CreatedOn": "2025-11-30T00:00",
        "from_BasketSession_UpdatedOn": "2025-03-02T00:00",
        "to_BasketSession_UpdatedOn": "2025-12-20T12:00",
    }
    found = ids(nexudus, **query)

    assert found == kept(
        nexudus,
        lambda record: (
            "2025-02-01T00:00:00Z" <= record["CreatedOn"] <= "2025-11-30T00:00:00Z"
            and "2025-03-02T00:00:00Z" <= record["UpdatedOn"] <= "2025-12-20T12:00:00Z"
        ),
    )
    for name in query:
        fewer = {other: value for other, value in query.items() if other != name}
        assert len(ids(nexudus, **fewer)) > len(found) > 0


def test_filters_are_joined_by_and(nexudus: Stand) -> None:
    """Business, session and contents together keep what each of them keeps."""
    query = {
        "BasketSession_Business": 1415,
        "BasketSession_SessionId": "cart-1003",
        "BasketSession_JsonContents": "Items",
    }
    found = ids(nexudus, **query)

    assert found == kept(
        nexudus,
        lambda record: (
            record["BusinessId"] == 1415
            and record["SessionId"] == "cart-1003"
            and "Items" in (record["JsonContents"] or "")
        ),
    )
    for name in query:
        fewer = {other: value for other, value in query.items() if other != name}
        assert len(ids(nexudus, **fewer)) > len(found) > 0


def test_a_filter_finds_what_was_just_written(nexudus: Stand) -> None:
    """A created record is found by its contents, and not any more once they changed."""
    number = created(nexudus, JsonContents='{"Gift":true}')
    assert ids(nexudus, BasketSession_JsonContents="Gift") == [number]

    body = {"Id": number, "BusinessId": 1, "SessionId": "new"}
    assert nexudus.put(PATH, headers=ADMIN, json=body).status_code == 200

    assert ids(nexudus, BasketSession_JsonContents="Gift") == []


@pytest.mark.ruling("G4")
def test_an_unknown_parameter_is_ignored(nexudus: Stand) -> None:
    """Neither another name, nor another spelling of a known one, nor the batch form filters."""
    unknown = {"BasketSession_UpdatedBy": "nobody", "basketsession_business": -5, "id": "[301,302]"}

    assert ids(nexudus, **unknown) == ids(nexudus)


RANGES = [
    f"{end}_BasketSession_{field}" for end in ("from", "to") for field in ("CreatedOn", "UpdatedOn")
]
NO_MINUTES = [
    "2025-02-29T00:00",
    "2025-13-01T00:00",
    "2025-01-01T24:00",
    "2025-01-01T10:60",
    "2025-01-01T10:30:00",
    "2025-01-01T10:30Z",
    "2025-01-01 10:30",
    "2025-1-1T10:30",
    "2025-01-01",
    "٢٠٢٥-01-01T10:30",
    "",
]
REFUSED: list[tuple[str, Any]] = [
    *((name, "2025-02-29T00:00") for name in RANGES),
    *((RANGES[0], text) for text in NO_MINUTES),
    *(("BasketSession_Business", text) for text in ("", "x", "1.5", "007", "+1", "1e400", "٣")),
    ("BasketSession_Business", str(2**63)),
    ("BasketSession_Business", str(-(2**63) - 1)),
    ("BasketSession_Business", "9" * 30),
    ("BasketSession_Business", ["1", "2"]),
    ("BasketSession_SessionId", ["a", "a"]),
    ("BasketSession_JsonContents", ["a", "b"]),
]


@pytest.mark.ruling("G4", "N18", "N22")
@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_filter_without_a_valid_value_is_refused(nexudus: Stand, name: str, value: Any) -> None:
    """The validation envelope names the parameter and has its value as it was sent."""
    response = nexudus.get(PATH, headers=ADMIN, params={name: value})

    refused(response, (name, WRONG, value))
