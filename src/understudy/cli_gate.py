"""The commands that guard a contract: `diff` and `gate`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .conformance.gate.passage import Passage
    from .conformance.gate.settings import Settings

_FAIL_ON = ("breaking", "risky", "any", "none")
_FORMATS = ("text", "json", "markdown", "github")


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    type=click.Choice(_FAIL_ON),
    default="breaking",
    show_default=True,
    help="The mildest change that exits with 1.",
)
@click.option("--allow", default="", metavar="FILE", help="Accepted changes, until they expire.")
def diff(old: str, new: str, form: str, fail_on: str, allow: str) -> int:
    """Say what changed from contract OLD to NEW, and what it breaks.

    Each is a name, a file, or REV:NAME or REV:FILE of git. Exit 0 nothing counts, 1 something
    does, 2 could not be compared.
    """
    from .conformance.diff import told
    from .conformance.diff.difference import FAIL_ON, difference

    found = difference(old, new, allow, datetime.now(UTC).date())
    click.echo(told.FORMATS[form](found))
    return found.exit_code(next(each for each in FAIL_ON if each == fail_on))


@click.command()
@click.option("--contract", "contracts", multiple=True, metavar="NAME|FILE", help="Repeatable.")
@click.option("--base", metavar="REV", help="Compare the contracts with where this left REV.")
@click.option("--url", help="The base URL of what is judged; {contract} stands for the name.")
@click.option("--start", metavar="COMMAND", help="What serves it: run, awaited, judged, stopped.")
@click.option("--wait", type=click.FloatRange(min=0), metavar="SECONDS", help="For it to answer.")
@click.option("--health", metavar="PATH", help="What answers 2xx as soon as it is ready.")
@click.option("--log", metavar="FILE", help="For what the start command says.")
@click.option("--step", "steps", multiple=True, type=click.Choice(["lint", "diff", "verify"]))
@click.option("--fail-on", type=click.Choice(_FAIL_ON), help="The mildest change that fails.")
@click.option("--allow", metavar="FILE", help="Accepted changes, until they expire.")
@click.option("--subject", metavar="FILE", help="Who to log in as, and more.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option("--profile", type=click.Choice(["read-only", "non-destructive", "full"]))
@click.option("--uphold", type=click.Choice(["rulings"]), help="Let a broken ruling violate.")
@click.option("--seed", type=int, help="The same gives the same.")
@click.option("--select", multiple=True, metavar="LAW|OPERATION", help="Judge only these.")
@click.option("--max-time", type=click.FloatRange(min=1), metavar="SECONDS")
@click.option("-n", "--workers", type=click.IntRange(0, 64), help="Processes beside this.")
@click.option("--baseline", metavar="FILE", help="Known findings, until they expire.")
@click.option("--junit", metavar="FILE", help="In all four {contract} stands for the name.")
@click.option("--json", metavar="FILE")
@click.option("--html", metavar="FILE")
@click.option("--sarif", metavar="FILE")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
def gate(form: str, **given: Any) -> int:
    """Lint contracts, compare them with a base, and judge who implements them: one verdict.

    What flags do not say, `[tool.understudy]` in pyproject.toml or understudy.toml does. Exit 0
    passes, 1 fails, 3 inconclusive, 2 something could not be run.
    """
    from .cli_judge import Bar, cancellable
    from .conformance.gate import told
    from .conformance.gate.gate import gate as take
    from .conformance.gate.settings import settings

    flags = {
        name.replace("_", "-"): value for name, value in given.items() if value not in (None, ())
    }
    chosen = settings(Path.cwd(), flags)
    with cancellable():
        with Bar() as bar:
            passage = take(chosen, os.environ, datetime.now(UTC).date(), bar.step)
        _report(passage, chosen)
    click.echo(told.FORMATS[form](passage))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if form == "github" and summary:
        with Path(summary).open("a", encoding="utf-8") as step:
            step.write(told.markdown(passage) + "\n")
    return passage.exit_code


def _report(passage: "Passage", settings: "Settings") -> None:
    from .conformance.gate import sarif
    from .conformance.gate.settings import CONTRACT, name_of
    from .conformance.report import written

    reports = dict(settings.reports)
    if file := reports.pop("sarif", ""):
        for name in map(name_of, settings.contracts):
            written.write(sarif.told(passage, name), Path(file.replace(CONTRACT, name)))
    judged = [each.judged for each in passage.verified if each.judged]
    for form, file in reports.items():
        for each in judged:
            name = each.verdict.contract
            written.FORMATS[form](each, Path(file.replace(CONTRACT, name)))
