"""The command `serve`."""

import gc
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from .server.serve import Served

_ORIGIN = re.compile(r"https?://[^/\s?#@*]+")


def _origins(_: click.Context, parameter: click.Parameter, values: Iterable[str]) -> Any:
    for value in values:
        if not _ORIGIN.fullmatch(value):
            message = f'"{value}" is no origin: write it as https://shop.example, without a path'
            raise click.BadParameter(message, param=parameter)
    return tuple(values)


@click.command()
@click.argument("contracts", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--at-root", is_flag=True, help="Serve the one contract without its name in front.")
@click.option("--host", default="localhost", show_default=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--store",
    default="memory",
    show_default=True,
    envvar="UNDERSTUDY_STORE",
    show_envvar=True,
    metavar="memory|FILE.json|postgresql://...",
    help="Where the state is kept; what a database keeps is shared by all who serve from it.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="So many processes take requests; they need a store that they share.",
)
@click.option(
    "--fixtures",
    multiple=True,
    metavar="[CONTRACT/]NAME|FILE",
    help="What the state begins with; may be repeated.",
)
@click.option(
    "--validate-responses",
    type=click.Choice(["fail", "warn", "off"]),
    default="warn",
    show_default=True,
    help="What becomes of an answer that breaks the contract.",
)
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    callback=_origins,
    metavar="ORIGIN",
    help="Pages from here may call, too; those of localhost always may. May be repeated.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME",
    help="Be wrong in this way; `understudy faults` lists them. May be repeated.",
)
@click.option(
    "--allow-mutant",
    is_flag=True,
    help="Serve contracts whose clauses contradict their document, and check no answer.",
)
@click.option(
    "--max-sandboxes",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Idle ones make room for new ones.",
)
@click.option(
    "--sandboxes",
    type=click.Choice(["open", "declared"]),
    help="Whether a request makes the sandbox that it names; by default on loopback alone.",
)
@click.option(
    "--control-token",
    envvar="UNDERSTUDY_CONTROL_TOKEN",
    show_envvar=True,
    metavar="TOKEN",
    help="What a client of the control API must show; on any address but loopback one is made up.",
)
@click.option("--no-control", is_flag=True, help="Serve no control API.")
@click.option("--until-stdin-ends", is_flag=True, help="Stop with whoever holds the other end.")
@click.option("--watch", is_flag=True, help="Serve changed contracts and fixtures at once.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def serve(contracts: tuple[str, ...], **options: Any) -> None:
    """Serve contracts, all that come with Understudy unless named, until interrupted."""
    # All that is made until it serves is kept: to look for what is not took a fifth of the time.
    gc.disable()
    try:
        from .server.serve import Options, run
        from .specs.contract import NAMES

        run(Options(contracts=contracts or NAMES, **options), _announce)
    finally:
        gc.enable()


def _announce(served: Sequence["Served"], token: str | None) -> None:
    for contract in served:
        click.echo(f"{contract.name}: {contract.url}")
        if contract.curl is not None:
            click.echo(f"  {contract.curl}")
        for operation in contract.uncovered:
            click.echo(f"  {operation}: only its example is answered, or 501 where it has none")
    if token is not None:
        click.echo(f"control token: {token}")
    sys.stdout.flush()
