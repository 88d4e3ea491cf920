"""What any request may meet: unknown paths, methods, media types; sizes; the reason given."""

from typing import Any

import pytest

from ..stand import Stand
from .office import ADMIN, PATH, TOKEN

LIMIT = 1024 * 1024
GOOD = b'{"BusinessId": 1, "SessionId": "s"}'


def worded(response: Any, status: int) -> None:
    """The vendor's shape for a refusal that is not about validation."""
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    answer = response.json()
    assert set(answer) == {"Message"}
    assert answer["Message"]


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    "path",
    ["/", "/api", "/api/billing", f"{PATH}/", f"{PATH}/1084/", f"{PATH}/1084/x", f"{TOKEN}/1"],
)
@pytest.mark.parametrize("headers", [{}, ADMIN], ids=["anonymous", "authenticated"])
def test_an_unknown_path_is_not_found(nexudus: Stand, path: str, headers: dict[str, str]) -> None:
    """Also with a slash too many, and before anybody is asked who they are."""
    worded(nexudus.get(path, headers=headers), 404)


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", PATH, {"GET", "HEAD", "POST", "PUT"}),
        ("DELETE", PATH, {"GET", "HEAD", "POST", "PUT"}),
        ("PUT", f"{PATH}/1084", {"GET", "HEAD", "DELETE"}),
        ("POST", f"{PATH}/1084", {"GET", "HEAD", "DELETE"}),
        ("GET", TOKEN, {"POST"}),
    ],
)
def test_another_method_is_not_allowed(
    nexudus: Stand, method: str, path: str, allowed: set[str]
) -> None:
    """`Allow` names the methods of the path, and nobody is asked who they are."""
    response = nexudus.request(method, path)

    worded(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.ruling("G5")
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "json"])
def test_another_media_type_is_not_read(nexudus: Stand, method: str, media: str) -> None:
    """415, and nothing changes, though the body would do."""
    before = nexudus.dump()
    headers = {**ADMIN, "Content-Type": media}

    worded(nexudus.request(method, PATH, headers=headers, data=GOOD), 415)
    assert nexudus.dump() == before


@pytest.mark.ruling("G5")
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "Application/JSON; charset=utf-8"}])
def test_json_is_read_without_a_media_type_too(nexudus: Stand, headers: dict[str, str]) -> None:
    """None at all, another case, and parameters make no difference."""
    response = nexudus.post(PATH, headers={**ADMIN, **headers}, data=GOOD)

    assert response.status_code == 200


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("PUT", PATH), ("POST", TOKEN)])
def test_a_body_over_the_limit_is_too_large(nexudus: Stand, method: str, path: str) -> None:
    """One byte over a MiB is refused, and nothing changes."""
    before = nexudus.dump()

    worded(nexudus.request(method, path, headers=ADMIN, data=GOOD.ljust(LIMIT + 1)), 413)
    assert nexudus.dump() == before


@pytest.mark.ruling("G5")
def test_a_body_of_the_limit_is_taken(nexudus: Stand) -> None:
    """A MiB to the byte is not too large."""
    assert nexudus.post(PATH, headers=ADMIN, data=GOOD.ljust(LIMIT)).status_code == 200


@pytest.mark.ruling("G5")
def test_head_answers_as_get_does_without_the_body(nexudus: Stand) -> None:
    """Same status and length, and no body."""
    whole = nexudus.get(PATH, headers=ADMIN)
    head = nexudus.request("HEAD", PATH, headers=ADMIN)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


@pytest.mark.parametrize(
    ("method", "path", "options", "reason"),
    [
        ("GET", f"{PATH}?page=0", {}, "get/parameters/0"),
        ("GET", f"{PATH}/1", {}, "/components/responses/NotFound"),
        ("GET", f"{PATH}/x", {}, "{id}/parameters/0"),
        ("POST", PATH, {"json": {"BusinessId": 1}}, "/components/schemas/NewBasketSession"),
        ("GET", PATH, {"headers": {}}, "/components/responses/Unauthorized"),
        ("POST", TOKEN, {"data": {"grant_type": "password"}}, "post/responses/400"),
    ],
)
def test_a_refusal_points_into_the_contract(
    nexudus: Stand, method: str, path: str, options: dict[str, Any], reason: str
) -> None:
    """`Understudy-Reason` names the place that refused, and its line in the file."""
    response = nexudus.request(method, path, **{"headers": ADMIN, **options})

    pointer, _, place = response.headers["Understudy-Reason"].partition("; ")
    assert reason in pointer
    assert place == nexudus.contract.place(pointer)
