"""Turns well-formed `x-understudy` members into the values of `clauses`."""

from collections.abc import Mapping
from typing import Any

from . import pointer
from .clauses import (
    Basis,
    Case,
    Collection,
    Direction,
    Filter,
    Key,
    Listing,
    Once,
    Order,
    Paging,
    Report,
    Resource,
    Scope,
    Timer,
    Transition,
    Where,
)
from .pointer import Path

Node = Mapping[str, Any]


class Clauses:
    """The clauses of one document; each method takes a member and its place."""

    def __init__(self, document: Node) -> None:
        self._document = document

    def basis(self, node: Node, above: Basis = ()) -> Basis:
        """The sources that `node` names; where it names none, those of what it stands in."""
        return _basis(node, above)

    def collection(self, name: str, node: Node, at: str, above: Basis) -> Collection:
        """What is stored under `name`."""
        scope = node.get("scope")
        return Collection(
            name=name,
            key=pointer.split(node["key"]),
            schema=node["schema"],
            scope=Scope(pointer.split(scope["field"]), scope["security"]) if scope else None,
            soft_delete=_path(node, "soft-delete"),
            live_until=_path(node, "live-until"),
            timers=tuple(
                Timer(
                    pointer.split(timer["at"]),
                    _allowed(timer["when"]),
                    _values(timer["set"]),
                    _basis(timer, _basis(node, above)),
                    f"{at}/timers/{index}",
                )
                for index, timer in enumerate(node.get("timers", ()))
            ),
            basis=_basis(node, above),
            pointer=at,
        )

    def filter(self, node: Node, at: str, above: Basis) -> Filter:
        """How a parameter keeps documents."""
        return Filter(
            field=pointer.split(node["field"]),
            op=node["op"],
            case_sensitive=node.get("case", "sensitive") == "sensitive",
            basis=_basis(node, above),
            pointer=at,
        )

    def listing(self, node: Node, at: str, above: Basis) -> Listing:
        """How an operation lists."""
        return Listing(
            collection=node["collection"],
            items=pointer.split(node["items"]),
            where=tuple(
                Where(pointer.split(entry["field"]), entry["op"], entry["value"])
                for entry in node.get("where", ())
            ),
            paging=_paging(node["paging"], f"{at}/paging", _basis(node, above)),
            order=_order(node["order"], f"{at}/order", _basis(node, above)),
            report=_report(node.get("report", {}), f"{at}/report", _basis(node, above)),
            basis=_basis(node, above),
            pointer=at,
        )

    def resource(self, node: Node, at: str, above: Basis) -> Resource:
        """Which document an operation is about, and what it does with it."""
        once = node.get("once")
        key: Key | None = None
        for location, name in node.get("key", {}).items():
            path = pointer.split(name) if location == "body" else ()
            key = Key(location, name, path)
        return Resource(
            collection=node["collection"],
            action=node["action"],
            key=key,
            answer=_path(node, "answer"),
            stamp=_paths(node, "stamp"),
            once=Once(pointer.split(once["by"]), int(once["refuse"]), f"{at}/once")
            if once
            else None,
            basis=_basis(node, above),
            pointer=at,
        )

    def transition(self, node: Node, at: str, above: Basis) -> Transition:
        """How an operation moves a document."""
        return Transition(
            when=_allowed(node["when"]),
            refuse=int(node["refuse"]),
            cases=tuple(
                Case(
                    when_body=_values(case.get("if", {})),
                    set=_values(case.get("set", {})),
                    stamp=_paths(case, "stamp"),
                )
                for case in node.get("cases", ())
            ),
            stamp=_paths(node, "stamp"),
            basis=_basis(node, above),
            pointer=at,
        )


def _basis(node: Node, above: Basis) -> Basis:
    basis = node.get("basis", ())
    return ((basis,) if isinstance(basis, str) else tuple(basis)) or above


def _path(node: Node, member: str) -> Path | None:
    return pointer.split(node[member]) if member in node else None


def _paths(node: Node, member: str) -> tuple[Path, ...]:
    return tuple(pointer.split(text) for text in node.get(member, ()))


def _allowed(node: Node) -> Mapping[Path, tuple[Any, ...]]:
    return {pointer.split(at): tuple(values) for at, values in node.items()}


def _values(node: Node) -> Mapping[Path, Any]:
    return {pointer.split(at): value for at, value in node.items()}


def _paging(node: Node, at: str, above: Basis) -> Paging:
    return Paging(
        style=node["style"],
        page=node.get("page"),
        cursor=node.get("cursor"),
        size=node["size"],
        next=_path(node, "next"),
        previous=_path(node, "previous"),
        end=node.get("end", "absent"),
        bound=frozenset(node.get("bound", ())),
        refuse=int(node["refuse"]) if "refuse" in node else None,
        past_end=node.get("past-end", "empty"),
        basis=_basis(node, above),
        pointer=at,
    )


def _order(node: Node, at: str, above: Basis) -> Order:
    direction = node.get("direction")
    return Order(
        by=node.get("by"),
        fixed=tuple(
            (pointer.split(entry.removeprefix("-")), entry.startswith("-"))
            for entry in node.get("fixed", ())
        ),
        direction=Direction(direction["parameter"], direction["asc"], direction["desc"])
        if direction
        else None,
        descending=node.get("descending"),
        fields={name: pointer.split(path) for name, path in node.get("fields", {}).items()},
        nulls=node.get("nulls", "last"),
        ties=_paths(node, "ties"),
        basis=_basis(node, above),
        pointer=at,
    )


def _report(node: Node, at: str, above: Basis) -> Report:
    return Report(
        total=_paths(node, "total"),
        pages=_paths(node, "pages"),
        page=_paths(node, "page"),
        size=_paths(node, "size"),
        order=_paths(node, "order"),
        direction=_paths(node, "direction"),
        first=_paths(node, "first"),
        last=_paths(node, "last"),
        has_next=_paths(node, "has-next"),
        has_previous=_paths(node, "has-previous"),
        basis=_basis(node, above),
        pointer=at,
    )
