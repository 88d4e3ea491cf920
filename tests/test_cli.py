"""The command line as a user has it: what it is given, its output, its exit code."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from understudy.specs.contract import NAMES, load

from .command import Done, here, refused, run

HERE = Path(__file__).parent
LIBRARY = str(HERE / "contracts" / "library.yaml")
MALFORMED = str(HERE / "specs" / "malformed" / "misspelt_type.yaml")
DOUBTFUL = str(HERE / "specs" / "doubtful" / "link_to_no_operation.yaml")


def why(*arguments: str, by: Callable[..., Done] = here) -> str:
    """The one line that a command which cannot be done says, without `understudy: `."""
    (line,) = refused(*arguments, by=by)
    assert line.startswith("understudy: ")
    return line.removeprefix("understudy: ")


def test_list_names_every_operation_with_its_basis() -> None:
    """Tab-separated where nobody looks: contract, method, path, operation, clauses, basis."""
    rows = [line.split("\t") for line in here("list").out.splitlines()]
    assert {row[0] for row in rows} == set(NAMES)
    expected = [
        [name, op.method.upper(), op.path, op.id]
        for name in NAMES
        for op in load(name).operations.values()
    ]
    assert [row[:4] for row in rows] == expected
    assert all(row[5] for row in rows)
    by_id = {row[3]: row[4:] for row in rows}
    assert by_id["list_basket_sessions"] == ["listing", "seed"]
    assert by_id["cancel_checkout_session"][0] == "act, transition"


def test_list_as_json_says_the_same() -> None:
    """For programs."""
    ((library),) = json.loads(here("list", LIBRARY, "--format", "json").out)
    assert (library["name"], library["title"], library["basis"]) == ("library", "A library", [])
    assert {
        "id": "lend_book",
        "method": "POST",
        "path": "/books/{id}/lend",
        "basis": [],
        "clauses": ["act", "transition"],
    } in library["operations"]
    assert [entry["name"] for entry in json.loads(here("list", "--format", "json").out)] == [*NAMES]


def test_list_is_a_table_on_a_terminal() -> None:
    """Headed columns, whole paths, and nothing taken for markup."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "understudy", "list", "nexudus", LIBRARY],
        stdout=slave,
        stderr=subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "150", "TERM": "xterm", "NO_COLOR": "1"},
    ) as process:
        os.close(slave)
        shown = b""
        while part := _read(master):
            shown += part
    os.close(master)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
    assert process.returncode == 0
    assert re.search(r"method +path +operation +clauses +basis", text)
    assert re.search(
        r"GET +/api/billing/basketsessions/\{id\} +get_basket_session +read +public", text
    )
    assert "library: A library" in text


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how a terminal that was closed at the other end is told
        return b""


