"""Where a document to compare comes from: a name, a file, or a revision of git."""

from pathlib import Path

from ...specs import contract, document
from ...specs.contract import NAMES
from ...specs.document import Document
from ...specs.errors import UsageError
from ..git import git


def read(given: str) -> tuple[str, Document]:
    """The name and the document that NAME, FILE, REV:NAME or REV:FILE stand for.

    UsageError when there is no such thing, ContractError when it cannot be read.
    """
    revision, colon, path = given.partition(":")
    if not colon or Path(given).exists() or Path(given).drive:
        return contract.find(given)
    if not path or revision.startswith("-"):
        raise UsageError(f'"{given}" is no revision and path: write it as main:specs/limio.yaml')
    name = path if path in NAMES else Path(path).stem
    inside = f"specs/{path}.yaml" if path in NAMES else path
    if Path(inside).suffix not in {".yaml", ".yml", ".json"}:
        raise UsageError(f'"{given}": name a contract, or a .yaml, .yml or .json file')
    blob = git("cat-file", "blob", f"{revision}:{inside}", told=given)
    try:
        text = blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{given}: is not UTF-8; save it as UTF-8") from None
    return name, document.parse(text, f"{revision}:{inside}")
