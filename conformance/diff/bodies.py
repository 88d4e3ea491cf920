"""What changed in what requests and answers carry: media types, and the schema of each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from .change import Change, Severity
from .node import Node
from .pair import Pair
from .schemas import Schemata


def changes(pair: Pair, schemata: Schemata) -> Iterator[Change]:
    """The changes of an operation's request body."""
    old, new = pair.old.child("requestBody"), pair.new.child("requestBody")
    here = pair.to(old, new, "body", f"the body of {pair.what}")
    if not old.exists and not new.exists:
        return
    if not old.exists:
        needed = new.get("required") is True
        words = f"{here.what} is new" + (", and required" if needed else "")
        severity: Severity = here.shrunk() if needed else "safe"
        yield here.change("body.added", severity, words, "make it optional")
        return
    if not new.exists:
        is_missed = here.direction == "response" and old.get("required") is True
        severity = "breaking" if is_missed else "risky"
        words = f"{here.what} is gone: sent all the same, it may be ignored or refused"
        yield here.change("body.removed", severity, words, "go on taking it")
        return
    needed_old, needed_new = old.get("required") is True, new.get("required") is True
    if needed_new and not needed_old:
        words = f"{here.what} is required now"
        yield here.change("body.required", here.shrunk(), words, "leave it optional")
    elif needed_old and not needed_new:
        yield here.change("body.optional", here.grown(), f"{here.what} is required no longer")
    yield from contents(here, schemata)


def contents(pair: Pair, schemata: Schemata) -> Iterator[Change]:
    """The changes of the media types of a body or an answer."""
    old, new = _media(pair.old), _media(pair.new)
    for name in dict.fromkeys((*new, *old)):
        ours, theirs = _of(old, name), _of(new, name)
        nodes = (ours or pair.old, theirs or pair.new)
        here = pair.to(*nodes, name, f"{name} in {pair.what}")
        if ours is None:
            # Another form beside those there were; nobody has to ask for it.
            is_alone = pair.direction == "response" and not old
            severity: Severity = "risky" if is_alone else "safe"
            yield here.change("media.added", severity, f"{here.what} is new")
        elif theirs is None:
            words = f"{here.what} is gone"
            yield here.change("media.removed", "breaking", words, "keep the media type")
        else:
            inner = replace(here, old=ours.child("schema"), new=theirs.child("schema"))
            yield from schemata.compare(inner)
            yield from _encoding(here, ours, theirs)


def _media(node: Node) -> dict[str, Node]:
    return {_plain(name): media for name, media in node.child("content").members()}


def _plain(name: str) -> str:
    """A media type without its character set, in which JSON and text do not differ."""
    first, *rest = (part.strip().lower() for part in name.split(";"))
    return "; ".join([first, *(part for part in rest if not part.startswith("charset="))])


def _of(known: Mapping[str, Node], name: str) -> Node | None:
    """The media type, or the range that it falls into."""
    for key in (name, f"{name.partition('/')[0]}/*", "*/*"):
        if key in known:
            return known[key]
    return None


def _encoding(pair: Pair, old: Node, new: Node) -> Iterator[Change]:
    """How the members of a form are written."""
    before, after = (dict(node.child("encoding").members()) for node in (old, new))
    for name in dict.fromkeys((*after, *before)):
        said = [
            {
                key: value
                for key, value in (each[name].value if name in each else {}).items()
                if key in ("contentType", "style", "explode", "allowReserved")
            }
            for each in (before, after)
        ]
        if said[0] != said[1]:
            here = pair.to(before.get(name, old), after.get(name, new), f"encoding {name}")
            words = f"the member {name} of {pair.what} is encoded in another way"
            yield here.change("encoding.changed", "risky", words, "read the old form as well")
