"""The commands that guard a contract: `diff`."""

from datetime import UTC, datetime

import click

_FAIL_ON = ("breaking", "risky", "any", "none")


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "github"]),
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
