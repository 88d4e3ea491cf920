"""JSON Pointers: splitting and joining are inverse, and writing never changes the original."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.specs import pointer

NAMES = st.text() | st.sampled_from(["", "a", "/", "~", "~1", "0", "01", "-1"])
PATHS = st.lists(NAMES, max_size=5).map(tuple)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)

RFC = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "m~n": 8,
    "~1": 9,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", RFC),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/m~0n", 8),
        ("/~01", 9),
    ],
)
def test_examples_of_the_rfc(text: str, value: Any) -> None:
    """RFC 6901, section 5."""
    assert pointer.get(RFC, pointer.split(text)) == value


@given(PATHS)
def test_split_undoes_join(path: tuple[str, ...]) -> None:
    """Any tokens survive being written."""
    assert pointer.split(pointer.join(path)) == path


@given(PATHS)
def test_join_undoes_split(path: tuple[str, ...]) -> None:
    """There is one way to write a pointer."""
    text = pointer.join(path)
    assert pointer.join(pointer.split(text)) == text


@pytest.mark.parametrize("text", ["a", "a/b", "#/a", " /a"])
def test_what_does_not_begin_with_a_slash_is_none(text: str) -> None:
    """A pointer is empty or begins with a slash."""
    with pytest.raises(ValueError, match="must begin with"):
        pointer.split(text)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, ("a",)),
        ({"a": None}, ("a", "b")),
        ({"a": "text"}, ("a", "0")),
        ({"a": 5}, ("a", "0")),
        ([1], ("1",)),
        ([1], ("-1",)),
        ([1], ("a",)),
        ([1], ("",)),
    ],
)
def test_what_is_not_there_is_missing(document: Any, path: tuple[str, ...]) -> None:
    """`get` tells missing from null; `value` does not."""
    assert pointer.get(document, path) is pointer.MISSING
    assert pointer.value(document, path) is None


def test_null_is_not_missing() -> None:
    """Null is a value."""
    assert pointer.get({"a": None}, ("a",)) is None


@given(OBJECTS, PATHS.filter(bool), VALUES)
def test_what_is_put_is_found_and_the_original_stays(
    document: dict[str, Any], path: tuple[str, ...], new: Any
) -> None:
    """`put` answers a changed copy."""
    before = copy.deepcopy(document)
    assert pointer.get(pointer.put(document, path, new), path) == new
    assert document == before


@given(OBJECTS, PATHS.filter(bool), VALUES)
def test_put_leaves_all_else_as_it_was(
    document: dict[str, Any], path: tuple[str, ...], new: Any
) -> None:
    """Only the first member on the path differs."""
    changed = pointer.put(document, path, new)
    assert {k: v for k, v in changed.items() if k != path[0]} == {
        k: v for k, v in document.items() if k != path[0]
    }


@given(OBJECTS, st.dictionaries(NAMES.map(lambda name: (name,)), VALUES, max_size=3))
def test_put_all_puts_each(document: dict[str, Any], values: dict[tuple[str, ...], Any]) -> None:
    """`put_all` is `put` for each value, also for none."""
    before = copy.deepcopy(document)
    assert pointer.put_all(document, values) == {**document, **{k: v for (k,), v in values.items()}}
    assert document == before
