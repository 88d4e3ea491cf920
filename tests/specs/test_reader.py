"""What is malformed is refused when a contract is loaded, with its place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from understudy.specs.contract import NAMES, load
from understudy.specs.errors import ContractError, UsageError

from .corpus import every, expected

LIBRARY = str(Path(__file__).parents[1] / "contracts" / "library.yaml")


@every("malformed")
def test_defect_is_found_where_it_is(path: Path) -> None:
    """One defect, one finding: file, line, pointer, and what was expected."""
    with pytest.raises(ContractError) as caught:
        load(str(path))
    expected(path).check(list(caught.value.findings))


def test_all_defects_are_collected(tmp_path: Path) -> None:
    """Loading does not stop at the first defect, and tells them in the order of their lines."""
    path = tmp_path / "books.yaml"
    path.write_text(
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  /books:
    get: {responses: {200: {description: Good.}}}
    put:
      operationId: put_book
      security: [{nobody: []}]
      x-understudy: {resource: {collection: books, action: read, key: {path: id}}}
      responses: {200: {description: Good.}}
""",
        encoding="utf-8",
    )
    with pytest.raises(ContractError) as caught:
        load(str(path))
    assert [finding.line for finding in caught.value.findings] == [5, 8, 9, 9]
    assert str(caught.value).startswith(f"{path}:5: /paths/~1books/get: needs the member")


def test_schema_that_cannot_be_compiled_is_told_before_it_is_needed(tmp_path: Path) -> None:
    """A default, or a value that a clause sets, is held against sound schemas only."""
    path = tmp_path / "books.yaml"
    path.write_text(
        r"""openapi: 3.0.3
info: {title: Books, version: "1"}
x-understudy:
  collections:
    books:
      key: /id
      schema: Book
      timers:
      - {at: /due, when: {/id: [x]}, set: {/id: y}}
paths: {}
components:
  schemas:
    Book:
      type: object
      properties:
        id: {type: string, pattern: '^\p{Foo}$', default: x}
        due: {type: string, format: date-time}
""",
        encoding="utf-8",
    )
    with pytest.raises(ContractError) as caught:
        load(str(path))
    assert [finding.line for finding in caught.value.findings] == [16]


def test_misspelt_name_is_answered_with_the_nearest() -> None:
    """A name that no contract has is a usage error that knows better."""
    with pytest.raises(
        UsageError, match=r'there is no contract "nexudos".* Did you mean "nexudus"'
    ):
        load("nexudos")


def test_file_that_is_not_there_is_a_usage_error() -> None:
    """So is a file that does not exist."""
    with pytest.raises(UsageError, match=r"nowhere\.yaml: cannot be read: no such file"):
        load("nowhere.yaml")


def test_contract_is_the_same_as_json(tmp_path: Path) -> None:
    """JSON says what YAML says."""
    contract = load(LIBRARY)
    path = tmp_path / "library.json"
    path.write_text(json.dumps(contract.document, indent=1), encoding="utf-8")
    assert load(str(path)).operations == contract.operations
    assert load(str(path)).collections == contract.collections


def test_place_is_file_and_line() -> None:
    """The place of a part is its file and line; of a part that is not there, that of its parent."""
    contract = load(LIBRARY)
    at = contract.operations["lend_book"].pointer
    lines = Path(LIBRARY).read_text(encoding="utf-8").splitlines()
    file, _, line = contract.place(f"{at}/operationId").rpartition(":")
    assert file == LIBRARY
    assert lines[int(line) - 1].strip() == "operationId: lend_book"
    assert contract.place(f"{at}/nothing/here") == contract.place(at)


def test_parameter_of_the_operation_goes_before_that_of_the_path(tmp_path: Path) -> None:
    """An operation's own parameter stands in for the path's one with its name and location."""
    path = tmp_path / "books.yaml"
    path.write_text(
        """openapi: 3.0.3
info: {title: Books, version: "1"}
paths:
  x-note: passed over
  /books:
    parameters:
    - {name: page, in: query, schema: {type: integer}}
    - {name: page, in: header, schema: {type: boolean}}
    get:
      operationId: list_books
      parameters:
      - {name: page, in: query, required: true, explode: false, schema: {type: string}}
      responses: {200: {description: Good.}, x-note: passed over}
""",
        encoding="utf-8",
    )
    operation = load(str(path)).operations["list_books"]
    found = {(p.location, p.schema["type"], p.required, p.explode) for p in operation.parameters}
    assert found == {("query", "string", True, False), ("header", "boolean", False, False)}
    assert list(operation.responses) == ["200"]


def test_four_contracts_load_within_a_second() -> None:
    """A cold start, imports included, takes less than a second of one core for all contracts."""
    code = (
        "from understudy.specs.contract import load; import time\n"
        f"for name in {NAMES}: load(name)\n"
        "print(time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1
