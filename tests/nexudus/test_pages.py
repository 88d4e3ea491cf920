"""The list's order and pages, each against a plain computation over the stored records."""

from math import ceil
from typing import Any

import pytest

from ..stand import Stand
from .office import ADMIN, PATH, WRONG, Record, created, ids, listed, records, refused

NAMES = [
    "Id",
    "UniqueId",
    "BusinessId",
    "SessionId",
    "JsonContents",
    "CreatedOn",
    "UpdatedOn",
    "UpdatedBy",
    "IsNew",
    "SystemId",
    "ToStringText",
    "LocalizationDetails",
    "CustomFields",
]


def in_order(rows: list[Record], name: str, direction: int) -> list[int]:
    """The ids in the order ruled: null smallest, ties by ascending id in both directions."""

    def rank(record: Record) -> tuple[bool, Any]:
        value = record[name]
        return value is not None, 0 if value is None else value

    by_id = sorted(rows, key=lambda record: int(record["Id"]))
    # A reversed sort keeps equals as they were, so the ids still ascend.
    return [record["Id"] for record in sorted(by_id, key=rank, reverse=direction == -1)]


@pytest.mark.ruling("N3", "N8", "N18", "N21")
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("name", NAMES)
def test_every_property_sorts_both_ways(nexudus: Stand, name: str, direction: int) -> None:
    """Text by code point, numbers by size, times as times, null smallest, ties by ascending Id."""
    found = ids(nexudus, orderBy=name, dir=direction)

    assert found == in_order(list(records(nexudus)), name, direction)


@pytest.mark.ruling("N8")
def test_the_sortable_names_are_the_records_own(nexudus: Stand) -> None:
    """A record has exactly the properties that it may be sorted by."""
    assert sorted(listed(nexudus)["Records"][0]) == sorted(NAMES)


@pytest.mark.ruling("N18", "N20")
def test_left_out_parameters_have_their_defaults(nexudus: Stand) -> None:
    """The first 25 records by ascending Id, and the answer says so."""
    answer = listed(nexudus)

    assert [record["Id"] for record in answer["Records"]] == ids(nexudus)[:25]
    assert answer["CurrentOrderField"] == "Id"
    assert answer["CurrentSortDirection"] == 1
    assert answer["CurrentPage"] == answer["PageNumber"] == 1
    assert answer["CurrentPageSize"] == answer["PageSize"] == 25


@pytest.mark.ruling("N20")
@pytest.mark.parametrize(
    ("query", "name", "direction"),
    [
        ({"dir": -1}, "Id", -1),
        ({"orderBy": "UpdatedOn"}, "UpdatedOn", 1),
        ({"orderBy": "SessionId", "dir": -1}, "SessionId", -1),
    ],
)
def test_the_answer_names_the_order_in_force(
    nexudus: Stand, query: dict[str, Any], name: str, direction: int
) -> None:
    """What is not sent is said with its default."""
    answer = listed(nexudus, **query)

    assert (answer["CurrentOrderField"], answer["CurrentSortDirection"]) == (name, direction)
    rows = list(records(nexudus))
    assert [r["Id"] for r in answer["Records"]] == in_order(rows, name, direction)[:25]


@pytest.mark.ruling("N1", "N19", "N20", "N21")
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("name", ["Id", "BusinessId", "SystemId", "UpdatedOn"])
@pytest.mark.parametrize("size", [1, 7, 10, 70, 1000])
def test_pages_laid_end_to_end_are_the_whole_list(
    nexudus: Stand, size: int, name: str, direction: int
) -> None:
    """No record is repeated or left out, and each page says truly where it lies."""
    whole = in_order(list(records(nexudus)), name, direction)
    total, pages = len(whole), ceil(len(whole) / size)
    assert total == 70
    for page in range(1, pages + 1):
        answer = listed(nexudus, page=page, size=size, orderBy=name, dir=direction)
        here = whole[(page - 1) * size : page * size]
        assert [record["Id"] for record in answer.pop("Records")] == here
        assert answer == {
            "CurrentPage": page,
            "CurrentPageSize": size,
            "CurrentOrderField": name,
            "CurrentSortDirection": direction,
            "FirstItem": whole.index(here[0]) + 1,
            "LastItem": whole.index(here[-1]) + 1,
            "TotalItems": total,
            "TotalPages": pages,
            "HasNextPage": page < pages,
            "HasPreviousPage": page > 1,
            "PageNumber": page,
            "PageSize": size,
        }


