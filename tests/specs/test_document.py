"""Files are read by the rules of YAML 1.2 and of JSON, and what has two meanings is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from understudy.specs import pointer
from understudy.specs.document import Document, parse, read
from understudy.specs.errors import ContractError, Finding, UsageError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _refused(text: str, file: str = "a.yaml", **options: Any) -> Finding:
    with pytest.raises(ContractError) as caught:
        parse(text, file, **options)
    (finding,) = caught.value.findings
    return finding


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, word) for word in ("no", "yes", "on", "off", "y", "n", "No", "ON")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, None) for word in ("null", "Null", "NULL", "~", "")],
        ("nULL", "nULL"),
        ("2026-01-15", "2026-01-15"),
        ("2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("+7", 7),
        ("-7", -7),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-3", -0.0015),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("-", [None]),
        ("=", "="),
        ("<<", "<<"),
        ("'true'", "true"),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalar_has_the_meaning_of_yaml_1_2(text: str, value: Any) -> None:
    """Words are text, dates are text, 010 is ten, and nothing is a number by surprise."""
    found = parse(text, "a.yaml").data
    assert found == value
    assert type(found) is type(value)


def test_keys_are_text() -> None:
    """Whatever a key looks like, it is the text that stands there."""
    data = parse("{200: a, true: b, null: c, 1.0: d, 'x y': e, 2026-01-15: f}", "a.yaml").data
    assert list(data) == ["200", "true", "null", "1.0", "x y", "2026-01-15"]


@pytest.mark.parametrize(
    ("text", "line", "at", "message"),
    [
        ("a: 1\na: 2", 2, "/a", 'the key "a" stands here twice'),
        ("a:\n  b: 1\n  'b': 2", 3, "/a/b", 'the key "b" stands here twice'),
        ("200: 1\n'200': 2", 2, "/200", 'the key "200" stands here twice'),
        ("a: &x {}\nb: *x", 1, "/b", "aliases are not allowed"),
        ("a: &x 1\nb: *x", 1, "/b", "aliases are not allowed"),
        ("a: &x [*x]", 1, "/a/0", "aliases are not allowed"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 1, "/c/<<", "aliases are not allowed"),
        ("a: *nowhere", 1, "", "is not YAML: found undefined alias"),
        ("a: !!python/object:os.system {}", 1, "/a", 'the tag "!!python/object:os.system"'),
        ("a: !!python/name:os.system ''", 1, "/a", 'the tag "!!python/name:os.system"'),
        ("a: !!set {b}", 1, "/a", 'the tag "!!set" has no meaning here'),
        ("a: !own [1]", 1, "/a", 'the tag "!own" has no meaning here'),
        ("- 1\n- !now -P3D", 2, "/1", 'the tag "!now" has no meaning here'),
        ("? [a]\n: 1", 1, "", "a key must be text"),
        ("a: 1e999", 1, "/a", "1e999 is beyond what a number can hold"),
        ("a: " + "9" * 5000, 1, "/a", "Exceeds the limit"),
        ("a: [1\nb: 2", 2, "", "is not YAML"),
        ("a: 1\n  b: 2", 2, "", "is not YAML: mapping values are not allowed"),
        ("a:\n\t- 1", 2, "", "a tab cannot indent, use spaces"),
        ("a: 1\nb: \x01", 2, "", "is not YAML: the character U+0001 is not allowed"),
        ("a: 1\n---\nb: 2", 2, "", "is not YAML"),
        ("%YAML 9.9\n---\na: 1", 1, "", "is not YAML"),
    ],
)
def test_what_has_no_one_meaning_is_refused(text: str, line: int, at: str, message: str) -> None:
    """Each refusal says the line, the place and the reason."""
    found = _refused(text)
    assert (found.file, found.line, found.pointer) == ("a.yaml", line, at)
    assert message in found.message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500 + "]" * 500,
        "[" * 300_000,
        "{a: " * 100_000,
        "- " * 5_000,
        "\n".join(" " * depth + "a:" for depth in range(400)),
    ],
)
@pytest.mark.parametrize("file", ["a.yaml", "a.json"])
def test_deep_nesting_is_refused(text: str, file: str) -> None:
    """However deep, it ends in a finding and not in a crash."""
    found = _refused(text, file)
    assert "too deep" in found.message or "is not JSON" in found.message


def test_depth_within_the_limit_is_read() -> None:
    """A hundred levels are no trouble."""
    text = "[" * 100 + "]" * 100
    assert parse(text, "a.yaml").data == json.loads(text)
    assert parse(text, "a.json").data == json.loads(text)


def test_alias_bomb_costs_nothing() -> None:
    """Nine levels of ten aliases each are refused at the first."""
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    found = _refused("\n".join(["l0: &l0 [x]", *levels]))
    assert found.pointer == "/l1/0"


def test_given_tags_have_their_meaning() -> None:
    """A tag of the caller's is called with the text, and its complaint is a finding."""
    tags = {"!double": lambda text: 2 * int(text)}
    assert parse("a: !double 21", "a.yaml", tags).data == {"a": 42}
    assert "invalid literal" in _refused("a: !double x", tags=tags).message


