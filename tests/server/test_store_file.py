"""The JSON file: always a whole one, readable by people, refused when it is another's."""

import json
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from understudy.server.store.store import Unwritable
from understudy.server.store.tiny import TinyStore, in_file, in_memory

WRITER = """
import sys
from pathlib import Path
from understudy.server.store.tiny import TinyStore, in_file

store = TinyStore(in_file(Path(sys.argv[1])), "shop.")
last = store.get("goods", "left")
number = last["number"] if last else 0
while True:
    number += 1
    with store.unit():
        store.put("goods", "left", {"number": number, "text": "x" * (number % 7) * 3000})
        store.put("goods", "right", {"number": number})
    if number % 3 == 0:
        store.close()
        print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is to be."""
    return tmp_path / "state.json"


def _open(path: Path, prefix: str = "shop.") -> TinyStore:
    return TinyStore(in_file(path), prefix)


def _numbers(path: Path) -> tuple[int, int]:
    """What both halves of the last unit say."""
    store = _open(path)
    left, right = store.get("goods", "left"), store.get("goods", "right")
    return (left["number"] if left else 0), (right["number"] if right else 0)


def _written(path: Path) -> Mapping[str, Any]:
    """What is in the file once the thread that writes it has nothing more to do."""
    for thread in threading.enumerate():
        if thread.name == f"writer of {path.name}":
            thread.join(30)
            assert not thread.is_alive()
    return _open(path).dump()


@pytest.mark.whole
def test_a_killed_process_leaves_a_whole_file_with_every_unit_that_was_flushed(path: Path) -> None:
    """Killed twenty times while it writes: never half a unit, never one that was lost."""
    moments = random.Random(1)
    acknowledged = 0
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(moments.randint(1, 25)):
                acknowledged = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split("\n")
        # What the process said before it died, but for a line that it was just saying.
        acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
        left, right = _numbers(path)
        assert left == right
        assert left >= acknowledged


