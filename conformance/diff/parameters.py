"""What changed in the parameters of an operation: which there are, and how each is sent."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from . import clauses
from .change import Change, Severity
from .facets import kinds
from .node import Node
from .pair import Pair
from .schemas import Schemata
from .shape import Shape, Span

Key = tuple[str, str]
_SCALARS = frozenset(("boolean", "integer", "number", "string"))
_IGNORED = frozenset(("accept", "content-type", "authorization"))
"""Headers of which OpenAPI reads no parameter."""


def changes(
    pair: Pair, schemata: Schemata, items: tuple[Node, Node], renamed: Mapping[str, str]
) -> Iterator[Change]:
    """The changes of the parameters; `renamed` gives a new path parameter its old name."""
    old = _all(items[0], pair.old, {})
    new = _all(items[1], pair.new, renamed)
    for key in dict.fromkeys((*new, *old)):
        (where, name), what = key, f"the {key[0]} parameter {key[1]} of {pair.what}"
        # A path parameter is known by where it stands in the path, not by its name.
        shown = f"{{{list(renamed.values()).index(name)}}}" if _is_placed(key, renamed) else name
        here = pair.to(old.get(key, pair.old), new.get(key, pair.new), f"{where} {shown}", what)
        if key in old and key in new:
            yield from _both(here, schemata, where)
        elif key in new:
            moved = _elsewhere(key, old, new)
            if moved:
                words = f"{what} is in the {where} now, and was in the {moved[0]}"
                there = replace(here, old=old[moved], place=f"{pair.place} parameter {name}")
                yield there.change("parameter.moved", "breaking", words, "take it in both places")
            else:
                yield _added(here, new[key])
        elif not _elsewhere(key, new, old):
            yield _removed(here, old[key])


def _is_placed(key: Key, renamed: Mapping[str, str]) -> bool:
    return key[0] == "path" and key[1] in renamed.values()


def _all(item: Node, operation: Node, renamed: Mapping[str, str]) -> dict[Key, Node]:
    """The parameters by where they are sent and name, an operation's own before its path's."""
    found: dict[Key, Node] = {}
    for owner in (item, operation):
        for node in owner.child("parameters").items():
            where, name = str(node.get("in")), str(node.get("name"))
            if where == "path":
                name = renamed.get(name, name)
            elif where == "header":
                name = name.lower()
            if (where, name) not in {("header", ignored) for ignored in _IGNORED}:
                found[where, name] = node
    return found


def _elsewhere(key: Key, others: Mapping[Key, Node], own: Mapping[Key, Node]) -> Key | None:
    """Where the parameter stands on the other side, when it has left its place there."""
    found = [other for other in others if other[1] == key[1] and other not in own]
    return found[0] if len(found) == 1 else None


def _added(here: Pair, node: Node) -> Change:
    needed = node.get("required") is True
    words = f"{here.what} is new" + (", and required" if needed else "")
    severity: Severity = here.shrunk() if needed else "safe"
    return here.change("parameter.added", severity, words, "make it optional")


def _removed(here: Pair, node: Node) -> Change:
    was_promised = here.direction == "response" and node.get("required") is True
    words = f"{here.what} is gone: sent all the same, it may be ignored or refused"
    if here.direction == "response":
        words = f"{here.what} is gone"
    cure = "go on taking it" if here.direction == "request" else "go on sending it"
    severity: Severity = "breaking" if was_promised else "risky"
    return here.change("parameter.removed", severity, words, cure)


def _both(here: Pair, schemata: Schemata, where: str) -> Iterator[Change]:
    needed = [node.get("required") is True for node in (here.old, here.new)]
    if needed[1] and not needed[0]:
        words = f"{here.what} is required now"
        yield here.change("parameter.required", here.shrunk(), words, "leave it optional")
    elif needed[0] and not needed[1]:
        words = f"{here.what} is required no longer"
        yield here.change("parameter.optional", here.grown(), words)
    if _deprecated(here.old) != _deprecated(here.new):
        rule = "deprecated.added" if _deprecated(here.new) else "deprecated.removed"
        yield here.change(rule, "safe", f"{here.what} is {rule.replace('.', ': ')}")
    yield from clauses.filters(here)
    contents = [next(node.child("content").members(), None) for node in (here.old, here.new)]
    if any(contents):
        yield from _contents(here, schemata, contents)
        return
    schemas = [node.child("schema") for node in (here.old, here.new)]
    shapes = [_shape(schemata, here, index, node) for index, node in enumerate(schemas)]
    yield from _style(here, where, shapes)
    inner = replace(here, old=schemas[0], new=schemas[1])
    if all(schema.exists for schema in schemas):
        told = _text(here, shapes)
        yield from [told] if told else schemata.compare(inner)


def _deprecated(node: Node) -> bool:
    return node.get("deprecated") is True


def _contents(
    here: Pair, schemata: Schemata, contents: list[tuple[str, Node] | None]
) -> Iterator[Change]:
    old, new = contents
    if old is None or new is None or old[0] != new[0]:
        kinds_ = [content[0] if content else "plain text" for content in contents]
        words = f"{here.what} is written as {kinds_[1]} now, and was as {kinds_[0]}"
        yield here.change("content.changed", "breaking", words, "read the old form as well")
    else:
        pair = replace(here, old=old[1].child("schema"), new=new[1].child("schema"))
        yield from schemata.compare(pair)


def _shape(schemata: Schemata, here: Pair, index: int, node: Node) -> Shape:
    """What the parameter's schema says, on the old (0) or the new side."""
    sides = schemata.sides(here.message)
    return sides[index].shape((node,) if node.exists else ())


