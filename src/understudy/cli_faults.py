"""The command `faults`: what a stand-in can be made to do wrong."""

import json

import click

from .specs.errors import UsageError, did_you_mean


@click.command()
@click.argument("contracts", nargs=-1, metavar="[NAME]...")
@click.option("--mutants", is_flag=True, help="Those too that change one statement of a contract.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def faults(contracts: tuple[str, ...], mutants: bool, form: str) -> None:
    """List the faults that a sandbox can be given; `serve --fault NAME` gives them to every one."""
    from .server.faults.catalogue import known
    from .specs.contract import NAMES, load

    for name in contracts:
        if name not in NAMES:
            raise UsageError(f'there are no faults of "{name}".' + did_you_mean(name, NAMES))
    chosen = {name: load(name) for name in contracts or NAMES}
    found = [each.to_data() for each in known(chosen, with_mutants=mutants)]
    if form == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for fault in found:
        click.echo(f"{fault['name']}\t{fault['kind']}\t{fault['sentence']}")