YAML_LINES = """\
openapi: 3.0.3
paths:
  /books/{id}:
    get: {operationId: a,
      tags: [x,
        y]}
  a~b: 1
list:
- 1
- c: 2
  d: 3
"""


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("", 1),
        ("/paths", 2),
        ("/paths/~1books~1{id}", 3),
        ("/paths/~1books~1{id}/get/operationId", 4),
        ("/paths/~1books~1{id}/get/tags/0", 5),
        ("/paths/~1books~1{id}/get/tags/1", 6),
        ("/paths/a~0b", 7),
        ("/list/0", 9),
        ("/list/1", 10),
        ("/list/1/d", 11),
        ("/list/1/e/f", 10),
        ("/nowhere", 1),
    ],
)
def test_line_of_a_part_is_that_of_its_key(at: str, line: int) -> None:
    """A part that is not there has the line of the nearest one above it."""
    assert parse(YAML_LINES, "a.yaml").line(at) == line


def test_root_begins_after_the_comments() -> None:
    """The line of the whole is where it begins."""
    assert parse("# a\n# b\na: 1", "a.yaml").line("") == 3
    assert parse("", "a.yaml").line("") == 1


@given(JSON)
def test_json_is_read_as_json(value: Any) -> None:
    """A .json file says what the standard library's reader says."""
    for indent in (None, 2):
        assert parse(json.dumps(value, indent=indent), "a.json").data == value
    assert parse(json.dumps(value, ensure_ascii=False), "a.json").data == value


def _places(value: Any, path: tuple[str | int, ...] = ()) -> dict[str, Any]:
    found = {pointer.join(path): value}
    children = enumerate(value) if isinstance(value, list) else ()
    for name, child in value.items() if isinstance(value, dict) else children:
        found |= _places(child, (*path, name))
    return found


@given(JSON)
def test_every_part_of_a_json_file_has_its_line(value: Any) -> None:
    """In indented JSON each part begins on a line of its own, in the order of the parts."""
    source = parse(json.dumps(value, indent=1), "a.json")
    places = _places(value)
    lines = [source.line(at) for at in places]
    assert lines == sorted(set(lines))
    for at, line in zip(places, lines, strict=True):
        token = pointer.split(at)[-1:] or ("",)
        shown = source.text.splitlines()[line - 1] if source.text.splitlines() else ""
        assert json.dumps(token[0]) in shown or token[0].isdigit() or not at


@given(JSON)
def test_yaml_of_any_data_is_read_back(value: Any) -> None:
    """What a YAML writer quotes for YAML 1.1 means the same here."""
    written = yaml.safe_dump(value, allow_unicode=False, width=10_000)
    assert parse(written, "a.yaml").data == value


@pytest.mark.parametrize(
    ("text", "line", "at", "message"),
    [
        ("{", 1, "", "is not JSON: expecting property name"),
        ('{\n"a": 1,\n}', 3, "", "is not JSON"),
        ('{"a": 1,\n "a": 2}', 2, "/a", 'the key "a" stands here twice'),
        ('{"a": {"b": 1,\n "\\u0062": 2}}', 2, "/a/b", 'the key "b" stands here twice'),
        ("[NaN]", 1, "", "NaN is no number"),
        ("[-Infinity]", 1, "", "-Infinity is no number"),
        ("[1e999]", 1, "", "1e999 is beyond what a number can hold"),
        ("a: 1", 1, "", "is not JSON"),
        ("", 1, "", "is not JSON"),
    ],
)
def test_malformed_json_is_refused(text: str, line: int, at: str, message: str) -> None:
    """JSON is held to its own rules, which are stricter than YAML's."""
    found = _refused(text, "a.json")
    assert (found.line, found.pointer) == (line, at)
    assert message in found.message


def test_json_beyond_yaml_is_read() -> None:
    """Surrogate pairs, escaped slashes, tabs and long keys are JSON, and no YAML."""
    key = "k" * 2000
    text = '{\n\t"a\\/b": "\\ud83d\\ude00",\n\t"' + key + '": 1}'
    source = parse(text, "a.json")
    assert source.data == {"a/b": "\U0001f600", key: 1}
    assert source.line("/a~1b") == 2


@pytest.mark.parametrize("text", ["a: 1\n", "\ufeffa: 1\n"])
def test_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path, text: str) -> None:
    """The name to show may differ from the path."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    source = read(path, "specs/a.yaml")
    assert source.data == {"a": 1}
    assert source.finding("/a", "is odd") == Finding("specs/a.yaml", 1, "/a", "is odd")
    assert source.path == path


def test_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    """Latin-1 is not guessed at."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(ContractError, match=r"a\.yaml:2: /: is not UTF-8: byte 0xe9"):
        read(path)


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path, name: str) -> None:
    """A missing file, or a folder."""
    with pytest.raises(UsageError, match="cannot be read: "):
        read(tmp_path / name)


def test_document_is_equal_by_what_it_says() -> None:
    """Two readings of the same text are equal."""
    assert parse("a: 1", "a.yaml") == Document("a.yaml", {"a": 1}, "a: 1")
