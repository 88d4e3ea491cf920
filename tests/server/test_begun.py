"""A coroutine that was begun: whether it had to wait, and that it goes on as if it had not been."""

import asyncio

import pytest

from understudy.server.begun import Begun


def test_what_is_there_is_not_waited_for() -> None:
    """It is known before anybody awaits it, and given to who does."""

    async def ready() -> str:
        return "there"

    async def work() -> None:
        begun = Begun(ready())
        assert not begun.has_waited
        assert await begun == "there"

    asyncio.run(work())


def test_what_waits_is_awaited_from_there_on() -> None:
    """As often as it waits, and only once from its beginning."""
    began = 0

    async def slow(first: "asyncio.Future[str]") -> str:
        nonlocal began
        began += 1
        parts = [await first]
        await asyncio.sleep(0)
        parts.append("second")
        return " ".join(parts)

    async def work() -> None:
        first: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        begun = Begun(slow(first))
        assert begun.has_waited
        asyncio.get_running_loop().call_soon(first.set_result, "first")
        assert await begun == "first second"
        assert began == 1

    asyncio.run(work())


def test_what_is_raised_while_it_waits_is_raised_in_it() -> None:
    """So that it can end what it had begun, or go on all the same."""
    ended: list[str] = []

    async def careful(forever: "asyncio.Future[None]") -> str:
        try:
            await forever
        except asyncio.CancelledError:
            ended.append("first")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append("second")
        return "never"

    async def work() -> None:
        async def whole() -> str:
            return await Begun(careful(asyncio.get_running_loop().create_future()))

        task = asyncio.create_task(whole())
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    assert ended == ["first", "second"]


def test_what_fails_at_once_says_so() -> None:
    """Before it is awaited."""

    async def refused() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        Begun(refused())
