"""Basket sessions one at a time: created, read, replaced, deleted."""

from typing import Any
from uuid import UUID

import pytest

from ..stand import Stand
from .office import (
    ADMIN,
    MISSING,
    NOT_FOUND,
    PATH,
    WRONG,
    created,
    ids,
    listed,
    read,
    records,
    refused,
)

WHOLE = {"BusinessId": 7, "SessionId": "s", "JsonContents": "{}", "SystemId": "x"}
NOON = "2026-01-15T12:00:00Z"
NO_IDS = ["424242", "0", "-1", "abc", "007", "+7", "1.5", "9006x", "%20", str(2**63), "9" * 5000]


@pytest.mark.ruling("N6", "N11", "N23")
def test_creating_answers_the_id_of_a_record_that_can_be_read(nexudus: Stand) -> None:
    """All that can be written is kept; the rest is the server's."""
    response = nexudus.post(PATH, headers=ADMIN, json=WHOLE)

    assert response.status_code == 200
    answer = response.json()
    number = answer["Value"]["Id"]
    assert answer == {
        "Status": 200,
        "Message": "BasketSession was successfully created.",
        "Value": {"Id": number},
        "OpenInDialog": False,
        "OpenInWindow": False,
        "RedirectURL": None,
        "JavaScript": None,
        "UpdatedOn": NOON,
        "UpdatedBy": "admin@example.com",
        "Errors": None,
        "WasSuccessful": True,
    }
    record = read(nexudus, number)
    assert UUID(record.pop("UniqueId")).version == 4
    assert record == {
        **WHOLE,
        "Id": number,
        "CreatedOn": NOON,
        "UpdatedOn": NOON,
        "UpdatedBy": "admin@example.com",
        "IsNew": True,
        "ToStringText": "BasketSession",
        "LocalizationDetails": None,
        "CustomFields": None,
    }
    assert number in ids(nexudus)


@pytest.mark.ruling("N7", "N23")
def test_empty_text_and_zero_are_values(nexudus: Stand) -> None:
    """The vendor's own request has both; what it leaves out is null."""
    record = read(nexudus, created(nexudus, BusinessId=0, SessionId=""))

    assert (record["BusinessId"], record["SessionId"]) == (0, "")
    assert (record["JsonContents"], record["SystemId"]) == (None, None)


@pytest.mark.ruling("N23")
def test_the_servers_members_cannot_be_written(nexudus: Stand) -> None:
    """They are ignored like members that nobody knows, by create and by replace."""
    theirs = {
        "UniqueId": "00000000-0000-4000-8000-000000000000",
        "CreatedOn": "2001-01-01T00:00:00Z",
        "UpdatedOn": "2001-01-01T00:00:00Z",
        "UpdatedBy": "somebody",
        "IsNew": 3,
        "NewUntil": "2099-01-01T00:00:00Z",
        "ToStringText": "text",
        "LocalizationDetails": {},
        "CustomFields": [],
        "Nonsense": "x",
    }
    number = created(nexudus, Id=5, **theirs)
    record = read(nexudus, number)
    assert number != 5
    assert "Nonsense" not in nexudus.documents("basket_sessions")[-1]
    assert not {name for name, value in theirs.items() if record.get(name) == value}

    body = {**theirs, "Id": number, "BusinessId": 1, "SessionId": "new"}
    assert nexudus.put(PATH, headers=ADMIN, json=body).status_code == 200

    assert read(nexudus, number) == record


@pytest.mark.ruling("N23")
def test_replacing_clears_what_is_left_out(nexudus: Stand) -> None:
    """Writable members are those of the body, or null; of the server's only `UpdatedOn` moves."""
    number = created(nexudus, **WHOLE)
    before = read(nexudus, number)
    nexudus.advance(hours=1)

    body = {"Id": number, "BusinessId": 8, "SessionId": "t"}
    response = nexudus.put(PATH, headers=ADMIN, json=body)

    assert response.status_code == 200
    answer = response.json()
    assert answer["Message"] == "BasketSession was successfully updated."
    assert (answer["Value"], answer["UpdatedOn"]) == ({"Id": number}, "2026-01-15T13:00:00Z")
    assert read(nexudus, number) == {
        **before,
        **body,
        "JsonContents": None,
        "SystemId": None,
        "UpdatedOn": "2026-01-15T13:00:00Z",
    }


@pytest.mark.ruling("N23")
def test_a_fetched_record_can_be_sent_back_as_it_is(nexudus: Stand) -> None:
    """Replacing a record by itself changes its update alone."""
    before = read(nexudus, 1084)

    assert nexudus.put(PATH, headers=ADMIN, json=before).status_code == 200

    assert read(nexudus, 1084) == {**before, "UpdatedOn": NOON, "UpdatedBy": "admin@example.com"}


