"""How a request's cost grows: with the paths of a document, with the sandboxes of a server."""

import json
from collections.abc import Mapping
from pathlib import Path

import requests
import yaml

from .asked import LIST
from .cost import SLICE, cost
from .document import document
from .load import Request
from .process import Process
from .servers import Server, stand_in

PATHS = (1, 10, 100, 1_000)
SANDBOXES = 1_000


class _Dumper(yaml.CSafeDumper):
    """Writes what is the same twice, since contracts have no aliases."""

    def ignore_aliases(self, _: object) -> bool:
        """Never."""
        return True


def over_paths(folder: Path, slices: int) -> Mapping[int, float]:
    """How much more the last path of so many costs than the first, as a ratio."""
    return {
        count: _last_to_first(_of_many(folder, count, "json"), count, slices) for count in PATHS
    }


def over_sandboxes(slices: int) -> float:
    """How much more a request in the last of many sandboxes costs than one in the first."""
    server = stand_in("nexudus")
    with server.start() as process:
        for number in range(1, SANDBOXES):
            headers = {**LIST.headers, "Understudy-Sandbox": f"s{number}"}
            url = process.url(server.path(LIST))
            requests.get(url, headers=headers, timeout=10).raise_for_status()
        first, last = (_in_sandbox(number) for number in (1, SANDBOXES - 1))
        return _ratio(process, (server.path(LIST), first), (server.path(LIST), last), slices)


def starts(folder: Path) -> Mapping[str, float]:
    """Seconds of the processor until 1,000 paths are served, by the form of their document."""
    found = {}
    for form in ("json", "yaml"):
        with _of_many(folder, 1_000, form).start() as process:
            found[form] = process.began_with
    return found


def _of_many(folder: Path, count: int, form: str) -> Server:
    """The stand-in with a document of so many paths."""
    file = folder / f"many{count}.{form}"
    data = document(count)
    text = json.dumps(data) if form == "json" else yaml.dump(data, Dumper=_Dumper)
    file.write_text(text, encoding="utf-8")
    return stand_in(str(file), ready=f"/many{count}/resources/1")


def _last_to_first(server: Server, count: int, slices: int) -> float:
    with server.start() as process:
        asked = [
            (f"/many{count}/resources/{number}", Request("plain", "", "GET", ""))
            for number in (1, count)
        ]
        return _ratio(process, asked[0], asked[1], slices)


def _in_sandbox(number: int) -> Request:
    headers = {**LIST.headers, "Understudy-Sandbox": f"s{number}"}
    return Request(LIST.name, LIST.contract, LIST.method, LIST.path, headers)


def _ratio(
    process: Process, first: tuple[str, Request], last: tuple[str, Request], slices: int
) -> float:
    """The least cost of `last` to that of `first`, in turns."""
    cost(process, *first, SLICE)
    costs = [[cost(process, *each, SLICE).cpu for each in (first, last)] for _ in range(slices)]
    return min(last for _, last in costs) / min(first for first, _ in costs)
