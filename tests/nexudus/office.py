"""What the tests of Nexudus share: the back office's paths, credentials and records."""

from collections.abc import Mapping, Sequence
from typing import Any

from requests import Response

from ..stand import Stand

PATH = "/api/billing/basketsessions"
TOKEN = "/api/token"
ADMIN = {"Authorization": "Bearer nexudus-admin"}
DENIED = {"Message": "Authorization has been denied for this request."}
NOT_FOUND = {"Message": "BasketSession not found."}
MISSING = "is a required field"
WRONG = "is not a valid value"

Record = Mapping[str, Any]


def bearer(token: str) -> dict[str, str]:
    """The headers that show `token`."""
    return {"Authorization": f"Bearer {token}"}


def listed(stand: Stand, **query: Any) -> dict[str, Any]:
    """The list's answer to `query`."""
    response = stand.get(PATH, headers=ADMIN, params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def ids(stand: Stand, **query: Any) -> list[int]:
    """The ids of all records that match `query`, in the order of the list."""
    return [record["Id"] for record in listed(stand, size=1000, **query)["Records"]]


def records(stand: Stand) -> Sequence[Record]:
    """All records as they are stored, by id."""
    return sorted(stand.documents("basket_sessions"), key=lambda record: int(record["Id"]))


def created(stand: Stand, **members: Any) -> int:
    """The id of a new record."""
    body = {"BusinessId": 1, "SessionId": "new", **members}
    response = stand.post(PATH, headers=ADMIN, json=body)
    assert response.status_code == 200, response.text
    number: int = response.json()["Value"]["Id"]
    return number


def read(stand: Stand, number: int) -> dict[str, Any]:
    """The record with that id."""
    response = stand.get(f"{PATH}/{number}", headers=ADMIN)
    assert response.status_code == 200, response.text
    record: dict[str, Any] = response.json()
    return record


def refused(response: Response, *errors: tuple[str, str, Any]) -> None:
    """The validation envelope with these errors: name, message, value; their order is free."""
    assert response.status_code == 400
    answer = response.json()
    said = [(e["PropertyName"], e["Message"], e["AttemptedValue"]) for e in answer.pop("Errors")]
    assert sorted(said, key=str) == sorted(errors, key=str)
    assert answer == {
        "Message": "\n".join(f"{name}: {message}" for name, message, _ in said),
        "Value": None,
        "WasSuccessful": False,
    }


def granted(stand: Stand, **form: str) -> Response:
    """The token endpoint's answer to a form."""
    return stand.post(TOKEN, data=form)


def tokens(stand: Stand, **form: str) -> dict[str, Any]:
    """The tokens for the administrator's password, or for what `form` says instead."""
    asked = {
        "grant_type": "password",
        "username": "admin@example.com",
        "password": "admin-password",
        **form,
    }
    response = granted(stand, **asked)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer
