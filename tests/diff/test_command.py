"""`understudy diff` as it is typed: what it compares, how it tells it, how it ends."""

import json
from pathlib import Path

import pytest

from ..command import here
from ..conftest import LIBRARY
from ..repository import Repository

ZENSKAR = Path(__file__).parents[2] / "specs" / "zenskar.yaml"
BEFORE, AFTER = "main:specs/library.yaml", "specs/library.yaml"
LIMIT = "minimum: 1, maximum: 50, default: 5"


class Run(Repository):
    """The command in a folder with a repository: main holds the contract, the file a change."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.text = Path(LIBRARY).read_text(encoding="utf-8")
        self.write(AFTER, self.text)
        self.commit()
        self.write(AFTER, self.text.replace(LIMIT, LIMIT.replace("50", "25")))

    def diff(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, output, and what was said beside it."""
        done = here("diff", *arguments)
        return done.code, done.out, done.err


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return Run(tmp_path)


ID = "maximum.narrowed GET /books query size"


def test_a_revision_of_git_is_compared_with_a_file(run: Run) -> None:
    """Each change has its place on both sides, its id and what to do."""
    code, out, err = run.diff(BEFORE, AFTER)

    assert (code, err) == (1, "")
    first, *rest = out.splitlines()
    assert first.startswith("breaking  The query parameter size of GET /books has the maximum 25")
    assert rest[0].split() == ["id", *ID.split()]
    line = run.text[: run.text.index(LIMIT)].count("\n") + 1
    assert rest[1].split()[:2] == ["old", f"{BEFORE}:{line}"]
    assert rest[2].split()[:2] == ["new", f"{AFTER}:{line}"]
    assert rest[-1] == f"{BEFORE} -> {AFTER}: 1 breaking"


def test_a_contract_is_found_by_name_in_a_revision(run: Run) -> None:
    """And the packaged one by its name alone."""
    run.write("specs/zenskar.yaml", ZENSKAR.read_text(encoding="utf-8"))
    run.commit("Two")

    assert run.diff("HEAD:zenskar", "zenskar") == (
        0,
        "HEAD:specs/zenskar.yaml -> specs/zenskar.yaml: no change\n",
        "",
    )


def test_json_says_all_of_it(run: Run) -> None:
    """For programs."""
    _, out, _ = run.diff(BEFORE, AFTER, "--format", "json")
    told = json.loads(out)

    (change,) = told["changes"]
    assert told["counts"] == {"breaking": 1, "risky": 0, "safe": 0}
    assert change["id"] == ID
    assert change["severity"] == "breaking"
    assert change["direction"] == "request"
    assert change["operation"] == "GET /books"
    assert change["old"].keys() == change["new"].keys() == {"file", "line", "pointer"}
    assert change["message"]
    assert change["cure"]


def test_github_gets_annotations(run: Run) -> None:
    """At the line of the new file."""
    _, out, _ = run.diff(BEFORE, AFTER, "--format", "github")

    assert out.startswith("::error file=specs/library.yaml,line=")
    assert "title=breaking%3A maximum.narrowed::The query parameter size" in out


def test_markdown_has_a_table(run: Run) -> None:
    """And nothing but a heading where nothing changed."""
    _, out, _ = run.diff(BEFORE, AFTER, "--format", "markdown")
    assert "| breaking | The query parameter size" in out
    _, out, _ = run.diff(AFTER, AFTER, "--format", "markdown")
    assert "no change" in out
    assert "|" not in out


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("maximum: 25", (1, 1, 1, 0)),
        ("maximum: 50, deprecated: true", (0, 0, 1, 0)),
        ("maximum: 50, format: int32", (0, 1, 1, 0)),
    ],
)
def test_the_mildest_change_that_fails_can_be_chosen(
    run: Run, change: str, codes: tuple[int, ...]
) -> None:
    """Breaking ones unless said."""
    run.write(AFTER, run.text.replace(LIMIT, LIMIT.replace("maximum: 50", change)))
    options = [["--fail-on", word] for word in ("breaking", "risky", "any", "none")]

    assert tuple(run.diff(BEFORE, AFTER, *each)[0] for each in options) == codes
    assert run.diff(BEFORE, AFTER)[0] == codes[0]


ENTRY = '[[allowed]]\nid = "{}"\nreason = "agreed with the shop"\nexpires = {}\n'


