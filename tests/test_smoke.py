"""The checkout serves from any folder, however it is called."""

import sys
from pathlib import Path

import pytest

from .smoke import smoke

pytestmark = pytest.mark.whole

WAYS = {
    "script": [str(Path(sys.executable).with_name("understudy"))],
    "module": [sys.executable, "-m", "understudy"],
}


@pytest.mark.parametrize("way", WAYS)
def test_the_checkout_serves_beside_a_server_package(beside_a_server: Path, way: str) -> None:
    """Every contract, from a folder that has a package `server` of its own."""
    smoke(WAYS[way], beside_a_server)
