"""What the tests of faults share."""

from collections.abc import Iterator

import pytest

from ..stand import Stand
from .written import written_down


@pytest.fixture
def office(nexudus: Stand) -> Iterator[Stand]:
    """Nexudus, with an empty journal and no faults left behind."""
    written_down(nexudus)
    nexudus.within(lambda sandbox: sandbox.journal.clear())
    yield nexudus
    nexudus.within(lambda sandbox: sandbox.faults.clear())
