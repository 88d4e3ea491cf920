"""What behaves as the original does, though it says something else: each with its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from .wrong import Wrong


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Why what matches one of `names` (`*` is anything) in a contract cannot be found."""

    contract: str
    names: tuple[str, ...]
    proof: str

    def covers(self, wrong: Wrong) -> bool:
        """Whether the proof is one about `wrong`."""
        is_named = any(fnmatchcase(wrong.name, name) for name in self.names)
        return self.contract == wrong.contract and is_named


def read(file: Path) -> Sequence[Equivalent]:
    """The proofs that `file` holds."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return [Equivalent(**{**entry, "names": tuple(entry["names"])}) for entry in entries]
