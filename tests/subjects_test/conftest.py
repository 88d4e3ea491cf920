"""Each subject, running for one test."""

from collections.abc import Iterator

import pytest

from .running import Subject, serve


@pytest.fixture
def nexudus() -> Iterator[Subject]:
    with serve("nexudus") as subject:
        yield subject


@pytest.fixture
def limio() -> Iterator[Subject]:
    with serve("limio") as subject:
        yield subject


@pytest.fixture
def akinon() -> Iterator[Subject]:
    with serve("akinon") as subject:
        yield subject


@pytest.fixture
def zenskar() -> Iterator[Subject]:
    with serve("zenskar") as subject:
        yield subject
