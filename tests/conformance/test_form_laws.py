"""Laws of form, of doors, of moves and of what is hidden: each sees what it was made for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from understudy.specs.contract import examine, load
from understudy.specs.mutate import mutants

from .judging import judge
from .wrong import wrong

WRONG = [
    ("nexudus", "nullable.added NewBasketSession/properties/SessionId", "form.refused create"),
    ("zenskar", "required.dropped Phase pricings", "form.refused create"),
    ("zenskar", "maxLength.narrowed CheckoutSessionUpdate/properties/note", "form.accepted update"),
    ("zenskar", "body.required confirm_checkout_session False", "form.refused confirm"),
    ("nexudus", "maximum.dropped /api/billing/basketsessions/get/page", "parameter.refused"),
    ("nexudus", "minimum.narrowed /api/billing/basketsessions/get/page", "parameter.accepted"),
    ("zenskar", "default.changed /checkout/get/limit", "parameter.default"),
    ("nexudus", "security.way-shut delete_basket_session basic", "access.ways delete"),
    ("akinon", "security.way-shut empty_basket anonymous", "access.ways empty"),
    ("zenskar", "filter.op list_checkout_sessions deleted_at__gte gte>gt", "hidden.moments"),
    ("zenskar", "filter.field list_checkout_sessions organisation_id /business_entity_id",
     "refusals.organisations"),
    ("zenskar", "nullable.dropped CheckoutSessionCreate/properties/idempotency_key",
     "form.accepted create"),
    ("zenskar", "stamp.dropped create_checkout_session /updated_at", "resource.stamped"),
    ("zenskar", "when.narrowed cancel_checkout_session payment_status no_payment_required",
     "transition.found"),
    ("limio", "minLength.narrowed parameters/Recaptcha/x-limio-recaptcha",
     "form.accepted initiate_subscription"),
    ("limio", "where.dropped list_abandoned_baskets 0", "where.kept"),
]  # fmt: skip
"""A contract, the mutant of it that is served, and how the name of the law begins that sees it."""


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    name, mutant = request.param
    own = load(name)
    changed = next(each.document for each in mutants(own) if each.name == mutant)
    contract, _ = examine(name, replace(own.source, data=changed))
    with wrong(name, contract=contract) as url:
        yield name, url


@pytest.mark.parametrize(
    ("served", "law"), [(row[:2], row[2]) for row in WRONG], indirect=["served"], ids=str
)
def test_a_law_sees_the_server_that_it_was_made_for(served: tuple[str, str], law: str) -> None:
    """And says so with the exchange that shows it."""
    name, url = served
    results = [
        r
        for r in judge(load(name), url, wanted=[law.partition(" ")[0]], uphold_rulings=True)
        if r.law.startswith(law)
    ]
    assert [r.outcome for r in results] == ["violates"]
    assert results[0].message
