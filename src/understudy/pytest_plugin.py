"""The fixture `understudy`: a sandbox for each test, in a stand-in of this process's own.

Nothing is imported until a test asks for it: every pytest of an environment loads this module.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import Client, Sandbox


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marker."""
    config.addinivalue_line(
        "markers",
        "understudy(fixture, fixtures, seed, now): what the test's sandbox begins with",
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell of the options."""
    parser.addini(
        "understudy_contracts", "what the stand-in serves: names or files", "args", default=[]
    )


@pytest.fixture(scope="session")
def understudy_server(request: pytest.FixtureRequest) -> Iterator["Client"]:
    """A stand-in on a free port, begun when first asked for and ended with the session."""
    from .running import running

    with running(request.config.getini("understudy_contracts")) as client:
        yield client


@pytest.fixture
def understudy(request: pytest.FixtureRequest, understudy_server: "Client") -> Iterator["Sandbox"]:
    """A sandbox that no other test plays in; the marker `understudy` says how it begins."""
    marker = request.node.get_closest_marker("understudy")
    said = dict(marker.kwargs) if marker else {}
    now = said.pop("now", None)
    sandbox = understudy_server.create(**said)
    if now is not None:
        sandbox.freeze(now)
    yield sandbox
    sandbox.delete()
