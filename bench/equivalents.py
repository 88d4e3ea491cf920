"""What behaves as the original does, though it says something else: each with its proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from .wrong import Wrong


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Why those of a contract whose names match `name`, where `*` is anything, cannot be found."""

    contract: str
    name: str
    proof: str

    def covers(self, wrong: Wrong) -> bool:
        """Whether the proof is one about `wrong`."""
        return self.contract == wrong.contract and fnmatchcase(wrong.name, self.name)


def read(file: Path) -> Sequence[Equivalent]:
    """The proofs that `file` holds."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return [Equivalent(**entry) for entry in entries]