@pytest.mark.ruling("N19")
def test_a_filtered_list_counts_what_it_keeps(nexudus: Stand) -> None:
    """Totals and pages are those of the filtered result."""
    matching = ids(nexudus, BasketSession_Business=1415)

    answer = listed(nexudus, BasketSession_Business=1415, size=4, page=2)

    assert answer["TotalItems"] == len(matching) > 8
    assert answer["TotalPages"] == ceil(len(matching) / 4)
    assert [record["Id"] for record in answer["Records"]] == matching[4:8]


@pytest.mark.ruling("N19")
@pytest.mark.parametrize(
    ("fixture", "query", "pages", "is_after_something"),
    [
        ("default", {"page": 8, "size": 10}, 7, True),
        ("default", {"page": 2, "size": 1000}, 1, True),
        ("default", {"page": 2**63 - 1, "size": 1000}, 1, True),
        ("default", {"BasketSession_SessionId": "nobody's"}, 0, False),
        ("default", {"BasketSession_SessionId": "nobody's", "page": 2}, 0, False),
        ("empty", {}, 0, False),
        ("empty", {"page": 3}, 0, False),
    ],
)
def test_a_page_without_records_says_so(
    nexudus: Stand, fixture: str, query: dict[str, Any], pages: int, is_after_something: bool
) -> None:
    """Past the end and in an empty result: 200, items 0, and a page before it only if it exists."""
    nexudus.reset(fixture)

    answer = listed(nexudus, **query)

    assert answer["Records"] == []
    assert (answer["FirstItem"], answer["LastItem"]) == (0, 0)
    assert answer["TotalPages"] == pages
    assert answer["TotalItems"] == (70 if is_after_something else 0)
    assert answer["HasNextPage"] is False
    assert answer["HasPreviousPage"] is is_after_something
    assert answer["PageNumber"] == answer["CurrentPage"] == query.get("page", 1)


def test_the_list_follows_what_is_written(nexudus: Stand) -> None:
    """A new record has its place and is counted at once; a deleted one is not."""
    nexudus.reset("empty")
    first, second = created(nexudus, SessionId="b"), created(nexudus, SessionId="a")
    assert ids(nexudus, orderBy="SessionId") == [second, first]

    assert nexudus.delete(f"{PATH}/{first}", headers=ADMIN).status_code == 200

    answer = listed(nexudus)
    assert [record["Id"] for record in answer["Records"]] == [second]
    assert answer["TotalItems"] == 1


@pytest.mark.ruling("G4")
@pytest.mark.parametrize("text", ["2", "2.0", "20e-1", "0.2e1"])
def test_a_page_may_be_any_json_number_that_is_whole(nexudus: Stand, text: str) -> None:
    """JSON has one kind of number: 2.0 is the second page as well."""
    assert listed(nexudus, page=text, size=10) == listed(nexudus, page=2, size=10)


@pytest.mark.ruling("G4", "N18")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page", text) for text in ("0", "-1", "", "x", "1.5", "01", "+1", str(2**63))),
        ("page", ["1", "1"]),
        *(("size", text) for text in ("0", "-1", "1001", "", "ten", "2.5", "9" * 30)),
        ("size", ["5", "6"]),
        *(("orderBy", text) for text in ("", "Name", "id", "NewUntil", "-Id", "Id,SessionId")),
        ("orderBy", ["Id", "Id"]),
        *(("dir", text) for text in ("0", "2", "-2", "", "asc", "true")),
        ("dir", ["1", "-1"]),
    ],
)
def test_a_page_or_order_without_a_valid_value_is_refused(
    nexudus: Stand, name: str, value: Any
) -> None:
    """The validation envelope names the parameter and has its value as it was sent."""
    response = nexudus.get(PATH, headers=ADMIN, params={name: value})

    refused(response, (name, WRONG, value))


@pytest.mark.ruling("N18", "N23")
def test_every_invalid_parameter_is_told_at_once(nexudus: Stand) -> None:
    """One error for each, and a line for each in the summary."""
    query = {"page": "0", "size": "0", "orderBy": "Name", "dir": "0"}

    response = nexudus.get(PATH, headers=ADMIN, params=query)

    refused(response, *((name, WRONG, value) for name, value in query.items()))
