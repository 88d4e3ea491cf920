"""The fixtures that all tests share: each contract as served, on a real socket."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from bench.postgres import Postgres
from understudy.server.store.postgres.database import Database

from .stand import STORE, Server, Stand

SCHEMAS = count(1)
# An example takes as long as it takes: how fast the machine is tells nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
ROOT = Path(__file__).parents[1]
# Processes that the tests begin keep what Hypothesis makes where the tests themselves do.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".hypothesis"))
LIBRARY = str(Path(__file__).parent / "contracts" / "library.yaml")
TOGETHER = ("tests/shared/", "tests/test_wheel.py", "tests/test_rulings.py")
"""Where tests share what takes long to begin: one process has it for all of them."""


class Together(LoadScopeScheduling):
    """Each test goes to whoever is free, but for those that belong together.

    pytest-xdist 3.8 takes no notice of its own `xdist_group` with pytest 9.2 (pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """How `-n` spreads the tests."""
    return Together(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell of our own option."""
    parser.addoption(
        "--on-postgres", action="store_true", help="let every server share a PostgreSQL"
    )


@pytest.fixture(scope="session", autouse=True)
def _shared_store(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--on-postgres"):
        os.environ[STORE] = request.getfixturevalue("postgres").url


def _served(name: str) -> Iterator[Stand]:
    server = Server([name])
    yield next(iter(server.stands.values()))
    server.stop()


@pytest.fixture(scope="session")
def nexudus_server() -> Iterator[Stand]:
    yield from _served("nexudus")


@pytest.fixture(scope="session")
def limio_server() -> Iterator[Stand]:
    yield from _served("limio")


@pytest.fixture(scope="session")
def akinon_server() -> Iterator[Stand]:
    yield from _served("akinon")


@pytest.fixture(scope="session")
def zenskar_server() -> Iterator[Stand]:
    yield from _served("zenskar")


@pytest.fixture(scope="session")
def library_server() -> Iterator[Stand]:
    yield from _served(LIBRARY)


@pytest.fixture
def nexudus(nexudus_server: Stand) -> Stand:
    nexudus_server.reset()
    return nexudus_server


@pytest.fixture
def limio(limio_server: Stand) -> Stand:
    limio_server.reset()
    return limio_server


@pytest.fixture
def akinon(akinon_server: Stand) -> Stand:
    akinon_server.reset()
    return akinon_server


@pytest.fixture
def zenskar(zenskar_server: Stand) -> Stand:
    zenskar_server.reset()
    return zenskar_server


@pytest.fixture
def library(library_server: Stand) -> Stand:
    """A user's own contract: clauses alone."""
    library_server.reset()
    return library_server


@pytest.fixture
def beside_a_server(tmp_path: Path) -> Path:
    """A folder with a package `server` that must not be taken for ours."""
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "__init__.py").write_text("raise ImportError('the wrong server')\n")
    return tmp_path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for all tests of this process, begun when the first asks for it."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def opened(postgres: Postgres) -> Iterator[Database]:
    """A database for many stores, each of which takes a sandbox of its own."""
    made = Database(postgres.url)
    made.open()
    yield made
    made.close()


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The URL of an empty schema that no other test sees."""
    schema = f"test_{next(SCHEMAS)}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{postgres.url}&options=-csearch_path%3D{schema}"