def test_help_needs_nothing_heavy() -> None:
    """`--help` imports no server, no validator and no table."""
    code = (
        "import sys; from understudy.cli import main\n"
        "code = main(['list', '--help'])\n"
        "heavy = {'connexion', 'rich', 'jsonschema_rs', 'yaml'}\n"
        "print(code, heavy & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "Usage: understudy list [OPTIONS] [NAME|FILE]..."
    assert done.stdout.splitlines()[-1] == "0 set()"


def test_version_is_that_of_the_package() -> None:
    """One line."""
    assert here("--version") == Done(0, "understudy 0.1.0\n", "")


def test_console_script_is_the_same_program() -> None:
    """`understudy` and `python -m understudy`."""
    script = Path(sys.executable).with_name("understudy")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == "understudy 0.1.0\n"


@pytest.mark.parametrize("arguments", [[], ["fixtures"]])
def test_no_command_shows_the_help(arguments: Sequence[str]) -> None:
    """And is a usage error."""
    done = here(*arguments)
    assert done.code == 2
    assert "Commands:" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lst"], 'there is no command "lst". Did you mean "list"? See `understudy --help`.'),
        (["fixtures", "lst"], 'Did you mean "list"? See `understudy fixtures --help`.'),
        (["zzz"], 'there is no command "zzz". Known: '),
        (["serve", "--prot", "1"], 'there is no option "--prot". Did you mean "--port"?'),
        (
            ["serve", "--port"],
            "Option '--port' requires an argument.",
        ),
        (["serve", "--port", "x"], "Invalid value for '--port'"),
        (["serve", "--port", "65536"], "65536 is not in the range 0<=x<=65535."),
        (["serve", "--validate-responses", "no"], "'no' is not one of 'fail', 'warn', 'off'."),
        (["serve", "--cors-origin", "*"], '"*" is no origin: write it as https://shop.example'),
        (["serve", "--cors-origin", "null"], '"null" is no origin'),
        (["serve", "--cors-origin", "https://a.example/b"], "without a path"),
        (["serve", "--at-root"], "--at-root serves one contract: name it"),
        (["serve", "nexudos"], 'there is no contract "nexudos"; give a name, or a .yaml'),
        (["serve", "nowhere.yaml"], "nowhere.yaml: cannot be read: no such file or directory"),
        (["serve", LIBRARY, "--fixtures", "defualt"], 'Did you mean "default"?'),
        (["serve", LIBRARY, "--store", "state.db"], "--store"),
        (["serve", LIBRARY, "--store", "nowhere/state.json"], "there is no folder nowhere"),
        (["serve", LIBRARY, LIBRARY], "library"),
        (["list", "akinom"], 'Did you mean "akinon"?'),
        (["lint"], "Missing argument 'NAME|FILE...'."),
        (["lint", "nowhere.yaml"], "cannot be read"),
        (["lint", "limo"], 'Did you mean "limio"?'),
        (["fixtures", "show", "limio", "emty"], 'Did you mean "empty"?'),
        (["fixtures", "show", "limio", "--collection", "basket"], 'Did you mean "baskets"?'),
        (["fixtures", "check", "limio", "nowhere.yaml"], "cannot be read"),
        (["fixtures", "generate", "limio"], "Missing argument 'COLLECTION'."),
        (["fixtures", "generate", "limio", "baskts"], 'Did you mean "baskets"?'),
        (["fixtures", "generate", "limio", "baskets", "--count", "-1"], "-1 is not in the range"),
        (["fixtures", "generate", "akinon", "settings"], "no other document"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_do(
    arguments: Sequence[str], message: str
) -> None:
    """On stderr, after the program's name, with exit code 2; never a traceback."""
    assert message in why(*arguments)


def test_contract_that_cannot_be_used_is_told_line_by_line() -> None:
    """Every finding on a line of its own."""
    for command in ("serve", "list"):
        line = why(command, MALFORMED, by=run)
        assert line.startswith(f"{MALFORMED}:9: /components/schemas/Book/type: must")


def test_lint_finds_nothing_in_what_is_ours() -> None:
    """Exit 0."""
    assert here("lint", *NAMES) == Done(0, f"nothing found in {', '.join(NAMES)}\n", "")


def test_lint_tells_each_finding_and_exits_with_1() -> None:
    """file:line: pointer: message, for all files named."""
    done = here("lint", MALFORMED, LIBRARY, DOUBTFUL)
    assert (done.code, done.err) == (1, "")
    first, second = done.out.splitlines()
    assert first.startswith(f"{MALFORMED}:9: /components/schemas/Book/type: must be one of")
    assert second.startswith(
        f"{DOUBTFUL}:14: /paths/~1books/post/responses/200/links/read/operationId: "
    )


def test_fixtures_list_names_what_comes_with_each_contract() -> None:
    """CONTRACT/NAME, as `serve --fixtures` takes it."""
    names = here("fixtures", "list").out.split()
    assert {f"{name}/{fixture}" for name in NAMES for fixture in ("default", "empty")} <= set(names)
    found = json.loads(here("fixtures", "list", "--format", "json").out)
    assert [f"{name}/{fixture}" for name, known in found.items() for fixture in known] == names


def test_fixtures_show_prints_one_document_a_line() -> None:
    """YAML that is a fixture itself, with defaults and times filled in; JSON says the same."""
    shown = yaml.safe_load(here("fixtures", "show", "limio", "--collection", "clients").out)
    (name, rows), *others = shown["collections"].items()
    assert (shown["contract"], name, others) == ("limio", "clients", [])
    assert rows
    again = json.loads(
        here("fixtures", "show", "limio", "--collection", "clients", "--format", "json").out
    )
    assert again["collections"] == shown["collections"]
    assert "!now" not in here("fixtures", "show", "limio").out


def test_fixtures_show_prints_an_empty_collection() -> None:
    """As an empty list."""
    done = here("fixtures", "show", "zenskar", "empty", "--collection", "checkout_sessions")
    assert done == Done(0, "contract: zenskar\ncollections:\n  checkout_sessions: []\n", "")


@pytest.mark.parametrize("name", NAMES)
def test_fixtures_of_ours_are_good(name: str) -> None:
    """`check` counts the documents of every fixture."""
    done = here("fixtures", "check", name)
    assert (done.code, done.err) == (0, "")
    assert re.search(rf"^{name}/default: .*\d+ ", done.out, re.MULTILINE)


def test_fixture_that_breaks_its_contract_is_told(tmp_path: Path) -> None:
    """With file, line and pointer, and exit code 1."""
    file = tmp_path / "bad.yaml"
    file.write_text(
        "contract: library\ncollections:\n  books:\n  - {id: 1, title: x, added_at: today}\n",
        encoding="utf-8",
    )
    done = here("fixtures", "check", LIBRARY, str(file))
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(f"{file}:4: /collections/books/0/added_at: ")


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_generated_fixture_can_be_checked(tmp_path: Path, form: str) -> None:
    """What `generate` prints is a fixture, and the same for the same seed."""
    arguments = ("fixtures", "generate", LIBRARY, "books", "--count", "7", "--seed", "5")
    file = tmp_path / f"books.{form}"
    made = here(*arguments, "--format", form)
    file.write_text(made.out, encoding="utf-8")
    checked = here("fixtures", "check", LIBRARY, str(file))
    assert checked == Done(0, f"library/{file}: 7 books\n", "")
    assert here(*arguments, "--format", form) == made
    assert here(*arguments[:-1], "6", "--format", form).out != made.out


def test_reader_that_leaves_early_is_no_error() -> None:
    """`understudy list | head -1` ends quietly."""
    command = (
        f"{sys.executable} -m understudy fixtures generate limio baskets --count 400 | head -1"
    )
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "contract: limio\n", "")


@contextmanager
def _serving(*arguments: str, cwd: Path | None = None) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """A server on a free port: its process, and the URL of each contract."""
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", *arguments, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
    )
    try:
        yield process, _urls(process)
    finally:
        process.kill()
        process.communicate()


