"""The rows of a list are checked and written once, and come to what the whole list would."""

import copy
import json
from functools import partial
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.server.remembered import Remembered
from understudy.server.rows import Rows, rows
from understudy.specs import document
from understudy.specs.contract import NAMES, Contract, from_document, load

SHOP = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths: {}
components:
  schemas:
    Page:
      type: object
      required: [items, total]
      properties:
        items: {type: array, items: {$ref: "#/components/schemas/Row"}}
        total: {type: integer}
    Row:
      type: object
      required: [id]
      properties:
        id: {type: integer}
        text: {type: string, nullable: true}
        secret: {type: string, writeOnly: true}
"""
PAGE = {"$ref": "#/components/schemas/Page"}
SOME = st.none() | st.booleans() | st.integers() | st.text(max_size=2)
ROW = st.fixed_dictionaries({}, optional={"id": SOME, "text": SOME, "secret": SOME, "more": SOME})
BODY = st.fixed_dictionaries(
    {}, optional={"items": st.lists(ROW | SOME, max_size=4) | SOME, "total": SOME, "more": SOME}
)


def _shop() -> Contract:
    return from_document("shop", document.parse(SHOP, "shop.yaml"))


def _rows(contract: Contract, schema: Any, *, closed: bool = False) -> Rows | None:
    compile_ = partial(contract.schemas.compile, direction="answer", closed=closed)
    return rows(contract, schema, ("items",), compile_)


@given(body=BODY | SOME, closed=st.booleans(), times=st.integers(1, 2))
@example(body={"items": [{"id": 1}], "total": 2**70}, closed=True, times=1)
@example(body={"items": [{"id": 2**70}], "total": 1}, closed=True, times=2)
def test_a_list_is_allowed_where_the_whole_is_and_written_like_it(
    body: Any, closed: bool, times: int
) -> None:
    """Also the second time, when its rows are remembered; whatever else is in it."""
    contract = _shop()
    listed = _rows(contract, PAGE, closed=closed)
    assert listed is not None
    whole = contract.schemas.compile(PAGE, "answer", closed=closed)
    for _ in range(times):
        written = listed.json_of(body)
        assert (written is not None) == whole.is_valid(body)
        assert written is None or json.loads(written) == body


def test_a_list_that_is_the_same_is_the_same_octets() -> None:
    """Not one that differs in a row, in their order or number, or in what is around them."""
    listed = _rows(_shop(), PAGE)
    assert listed is not None
    one, other, equal = {"id": 1}, {"id": 2}, {"id": 1.0}
    first = listed.json_of({"items": [one, other], "total": 2})
    assert listed.json_of({"items": [one, other], "total": 2}) is first
    for items, total in (
        ([equal, other], 2),
        ([other, one], 2),
        ([one], 2),
        ([one, other, one], 2),
        ([one, other], 3),
        ([one, other], 2),
    ):
        written = listed.json_of({"items": items, "total": total})
        assert written == orjson.dumps({"items": items, "total": total})
    assert listed.json_of({"items": [one, {"id": "1"}], "total": 2}) is None
    assert listed.json_of({"items": [one, other], "total": "2"}) is None


def test_a_list_that_is_long_is_not_kept() -> None:
    """It would stay as long as none else is asked for."""
    listed = _rows(_shop(), PAGE)
    assert listed is not None
    body = {"items": [{"id": 1, "text": "x" * 300_000}], "total": 1}
    assert listed.json_of(body) is not listed.json_of(body)


@pytest.mark.parametrize("name", NAMES)
def test_the_lists_of_the_contracts_are_checked_row_by_row(name: str) -> None:
    """As long as their schemas say nothing of the rows together."""
    contract = load(name)
    for operation in contract.operations.values():
        if operation.listing is not None:
            (schema,) = operation.responses["200"].content.values()
            compile_ = partial(contract.schemas.compile, direction="answer")
            assert rows(contract, schema, operation.listing.items, compile_) is not None


@pytest.mark.parametrize(
    ("at", "keyword"),
    [
        ((), {"allOf": [{"required": ["more"]}]}),
        ((), {"minProperties": 3}),
        ((), {"not": {"required": ["more"]}}),
        (("properties", "items"), {"minItems": 1}),
        (("properties", "items"), {"uniqueItems": True}),
        (("properties", "items"), {"nullable": True}),
    ],
    ids=str,
)
def test_rows_that_more_is_said_of_are_checked_together(at: Any, keyword: Any) -> None:
    """What holds of each need not hold of all."""
    contract = _shop()
    schema = copy.deepcopy(contract.document["components"]["schemas"]["Page"])
    part = schema
    for token in at:
        part = part[token]
    part.update(keyword)
    assert _rows(contract, schema) is None


def test_a_list_that_is_not_declared_has_no_rows() -> None:
    """Nor has one whose items are not."""
    contract = _shop()
    assert _rows(contract, {"type": "object"}) is None
    assert _rows(contract, {"type": "object", "properties": {"items": {"type": "array"}}}) is None


def test_what_was_made_of_a_document_is_made_once() -> None:
    """As long as it is the same object; an equal one is another."""
    numbers = count(1)
    remembered = Remembered(lambda _: next(numbers))
    one, other = {"id": 1}, {"id": 1}
    assert remembered.all([one, other, one]) == [1, 2, 1]
    assert (remembered(one), remembered(other)) == (1, 2)


def test_no_more_is_remembered_than_is_said() -> None:
    """And what is forgotten is made again, also for an object in the place of one that is gone."""
    remembered = Remembered(lambda each: each["id"], most=3)
    for number in range(1000):
        assert remembered({"id": number}) == number
