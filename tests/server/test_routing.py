"""Which operation a request is for: plain paths, templates, and what is neither."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from understudy.server.refusal import Refusal
from understudy.server.routing import Paths, Route

from ..stand import Server, Stand

REFERENCES = str(Path(__file__).parents[1] / "contracts" / "references.yaml")

PATHS = Paths(
    Route(path, method, f"{method} {path}")
    for path, method in (
        ("/a", "GET"),
        ("/a", "POST"),
        ("/a/{x}", "GET"),
        ("/a/b", "PUT"),
        ("/a/{x}/c", "GET"),
        ("/a/{x}/{y}", "GET"),
        ("/{t}/b", "GET"),
        ("/{t}/b", "PATCH"),
        ("/files/{name}.json", "GET"),
        ("/d.e", "GET"),
    )
)


@pytest.mark.parametrize(
    ("method", "path", "app", "values"),
    [
        ("GET", "/a", "GET /a", {}),
        ("HEAD", "/a", "GET /a", {}),
        ("POST", "/a", "POST /a", {}),
        ("GET", "/a/1", "GET /a/{x}", {"x": ("1",)}),
        ("GET", "/a/ \n", "GET /a/{x}", {"x": (" \n",)}),
        ("PUT", "/a/b", "PUT /a/b", {}),
        ("GET", "/a/b", "GET /a/{x}", {"x": ("b",)}),
        ("PATCH", "/a/b", "PATCH /{t}/b", {"t": ("a",)}),
        ("GET", "/z/b", "GET /{t}/b", {"t": ("z",)}),
        ("GET", "/a/1/c", "GET /a/{x}/c", {"x": ("1",)}),
        ("GET", "/a/1/d", "GET /a/{x}/{y}", {"x": ("1",), "y": ("d",)}),
        ("GET", "/files/b.json", "GET /files/{name}.json", {"name": ("b",)}),
    ],
)
def test_a_request_finds_its_operation(
    method: str, path: str, app: str, values: dict[str, tuple[str]]
) -> None:
    """Plain before templated, fewer names before more; HEAD is answered by GET."""
    assert PATHS.find(path, method) == (app, values)


@pytest.mark.parametrize("path", ["", "/", "//a", "/a/", "/A", "/a/1/", "/files/json", "/dxe"])
def test_what_is_no_path_finds_nothing(path: str) -> None:
    """Nothing is redirected, and a dot is a dot."""
    assert PATHS.find(path, "GET") is None


@pytest.mark.parametrize(
    ("path", "allow", "at"),
    [
        ("/a", "GET, HEAD, POST", "/paths/~1a"),
        ("/a/b", "PUT", "/paths/~1a~1b"),
        ("/a/1", "GET, HEAD", "/paths/~1a~1{x}"),
    ],
)
def test_another_method_is_refused(path: str, allow: str, at: str) -> None:
    """With what the path allows, and where it stands."""
    with pytest.raises(Refusal) as caught:
        PATHS.find(path, "DELETE")
    refusal = caught.value
    assert (refusal.status, refusal.headers, refusal.at) == (405, (("Allow", allow),), at)


@pytest.fixture
def stand() -> Iterator[Stand]:
    server = Server([REFERENCES])
    yield server.stands["references"]
    server.stop()


def test_what_only_looks_like_a_reference_is_served_as_it_stands(stand: Stand) -> None:
    """A member called `$ref`, and an example with one, are data."""
    answer = stand.get("/a")
    assert answer.status_code == 200
    assert answer.json() == {"$ref": "#/nowhere"}
