"""`Desk`: the judge at Nexudus's back office, with the records that it makes and removes."""

from collections.abc import Mapping
from typing import Any

from ..exchange import Exchange
from ..law import Violation
from ..subject import Persona
from ..trial import Trial

LIST = "list_basket_sessions"
CREATE = "create_basket_session"
READ = "get_basket_session"
REPLACE = "replace_basket_session"
DELETE = "delete_basket_session"
Record = Mapping[str, Any]


def new_record(trial: Trial, **more: Any) -> dict[str, Any]:
    """The body of a create."""
    return {
        "BusinessId": trial.random.randrange(10**6),
        "SessionId": f"understudy-{trial.random.getrandbits(48):012x}",
        "JsonContents": '{"Items":[]}',
        "SystemId": f"crm-{trial.random.randrange(10**6)}",
        **more,
    }


def created(trial: Trial, **more: Any) -> tuple[int, Exchange]:
    """A new record, removed again in the end; its id and the answer."""
    answer = trial.good(CREATE, body=new_record(trial, **more))
    id_ = int(answer.data["Value"]["Id"])
    trial.later(lambda: trial.send(DELETE, path={"id": id_}))
    return id_, answer


def read(trial: Trial, id_: int) -> Exchange:
    """One record."""
    return trial.good(READ, path={"id": id_})


def changed(trial: Trial, id_: int, **more: Any) -> dict[str, Any]:
    """The body of a replace."""
    return {**new_record(trial, **more), "Id": id_}


def count(trial: Trial, persona: Persona | None = None) -> int:
    """How many records there are."""
    return int(trial.good(LIST, query={"size": 1}, persona=persona).data["TotalItems"])


def refused(answer: Exchange, status: int, why: str) -> Exchange:
    """Violation unless the answer has that status."""
    if answer.status != status:
        raise Violation(f"{why} must be answered with {status}, not {answer.status}", answer)
    return answer
