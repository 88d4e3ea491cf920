"""The benchmark: what it serves is served, and what it finds is told as it is."""

import json
from typing import Any

import pytest

from bench.asked import REQUESTS, SHARED, by_crowds, exemplified
from bench.cost import Cost, Life, Lives
from bench.document import document
from bench.load import Load
from bench.report import report, report_of_sharing
from bench.results import FLOOR, OURS, PEER, Results, floors
from bench.servers import Server
from bench.shared import ALONE, FOUR, ONE, Shared
from understudy.specs.contract import from_document
from understudy.specs.document import parse


def _life(name: str, cpu: float) -> Life:
    server = Server(name, (), (), "/")
    costs = {
        request.name: [
            Cost(cpu * dearer, Load(1000, 1.0 * dearer, 1.0, 2.0), 20 * dearer)
            for dearer in (1, 3, 2)
        ]
        for shared in SHARED
        for request in by_crowds(shared)
    }
    return Life(server, 0.5, 0.4, (80.0, 110.0), costs)


def _lives(ours: float) -> Lives:
    """Servers that take so many microseconds, the floor 40 and the peer 400."""
    return Lives([_life(OURS, ours), _life(FLOOR, 40), _life(PEER, 400)])


def _shared() -> Shared:
    """Four workers take as long as one, and one page is late."""
    lives = Lives([_life(name, 100) for name in (ALONE, ONE, FOUR)])
    return Shared(lives, {"page by id": 1.0, "page by date": 6.0})


def test_a_document_of_many_paths_is_a_contract() -> None:
    """As long as it says, and nothing wrong in it."""
    made = from_document("many", parse(json.dumps(document(3)), "many.json"))
    assert list(made.operations) == [
        f"{act}_{number}" for number in (1, 2, 3) for act in ("list", "create")
    ]
    assert 3_900_000 < 1000 * len(json.dumps(document(1))) < 4_500_000


@pytest.mark.parametrize("contract", ["nexudus", "akinon", "zenskar"])
def test_a_mock_server_shows_what_the_stand_in_answers(contract: str) -> None:
    """In the contract itself, which stays one."""
    answers: dict[str, Any] = {request.name: {"of": request.name} for request in REQUESTS}
    made = from_document(contract, parse(json.dumps(exemplified(contract, answers)), "a.json"))
    shown = [o.responses["200"].examples for o in made.operations.values() if "200" in o.responses]
    for request in REQUESTS:
        if request.contract == contract:
            assert {"application/json": (answers[request.name],)} in shown


def test_a_floor_that_is_not_held_is_one() -> None:
    """The processor's least time decides, and what was not measured is not held."""
    assert [claim.holds for claim in floors(_lives(100))] == [True] * 4
    assert [claim.holds for claim in floors(_lives(300))] == [False] * 4
    alone = Lives([_life(OURS, 100), _life(FLOOR, 40)])
    assert [claim.holds for claim in floors(alone)] == [None, None, True, True]


def test_the_page_tells_what_holds_and_what_does_not() -> None:
    """Each promise in a line, with what was measured."""
    rows = {
        "page by id": 10.0,
        "page by date": 10.0,
        "filter that 50 meet": 10.0,
        "filter that half meet": 10.0,
        "insert": 10.0,
        "bytes a document": 1500.0,
    }
    results = Results(
        _lives(120),
        starts={"json": 1.5, "yaml": 12.0},
        paths={1: 1.0, 1000: 1.1},
        sandboxes=1.02,
        rows={100: rows, 100_000: {**rows, "insert": 40.0}},
        begins={"all": 100.0},
        shared=_shared(),
    )
    page = report(results, {"Prism": "1.2.3"}, "1 round.")
    lines = page.splitlines()
    assert "| list beside Prism |  | ≥ 3 x | 3.33 x | yes |" in lines
    assert "| list beside Starlette |  | ≥ 0.35 x | 0.33 x | **no** |" in lines
    assert "| list beside Prism, silent |  | ≥ 1 x |  | not measured |" in lines
    assert "| insert, 100,000 rows to 100 |  | ≤ 3 x | 4.00 x | **no** |" in lines
    assert "| start with 1,000 paths, YAML |  | ≤ 10 s | 12.00 s | **no** |" in lines
    assert "Prism 1.2.3" in page


def test_what_it_costs_to_share_is_told_by_itself() -> None:
    """As it is on the page."""
    lines = report_of_sharing(_shared()).splitlines()
    assert "| list, four workers to one worker |  | ≥ 1.5 x | 1.00 x | **no** |" in lines
    assert "| page by id of 100,000, in the database |  | ≤ 5 ms | 1.00 ms | yes |" in lines
    assert "| page by date of 100,000, in the database |  | ≤ 5 ms | 6.00 ms | **no** |" in lines
    assert "|  | 256 | four workers | 1000 | 100 | 20 | 1.0 | 2.0 |" in lines
    assert "| page by date | 6.00 |" in lines
