"""The known false alarms of Schemathesis, each with the reason why it is none."""

from typing import Any

from ..specs.operation import Operation


def is_false_alarm(operation: Operation, failure: Any, interaction: Any) -> bool:
    """Whether what Schemathesis reports is what the contract says."""
    if interaction is None or interaction.response is None:
        return False
    if interaction.request.method == "HEAD":
        # No contract documents HEAD: how it is answered is free.
        return True
    status: int = interaction.response.status_code
    if str(status) not in operation.responses:
        return False
    if failure.code == "ST301":
        return _was_emptied(operation, failure.free)
    if failure.code == "ST202":
        return _may_refuse_a_good_form(operation, status)
    # A 404 for an unknown id in the body is taken for a created resource that is gone.
    return bool(failure.code == "ST302" and status == 404 and operation.body is not None)


def _may_refuse_a_good_form(operation: Operation, status: int) -> bool:
    """A write may name what is not there or come at the wrong time; a page may be refused.

    That good writes are accepted is claimed by laws, which know what is good.
    """
    paging = operation.listing.paging if operation.listing else None
    return operation.method != "get" or (paging is not None and paging.refuse == status)


def _was_emptied(operation: Operation, free: str) -> bool:
    """A list that is deleted is empty then, and still there."""
    last = operation.path.rpartition("/")[2]
    return not last.startswith("{") and free.endswith(f"/{last}")
