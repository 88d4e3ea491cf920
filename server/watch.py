"""Serves a changed file without a restart."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from watchfiles import awatch

from ..specs.errors import UnderstudyError

_log = logging.getLogger("understudy.watch")
_Stamps = list[tuple[int, int, int] | None]


class Swap:
    """An application that can be replaced while it serves."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on to the application of the moment."""
        await self.app(scope, receive, send)


@asynccontextmanager
async def watching(files: Sequence[Path], rebuild: Callable[[], None]) -> AsyncIterator[None]:
    """While inside, call `rebuild` when one of `files` has changed."""
    if not files:
        yield
        return
    stop = asyncio.Event()
    task = asyncio.create_task(_watch(files, _stamps(files), rebuild, stop))
    yield
    stop.set()
    await task


async def _watch(
    files: Sequence[Path], before: _Stamps, rebuild: Callable[[], None], stop: asyncio.Event
) -> None:
    # Editors replace files, so the folders are watched; and the files are looked at now and then,
    # for what changed before the watch began or reached them by a link.
    folders = {path.resolve().parent for path in files}
    async for _ in awatch(
        *folders, stop_event=stop, recursive=False, rust_timeout=1000, yield_on_timeout=True
    ):
        now = _stamps(files)
        if now == before:
            continue
        before = now
        try:
            rebuild()
        except UnderstudyError as error:
            _log.error("still serving what was there before the change: %s", error)
        else:
            _log.info("serving what has changed")


def _stamps(files: Sequence[Path]) -> _Stamps:
    """What tells whether the files are still as they were; None for one that is not there."""
    stamps: list[tuple[int, int, int] | None] = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            stamps.append(None)
        else:
            stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return stamps
