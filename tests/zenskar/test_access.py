"""Who may ask, and the words for what cannot be asked at all."""

from typing import Any

import pytest
from requests import Response

from ..stand import Stand
from .sales import (
    CUSTOMER,
    MINE,
    NOBODY,
    OTHER_PAIR,
    OTHERS,
    PAIR,
    PATH,
    answered,
    created,
    ids,
    stored,
)

SESSION = "123e4567-e89b-12d3-a456-426614174000"
OPERATIONS: list[tuple[str, str, Any]] = [
    ("GET", PATH, None),
    ("POST", PATH, CUSTOMER),
    ("GET", f"{PATH}/{SESSION}", None),
    ("PUT", f"{PATH}/{SESSION}", {"success_url": "https://shop.example/"}),
    ("POST", f"{PATH}/{SESSION}/confirm", {"confirmation": "no_payment"}),
    ("POST", f"{PATH}/{SESSION}/cancel", {}),
]
"""Method, path, and a body that is good."""

WRITES = [operation for operation in OPERATIONS if operation[0] != "GET"]
WRITE_PATHS = [(method, path) for method, path, _ in WRITES]
BY_ID = [operation for operation in OPERATIONS if SESSION in operation[1]]
PAIRS = {
    "none": {},
    "key alone": {"x-api-key": "zenskar-key"},
    "organisation alone": {"organisation": "zenskar-org"},
    "wrong key": {**PAIR, "x-api-key": "zenskar-keys"},
    "another's key": {**PAIR, "x-api-key": "zenskar-key-2"},
    "another's organisation": {**PAIR, "organisation": "zenskar-org-2"},
    "unknown organisation": {**PAIR, "organisation": "nobody"},
    "organisation by id": {**PAIR, "organisation": MINE},
    "empty": {"x-api-key": "", "organisation": ""},
    "bearer": {"Authorization": "Bearer zenskar-key"},
}


def assert_told(response: Response, status: int) -> None:
    """The vendor's error: `detail`, a sentence, and nothing else; and our reason."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"detail"}
    assert isinstance(body["detail"], str)
    assert body["detail"]
    assert "specs/zenskar.yaml:" in response.headers["Understudy-Reason"]


def assert_listed(response: Response, *locations: list[str | int]) -> None:
    """The vendor's validation error, with these `loc`s and nothing else."""
    assert response.status_code == 422
    body = response.json()
    assert set(body) == {"detail"}
    assert [entry["loc"] for entry in body["detail"]] == list(locations)
    for entry in body["detail"]:
        assert set(entry) == {"loc", "msg", "type"}
        assert entry["msg"]
        assert entry["type"]


@pytest.mark.ruling("Z16", "Z17")
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_both_headers_are_needed_and_belong_together(
    zenskar: Stand, method: str, path: str, body: Any, pair: str
) -> None:
    """401 on every operation for anything but a pair, and nothing happens."""
    before = zenskar.dump()

    response = zenskar.request(method, path, headers=PAIRS[pair], json=body)

    assert_told(response, 401)
    assert "x-api-key" in response.headers["WWW-Authenticate"]
    assert zenskar.dump() == before


@pytest.mark.ruling("Z15", "Z17")
@pytest.mark.parametrize("pair", [PAIR, OTHER_PAIR])
def test_either_pair_opens_the_door(zenskar: Stand, pair: dict[str, str]) -> None:
    """Both fixture pairs work, and the American spelling does not."""
    american = {"x-api-key": pair["x-api-key"], "organization": pair["organisation"]}

    assert zenskar.get(PATH, headers=pair).status_code == 200
    assert zenskar.get(PATH, headers=american).status_code == 401


@pytest.mark.ruling("Z17")
def test_an_organisation_lists_its_own_sessions_alone(zenskar: Stand) -> None:
    """The two lists share nothing, and are together all that is not deleted."""
    mine = set(ids(zenskar))
    answer = zenskar.get(PATH, headers=OTHER_PAIR, params={"limit": 100}).json()
    others = {session["id"] for session in answer["results"]}

    assert mine
    assert others
    assert not mine & others
    assert mine | others == {s["id"] for s in stored(zenskar) if s["deleted_at"] is None}


@pytest.mark.ruling("Z17")
def test_a_new_session_belongs_to_whoever_made_it(zenskar: Stand) -> None:
    """Whatever organisation the body names."""
    made = zenskar.post(PATH, headers=OTHER_PAIR, json={**CUSTOMER, "organisation_id": MINE})
    session = answered(made)

    (found,) = (s for s in stored(zenskar) if s["id"] == session["id"])
    assert found["organisation_id"] == OTHERS
    assert session["id"] not in ids(zenskar)


@pytest.mark.ruling("Z17", "Z21", "Z23")
@pytest.mark.parametrize("whose", ["another's", "deleted", "nobody's"])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_a_session_out_of_sight_is_not_found(
    zenskar: Stand, method: str, path: str, body: Any, whose: str
) -> None:
    """404 for another organisation's, a deleted and a missing one alike; nothing changes."""
    id_ = {
        "another's": next(s["id"] for s in stored(zenskar) if s["organisation_id"] == OTHERS),
        "deleted": next(
            s["id"] for s in stored(zenskar) if s["organisation_id"] == MINE and s["deleted_at"]
        ),
        "nobody's": NOBODY,
    }[whose]
    before = zenskar.dump()

    response = zenskar.request(method, path.replace(SESSION, id_), headers=PAIR, json=body)

    assert_told(response, 404)
    assert zenskar.dump() == before