def _urls(process: Any) -> Mapping[str, str]:
    """Read what is announced until the last contract; the pipe stays open."""
    found: dict[str, str] = {}
    for line in process.stdout:
        match = re.fullmatch(r"(\w+): (http://localhost:\d+\S*)\n", line)
        if match:
            found[match[1]] = match[2]
        elif "GET /catalogue" in line:
            return found
    raise AssertionError(process.stderr.read())


@pytest.mark.whole
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_a_signal(tmp_path: Path, stop: signal.Signals) -> None:
    """It says where each contract is, keeps its state in the file, and ends well."""
    file = tmp_path / "state.json"
    with _serving(LIBRARY, "--store", str(file)) as (process, urls):
        made = requests.post(f"{urls['library']}/books", json={"title": "Middlemarch"}, timeout=10)
        assert made.status_code == 201
        process.send_signal(stop)
        assert process.wait(timeout=5) == 0
        assert "Traceback" not in process.stderr.read()
    with _serving(LIBRARY, "--store", str(file)) as (_, urls):
        book = requests.get(f"{urls['library']}/books/{made.json()['id']}", timeout=10)
        assert book.json() == made.json()


@pytest.mark.whole
def test_serve_takes_a_fixture_and_a_root(tmp_path: Path) -> None:
    """A generated file is what the state begins with."""
    file = tmp_path / "books.yaml"
    file.write_text(here("fixtures", "generate", LIBRARY, "books", "--count", "3").out, "utf-8")
    with _serving(LIBRARY, "--at-root", "--fixtures", str(file)) as (_, urls):
        assert re.fullmatch(r"http://localhost:\d+", urls["library"])
        known = {
            requests.get(f"{urls['library']}/books/{row['id']}", timeout=10).status_code
            for row in yaml.safe_load(file.read_text("utf-8"))["collections"]["books"]
            if not row.get("removed_at")
        }
        assert known <= {200}


@pytest.mark.whole
def test_serve_says_what_nothing_covers() -> None:
    """Operations without clause or handler are named at start."""
    with subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", LIBRARY, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().rstrip("\n") for _ in range(4)]
        process.terminate()
    assert lines[0].startswith("library: http://localhost:")
    assert lines[1].startswith("  curl http://localhost:")
    assert [line.partition(": ")[0] for line in lines[2:]] == [
        "  GET /opening-hours",
        "  GET /catalogue",
    ]