def test_a_unit_comes_into_the_file_by_itself(path: Path) -> None:
    """Also without a close; what was undone does not."""
    store = _open(path)
    with store.unit():
        store.put("goods", 1, {"id": 1})
    assert _written(path) == {"goods": [{"id": 1}]}
    with pytest.raises(ZeroDivisionError), store.unit():
        store.put("goods", 2, {"id": 1 // 0})
    store.close()
    assert _open(path).dump() == {"goods": [{"id": 1}]}


def test_a_file_is_written_while_units_go_on(path: Path) -> None:
    """What the thread writes is never half a unit, however many there are meanwhile."""
    store = _open(path)
    number = 0
    seen: list[tuple[int, int]] = []
    while len({left for left, _ in seen}) < 3:
        number += 1
        with store.unit():
            store.put("goods", "left", {"number": number})
            store.put("goods", number, {"text": "x" * 100})
            store.delete("goods", number - 50)
            store.put("goods", "right", {"number": number})
        if path.exists():
            seen.append(_numbers(path))
    assert all(left == right for left, right in seen)
    store.close()
    assert _numbers(path) == (number, number)


def test_a_clear_comes_into_the_file_by_itself(path: Path) -> None:
    """As any other change."""
    store = _open(path)
    with store.unit():
        store.put("goods", 1, {"id": 1})
    store.clear()
    assert _written(path) == {}


def test_a_replacement_of_all_is_in_the_file_at_its_end_alone(path: Path) -> None:
    """Cleared within a unit, the file never stands empty."""
    store = _open(path)
    with store.unit():
        store.put("goods", 1, {"id": 1})
    store.close()
    with store.unit():
        store.clear()
        store.put("goods", 2, {"id": 2})
        assert _open(path).dump() == {"goods": [{"id": 1}]}
    assert _written(path) == {"goods": [{"id": 2}]}


def test_what_is_written_outside_units_is_in_the_file_when_it_is_closed(path: Path) -> None:
    """Nothing is lost by an orderly end."""
    store = _open(path)
    store.put("goods", 1, {"id": 1})
    store.close()
    assert _open(path).dump() == {"goods": [{"id": 1}]}


def test_a_reader_can_find_a_document_in_the_file(path: Path) -> None:
    """UTF-8, a line for each document, the collection named, keys and documents as they are."""
    store = _open(path)
    with store.unit():
        store.put("goods", "tea", {"name": "Tee \u00fc", "price": 1.5})
    store.close()
    text = path.read_text(encoding="utf-8")
    assert "Tee \u00fc" in text
    assert "\n " in text
    assert list(json.loads(text)["shop.goods"].values()) == [
        {"key": "tea", "document": {"name": "Tee \u00fc", "price": 1.5}}
    ]


def test_documents_keep_their_order_over_a_restart(path: Path) -> None:
    """Also past the tenth, where row numbers as text would sort otherwise."""
    store = _open(path)
    with store.unit():
        for number in range(25):
            store.put("goods", number, {"id": number})
        store.delete("goods", 3)
    store.close()
    expected = [number for number in range(25) if number != 3]
    again = _open(path)
    assert [d["id"] for d in again.dump()["goods"]] == expected
    with again.unit():
        again.put("goods", 3, {"id": 3})
    again.close()
    assert [d["id"] for d in _open(path).dump()["goods"]] == [*expected, 3]


def test_a_file_that_cannot_be_written_takes_no_more_and_loses_nothing(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk, or here a folder that is gone: logged once, refused, and written when it can."""
    home = path.parent / "home"
    home.mkdir()
    store = _open(home / "state.json")
    with store.unit():
        store.put("goods", 1, {"id": 1})
    store.close()
    away = home.rename(path.parent / "away")
    with store.unit():
        store.put("goods", 2, {"id": 2})
    for _ in range(2):
        with pytest.raises(Unwritable, match="No such file or directory"):
            store.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    with pytest.raises(Unwritable), store.unit():
        store.put("goods", 3, {"id": 3})
    with pytest.raises(Unwritable):
        store.load({"goods": [(3, {"id": 3})]})
    with store.unit():
        assert store.dump() == {"goods": [{"id": 1}, {"id": 2}]}
    away.rename(home)
    store.close()
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    with store.unit():
        store.put("goods", 3, {"id": 3})
    store.close()
    assert _open(home / "state.json").dump() == {"goods": [{"id": 1}, {"id": 2}, {"id": 3}]}


def test_what_json_cannot_hold_is_a_file_that_cannot_be_written(path: Path) -> None:
    """Half a surrogate pair has no octets: it is told, and the thread does not die of it."""
    store = _open(path)
    store.put("goods", 1, {"id": "\ud800"})
    with pytest.raises(Unwritable, match="surrogate"):
        store.close()
    store.delete("goods", 1)
    store.close()
    assert _open(path).dump() == {}


def test_a_write_leaves_nothing_beside_the_file(path: Path) -> None:
    """The new file takes the old one's place; what a killed process left is removed."""
    path.with_name(".state.json.99999.new").write_text("{")
    store = _open(path)
    for number in range(3):
        with store.unit():
            store.put("goods", number, {"id": number})
        store.close()
    assert list(path.parent.iterdir()) == [path]


def test_rows_that_a_hand_moved_are_taken_as_they_come(path: Path) -> None:
    """In the order of the file, whatever their numbers; what is new comes last."""
    rows = {number: {"key": number, "document": {"id": number}} for number in ("7", "03", "5")}
    path.write_text(json.dumps({"shop.goods": rows}))
    store = _open(path)
    store.put("goods", "new", {"id": "new"})
    assert [d["id"] for d in store.dump()["goods"]] == ["7", "03", "5", "new"]
    store.close()
    assert [d["id"] for d in _open(path).dump()["goods"]] == ["7", "03", "5", "new"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"shop.goods": []}',
        '{"shop.goods": {"1": []}}',
        '{"shop.goods": {"1": {}}}',
        '{"shop.goods": {"1": {"key": 1}}}',
        '{"shop.goods": {"1": {"key": [], "document": {}}}}',
        '{"shop.goods": {"1": {"key": true, "document": {}}}}',
        '{"shop.goods": {"1": {"key": 1, "document": []}}}',
        '{"shop.goods": {"one": {"key": 1, "document": {}}}}',
        '{"shop.goods": {"1": {"key": 1, "document": {"price": NaN}}}}',
    ],
)
def test_a_file_that_holds_something_else_is_refused_and_left_alone(path: Path, text: str) -> None:
    """ValueError at once, not an exception at the first request."""
    path.write_text(text)
    with pytest.raises(ValueError, match=r".+"):
        in_file(path)
    assert path.read_text() == text


def test_a_file_that_is_no_text_is_refused(path: Path) -> None:
    """Other octets than UTF-8 are a ValueError, too."""
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ValueError, match="UTF-8"):
        in_file(path)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_stores_of_one_database_do_not_meet(path: Path, kind: str) -> None:
    """Not even when the name of one begins with the other's, up to a dot."""
    database = in_memory() if kind == "memory" else in_file(path)
    names = ("shop.", "shop.v2.", "shopping.")
    stores: Mapping[str, Any] = {name: TinyStore(database, name) for name in names}
    for name, store in stores.items():
        with store.unit():
            store.put("goods", 1, {"id": name})
    for name, store in stores.items():
        assert store.dump() == {"goods": [{"id": name}]}
    stores["shop."].clear()
    assert stores["shop."].dump() == {}
    assert stores["shop.v2."].dump() == {"goods": [{"id": "shop.v2."}]}
