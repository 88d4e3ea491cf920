"""`Transaction`: what one request reads and writes, in one piece."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeVar

import orjson
import psycopg

from ..store import Document
from . import statements
from .asked import asked, moments
from .kept import MISSING, Kept
from .lock import Lock, taken
from .place import Place, named, spelt
from .wire import Rows, Statement, Wire

T = TypeVar("T")
Sizes = Mapping[str, int]
"""How many documents each collection of a contract has."""
Marks = Mapping[str, int]
"""A number for each collection of a contract, which is another after each change."""
WHOLE = ""
"""Stands for all collections of a contract that are not named."""
Mode = Literal["look", "glance", "read", "write", "turn", "note", "begin"]
"""Each statement for itself; the same, where it turns out that nothing has moved meanwhile; a
picture of one moment; writing, alone in what is locked; the same, which waits for nobody for long,
and for whose disk nobody else waits; each statement for itself that writes what is no harm to lose;
or writing as a server begins, which waits for others that do.
"""
_LOT = 2000
"""Documents that are sent at once."""


class WritesError(Exception):
    """Something is to be written after all: what was done so far must be done again, writing."""


class MovedError(Exception):
    """What was read is of more than one moment: it must be read again, as of one."""


class NeededError(Exception):
    """What was to be done without the database needs it after all."""


_COLUMNS = (*Place._fields, "document", "moments", "source")
Row = tuple[str | None, ...]
"""A document as it is kept, by `_COLUMNS`."""


class Unsent(NamedTuple):
    """A document as it is to be, None where it is to go, and whether there is none yet."""

    document: Document | None
    is_new: bool


@dataclass(slots=True)
class Unit:
    """A unit of work: what there was before, and whether there is a savepoint to go back to.

    `before` is what its own writes found; `unsent` was to be sent as it began, and not yet is.
    """

    sizes: Mapping[tuple[str, str], Sizes]
    known: Mapping[Place, Document | None]
    unsent: Mapping[Place, Unsent]
    before: dict[Place, Document | None] = field(default_factory=dict)
    is_saved: bool = False


class Transaction:
    """What is written is sent when it is asked for or at the end, all at once.

    So is all else that nobody waits for: PostgreSQL is woken once, and does it in its order.
    Without a wire it has what is known already, and NeededError for all else.
    """

    def __init__(self, wire: Wire | None, mode: Mode, seen: Kept[Document | None]) -> None:
        self._wire = wire
        self._seen = seen
        self.written: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        """The collections that it has changed, by sandbox and contract; `WHOLE` where it is all."""
        self.marks: dict[tuple[str, str], Marks] = {}
        """Those of a sandbox's contract as they were at the begin, as far as they are known."""
        self.sizes: dict[tuple[str, str], Sizes] = {}
        """Those of a sandbox's contract, as far as they are known."""
        self.mode = mode
        self.may_write = mode not in ("look", "glance", "read")
        """Whether something may be written."""
        self._known: dict[Place, Document | None] = {}
        self._whole: set[tuple[str, str, str]] = set()
        self._unsent: dict[Place, Unsent] = {}
        self._units: list[Unit] = []
        self._found: dict[tuple[Kept[Any], Hashable], Any] = {}
        self._waiting: list[Statement] = []

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """A unit of work: what it wrote is undone when it is left by an exception."""
        unit = Unit(dict(self.sizes), dict(self._known), dict(self._unsent))
        self._units.append(unit)
        try:
            yield unit
        except (WritesError, psycopg.Error):
            raise  # it is undone as a whole
        except Exception:
            self._unsent = dict(unit.unsent)
            self._known = dict(unit.known)
            self.sizes = dict(unit.sizes)
            if unit.is_saved:
                self.later(f"ROLLBACK TO SAVEPOINT unit{len(self._units)}")
            raise
        finally:
            self._units.pop()

    def rows(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        of: tuple[str, str, str] | None = None,
    ) -> Rows:
        """What a query gives, what was written so far included.

        One `of` a collection (sandbox, contract, name) asks for no other: what is written
        elsewhere is not sent for it.
        """
        if of is None or any(place[:3] == of for place in self._unsent):
            self.send()
        return self._run(Statement(sql, parameters))

    def change(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Change something else; WritesError where nothing may be written."""
        self.must_write()
        self.send()
        self._save()
        self.later(sql, parameters)

    def later(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        tell: Callable[[Rows], None] | None = None,
    ) -> None:
        """Have a statement sent with the next whose answer is waited for, or at the end."""
        self._waiting.append(Statement(sql, parameters, tell))

    def end(self, *last: str) -> None:
        """Send what is left, and these last."""
        self.send()
        for sql in last:
            self.later(sql)
        if self._waiting:
            self._run(self._waiting.pop())

    def script(self, sql: str) -> None:
        """Run several statements in one text, which cannot be sent with others."""
        self.must_write()
        self.end()
        self._run(Statement(sql))

    def mark(self, sandbox: str, contract: str, collection: str) -> int | None:
        """Which state a collection is in; None where that is not known."""
        marks = self.marks.get((sandbox, contract))
        written = self.written.get((sandbox, contract), ())
        if marks is None or collection in written or WHOLE in written:
            return None
        return marks.get(collection, marks[WHOLE])

    def marked(self, sandbox: str, contract: str, new: int) -> Marks:
        """The marks that are to be known from now on; `new` was not there before."""
        written = self.written.get((sandbox, contract), ())
        marks = self.marks.get((sandbox, contract))
        if marks is None or WHOLE in written:
            return {WHOLE: new}
        return {**marks, **dict.fromkeys(written, new)}

    def recall(self, kept: Kept[T], key: Hashable) -> T:
        """What is known of `key`, or was found in here; else `MISSING`, as where `key` is None."""
        found: T = MISSING if key is None else kept.get(key)
        if found is MISSING:
            found = self._found.get((kept, key), MISSING)
        return found

    def find_out(self, kept: Kept[T], key: Hashable, found: T) -> None:
        """Have this known once it is certain (`learn`)."""
        if key is not None:
            self._found[kept, key] = found

    @property
    def has_found_out(self) -> bool:
        """Whether something is to be known."""
        return bool(self._found)

    def learn(self) -> None:
        """What was found is of the moment of the marks: it is known from now on."""
        for (kept, key), found in self._found.items():
            kept.put(key, found)

    def size(self, sandbox: str, contract: str, collection: str) -> int | None:
        """How many documents a collection has; None where that is not known."""
        sizes = self.sizes.get((sandbox, contract))
        return None if sizes is None else sizes.get(collection, 0)

    def lock(self, locks: Sequence[Lock]) -> None:
        """Before what comes next wait for these, and hold them to the end."""
        if locks:
            self.later(*taken(locks))

    def must_write(self) -> None:
        """WritesError where nothing may be written."""
        if not self.may_write:
            raise WritesError

    def get(self, place: Place) -> Document | None:
        """The document there."""
        found: Document | None = self._known.get(place, MISSING)
        if found is MISSING:
            found = None if place[:3] in self._whole else self._looked_up(place)
            if self.mode != "look":
                self._known[place] = found
        return found

    def _looked_up(self, place: Place) -> Document | None:
        mark = self.mark(*place[:3])
        known = None if mark is None else (mark, place)
        found = self.recall(self._seen, known)
        if found is MISSING:
            sql = statements.get(place.contract, place.collection)
            rows = self._run(Statement(sql, {"sandbox": place.sandbox, "key": spelt(place.key)}))
            found = orjson.loads(rows[0][0]) if rows else None
            self.find_out(self._seen, known, found)
        return found

    def read_ahead(self, sandboxes: Sequence[str], contract: str, collection: str) -> None:
        """With what is sent next, have all known that is in a collection; it is short."""

        def tell(rows: Rows) -> None:
            for sandbox, key, source in rows:
                place = Place(sandbox, contract, collection, named(key))
                self._known[place] = orjson.loads(source)
            self._whole.update((sandbox, contract, collection) for sandbox in sandboxes)

        self.later(statements.every(contract, collection), {"sandboxes": sandboxes}, tell)

    def put(self, place: Place, document: Document | None, *, is_new: bool = False) -> None:
        """Insert, replace or, with None, remove what is there: nothing, where it `is_new`."""
        self.must_write()
        before = None if is_new else self.get(place)
        for unit in self._units:
            unit.before.setdefault(place, before)
        if (document is None) is not (before is None):
            self._resize(place, 1 if before is None else -1)
        unsent = self._unsent.get(place)
        if unsent is not None and unsent.document is None and document is not None:
            self.send()  # it was removed, so it comes last
            unsent = None
        is_new = before is None if unsent is None else unsent.is_new
        self._unsent[place] = Unsent(document, is_new)
        self._known[place] = document
        self._note(place.sandbox, place.contract, place.collection)

    def send(self) -> None:
        """Have what is written sent with what comes next."""
        if not self._unsent:
            return
        unsent, self._unsent = self._unsent, {}
        self._write(unsent, but=self._save())

    def _write(self, unsent: Mapping[Place, Unsent], *, but: Mapping[Place, Unsent]) -> None:
        due = {at: what for at, what in unsent.items() if what is not but.get(at)}
        gone: dict[tuple[str, str, str], list[str]] = {}
        for place, (document, _) in due.items():
            if document is None:
                gone.setdefault(place[:3], []).append(spelt(place.key))
        for (sandbox, contract, collection), keys in gone.items():
            sql = statements.delete(contract, collection)
            self.later(sql, {"sandbox": sandbox, "keys": keys})
        added: list[Row] = []
        kept: list[Row] = []
        for place, (document, is_new) in due.items():
            if document is not None:
                # Another mode is tried where what was said to be new is not.
                is_added = is_new and self.mode == "turn" and place not in but
                (added if is_added else kept).append(_row(place, document))
        self._fill(added, statements.ADD)
        if len(kept) == 1:
            self.later(statements.PUT, dict(zip(_COLUMNS, kept[0], strict=True)))
        else:
            self._fill(kept, statements.FILL)

    def fill(self, documents: Mapping[Place, Document]) -> None:
        """Insert these, none of which is there."""
        self.send()
        for place in documents:
            self._resize(place, 1)
        rows = (_row(place, document) for place, document in documents.items())
        self._fill(rows, statements.ADD)

    def clear(self, sandbox: str, contract: str) -> None:
        """Remove all documents of a contract."""
        if self._units:
            for place, document in self.all(sandbox, contract):
                for unit in self._units:
                    unit.before.setdefault(place, document)
        self.change(statements.CLEAR, {"sandbox": sandbox, "contract": contract})
        self._note(sandbox, contract, WHOLE)
        self.sizes[sandbox, contract] = {}
        self._known.clear()
        self._whole.clear()

    def all(self, sandbox: str, contract: str) -> Iterator[tuple[Place, Document]]:
        """All documents of a contract, by collection and in the order of their insertion."""
        here = {"sandbox": sandbox, "contract": contract}
        for collection, key, text in self.rows(statements.ALL, here):
            yield Place(sandbox, contract, collection, named(key)), orjson.loads(text)

    def _fill(self, rows: Iterable[Row], sql: str) -> None:
        left = iter(rows)
        while lot := list(islice(left, _LOT)):
            columns = map(list, zip(*lot, strict=True))
            self.later(sql, dict(zip(_COLUMNS, columns, strict=True)))

    def _note(self, sandbox: str, contract: str, collection: str) -> None:
        self.written[sandbox, contract].add(collection)

    def _resize(self, place: Place, by: int) -> None:
        sizes = self.sizes.get(place[:2])
        if sizes is not None:
            size = sizes.get(place.collection, 0) + by
            self.sizes[place[:2]] = {**sizes, place.collection: size}

    def _save(self) -> Mapping[Place, Unsent]:
        """Have a savepoint for each unit, so that it can be undone though it was sent.

        What was written before them is sent, and given back.
        """
        sent: dict[Place, Unsent] = {}
        for depth, unit in enumerate(self._units, 1):
            if not unit.is_saved:
                self._write(unit.unsent, but=sent)
                sent.update(unit.unsent)
                self.later(f"SAVEPOINT unit{depth}")
                unit.is_saved, unit.unsent = True, {}
        return sent

    def _run(self, statement: Statement) -> Rows:
        """What a statement gives, sent with all that waits: what fails there fails it too."""
        if self._wire is None:
            raise NeededError
        waiting, self._waiting = self._waiting, []
        return self._wire.send(*waiting, statement)


def _row(place: Place, document: Document) -> Row:
    """A document as it is kept."""
    source = orjson.dumps(document)
    other = asked(source)
    return (
        *place[:3],
        spelt(place.key),
        None if other is None else other.decode(),
        moments(document, source),
        source.decode(),
    )
