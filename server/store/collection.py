"""`Collection`: the documents of one table, by key, by number and by what queries ask for."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ..values import rank, ranker
from .index import Index, Sketch, Unfit, filtering
from .live_table import LiveTable, Rows
from .match import Match
from .query import Condition, Query
from .store import Document, Key

FEW = 32
"""Rows up to which looking at each is as quick as an index."""
MOST_INDEXES = 16
"""For one collection: each costs every write a little, and the one not used for longest goes."""
_SORTED = 8
"""How many rows an order is followed along in the time that it takes to sort one in."""


class Collection:
    """An index is made by the first query that it would have helped, and kept up from then on.

    Rows are in the order of their numbers, which is that of their insertion.
    """

    def __init__(self, table: LiveTable) -> None:
        self._table = table
        self._rows = table.rows()
        self._is_stored = bool(self._rows)
        self._numbers = {key: int(number) for number, (key, _) in self._rows.items()}
        self._documents = {int(number): document for number, (_, document) in self._rows.items()}
        self._last = max(self._documents, default=0)
        self._indexes: dict[Sketch, Index] = {}
        self._unfit: set[Sketch] = set()
        self._match: Match | None = None
        self.touched = 0
        """How many rows queries have looked at."""

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, key: Key) -> int | None:
        """The row of the document under `key`."""
        return self._numbers.get(key)

    def get(self, key: Key) -> Document | None:
        """The document under `key`."""
        number = self._numbers.get(key)
        return None if number is None else self._documents[number]

    def all(self) -> Iterable[Document]:
        """All documents, in the order of their insertion."""
        return self._documents.values()

    def rows(self) -> Iterator[tuple[Key, int, Document]]:
        """All keys, row numbers and documents, in the order of their insertion."""
        return ((key, int(number), document) for number, (key, document) in self._rows.items())

    def put(
        self, key: Key, document: Document | None, number: int | None = None
    ) -> tuple[int | None, Document | None]:
        """Insert, replace or, with None, remove what is under `key`; its row and document before.

        A new document comes last, unless it comes back to the row `number`: see `settle`.
        """
        place = self._numbers.get(key)
        before = None if place is None else self._documents[place]
        found = place, before
        if before is not None and place is not None:
            for index in self._indexes.values():
                index.remove(place, before)
        if document is not None:
            if place is None:
                place = self._last + 1 if number is None else number
                self._last = max(self._last, place)
                self._numbers[key] = place
            self._rows[str(place)] = key, document
            self._documents[place] = document
            self._learn(place, document)
        elif place is not None:
            del self._numbers[key], self._rows[str(place)], self._documents[place]
        self._match = None
        if not self._is_stored:
            self._table.replace(self._rows)
            self._is_stored = True
        return found

    def settle(self) -> None:
        """Put rows that came back where they were."""
        self._documents = dict(sorted(self._documents.items()))
        self._rows = {str(number): self._rows[str(number)] for number in self._documents}
        self._table.replace(self._rows)

    def count(self, where: tuple[Condition, ...]) -> int:
        """How many documents meet all of `where`."""
        return self._matching(where).total

    def find(self, query: Query) -> Sequence[Document]:
        """The documents that `query` describes."""
        match = self._matching(query.where)
        if not query.order:
            return self._unordered(query, match)
        if not match.total:
            return ()
        index = self._made(Sketch(query.order)) if self._is_walk(query, match) else None
        if index is not None:
            try:
                return self._walked(query, match, index)
            except Unfit:  # a position that is none in this order
                pass
        return self._sorted(query, match)

    def document(self, number: int) -> Document:
        """The document in row `number`."""
        return self._documents[number]

    def numbered(self) -> Iterable[tuple[int, Document]]:
        """All rows, in the order of their insertion."""
        return self._documents.items()

    def index(self, condition: Condition) -> Index | None:
        """What finds rows that meet `condition`; None where only looking at all of them does."""
        return self._made(filtering(condition)) if len(self) > FEW else None

    def touch(self, rows: int) -> None:
        """Count rows as looked at."""
        self.touched += rows

    def _matching(self, where: tuple[Condition, ...]) -> Match:
        """The same for the count and the page of one request: it is kept until the next write."""
        if self._match is None or self._match.where != where:
            self._match = Match(self, where)
        return self._match

    def _is_walk(self, query: Query, match: Match) -> bool:
        """Whether it is less to go along the order than to sort all that matches."""
        if match.is_all:
            return True
        total, rows = match.total, len(self)
        wanted = total if query.limit is None else min(query.offset + query.limit, total)
        return wanted * rows <= total * total * _SORTED

    def _unordered(self, query: Query, match: Match) -> Sequence[Document]:
        end = None if query.limit is None else query.offset + query.limit
        if match.is_all:
            found = list(islice(self.all(), query.offset, end))
            self.touch(len(found))
            return found
        documents = self._documents
        return [documents[number] for number in sorted(match.numbers)[query.offset : end]]

    def _walked(self, query: Query, match: Match, index: Index) -> Sequence[Document]:
        """Along the order, from the position on, no further than there is something to find."""
        start = index.place(query.after, is_end=False) if query.after else 0
        stop = index.place(query.before, is_end=True) if query.before else len(index)
        is_back = query.before is not None and query.limit is not None
        if match.is_all and not is_back:
            start += query.offset
            stop = stop if query.limit is None else min(stop, start + query.limit)
            documents = self._documents
            found = [documents[number] for number in index.numbers([(start, stop)])]
            self.touch(len(found))
            return found
        skipped = 0 if is_back else query.offset
        found = []
        looked = 0
        if query.limit != 0 and start < stop:
            for number in index.numbers([(start, stop)], backwards=is_back):
                looked += 1
                if not match.has(number):
                    continue
                if skipped:
                    skipped -= 1
                    continue
                found.append(self._documents[number])
                if len(found) == query.limit:
                    break
        self.touch(looked)
        return found[::-1] if is_back else found

    def _sorted(self, query: Query, match: Match) -> Sequence[Document]:
        """All that matches, put in order."""
        ranked = ranker(query.order)
        matching = match.numbers
        self.touch(len(matching))
        found = sorted((self._documents[number] for number in sorted(matching)), key=ranked)
        if query.after is not None:
            place, at = rank(query.order, query.after.values), query.after.inclusive
            found = [d for d in found if (r := ranked(d)) > place or (at and r == place)]
        if query.before is not None:
            place, at = rank(query.order, query.before.values), query.before.inclusive
            found = [d for d in found if (r := ranked(d)) < place or (at and r == place)]
            if query.limit is not None:
                return found[max(0, len(found) - query.limit) :]
        end = None if query.limit is None else query.offset + query.limit
        return found[query.offset : end]

    def _made(self, sketch: Sketch) -> Index | None:
        """The index of that sketch, made where there is none yet; None where it is no help."""
        index = self._indexes.pop(sketch, None)
        if index is None:
            if len(self) <= FEW or sketch in self._unfit:
                return None
            try:
                index = Index(sketch, self.numbered())
            except Unfit:
                self._unfit.add(sketch)
                return None
            self.touch(len(self))
            if len(self._indexes) >= MOST_INDEXES:
                del self._indexes[next(iter(self._indexes))]
        self._indexes[sketch] = index  # the last used comes last
        return index

    def _learn(self, number: int, document: Document) -> None:
        unfit = []
        for sketch, index in self._indexes.items():
            try:
                index.add(number, document)
            except Unfit:
                unfit.append(sketch)
        for sketch in unfit:
            del self._indexes[sketch]
            self._unfit.add(sketch)


def laid_out(documents: Iterable[tuple[Key, Document]]) -> Rows:
    """The rows of a new table; documents are shared, not copied."""
    return {str(number): row for number, row in enumerate(documents, 1)}
