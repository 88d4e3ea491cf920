"""The commands of the judge: `verify` and `explain`."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .specs.errors import UsageError

if TYPE_CHECKING:
    from .conformance.collector import Progress
    from .conformance.law import Law
    from .conformance.report.judged import Judged

_PROFILES = ("read-only", "non-destructive", "full")


@click.command()
@click.argument("contract", metavar="CONTRACT")
@click.option("--url", help="The base URL of the contract's paths; without one, the stand-in.")
@click.option("--subject", default="", metavar="FILE|stand-in", help="Who to log in as, and more.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option("--profile", type=click.Choice(_PROFILES), help="What may be done to the subject.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same gives the same.")
@click.option("--uphold", type=click.Choice(["rulings"]), help="Let a broken ruling violate.")
@click.option("--select", multiple=True, metavar="LAW|OPERATION", help="Judge only these.")
@click.option("--max-time", type=click.FloatRange(min=1), metavar="SECONDS")
@click.option("-n", "workers", type=click.IntRange(0, 64), default=0, help="Processes beside this.")
@click.option("--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS")
@click.option("--baseline", default="", metavar="FILE", help="Known findings, until they expire.")
@click.option("--junit", metavar="FILE")
@click.option("--json", "json_", metavar="FILE")
@click.option("--html", metavar="FILE")
@click.option("--sarif", metavar="FILE")
@click.option("--github", is_flag=True, help="Annotations, and a summary for GitHub Actions.")
@click.option("--list", "is_list", is_flag=True, help="List the laws; judge nothing.")
def verify(contract: str, **given: Any) -> int:
    """Judge an implementation of CONTRACT, a name or a file, over HTTP.

    Exit 0 conforms, 1 violates, 3 inconclusive, 2 could not be judged.
    """
    from .conformance.report import written
    from .conformance.verify import Options
    from .conformance.verify import verify as judge

    if given.pop("is_list"):
        return _list(contract, given["select"])
    files = {name: given.pop(key) for name, key in _FILES.items()}
    is_github = given.pop("github")
    written.check(files.values())
    uphold = given.pop("uphold") == "rulings" or not (given["url"] or given["subject"])
    with cancellable():
        with Bar() as bar:
            judged = judge(Options(contract, uphold_rulings=uphold, **given), os.environ, bar.step)
        _report(judged, files, is_github=is_github)
    return judged.verdict.exit_code


_FILES = {"junit": "junit", "json": "json_", "html": "html", "sarif": "sarif"}


def _report(judged: "Judged", files: dict[str, str | None], *, is_github: bool) -> None:
    from rich.console import Console

    from .conformance.report import console, written

    for name, file in files.items():
        if file:
            written.FORMATS[name](judged, Path(file))
    if is_github:
        click.echo(written.annotations(judged))
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            with Path(summary).open("a", encoding="utf-8") as step:
                step.write(written.markdown(judged))
    screen = Console(highlight=False, soft_wrap=True)
    screen.print(console.render(judged))


def _list(contract: str, wanted: tuple[str, ...]) -> int:
    from .conformance import catalogue
    from .specs.contract import load

    loaded = load(contract)
    for law in catalogue.selected(loaded, wanted):
        click.echo(f"{law.name}\t{law.effect}\t{', '.join(law.basis)}\t{law.claim}")
    return 0


@click.command()
@click.argument("contract", metavar="CONTRACT")
@click.argument("law", metavar="LAW")
def explain(contract: str, law: str) -> None:
    """Explain a LAW of CONTRACT: what it claims, where from, and what judging it does."""
    from .conformance import catalogue
    from .specs.contract import load

    loaded = load(contract)
    laws = {each.name: each for each in catalogue.laws(loaded)}
    found = [each for name, each in laws.items() if law in (name, each.id)]
    if not found:
        known = {name for each in laws.values() for name in (each.name, each.id)}
        raise UsageError(f'there is no law "{law}".' + catalogue.hint(law, known))
    for each in found:
        _explain(each, loaded.place(each.pointer))


def _explain(law: "Law", place: str) -> None:
    effects = {
        "reads": "sends requests that change nothing",
        "writes": "makes data of its own, and removes it where the contract can",
        "destroys": "changes data that it did not make",
    }
    click.echo(law.name)
    click.echo(f"  {law.claim}")
    click.echo(f"  from   {place}  {law.pointer}")
    click.echo(f"  basis  {', '.join(law.basis) or 'none'}")
    click.echo(f"  {effects[law.effect]}")
    if law.needs:
        click.echo(f"  needs a subject with {', '.join(sorted(law.needs))}")


@contextmanager
def cancellable() -> Iterator[None]:
    """Let a run that is cancelled clean up and report, as one that Ctrl-C ends.

    Whoever began this process may have it ignore either.
    """
    signs = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(sign, signal.default_int_handler) for sign in signs]
    try:
        yield
    finally:
        for sign, handler in zip(signs, before, strict=True):
            signal.signal(sign, handler)


class Bar:
    """A progress bar, where somebody watches."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bars

        self._bars = Bars(console=Console(stderr=True), transient=True)
        self._task = self._bars.add_task("judging", total=None)
        self._is_watched = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        if self._is_watched:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_watched:
            self._bars.stop()

    @property
    def step(self) -> "Progress | None":
        """What the judge tells its progress to; None where nobody watches."""
        return self._step if self._is_watched else None

    def _step(self, done: int, total: int, name: str) -> None:
        self._bars.update(self._task, completed=done, total=total, description=name[:40])
