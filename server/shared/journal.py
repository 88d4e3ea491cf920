"""`SharedJournal`: the journal of one sandbox, in the database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from ...specs.contract import Contract
from ..journal import MOST, MOST_BYTES, Entry, Event
from ..store.postgres.database import Database
from ..store.postgres.transaction import Transaction
from . import events, statements
from .lots import Line, Written, packed, unpacked


class Bounds(NamedTuple):
    """So many entries of a sandbox, and so many bytes, are kept at most."""

    most: int = MOST
    most_bytes: int = MOST_BYTES

    def keep(self, entry: Written, last: int, written: int) -> bool:
        """Whether there is room for an entry, where the last has that number and end."""
        return (
            entry.number > last - self.most
            and entry.until - entry.size >= written - self.most_bytes
        )

    def is_passed(self, last: int, count: int, written: int, size: int) -> bool:
        """Whether the last so many entries, of that size, have passed a tenth of what is kept."""
        number, part = max(1, self.most // 10), max(1, self.most_bytes // 10)
        return (
            last // number > (last - count) // number or written // part > (written - size) // part
        )


class SharedJournal:
    """Entries in the database, which belong to the transaction that asks for them."""

    def __init__(
        self,
        database: Database,
        sandbox: str,
        contracts: Mapping[str, Contract],
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._bounds = Bounds(most, most_bytes)
        self._database = database
        self._sandbox = sandbox
        self._contracts = contracts

    @property
    def dropped(self) -> int:
        """How many entries made room for others since it was cleared."""
        return self._held()[1]

    def __len__(self) -> int:
        return self._held()[0]

    def write(self, event: Event, at: datetime, clock: datetime) -> None:
        """Add an entry."""
        line = Line(self._sandbox, at, clock, event.size, events.to_json(event))
        with self._database.transaction("write") as transaction:
            transaction.must_write()
            added = Addition([line], self._bounds)
            added.trim(transaction, transaction.rows(statements.ADD, added.parameters))

    def entries(self, wanted: Callable[[Entry], bool] = lambda _: True) -> Iterator[Entry]:
        """Those that are wanted, the oldest first."""
        for last, written, _, *lot in self._lots(statements.LOTS):
            for each in _unpacked(*lot):
                event = events.from_data(each.event, self._contracts)
                if event is not None and self._bounds.keep(each, last, written):
                    entry = Entry(each.number, each.at, each.clock, event, each.size)
                    if wanted(entry):
                        yield entry

    def clear(self) -> None:
        """Forget all; numbers go on."""
        with self._database.transaction("write") as transaction:
            transaction.change(statements.FORGET, {"sandbox": self._sandbox})

    def _lots(self, sql: str) -> Sequence[tuple[Any, ...]]:
        with self._database.transaction("look") as transaction:
            return transaction.rows(sql, {"sandbox": self._sandbox, **self._bounds._asdict()})

    def _held(self) -> tuple[int, int]:
        """How many entries there are, and how many made room for others."""
        for last, written, since, *lot in self._lots(statements.FIRST):
            gone = lot[0] or last
            for each in _unpacked(*lot):
                if self._bounds.keep(each, last, written):
                    gone = each.number - 1
                    break
            return last - gone, gone - since
        return 0, 0


def _unpacked(last: int | None, written: int, lot: bytes) -> Iterator[Written]:
    return iter(()) if last is None else unpacked(lot, last, written)


class Addition:
    """Lines that are added to the journals of their sandboxes, in one statement."""

    def __init__(self, lines: Sequence[Line], bounds: Bounds) -> None:
        of = attrgetter("sandbox")
        self._bounds = bounds
        self._lots = {name: list(own) for name, own in groupby(sorted(lines, key=of), of)}

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the statement is given."""
        lots = self._lots.values()
        return {
            "sandboxes": list(self._lots),
            "counts": [len(lot) for lot in lots],
            "sizes": [_size(lot) for lot in lots],
            "lots": [packed(lot) for lot in lots],
        }

    def trim(self, transaction: Transaction, heads: Sequence[tuple[str, int, int]]) -> None:
        """Now and then, let go of what has no room, where the statement told these `heads`."""
        for sandbox, last, written in heads:
            lot = self._lots[sandbox]
            if self._bounds.is_passed(last, len(lot), written, _size(lot)):
                now = {"sandbox": sandbox, "last": last, "written": written}
                transaction.change(statements.TRIM, {**now, **self._bounds._asdict()})


def _size(lot: Sequence[Line]) -> int:
    return sum(line.size for line in lot)
