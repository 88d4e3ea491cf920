"""Serves a changed file without a restart."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from watchfiles import awatch

from ..specs.errors import UnderstudyError

_log = logging.getLogger("understudy.watch")


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
    task = asyncio.create_task(_watch(files, rebuild, stop))
    yield
    stop.set()
    with suppress(asyncio.CancelledError):
        await task


async def _watch(files: Sequence[Path], rebuild: Callable[[], None], stop: asyncio.Event) -> None:
    # Editors replace files, so the folders are watched.
    wanted = {str(path.resolve()) for path in files}
    folders = {path.resolve().parent for path in files}
    async for changes in awatch(*folders, stop_event=stop, recursive=False):
        if not wanted.intersection(path for _, path in changes):
            continue
        try:
            rebuild()
        except UnderstudyError as error:
            _log.error("still serving what was there before the change: %s", error)
        else:
            _log.info("serving what has changed")
