"""What changed in the answers of an operation: statuses, headers, links and what they carry."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from .bodies import contents
from .change import Change, Direction, Severity
from .node import Node
from .pair import Pair
from .schemas import Schemata


def changes(pair: Pair, schemata: Schemata) -> Iterator[Change]:
    """The changes of all answers; a status may be documented by its class or by `default`."""
    old = {_status(name): node for name, node in pair.old.child("responses").fields()}
    new = {_status(name): node for name, node in pair.new.child("responses").fields()}
    turned: Direction = "response" if pair.direction == "request" else "request"
    for status in dict.fromkeys((*new, *old)):
        ours, theirs = _of(old, status), _of(new, status)
        what = f"the answer {status} of {pair.what}"
        here = replace(
            pair.to(ours or pair.old, theirs or pair.new, status, what),
            direction=turned,
            message="answer",
        )
        if ours is None:
            yield _added(here, status)
        elif theirs is None:
            yield _removed(here, status, old.keys() & new.keys())
        else:
            if status not in old or status not in new:
                yield _respelt(here, is_new=status in new)
            yield from _answer(here, schemata)


def _status(name: str) -> str:
    return name.upper() if name != "default" else name


def _of(known: Mapping[str, Node], status: str) -> Node | None:
    for key in (status, f"{status[:1]}XX", "default"):
        if key in known:
            return known[key]
    return None


def _added(here: Pair, status: str) -> Change:
    words = f"{here.what} is new"
    if here.direction == "request":
        return here.change("status.added", "safe", words)
    is_error = status[:1] in "45d"
    cure = "answer so only to requests that the old contract does not know"
    return here.change("status.added", "risky" if is_error else "breaking", words, cure)


def _removed(here: Pair, status: str, left: Set[str]) -> Change:
    words = f"{here.what} is gone"
    if here.direction == "request":
        return here.change("status.removed", "breaking", words, "go on taking it")
    severity: Severity = "safe"
    if status[:1] == "2":
        is_last = not any(other[:1] == "2" or other == "default" for other in left)
        severity = "breaking" if is_last else "risky"
    return here.change("status.removed", severity, words, "go on answering it")


def _respelt(here: Pair, *, is_new: bool) -> Change:
    """A status that one side knows by its class or by `default`."""
    words = "is told apart now" if is_new else "is no longer told apart"
    rule = "status.added" if is_new else "status.removed"
    return here.change(rule, "safe", f"{here.what} {words}")


def _answer(here: Pair, schemata: Schemata) -> Iterator[Change]:
    has_content = [bool(node.get("content")) for node in (here.old, here.new)]
    if has_content[0] and not has_content[1]:
        cure = "go on answering with a body"
        yield here.change("body.removed", "breaking", f"{here.what} has no body any more", cure)
    elif has_content[1] and not has_content[0]:
        yield here.change("body.added", "safe", f"{here.what} has a body now")
    else:
        yield from contents(here, schemata)
    yield from _headers(here, schemata)
    yield from _links(here)


def _headers(here: Pair, schemata: Schemata) -> Iterator[Change]:
    old, new = (
        {name.lower(): header for name, header in node.child("headers").members()}
        for node in (here.old, here.new)
    )
    for name in dict.fromkeys((*new, *old)):
        if name == "content-type":
            continue  # the media types say it
        what = f"the header {name} of {here.what}"
        pair = here.to(old.get(name, here.old), new.get(name, here.new), f"header {name}", what)
        needed = [node.get("required") is True for node in (pair.old, pair.new)]
        if name not in new:
            severity: Severity = "breaking" if needed[0] else "risky"
            yield pair.change("header.removed", severity, f"{what} is gone", "go on sending it")
        elif name not in old:
            severity = pair.shrunk() if needed[1] else "safe"
            yield pair.change("header.added", severity, f"{what} is new")
        else:
            if needed[0] and not needed[1]:
                words = f"{what} is required no longer"
                yield pair.change("header.optional", pair.grown(), words, "always send it")
            elif needed[1] and not needed[0]:
                yield pair.change("header.required", pair.shrunk(), f"{what} is required now")
            inner = replace(pair, old=pair.old.child("schema"), new=pair.new.child("schema"))
            yield from schemata.compare(inner)


def _links(here: Pair) -> Iterator[Change]:
    old, new = (dict(node.child("links").members()) for node in (here.old, here.new))
    for name in dict.fromkeys((*new, *old)):
        what = f"the link {name} of {here.what}"
        pair = here.to(old.get(name, here.old), new.get(name, here.new), f"link {name}", what)
        if name not in new:
            yield pair.change("link.removed", "risky", f"{what} is gone", "keep the link")
        elif name not in old:
            yield pair.change("link.added", "safe", f"{what} is new")
        elif _led(old[name]) != _led(new[name]):
            words = f"{what} leads elsewhere"
            yield pair.change("link.changed", "risky", words, "keep the link as it was")


def _led(link: Node) -> dict[str, object]:
    return {key: value for key, value in link.value.items() if key != "description"}
