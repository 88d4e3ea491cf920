"""Laws of Akinon's codes that come with other things: external ones, removals, products."""

from typing import Any

from ..law import Violation
from ..trial import Trial
from .akinon_codes import PATCH, UNKNOWN, fitting, hold_code
from .akinon_money import Offer, vouchers
from .akinon_visit import Visit, asked, filled, goods, lines, look
from .vendor import Entry


def _external(trial: Trial) -> None:
    """An external code is stored whatever it is, and discounts when it is a good one."""
    for code in UNKNOWN:
        visit = filled(trial)
        if visit is None:
            return
        before = visit.read()
        for answer in (visit.code(external_offer_code=code), visit.read()):
            hold_code(answer, code)
            if {**look(answer), "voucher_code": None} != look(before):
                raise Violation("a code that does not exist discounts", before, answer)
        trial.fire(code)
    for voucher in vouchers(trial):
        visit = Visit(trial)
        answer = visit.code(external_offer_code=voucher.code)
        hold_code(answer, voucher.code)
        trial.fire(voucher.code)
    for visit, _, voucher in fitting(trial):
        stored = visit.code(external_offer_code=voucher.code)
        checked = visit.code(voucher_code=voucher.code)
        if look(stored) != look(checked):
            raise Violation(
                "an external code that is good counts otherwise than a checked one",
                stored,
                checked,
            )
        trial.fire(voucher.code, look(stored))


def _kept(trial: Trial) -> None:
    """`remove_voucher_code` with an external code: that one stays."""
    for number, code in enumerate(UNKNOWN):
        visit = filled(trial) or Visit(trial)
        visit.code(external_offer_code=f"understudy-{number}")
        answer = visit.code(remove_voucher_code=True, external_offer_code=code)
        hold_code(answer, code)
        trial.fire(code)


def _not_removed(trial: Trial) -> None:
    for code in UNKNOWN:
        visit = filled(trial) or Visit(trial)
        before = visit.code(external_offer_code=code)
        answer = visit.code(remove_voucher_code=False)
        if look(before) != look(answer):
            raise Violation("remove_voucher_code: false changed the basket", before, answer)
        trial.fire(code)


def _together(trial: Trial) -> None:
    """Of a code to check and an external one the first is checked and the second stored."""
    for visit, _, voucher in fitting(trial):
        answer = visit.code(voucher_code=voucher.code, external_offer_code=UNKNOWN[0])
        hold_code(answer, UNKNOWN[0])
        body = {"voucher_code": UNKNOWN[1], "external_offer_code": voucher.code}
        visit.refused(PATCH, body, "a code that does not exist, with an external one,")
        trial.fire(voucher.code)


def _checked_and_removed(trial: Trial) -> None:
    for visit, before, voucher in fitting(trial):
        body: dict[str, Any] = {"voucher_code": UNKNOWN[1], "remove_voucher_code": True}
        visit.refused(PATCH, body, "a code that does not exist, with a removal,")
        answer = visit.code(voucher_code=voucher.code, remove_voucher_code=True)
        if look(before) != look(answer):
            raise Violation("a code that came with a removal stayed", before, answer)
        trial.fire(voucher.code)


def _beside_product(trial: Trial) -> None:
    """Beside a product only an external code is honoured."""
    known: list[Offer | None] = [*vouchers(trial)[:3]]
    for voucher in known or [None]:
        for one in goods(trial, 2, least=1):
            visit = Visit(trial)
            visit.add(one.product, 1)
            visit.code(external_offer_code=UNKNOWN[0])
            more: list[tuple[dict[str, Any], str]] = [
                ({"remove_voucher_code": True}, UNKNOWN[0]),
                ({"voucher_code": UNKNOWN[1]}, UNKNOWN[0]),
                ({"external_offer_code": UNKNOWN[1]}, UNKNOWN[1]),
            ]
            if voucher is not None and not voucher.minimum:
                more.insert(1, ({"voucher_code": voucher.code}, UNKNOWN[0]))
            for number, (members, wanted) in enumerate(more, 2):
                answer = visit.good(PATCH, {**asked(one.product, number), **members})
                hold_code(answer, wanted)
                if lines(answer)[0]["quantity"] != number:
                    raise Violation("a code beside a product hinders the quantity", answer)
                trial.fire(one.product, members)


LAWS = (
    Entry(
        "codes.external",
        PATCH,
        "An external code is stored unchecked, and discounts when it is good.",
        ("seed", "A26"),
        _external,
    ),
    Entry(
        "codes.kept",
        PATCH,
        "An external code that comes with a removal is not removed.",
        ("seed",),
        _kept,
    ),
    Entry(
        "codes.not-removed",
        PATCH,
        "remove_voucher_code: false removes nothing.",
        ("seed",),
        _not_removed,
    ),
    Entry(
        "codes.together",
        PATCH,
        "Of a code to check and an external one the first is checked and the second stored.",
        ("A26",),
        _together,
    ),
    Entry(
        "codes.checked-and-removed",
        PATCH,
        "A code that comes with a removal is checked, and then removed.",
        ("A26",),
        _checked_and_removed,
    ),
    Entry(
        "codes.beside-product",
        PATCH,
        "Beside a product only an external code is honoured.",
        ("seed", "A26"),
        _beside_product,
    ),
)