def test_the_last_writer_is_named(nexudus: Stand) -> None:
    """`UpdatedBy` is whoever's credential the write came with, in the record and in the answer."""
    roles = ["BasketSession-Create", "BasketSession-Edit"]
    user = {"Email": "clerk@example.com", "Password": "p", "Roles": roles}
    nexudus.store("users", user)
    number = created(nexudus)
    clerk = ("clerk@example.com", "p")

    body = {"Id": number, "BusinessId": 1, "SessionId": "s"}
    replaced = nexudus.put(PATH, auth=clerk, json=body)
    made = nexudus.post(PATH, auth=clerk, json=body)

    assert replaced.json()["UpdatedBy"] == made.json()["UpdatedBy"] == "clerk@example.com"
    assert read(nexudus, number)["UpdatedBy"] == "clerk@example.com"
    assert read(nexudus, made.json()["Value"]["Id"])["UpdatedBy"] == "clerk@example.com"


@pytest.mark.ruling("N25")
def test_a_deleted_record_is_gone(nexudus: Stand) -> None:
    """It is answered with its id, and not read, listed, replaced or deleted again."""
    number = 1084
    response = nexudus.delete(f"{PATH}/{number}", headers=ADMIN)

    assert response.status_code == 200
    answer = response.json()
    assert answer["Message"] == "BasketSession was successfully deleted."
    assert (answer["Status"], answer["Value"]) == (200, {"Id": number})
    assert (answer["UpdatedOn"], answer["UpdatedBy"]) == (NOON, "admin@example.com")
    assert number not in ids(nexudus)
    body = {"Id": number, "BusinessId": 1, "SessionId": "s"}
    for again in (
        nexudus.get(f"{PATH}/{number}", headers=ADMIN),
        nexudus.delete(f"{PATH}/{number}", headers=ADMIN),
        nexudus.put(PATH, headers=ADMIN, json=body),
    ):
        assert (again.status_code, again.json()) == (404, NOT_FOUND)


@pytest.mark.ruling("N24")
@pytest.mark.parametrize("fixture", ["default", "empty"])
def test_ids_are_never_given_out_twice(nexudus: Stand, fixture: str) -> None:
    """Also not after the newest record, or all of them, were deleted."""
    nexudus.reset(fixture)
    seen = set(ids(nexudus))
    for number in seen:
        assert nexudus.delete(f"{PATH}/{number}", headers=ADMIN).status_code == 200
    for _ in range(3):
        number = created(nexudus)
        assert number not in seen
        seen.add(number)
        assert nexudus.delete(f"{PATH}/{number}", headers=ADMIN).status_code == 200


@pytest.mark.ruling("N24")
def test_a_record_is_new_for_a_day(nexudus: Stand) -> None:
    """24 hours on the clock, to the second; replacing it does not make it new again."""
    number = created(nexudus)
    body = {"Id": number, "BusinessId": 1, "SessionId": "s"}
    nexudus.advance(hours=23, minutes=59, seconds=59)
    assert nexudus.put(PATH, headers=ADMIN, json=body).status_code == 200
    assert read(nexudus, number)["IsNew"] is True

    nexudus.advance(seconds=1)

    assert read(nexudus, number)["IsNew"] is False
    assert nexudus.put(PATH, headers=ADMIN, json=body).status_code == 200
    assert read(nexudus, number)["IsNew"] is False


@pytest.mark.ruling("N24")
def test_the_fixture_has_records_that_are_about_to_age(nexudus: Stand) -> None:
    """The list shows the same as reading one, and the clock alone changes it."""

    def new() -> set[int]:
        return {r["Id"] for r in listed(nexudus, size=1000)["Records"] if r["IsNew"]}

    assert new() == {9001, 9004, 9005, 9006}
    nexudus.advance(minutes=1)
    assert new() == {9004, 9005, 9006}
    nexudus.advance(hours=12)
    assert new() == {9005, 9006}


@pytest.mark.ruling("N25")
@pytest.mark.parametrize("number", NO_IDS)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_that_names_no_record_is_not_found(nexudus: Stand, method: str, number: str) -> None:
    """Unknown, or no number at all: the same answer, and nothing is deleted."""
    before = nexudus.dump()

    response = nexudus.request(method, f"{PATH}/{number}", headers=ADMIN)

    assert (response.status_code, response.json()) == (404, NOT_FOUND)
    assert nexudus.dump() == before


@pytest.mark.ruling("N25")
@pytest.mark.parametrize("number", [424242, 0, -1, 2**63 - 1])
def test_replacing_looks_at_the_body_before_the_record(nexudus: Stand, number: int) -> None:
    """An unknown id is 404 only once the body is valid."""
    before = nexudus.dump()

    unknown = nexudus.put(
        PATH, headers=ADMIN, json={"Id": number, "BusinessId": 1, "SessionId": "s"}
    )
    invalid = nexudus.put(PATH, headers=ADMIN, json={"Id": number, "BusinessId": 1})

    assert (unknown.status_code, unknown.json()) == (404, NOT_FOUND)
    refused(invalid, ("SessionId", "is a required field", None))
    assert nexudus.dump() == before


