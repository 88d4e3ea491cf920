"""`machines`: several servers with several workers each, which share one database."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from .server import Running, served


@contextmanager
def machines(
    store: str, count: int = 2, workers: int = 4, options: Sequence[str] = ()
) -> Iterator[Sequence[Running]]:
    """So many servers on free ports, all of which have begun; they end with the block."""
    shared = ("--store", store, "--workers", str(workers), *options)
    with ExitStack() as stack:
        yield [stack.enter_context(served(shared)) for _ in range(count)]