def test_an_allowed_change_does_not_count(run: Run) -> None:
    """It is named in the summary, and listed for programs."""
    run.write("allow.toml", ENTRY.format(ID, "2999-01-31"))
    code, out, _ = run.diff(BEFORE, AFTER, "--allow", "allow.toml")
    assert (code, out) == (0, f"{BEFORE} -> {AFTER}: no change, 1 allowed\n")
    _, out, _ = run.diff(BEFORE, AFTER, "--allow", "allow.toml", "--format", "json")
    assert [change["id"] for change in json.loads(out)["allowed"]] == [ID]


@pytest.mark.parametrize(("id_", "day"), [(ID, "2020-01-31"), ("other GET /books", "2999-01-31")])
def test_what_has_expired_or_is_another_change_counts(run: Run, id_: str, day: str) -> None:
    """On the day after, and under another id."""
    run.write("allow.toml", ENTRY.format(id_, day))

    assert run.diff(BEFORE, AFTER, "--allow", "allow.toml")[0] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[allowed", "is no allow file"),
        ("[allowed]\nid = 'a'\n", "a list of [[allowed]] tables"),
        ("allowed = ['a']\n", "allowed change 1: must be a table"),
        (ENTRY.format("a", "2999-01-31").replace("reason", "raeson"), 'Did you mean "reason"?'),
        (ENTRY.format("a", "'soon'"), "needs `expires`, a date"),
        (ENTRY.format("a", "2999-01-31T10:00:00"), "needs `expires`, a date"),
        ('[[allowed]]\nreason = "a"\nexpires = 2999-01-31\n', "needs `id`"),
        ('[[allowed]]\nid = "a"\nreason = " "\nexpires = 2999-01-31\n', "needs a `reason`"),
    ],
)
def test_an_allow_file_that_is_none_is_told(run: Run, text: str, said: str) -> None:
    """In one line, and nothing is compared."""
    run.write("allow.toml", text)
    code, out, err = run.diff(BEFORE, AFTER, "--allow", "allow.toml")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


NEWER = """\
openapi: 3.1.0
info: {title: One, version: "1"}
paths:
  /a:
    get:
      responses:
        "200":
          $ref: https://shop.example/answers.yaml#/Good
"""


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("nowhere.yaml", "cannot be read"),
        ("limo", 'Did you mean "limio"?'),
        ("main:specs/nowhere.yaml", "cannot be read from git"),
        ("nobranch:specs/library.yaml", "cannot be read from git"),
        ("--upload-pack=x:specs/library.yaml", "there is no option"),
        ("main:", "is no revision and path"),
        ("main:README", "name a contract, or a .yaml"),
        ("main:latin.yaml", "is not UTF-8"),
        ("main:tabs.yaml", "main:tabs.yaml:2: /: is not YAML"),
        ("main:bomb.yaml", "main:bomb.yaml:2: /b/0: aliases are not allowed"),
        ("main:newer.yaml", "main:newer.yaml:1: /openapi: OpenAPI 3.0 is what can be read"),
        ("main:far.yaml", 'main:far.yaml:8: /paths/~1a/get/responses/200/$ref: "https:'),
    ],
)
def test_what_cannot_be_compared_is_one_line(run: Run, old: str, said: str) -> None:
    """With exit 2, never a pass."""
    (run.folder / "latin.yaml").write_bytes(b"a: \xe9\n")
    run.write("tabs.yaml", "a:\n\tb: 1\n")
    run.write("bomb.yaml", "x: 1\na: &a [x, x]\nb: [*a, *a]\n")
    run.write("newer.yaml", NEWER)
    run.write("far.yaml", NEWER.replace("3.1.0", "3.0.3"))
    run.commit("Two")
    code, out, err = run.diff(old, AFTER)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_an_option_is_no_revision(run: Run) -> None:
    """So that nobody passes options to git by a revision's name."""
    code, _, err = run.diff("--", "--output=x:specs/library.yaml", AFTER)

    assert code == 2
    assert "is no revision and path" in err


def test_where_git_is_not_there_it_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only files can be compared then."""
    monkeypatch.setenv("PATH", str(run.folder))
    code, _, err = run.diff(BEFORE, AFTER)

    assert code == 2
    assert "git did not answer" in err


def test_control_characters_do_not_reach_the_terminal(run: Run) -> None:
    """Whatever a document holds."""
    run.write(AFTER, run.text.replace("operationId: list_books", 'operationId: "x\\e[31m"'))
    _, out, _ = run.diff(BEFORE, AFTER)

    assert "\N{REPLACEMENT CHARACTER}[31m" in out
    assert "\x1b" not in out
