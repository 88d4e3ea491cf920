"""`Relation`: whether all that one side sends by a schema is what the other side's allows.

Yes is a proof, no comes with an instance wherever one could be made, and what is beyond both is
unknown. Alternatives are compared by meaning: each of the sender's must be within the receiver's.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from ...specs.pointer import MISSING
from .answer import UNKNOWN, YES, Answer, all_of, no
from .disjoint import Disjointness
from .instances import first, instances, least_object, padded, sized_object
from .scalars import number_answer, text_answer
from .shape import Ban, Group, Shape
from .side import Key, Nodes, Side, key_of, listed
from .unchanged import Unchanged

_MOST_TRIED = 48


class Relation:
    """One direction: what `sender` may send, against what `receiver` allows."""

    def __init__(self, sender: Side, receiver: Side, unchanged: Unchanged) -> None:
        self.sender = sender
        self.receiver = receiver
        self._known: dict[tuple[Key, Key], Answer] = {}
        # Questions under way, by their depth, and those whose yes leans on one at that depth.
        self._asked: dict[tuple[Key, Key], int] = {}
        self._supposed: dict[tuple[Key, Key], int] = {}
        self._leaned = 0
        self._unchanged = unchanged
        self._disjoint = Disjointness(sender, receiver, self.shapes)

    def schemas(self, sub: Nodes, sup: Nodes) -> Answer:
        """Whether every instance of all of `sub` is one of all of `sup`."""
        key = key_of(sub), key_of(sup)
        if key in self._known:
            return self._known[key]
        if self._unchanged.are(sub, sup):
            return YES
        leant = self._asked.get(key, self._supposed.get(key))
        if leant is not None:
            # A recursive schema: it holds, unless it is refuted elsewhere on the way.
            self._leaned = min(self._leaned, leant)
            return YES
        return self._decided(key, sub, sup)

    def _decided(self, key: tuple[Key, Key], sub: Nodes, sup: Nodes) -> Answer:
        above, depth, before = self._leaned, len(self._asked), len(self._supposed)
        self._asked[key] = self._leaned = depth
        answer = self.shapes(self.sender.shape(sub), self.receiver.shape(sup))
        del self._asked[key]
        inner = list(self._supposed)[before:]
        if not answer.is_yes:
            # What was supposed on the way may have leaned on this.
            for one in inner:
                del self._supposed[one]
            self._known[key] = answer
        elif self._leaned >= depth:
            for one in inner:
                del self._supposed[one]
            self._known.update(dict.fromkeys((*inner, key), YES))
        else:
            self._supposed[key] = self._leaned
        self._leaned = min(self._leaned, above) if self._leaned < depth else above
        return answer

    def shapes(self, sub: Shape, sup: Shape) -> Answer:
        """The same of shapes, of which `sub` may be one alternative of a schema."""
        if not sub.kinds:
            return YES
        alternatives = self.sender.alternatives(sub)
        if alternatives is None:
            return UNKNOWN
        answers = [
            self._covered(one, sup)
            for alternative in alternatives
            for one in self.sender.kinds(alternative)
        ]
        if sub.is_composed or sup.is_composed:
            answers = [self._proved(answer, sub, sup) for answer in answers]
        return all_of(answers)

    def _proved(self, answer: Answer, sub: Shape, sup: Shape) -> Answer:
        """A refutation counts among alternatives only with a witness that validators confirm."""
        if not answer.is_no:
            return answer
        witness = answer.witness
        is_proved = (
            witness is not MISSING
            and self.sender.holds(sub.nodes, witness)
            and not self.receiver.holds(sup.nodes, witness)
        )
        return answer if is_proved else UNKNOWN

    def _covered(self, sub: Shape, sup: Shape) -> Answer:
        """Whether instances of one kind and alternative are allowed."""
        is_listed = sub.values is not None or sup.values is not None or sup.is_composed
        values = listed(sub) if is_listed else None
        if values is not None:
            sent = (value for value in values if self.sender.lets(sub, value))
            refused = [value for value in sent if not self.receiver.lets(sup, value)]
            return no(refused[0]) if refused else YES
        answers = [self._plain(sub, sup)]
        answers += [self._grouped(sub, group) for group in sup.groups]
        answers += [self._banned(sub, ban) for ban in sup.bans]
        return all_of(answers)

    def _plain(self, sub: Shape, sup: Shape) -> Answer:
        (kind,) = sub.kinds
        if kind == "object" and self._is_never_sent(sub):
            return YES
        if kind not in sup.kinds or sup.values is not None:
            known = sup.values or ()
            found = (made for made in self._made(sub) if made not in known)
            return no(next(found, MISSING))
        if kind in ("null", "boolean"):
            return YES
        if kind == "number":
            return number_answer(sub, sup)
        if kind == "string":
            return text_answer(sub, sup)
        return self._array(sub, sup) if kind == "array" else all_of(self._object(sub, sup))

    def _is_never_sent(self, sub: Shape) -> bool:
        """Whether an object needs more members than its sender has names for."""
        least = sub.count.least
        is_bound = least > 0 and self.sender.sent_beside(sub) is None
        return is_bound and least > len(self.sender.sent(sub))

    def _made(self, sub: Shape) -> Iterator[Any]:
        return islice(instances(self.sender, sub), _MOST_TRIED)

    def _grouped(self, sub: Shape, group: Group) -> Answer:
        """Whether the instances meet one of the alternatives; of `oneOf`, just one."""
        branches = [self.receiver.shape((branch,)) for branch in group.branches]
        answers = [self.shapes(sub, branch) for branch in branches]
        covering = [branch for branch, a in zip(branches, answers, strict=True) if a.is_yes]
        if covering and group.word == "anyOf":
            return YES
        if len(covering) == 1 and all(
            self._disjoint.holds(sub, branch) for branch in branches if branch is not covering[0]
        ):
            return YES
        tried = [a.witness for a in answers if a.is_no and a.witness is not MISSING]
        for made in (*tried, *self._made(sub)):
            met = sum(self.receiver.holds(branch.nodes, made) for branch in branches)
            if met != 1 and (met == 0 or group.word == "oneOf"):
                return no(made)
        return UNKNOWN

    def _banned(self, sub: Shape, ban: Ban) -> Answer:
        banned = self.receiver.shape((ban.node,))
        if self._disjoint.holds(sub, banned):
            return YES
        theirs = islice(instances(self.receiver, banned), _MOST_TRIED)
        ours = (made for made in theirs if self.sender.holds(sub.nodes, made))
        met = (made for made in self._made(sub) if self.receiver.holds(banned.nodes, made))
        witness = next(chain(met, ours), MISSING)
        return UNKNOWN if witness is MISSING else no(witness)

    def _array(self, sub: Shape, sup: Shape) -> Answer:
        items = self.schemas(sub.items, sup.items)
        if sub.size.most == 0:
            items = YES
        elif items.is_no:
            made = items.witness is not MISSING
            items = no(padded(self.sender, sub, items.witness) if made else MISSING)
        answers = [items]
        item = first(self.sender, self.sender.shape(sub.items))
        least, most = sub.size.least, sub.size.most
        if least < sup.size.least:
            answers.append(no(self._list(sub, item, least)))
        if sup.size.most is not None and (most is None or most > sup.size.most):
            answers.append(no(self._list(sub, item, max(least, sup.size.most + 1))))
        if sup.is_unique and not sub.is_unique and (most is None or most > 1):
            answers.append(no(self._list(sub, item, max(least, 2))))
        return all_of(answers)

    def _list(self, sub: Shape, item: Any, count: int) -> Any:
        """An array of so many items."""
        if count == 0:
            return []
        sized = replace(sub, size=replace(sub.size, least=count))
        return MISSING if item is MISSING else padded(self.sender, sized, item)

    def _object(self, sub: Shape, sup: Shape) -> Iterator[Answer]:
        least = least_object(self.sender, sub)
        sent = self.sender.sent(sub)
        beside = self.sender.sent_beside(sub)
        needed = self.sender.needed(sub)
        for name in self.receiver.needed(sup) - needed:
            without = least
            if least is not MISSING and name in least:
                without = {key: value for key, value in least.items() if key != name}
            yield no(without)
        for name, nodes in sent.items():
            yield self._member(least, name, nodes, self.receiver.member(sup, name))
        if beside is not None:
            yield from self._beside(sub, sup, least, beside)
        most = sub.count.most
        if beside is None:
            most = len(sent) if most is None else min(most, len(sent))
        fits = max(sub.count.least, len(needed)) >= sup.count.least and (
            sup.count.most is None or (most is not None and most <= sup.count.most)
        )
        if not fits:
            beyond = () if sup.count.most is None else (sup.count.most + 1,)
            sized = (sized_object(self.sender, sub, least, count) for count in beyond)
            made = (one for one in chain(self._made(sub), sized) if one is not MISSING)
            witness = next((one for one in made if not sup.count.lets(len(one))), MISSING)
            yield UNKNOWN if witness is MISSING else no(witness)

    def _member(self, least: Any, name: str, sub: Nodes, sup: Nodes | None) -> Answer:
        """Whether what is sent as this member is allowed there."""
        if sup is None:
            shape = self.sender.shape(sub)
            made = first(self.sender, shape)
            return YES if not shape.kinds else no(_with(least, name, made))
        answer = self.schemas(sub, sup)
        return no(_with(least, name, answer.witness)) if answer.is_no else answer

    def _beside(self, sub: Shape, sup: Shape, least: Any, beside: Nodes) -> Iterator[Answer]:
        """Whether members that nobody declared are allowed."""
        declared = set(sup.declared) - set(sub.declared)
        for name in (*sorted(declared), _unheard(sub, sup)):
            answer = self._member(least, name, beside, self.receiver.member(sup, name))
            # A free object that comes to name its members: who sent what it liked may go on well.
            yield UNKNOWN if answer.is_no and not beside and name in declared else answer


def _with(least: Any, name: str, value: Any) -> Any:
    return MISSING if least is MISSING or value is MISSING else {**least, name: value}


def _unheard(sub: Shape, sup: Shape) -> str:
    known = {*sub.declared, *sup.declared}
    return next(name for n in range(len(known) + 1) if (name := f"other{n or ''}") not in known)