@pytest.mark.ruling("Z23")
@pytest.mark.parametrize("id_", ["abc", "1", f"{NOBODY}0", NOBODY.replace("-", "")[:31]])
@pytest.mark.parametrize(("method", "path", "body"), BY_ID)
def test_an_id_that_is_no_uuid_is_invalid(
    zenskar: Stand, method: str, path: str, body: Any, id_: str
) -> None:
    """422 and not 404."""
    response = zenskar.request(method, path.replace(SESSION, id_), headers=PAIR, json=body)

    assert_listed(response, ["path", "checkout_session_id"])


@pytest.mark.ruling("G5")
@pytest.mark.parametrize("path", ["/", "/checkouts", f"{PATH}/", f"{PATH}/{SESSION}/pay"])
def test_an_unknown_path_is_not_found(zenskar: Stand, path: str) -> None:
    """404 in the vendor's words, with credentials or without."""
    assert_told(zenskar.get(path), 404)
    assert_told(zenskar.get(path, headers=PAIR), 404)


@pytest.mark.ruling("Z27")
def test_what_is_left_out_is_not_there(zenskar: Stand) -> None:
    """`/checkout/summary` would be a session's id; `/checkouts` is no path at all."""
    assert_told(zenskar.post(f"{PATH}/summary", headers=PAIR, json={}), 405)
    assert_told(zenskar.get("/checkouts", headers=PAIR), 404)


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", PATH, {"GET", "HEAD", "POST"}),
        ("PUT", PATH, {"GET", "HEAD", "POST"}),
        ("DELETE", f"{PATH}/{SESSION}", {"GET", "HEAD", "PUT"}),
        ("PATCH", f"{PATH}/{SESSION}", {"GET", "HEAD", "PUT"}),
        ("GET", f"{PATH}/{SESSION}/confirm", {"POST"}),
        ("PUT", f"{PATH}/{SESSION}/cancel", {"POST"}),
    ],
)
def test_another_method_is_not_allowed(
    zenskar: Stand, method: str, path: str, allowed: set[str]
) -> None:
    """405, naming all methods of the path."""
    response = zenskar.request(method, path, headers=PAIR)

    assert_told(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_body_of_another_type_is_not_read(
    zenskar: Stand, method: str, path: str, body: Any
) -> None:
    """415, and nothing happens."""
    before = zenskar.dump()
    headers = {**PAIR, "Content-Type": "text/plain"}

    assert_told(zenskar.request(method, path, headers=headers, data=str(body) or "{}"), 415)
    assert zenskar.dump() == before


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_body_that_is_too_long_is_not_read(
    zenskar: Stand, method: str, path: str, body: Any
) -> None:
    """413 above one MiB, and nothing happens."""
    before = zenskar.dump()
    long = {**body, "padding": "x" * 1024 * 1024}

    assert_told(zenskar.request(method, path, headers=PAIR, json=long), 413)
    assert zenskar.dump() == before


@pytest.mark.ruling("G5", "Z17")
@pytest.mark.parametrize("text", ["{", '{"confirmation": NaN}', "'", "\x00", "{'a': 1}"])
@pytest.mark.parametrize(("method", "path"), WRITE_PATHS)
def test_a_body_that_is_no_json_is_invalid(
    zenskar: Stand, method: str, path: str, text: str
) -> None:
    """422 that points at the body, and nothing happens."""
    before = zenskar.dump()
    headers = {**PAIR, "Content-Type": "application/json"}

    assert_listed(zenskar.request(method, path, headers=headers, data=text), ["body"])
    assert zenskar.dump() == before


@pytest.mark.ruling("Z17")
@pytest.mark.parametrize("text", ["[]", '"text"', "1", "null", "true"])
@pytest.mark.parametrize(("method", "path"), WRITE_PATHS)
def test_a_body_that_is_no_object_is_invalid(
    zenskar: Stand, method: str, path: str, text: str
) -> None:
    """422 that points at the body, and nothing happens."""
    before = zenskar.dump()
    headers = {**PAIR, "Content-Type": "application/json"}

    assert_listed(zenskar.request(method, path, headers=headers, data=text), ["body"])
    assert zenskar.dump() == before


@pytest.mark.ruling("Z17")
@pytest.mark.parametrize(("method", "path"), [w for w in WRITE_PATHS if "cancel" not in w[1]])
def test_a_body_that_is_missing_is_invalid(zenskar: Stand, method: str, path: str) -> None:
    """422 that points at the body."""
    assert_listed(zenskar.request(method, path, headers=PAIR), ["body"])


@pytest.mark.ruling("Z23")
def test_refusals_come_in_their_order(zenskar: Stand) -> None:
    """401 before 422, 422 before 404, 404 before 400."""
    gone = created(zenskar)["id"]
    assert zenskar.post(f"{PATH}/{gone}/cancel", headers=PAIR).status_code == 200
    bad, good = {"confirmation": "maybe"}, {"confirmation": "no_payment"}
    other = next(s["id"] for s in stored(zenskar) if s["organisation_id"] == OTHERS)

    def status(id_: str, headers: dict[str, str], body: Any) -> int:
        return zenskar.post(f"{PATH}/{id_}/confirm", headers=headers, json=body).status_code

    assert status("abc", {}, bad) == 401
    assert status(other, PAIR, bad) == 422
    assert status("abc", PAIR, good) == 422
    assert status(gone, PAIR, bad) == 422
    assert status(other, PAIR, good) == 404
    assert status(gone, PAIR, good) == 400
