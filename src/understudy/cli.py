"""The command line: reads options, hands them on, and is the one place that prints and exits.

What a command needs is imported inside it, so that the others, and `--help`, stay fast.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from .cli_faults import faults
from .cli_gate import diff, gate
from .cli_judge import explain, verify
from .cli_serve import serve
from .specs.errors import ContractError, UnderstudyError, UsageError, did_you_mean

if TYPE_CHECKING:
    from .specs.contract import Contract
    from .specs.operation import Operation

Rows = Sequence[Mapping[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is well, 1 says that something was found, 2 that it could not be done."""
    try:
        code = understudy.main(arguments, prog_name="understudy", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "understudy"
        return _fail(f"{_said(error)} See `{path} --help`.")
    except click.ClickException as error:
        return _fail(error.format_message())
    except ContractError as error:
        return _fail(*map(str, error.findings))
    except UnderstudyError as error:
        return _fail(str(error))
    except click.Abort:
        return 130
    except (BrokenPipeError, _ReaderGoneError):
        # The reader has seen enough; and nothing must be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _said(error: click.UsageError) -> str:
    """What is wrong with the options, as a sentence."""
    if isinstance(error, click.NoSuchOption):
        hint = did_you_mean(error.option_name, error.possibilities or ())
        return f'there is no option "{error.option_name}".{hint}'
    message = error.format_message()
    return message if message.endswith((".", "?")) else f"{message}."


def _fail(*messages: str) -> int:
    for message in messages:
        click.echo(f"understudy: {' '.join(message.split())}", err=True)
    return 2


class _ReaderGoneError(Exception):
    """Nobody reads what is printed any more; click would take the bare error for a failure."""


class _Commands(click.Group):
    """Commands that answer a misspelt name with the nearest one."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderGoneError from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name; a usage error that knows the nearest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            hint = did_you_mean(name, self.list_commands(ctx))
            raise click.UsageError(f'there is no command "{name}".{hint}', ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, no_args_is_help=True)
@click.version_option(package_name="understudy", message="%(prog)s %(version)s")
def understudy() -> None:
    """Stand in for basket and checkout APIs, and judge implementations of them."""


@understudy.command("list")
@click.argument("contracts", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_(contracts: tuple[str, ...], form: str) -> None:
    """List contracts, their operations, and the basis of each."""
    from .specs.contract import NAMES, load

    loaded = [load(name) for name in contracts or NAMES]
    if form == "json":
        _json([_summary(contract) for contract in loaded])
    elif sys.stdout.isatty():
        for contract in loaded:
            _table(contract)
    else:
        for contract in loaded:
            for operation in contract.operations.values():
                click.echo("\t".join((contract.name, *_cells(operation))))


def _summary(contract: "Contract") -> Mapping[str, Any]:
    return {
        "name": contract.name,
        "title": contract.document["info"]["title"],
        "basis": contract.basis,
        "operations": [
            {
                "id": operation.id,
                "method": operation.method.upper(),
                "path": operation.path,
                "basis": operation.basis,
                "clauses": _clauses(operation),
            }
            for operation in contract.operations.values()
        ],
    }


def _table(contract: "Contract") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    title = f"{contract.name}: {contract.document['info']['title']}"
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=None)
    for column in ("method", "path", "operation", "clauses", "basis"):
        table.add_column(column, overflow="fold", header_style="dim")
    for operation in contract.operations.values():
        table.add_row(*map(Text, _cells(operation)))
    console = Console()
    console.print(table)
    console.print()


def _cells(operation: "Operation") -> tuple[str, ...]:
    clauses, basis = ", ".join(_clauses(operation)), ", ".join(operation.basis)
    return operation.method.upper(), operation.path, operation.id, clauses, basis


def _clauses(operation: "Operation") -> list[str]:
    resource = operation.resource
    found = ["listing"] if operation.listing is not None else []
    found += [resource.action] if resource is not None else []
    return found + (["transition"] if operation.transition is not None else [])


@understudy.command()
@click.argument("contracts", nargs=-1, required=True, metavar="NAME|FILE...")
def lint(contracts: tuple[str, ...]) -> int:
    """Say what is wrong with contracts; exit 1 when anything is."""
    from .specs.lint import lint as findings

    found = [finding for name in contracts for finding in findings(name)]
    for finding in found:
        click.echo(str(finding))
    if not found:
        click.echo(f"nothing found in {', '.join(contracts)}")
    return 1 if found else 0


@understudy.group(cls=_Commands, no_args_is_help=True)
def fixtures() -> None:
    """List, show, check and generate the documents that a contract begins with."""


@fixtures.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def fixtures_list(form: str) -> None:
    """List the fixtures that come with each contract."""
    from .fixtures.fixture import names
    from .specs.contract import NAMES

    found = {contract: names(contract) for contract in NAMES}
    if form == "json":
        _json(found)
    else:
        for contract, known in found.items():
            for name in known:
                click.echo(f"{contract}/{name}")


@fixtures.command()
@click.argument("contract", metavar="CONTRACT")
@click.argument("fixture", default="default", metavar="[NAME|FILE]")
@click.option("--collection", help="Only this one.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml")
def show(contract: str, fixture: str, collection: str | None, form: str) -> None:
    """Print the documents of a fixture as they are now, defaults filled in."""
    from datetime import UTC, datetime

    from .fixtures.fixture import read
    from .specs.contract import load

    loaded = load(contract)
    documents: Mapping[str, Rows] = read(loaded, fixture).documents(datetime.now(UTC))
    if collection is not None and collection not in loaded.collections:
        hint = did_you_mean(collection, loaded.collections)
        raise UsageError(f'{loaded.name} has no collection "{collection}".{hint}')
    if collection is not None:
        documents = {collection: documents.get(collection, [])}
    _documents(loaded.name, documents, form)


@fixtures.command()
@click.argument("contract", metavar="CONTRACT")
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
def check(contract: str, names: tuple[str, ...]) -> int:
    """Hold fixtures against a contract, all of its own unless named; exit 1 when one breaks it."""
    from .fixtures import fixture
    from .specs.contract import load

    loaded, code = load(contract), 0
    for name in names or fixture.names(loaded.name):
        try:
            rows = fixture.read(loaded, name).collections
        except ContractError as error:
            click.echo(str(error))
            code = 1
        else:
            held = ", ".join(f"{len(found)} {kind}" for kind, found in rows.items())
            click.echo(f"{loaded.name}/{name}: {held or 'no documents'}")
    return code


@fixtures.command()
@click.argument("contract", metavar="CONTRACT")
@click.argument("collection", metavar="COLLECTION")
@click.option("--count", type=click.IntRange(min=0), default=10, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="The same gives the same.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml")
def generate(contract: str, collection: str, count: int, seed: int, form: str) -> None:
    """Make valid documents, as a fixture that `serve --fixtures FILE` takes."""
    from .fixtures.generate import generate as make
    from .specs.contract import load

    loaded = load(contract)
    _documents(loaded.name, {collection: make(loaded, collection, count, seed)}, form)


def _documents(contract: str, collections: Mapping[str, Rows], form: str) -> None:
    """A fixture: in YAML one document a line, written as JSON, which YAML takes in."""
    if form == "json":
        _json({"contract": contract, "collections": collections})
        return
    click.echo(f"contract: {contract}\ncollections:")
    for name, rows in collections.items():
        click.echo(f"  {name}:" if rows else f"  {name}: []")
        for row in rows:
            click.echo(f"  - {json.dumps(row, ensure_ascii=False)}")


def _json(data: Any) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


understudy.add_command(serve)
understudy.add_command(faults)
understudy.add_command(verify)
understudy.add_command(explain)
understudy.add_command(diff)
understudy.add_command(gate)
