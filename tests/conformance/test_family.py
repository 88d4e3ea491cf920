"""What changed in a list while a law looked on, and what time alone may have done there."""

from collections.abc import Mapping
from typing import Any

import pytest

from understudy.conformance.family import altered, families
from understudy.specs.contract import load

NEW = {"Id": 1, "SessionId": "a", "IsNew": True}
OLD = {**NEW, "IsNew": False}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"1": NEW}, {"1": NEW}, []),
        ({"1": NEW}, {"1": OLD}, []),  # its day is over
        ({"1": OLD}, {"1": NEW}, ["1"]),
        ({"1": NEW}, {"1": {**OLD, "SessionId": "b"}}, ["1"]),
        ({"1": NEW}, {}, ["1"]),
        ({}, {"1": NEW}, ["1"]),
    ],
)
def test_what_a_timer_sets_is_nobodys_doing(
    before: Mapping[str, Any], after: Mapping[str, Any], found: list[str]
) -> None:
    """Another change is, even beside it; and no record of Nexudus goes by itself."""
    (family,) = [each for each in families(load("nexudus")) if each.listing is not None]
    assert altered(family, before, after) == found


def test_what_has_come_to_its_end_may_go() -> None:
    """A basket of Limio lives for its days; what comes, or is changed, is somebody's doing."""
    (family,) = [each for each in families(load("limio")) if each.listing is not None]
    basket = {"id": "basket-1", "completed": False}
    assert altered(family, {"1": basket}, {}) == []
    assert altered(family, {}, {"1": basket}) == ["1"]
    assert altered(family, {"1": basket}, {"1": {**basket, "completed": True}}) == ["1"]
