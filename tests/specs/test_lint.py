"""Lint tells what can be loaded and is wrong nevertheless, all of it, with its place."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from understudy.specs.contract import NAMES, load
from understudy.specs.document import parse, read
from understudy.specs.errors import Finding, UsageError
from understudy.specs.lint import examined, lint

from .corpus import every, expected


@every("doubtful")
def test_doubtful_document_can_be_loaded(path: Path) -> None:
    """What lint alone finds does not keep a contract from being served."""
    assert load(str(path)).document


@every("doubtful")
def test_defect_is_found_where_it_is(path: Path) -> None:
    """One defect, one finding: file, line, pointer, and what was expected."""
    expected(path).check(list(lint(str(path))))


@every("malformed")
def test_what_loading_refuses_lint_finds(path: Path) -> None:
    """Lint finds whatever keeps a contract from being loaded."""
    expected(path).check(list(lint(str(path))))


@pytest.mark.parametrize("name", NAMES)
def test_own_contract_is_clean(name: str) -> None:
    """Nothing can be said against the contracts that come with Understudy."""
    assert lint(name) == []


def test_what_is_ours_says_the_basis_of_each_operation() -> None:
    """A user's operation need not say where it comes from; one of ours must."""
    library = Path(__file__).parents[1] / "contracts" / "library.yaml"
    source = read(library)
    assert examined("library", source, ours=False) == []
    found = examined("library", source, ours=True)
    assert {finding.message for finding in found} == {"missing basis: seed, public or a ruling"}
    assert len(found) == len(load(str(library)).operations)


def test_what_is_ours_has_no_undeclared_member_in_an_answer() -> None:
    """A user's example may hold more than its schema declares; one of ours must not."""
    text = """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books:
    get:
      operationId: get_book
      x-understudy: {basis: seed}
      responses:
        200:
          description: A book.
          content:
            application/json:
              schema: {type: object, properties: {title: {type: string}}}
              example: {titel: Middlemarch}
"""
    source = parse(text, "books.yaml")
    assert examined("books", source, ours=False) == []
    (found,) = examined("books", source, ours=True)
    assert (found.line, found.pointer.rpartition("/")[2]) == (14, "titel")


def _lint(tmp_path: Path, text: str) -> Sequence[Finding]:
    path = tmp_path / "contract.yaml"
    path.write_text(text, encoding="utf-8")
    return lint(str(path))


def test_all_defects_are_told_in_the_order_of_their_lines(tmp_path: Path) -> None:
    """Neither the first defect nor one that loading refuses hides the others."""
    found = _lint(
        tmp_path,
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books/{id}:
    get:
      operationId: list_books
      x-understudy: {resource: {collection: boks, action: read, key: {path: id}}}
      parameters: [{name: page, in: query, schema: {type: integer}, example: one}]
      responses: {200: {description: Good., links: {again: {operationId: nobody}}}}
""",
    )
    assert [finding.line for finding in found] == [5, 7, 8, 9]


def test_example_in_xml_is_passed_over(tmp_path: Path) -> None:
    """An XML example is text, whatever its schema says."""
    text = """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books:
    get:
      operationId: list_books
      responses:
        200:
          description: Good.
          content: {MEDIA: {schema: {type: object}, example: <book/>}}
"""
    assert _lint(tmp_path, text.replace("MEDIA", "application/xml")) == []
    assert len(_lint(tmp_path, text.replace("MEDIA", "application/json"))) == 1


def test_schema_example_may_be_of_a_request_or_of_an_answer(tmp_path: Path) -> None:
    """What one side must not send, the other side's example may lack."""
    assert not _lint(
        tmp_path,
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths: {}
components:
  schemas:
    Book:
      type: object
      required: [id, title]
      properties: {id: {type: integer, readOnly: true}, title: {type: string}}
      example: {title: Middlemarch}
""",
    )


def test_constants_and_patterns_in_links_are_no_defects(tmp_path: Path) -> None:
    """A link may give a constant, and a tool's pattern may follow a header's name."""
    assert not _lint(
        tmp_path,
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books:
    get:
      operationId: list_books
      parameters:
      - {name: page, in: query, schema: {type: integer}}
      - {name: sid, in: cookie, schema: {type: string}}
      responses:
        200:
          description: Good.
          headers: {Set-Cookie: {schema: {type: string}}}
          links:
            again:
              operationId: list_books
              parameters:
                query.page: 2
                sid: $response.header.Set-Cookie#regex:sid=(.*)
            same: {operationId: list_books, parameters: {page: $request.query.page, sid: $url}}
""",
    )


def test_what_only_the_validator_finds_is_told(tmp_path: Path) -> None:
    """openapi-spec-validator has the last word where our own checks find nothing."""
    (found,) = _lint(
        tmp_path,
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths: {}
components: {schemas: {Cover: {type: string, format: byte, default: "***"}}}
""",
    )
    assert found.message == "'***' is not a 'byte'"


def test_place_that_the_validator_does_not_know_is_not_guessed(tmp_path: Path) -> None:
    """It tells a place within a schema, but not which schema: the root is what is sure."""
    (found,) = _lint(
        tmp_path,
        r"""openapi: 3.0.3
info: {title: Books, version: "1"}
paths: {}
components: {schemas: {Name: {type: string, pattern: '^\p{L}+$'}}}
""",
    )
    assert (found.pointer, found.message) == (
        "",
        r"/pattern in a schema: '^\\p{L}+$' is not a 'regex'",
    )


@pytest.mark.parametrize(("name", "text"), [("list.yaml", "[]"), ("bad.json", "{")])
def test_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, text: str) -> None:
    """What is no contract at all is a finding like others."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (found,) = lint(str(path))
    assert (found.file, found.line) == (str(path), 1)


SHOP = read(Path(__file__).parents[1] / "contracts" / "shop.yaml")
SHOP_TEXT = orjson.dumps(SHOP.data)
REFERENCE = {"$ref": "#/components/schemas/Order"}
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 1.5, "", "x", "/x", "400", [], {}, [1], ["x"], [{}], {"x": {}}, REFERENCE]
)
NAMES_ANYWHERE = st.sampled_from(
    ["$ref", "nullable", "x-understudy", "example", "default", "allOf", "schema", "type", "not"]
)


def _places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    children = enumerate(node) if isinstance(node, list) else ()
    for name, child in node.items() if isinstance(node, dict) else children:
        yield from _places(child, (*at, name))


@pytest.mark.whole
@given(
    at=st.sampled_from([*_places(SHOP.data)]),
    name=st.none() | NAMES_ANYWHERE,
    value=VALUES,
)
@settings(max_examples=400)
def test_any_change_ends_in_findings(at: tuple[Any, ...], name: str | None, value: Any) -> None:
    """Whatever stands wherever, lint has an answer, and each finding has a place in the file."""
    data = {"root": orjson.loads(SHOP_TEXT)}
    owner: Any = data
    *above, last = ("root", *at)
    for step in above:
        owner = owner[step]
    if name is not None and isinstance(owner[last], dict):
        owner[last][name] = value
    else:
        owner[last] = value
    text = orjson.dumps(data["root"], option=orjson.OPT_INDENT_2).decode()
    source = parse(text, "shop.json")
    for finding in examined("shop", source, ours=True):
        assert 1 <= finding.line <= len(source.text.splitlines())
        assert finding.message


def test_missing_file_is_a_usage_error() -> None:
    """Nothing can be said about a file that is not there."""
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read: no such file"):
        lint("nowhere.yaml")
