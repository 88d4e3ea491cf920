"""What the diff calls safe is safe, and what it calls breaking breaks somebody.

Instances are those that a sender makes who sends no members but declared ones.
"""

import random
from collections.abc import Iterator
from typing import Any, Literal

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, event, given, settings

from understudy.conformance.diff.instances import instances
from understudy.conformance.diff.node import Node
from understudy.conformance.diff.schemas import Schemata
from understudy.conformance.diff.side import Side
from understudy.conformance.diff.unchanged import Unchanged
from understudy.specs.pointer import MISSING
from understudy.specs.schema import converted

from .schemas import NAMES, Schema, Where, compared, document, pairs

WHERE: tuple[Where, ...] = ("request", "response")
LEAVES = (
    *(None, True, False, *range(-4, 9), 0.5, 2.5, -0.5, 1e9),
    *("", "a", "b", "c", "x", "y", "z", "w", "ab", "zz", "aaa", "abcd"),
    *("2026-01-15", "2026-01-15T12:00:00Z", "7d9f1c1e-8b52-4c1f-9a53-0d2f6a1b2c3d"),
)


def _pool() -> list[Any]:
    """A great many small values, the same each time."""
    chance = random.Random(5)
    found: list[Any] = [*LEAVES, [], {}]
    for _ in range(1500):
        some = [chance.choice(found if chance.random() < 0.3 else LEAVES) for _ in range(3)]
        if chance.random() < 0.3:
            found.append(some[: chance.randint(1, 3)])
        else:
            names = chance.sample([*NAMES, "d"], chance.randint(1, 3))
            found.append(dict(zip(names, some, strict=False)))
    for count in range(4, 8):
        found += [dict.fromkeys("abcdefgh"[:count], leaf) for leaf in LEAVES]
        found += [[leaf] * count for leaf in LEAVES]
        found += ["a" * count, list(range(count))]
    return found


POOL = _pool()


def _validator(schema: Schema, where: Where, *, closed: bool) -> jsonschema_rs.Draft202012Validator:
    direction: Literal["request", "answer"] = "request" if where == "request" else "answer"
    return jsonschema_rs.Draft202012Validator(
        converted(schema, direction, closed=closed), validate_formats=True
    )


def refuting(old: Schema, new: Schema, where: Where) -> Any:
    """Something that is sent and not allowed; MISSING where none is found."""
    ours, theirs = (old, new) if where == "request" else (new, old)
    sent = _validator(ours, where, closed=True)
    taken = _validator(theirs, where, closed=False)
    found = [made for made in (*POOL, *_made(ours, where)) if sent.is_valid(made)]
    # The diff also sends what is required and nobody declared, as careless documents mean it.
    may_be_sent = _validator(ours, where, closed=False)
    found += [made for made in _shown(old, new, where) if may_be_sent.is_valid(made)]
    return next((made for made in found if not taken.is_valid(made)), MISSING)


def is_sent(old: Schema, new: Schema, where: Where) -> bool:
    """Whether the sender's schema has any instance that is found."""
    ours = old if where == "request" else new
    sent = _validator(ours, where, closed=True)
    return any(sent.is_valid(made) for made in (*POOL, *_made(ours, where)))


def _shown(old: Schema, new: Schema, where: Where) -> Iterator[Any]:
    """What the diff itself would show."""
    before, after = document(old, where), document(new, where)
    schemata = Schemata(before, after, Unchanged(before, after))
    relation = schemata.relation("request" if where == "request" else "answer", where)
    nodes = (Node(before, old),), (Node(after, new),)
    witness = relation.schemas(*(nodes if where == "request" else nodes[::-1])).witness
    yield from [witness] if witness is not MISSING else ()


def _made(schema: Schema, where: Where) -> Iterator[Any]:
    """Instances made for the schema, which few of a pool are."""
    source = document(schema, where)
    side = Side(source, "request" if where == "request" else "answer")
    return instances(side, side.shape((Node(source, schema),)))


@pytest.mark.whole
@pytest.mark.parametrize("where", WHERE)
@given(pair=pairs())
@settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_is_safe_breaks_nobody_and_what_is_breaking_somebody(
    where: Where, pair: tuple[Schema, Schema]
) -> None:
    """Of the one, no instance that is sent is refused by who receives it.

    Of the other some instance is, unless nothing at all can be sent by the schema.
    """
    worst = compared(*pair, where).worst
    event(worst)
    if worst == "safe":
        assert refuting(*pair, where) is MISSING
    elif worst == "breaking" and is_sent(*pair, where):
        assert refuting(*pair, where) is not MISSING
