"""Laws of `stamp`: what a create dates is dated."""

from collections.abc import Callable, Iterator

from ...specs import pointer
from ...specs.contract import Contract
from ...specs.operation import Operation
from ..family import Family, at, declared, families, make, resource_of
from ..law import Law, Violation
from ..trial import Trial
from ..values import parse_time

TIMES = 3


def laws(contract: Contract) -> Iterator[Law]:
    """One law for every create that stamps, and whose document can be read."""
    for family in families(contract):
        for create in family.of("create"):
            clause, reads = resource_of(create), family.linked(create, "read")
            if clause.stamp and reads:
                yield Law(
                    id="resource.stamped",
                    claim="What is created has a moment in each member that the create stamps.",
                    operation=create.id,
                    pointer=clause.pointer,
                    basis=clause.basis,
                    effect="writes",
                    check=_stamped(family, create, reads[0]),
                )


def _stamped(family: Family, create: Operation, read: Operation) -> Callable[[Trial], None]:
    def check(trial: Trial) -> None:
        for _ in range(TIMES):
            made = make(trial, family, create)
            seen = trial.good(read.id, **at(read, made))
            shown = declared(trial, read, seen)
            for path in resource_of(create).stamp:
                found = pointer.value(seen.data, path)
                if path[0] in shown and not _is_moment(found):
                    name = pointer.join(path)
                    raise Violation(f"{name} is {found!r} after a create", made.answer, seen)
            trial.fire(made.key)

    return check


def _is_moment(found: object) -> bool:
    try:
        return bool(parse_time(str(found)))
    except ValueError:
        return False
