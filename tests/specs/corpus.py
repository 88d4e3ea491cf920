"""Documents with one defect each: the file says what is to be found, and on which line.

The first line is `# finds POINTER`, the second `# saying PART OF THE MESSAGE`; the line of the
defect ends in `# here`. A file that is added is a test that is added.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from understudy.specs.errors import Finding


@dataclass(frozen=True, slots=True)
class Expected:
    """One file and what is to be found in it."""

    path: Path
    line: int
    pointer: str
    message: str

    def check(self, found: list[Finding]) -> None:
        """Exactly this is found, and nothing else."""
        assert [(f.file, f.line, f.pointer) for f in found] == [
            (str(self.path), self.line, self.pointer)
        ], "\n".join(map(str, found))
        assert self.message in found[0].message


def every(folder: str) -> pytest.MarkDecorator:
    """The test runs once for each file of `folder`."""
    paths = sorted((Path(__file__).parent / folder).glob("*.yaml"))
    assert paths
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.stem)


def expected(path: Path) -> Expected:
    """What the file says about itself."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pointer = lines[0].removeprefix("# finds ")
    (line,) = [number for number, text in enumerate(lines, 1) if text.endswith("# here")] or [1]
    return Expected(
        path, line, "" if pointer == "/" else pointer, lines[1].removeprefix("# saying ")
    )