def _style(here: Pair, where: str, shapes: list[Shape]) -> Iterator[Change]:
    """How a value becomes text; of one number or text it is the same in most styles."""
    usual = "form" if where in ("query", "cookie") else "simple"
    said = [
        (
            style := node.get("style", usual),
            node.get("explode", style == "form"),
            node.get("allowReserved", False),
        )
        for node in (here.old, here.new)
    ]
    if said[0] == said[1]:
        return
    types = kinds(shapes[0]) & kinds(shapes[1])
    is_scalar = types <= _SCALARS
    if is_scalar and (where != "path" or said[0][0] == said[1][0]):
        # `label` and `matrix` put something before the value itself, in paths alone.
        return
    if said[0][:2] == said[1][:2]:
        words = f"{here.what} {'may' if said[1][2] else 'may not'} hold reserved characters now"
        yield here.change("allowReserved.changed", "risky", words, "read both forms")
        return
    forms = [f"style {style}, explode {str(explode).lower()}" for style, explode, _ in said]
    words = f"{here.what} is written with {forms[1]} now, and was with {forms[0]}"
    # A value of any type may be a list or not.
    is_sure = is_scalar or not types & _SCALARS
    severity: Severity = "breaking" if is_sure else "risky"
    yield here.change("style.changed", severity, words, "read the old form as well")


def _text(here: Pair, shapes: list[Shape]) -> Change | None:
    """Every number is a text, once it is written into a request: then no text is refused."""
    old, new = shapes
    if _is_text_for(new, old):
        rule, severity = "type.widened", here.grown()
    elif _is_text_for(old, new):
        rule, severity = "type.narrowed", here.shrunk()
    else:
        return None
    before, after = (" or ".join(sorted(kinds(shape))) for shape in shapes)
    return here.change(rule, severity, f"{here.what} was {before} and is {after}")


def _is_text_for(shape: Shape, other: Shape) -> bool:
    """Whether any text will do, where the other shape is of numbers or truth values."""
    is_free = kinds(shape) == {"string"} and shape.values is None and not shape.is_composed
    is_free = is_free and not shape.patterns and not shape.formats and shape.length == Span()
    return is_free and bool(kinds(other)) and kinds(other) <= _SCALARS - {"string"}