BAD_NUMBERS: list[Any] = ["", "7", 7.5, True, [], {}, 2**63, -1e30]
BAD_TEXTS: list[Any] = [0, 7.5, False, ["s"], {}]
INVALID: list[tuple[Any, list[tuple[str, str, Any]]]] = [
    ({"BusinessId": None}, [("BusinessId", MISSING, None)]),
    ({"SessionId": None}, [("SessionId", MISSING, None)]),
    (
        {"SessionId": None, "BusinessId": None},
        [("SessionId", MISSING, None), ("BusinessId", MISSING, None)],
    ),
    *(({"BusinessId": value}, [("BusinessId", WRONG, value)]) for value in BAD_NUMBERS),
    *(
        ({name: value}, [(name, WRONG, value)])
        for name in ("SessionId", "JsonContents", "SystemId")
        for value in BAD_TEXTS
    ),
    (
        {"BusinessId": "x", "SessionId": None, "JsonContents": {"Items": []}},
        [
            ("BusinessId", WRONG, "x"),
            ("SessionId", MISSING, None),
            ("JsonContents", WRONG, {"Items": []}),
        ],
    ),
]


@pytest.mark.ruling("N4", "N5", "N23")
@pytest.mark.parametrize(("members", "errors"), INVALID)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_invalid_member_is_refused_and_nothing_changes(
    nexudus: Stand, method: str, members: dict[str, Any], errors: list[tuple[str, str, Any]]
) -> None:
    """Each member has one error, with its value as it was sent."""
    before = nexudus.dump()

    body = {"Id": 1084, **WHOLE, **members}
    response = nexudus.request(method, PATH, headers=ADMIN, json=body)

    refused(response, *errors)
    assert nexudus.dump() == before


@pytest.mark.ruling("N23")
@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("POST", "BusinessId"),
        ("POST", "SessionId"),
        ("PUT", "Id"),
        ("PUT", "BusinessId"),
        ("PUT", "SessionId"),
    ],
)
def test_a_missing_member_is_refused(nexudus: Stand, method: str, name: str) -> None:
    """Left out is answered like null."""
    before = nexudus.dump()
    body = {"Id": 1084, **WHOLE}
    del body[name]

    response = nexudus.request(method, PATH, headers=ADMIN, json=body)

    refused(response, (name, MISSING, None))
    assert nexudus.dump() == before


@pytest.mark.ruling("N23")
@pytest.mark.parametrize("value", ["1084", 1084.5, True, [1084], 2**63])
def test_an_id_of_the_wrong_type_is_refused_by_replace(nexudus: Stand, value: Any) -> None:
    """In a body the id is a member like others: 400, not 404."""
    body = {**WHOLE, "Id": value}

    refused(nexudus.put(PATH, headers=ADMIN, json=body), ("Id", WRONG, value))


@pytest.mark.ruling("N23", "G5")
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("raw", "message", "value"),
    [
        (b"", MISSING, None),
        (b"null", MISSING, None),
        (b"{", WRONG, None),
        (b"{'a': 1}", WRONG, None),
        (b'{"BusinessId": NaN}', WRONG, None),
        (b'"\xff"', WRONG, None),
        (b'{"SessionId": "\\ud800"}', WRONG, None),
        (b"[]", WRONG, []),
        (b"7", WRONG, 7),
        (b'"text"', WRONG, "text"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    nexudus: Stand, method: str, raw: bytes, message: str, value: Any
) -> None:
    """The property at fault is called "body"; what cannot be read has no value."""
    before = nexudus.dump()
    headers = {**ADMIN, "Content-Type": "application/json"}

    refused(nexudus.request(method, PATH, headers=headers, data=raw), ("body", message, value))
    assert nexudus.dump() == before


@pytest.mark.ruling("N23")
@pytest.mark.parametrize("business", [7.0, -(2**63), 2**63 - 1])
def test_a_whole_number_is_kept_exactly(nexudus: Stand, business: float) -> None:
    """64 bits, and 7.0 is 7: JSON has one kind of number."""
    number = created(nexudus, BusinessId=business)

    text = nexudus.get(f"{PATH}/{number}", headers=ADMIN).text

    assert f'"BusinessId":{int(business)},' in text


def test_text_is_kept_to_the_letter(nexudus: Stand) -> None:
    """Nothing is trimmed, folded or escaped away."""
    text = ' \t"é\\😀\u0000<&>\n '

    record = read(nexudus, created(nexudus, SessionId=text, JsonContents=text, SystemId=text))

    assert (record["SessionId"], record["JsonContents"], record["SystemId"]) == (text,) * 3


def test_reading_and_listing_show_the_same(nexudus: Stand) -> None:
    """Each record of the list is the record that reading it gives, without what is kept hidden."""
    rows = listed(nexudus, size=1000)["Records"]

    assert len(rows) == len(records(nexudus))
    for row, stored in zip(rows, records(nexudus), strict=True):
        assert row == {name: value for name, value in stored.items() if name != "NewUntil"}
        assert row == read(nexudus, row["Id"])
