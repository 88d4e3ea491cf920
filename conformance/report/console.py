"""The report on a terminal: the worst first, one line to end with."""

from rich.console import Console, Group, RenderableType
from rich.text import Text

from ..outcome import Outcome, Result
from .judged import Judged

_STYLES: dict[Outcome, str] = {
    "violates": "bold red",
    "departs": "yellow",
    "inconclusive": "magenta",
    "not-applicable": "dim",
    "holds": "green",
}


def render(judged: Judged) -> RenderableType:
    """The findings by operation, and the summary."""
    parts: list[RenderableType] = []
    for operation in dict.fromkeys(result.operation for result in judged.findings):
        ours = judged.contract.operations.get(operation)
        title = f"{ours.method.upper()} {ours.path}" if ours else operation
        parts.append(Text(f"\n{title}  ({operation})", style="bold"))
        parts += [_finding(result) for result in judged.findings if result.operation == operation]
    for operation in judged.verdict.unreached:
        parts.append(Text(f"\n{operation} never answered 2xx: it was not judged", style="magenta"))
    if judged.verdict.trouble:
        parts.append(Text(f"\n{harmless(judged.verdict.trouble)}", style="bold red"))
    parts.append(summary(judged))
    return Group(*parts)


def summary(judged: Judged) -> Text:
    """One line: the verdict and the counts."""
    verdict = judged.verdict
    counts = ", ".join(f"{n} {outcome}" for outcome, n in verdict.counts.items() if n)
    if verdict.accepted:
        counts += f", {len(verdict.accepted)} accepted by the baseline"
    line = f"\n{verdict.url} {verdict.word} as to {verdict.contract}: {counts or 'nothing judged'}"
    ending = f" ({verdict.ending})" if verdict.ending != "complete" else ""
    style = "bold green" if verdict.exit_code == 0 else "bold red"
    return Text(f"{line} in {verdict.seconds:.1f} s, seed {verdict.seed}{ending}", style=style)


def _finding(result: Result) -> Text:
    text = Text(f"  {result.outcome}  ", style=_STYLES[result.outcome])
    text.append(result.law, style="bold default")
    text.append(f"\n    {result.claim}", style="default")
    told = result.message or result.reason
    text.append(f"\n    {harmless(told)}", style="default")
    text.append(f"\n    {result.place}  basis {', '.join(result.basis) or 'none'}", style="dim")
    for exchange in result.trail:
        text.append(f"\n      {harmless(exchange.curl())}", style="cyan")
        text.append(f"\n      -> {exchange.status} {_short(exchange.text)}", style="dim")
    return text


def harmless(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _short(text: str) -> str:
    line = harmless(" ".join(text.split()))
    return line if len(line) <= 160 else line[:159] + "…"


def told(judged: Judged) -> str:
    """The report as plain text."""
    console = Console(no_color=True, force_terminal=False, highlight=False)
    with console.capture() as captured:
        console.print(render(judged), soft_wrap=True)
    return captured.get()
