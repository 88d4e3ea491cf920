"""What meets every request: whose it is, what is refused before any operation, and why."""

import re

import pytest
import requests

from ..stand import Stand
from .wire import exchange


def _reason(stand: Stand, answer: requests.Response) -> tuple[str, str]:
    """The pointer that refused, and the line of the contract where it stands."""
    text = answer.headers["Understudy-Reason"]
    match = re.fullmatch(r"(\S+); (\S+):(\d+)", text)
    assert match is not None, text
    assert match[2] == stand.contract.source.file
    return match[1], stand.contract.source.text.splitlines()[int(match[3]) - 1].strip()


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/books/",
        "//books",
        "/books/1/",
        "/books/1/lend/x",
        "/books/a%2Fb",
        "/Books",
        "",
        "/",
        "/books/\u00e9/x",
        "/%00",
    ],
)
def test_an_unknown_path_is_the_vendors_404(library: Stand, path: str) -> None:
    """Nothing is redirected; the reason is the contract's list of paths."""
    answer = library.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert _reason(library, answer) == ("/paths", "paths:")


@pytest.mark.parametrize("path", ["/", "/nothing", "/librar", "/libraryx", "/librarybooks"])
def test_a_path_outside_all_contracts_is_a_problem(library: Stand, path: str) -> None:
    """But for the index page; no contract refused it."""
    answer = requests.get(library.root + path, timeout=5)
    if path == "/":
        assert answer.status_code == 200
        assert "text/html" in answer.headers["Content-Type"]
        return
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Understudy-Reason" not in answer.headers
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": f"There is nothing at {path}.",
    }


@pytest.mark.ruling("G5")
@pytest.mark.parametrize(
    ("method", "path", "allow", "item"),
    [
        ("DELETE", "/books", "GET, HEAD, POST", "/paths/~1books"),
        ("OPTIONS", "/books", "GET, HEAD, POST", "/paths/~1books"),
        ("PROPFIND", "/books", "GET, HEAD, POST", "/paths/~1books"),
        ("POST", "/books/1", "DELETE, GET, HEAD, PATCH, PUT", "/paths/~1books~1{id}"),
        ("GET", "/books/1/lend", "POST", "/paths/~1books~1{id}~1lend"),
        ("HEAD", "/books/1/lend", "POST", "/paths/~1books~1{id}~1lend"),
        ("PUT", "/opening-hours", "GET, HEAD", "/paths/~1opening-hours"),
    ],
)
def test_another_method_is_refused_with_all_that_are_allowed(
    library: Stand, method: str, path: str, allow: str, item: str
) -> None:
    """The reason is the path in the contract."""
    answer = library.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allow
    pointer, line = _reason(library, answer)
    assert pointer == item
    assert line.startswith(item.removeprefix("/paths/").replace("~1", "/") + ":")
    if method != "HEAD":
        assert answer.json()["status"] == 405


def test_the_path_that_matches_literally_refused(probe: Stand) -> None:
    """Where a template would match as well."""
    answer = probe.get("/empty")
    assert answer.headers["Allow"] == "PATCH, POST"
    assert _reason(probe, answer)[0] == "/paths/~1empty"
    assert _reason(probe, probe.get("/empty/x"))[0] == "/paths/~1empty~1{name}"
    answer = probe.post("/empty/special")
    assert answer.headers["Allow"] == "GET, HEAD"
    assert _reason(probe, answer)[0] == "/paths/~1empty~1special"


@pytest.mark.parametrize("path", ["/", "/_understudy/health"])
def test_pages_are_only_read(library: Stand, path: str) -> None:
    """What stands beside the contracts takes GET and HEAD."""
    answer = requests.post(library.root + path, timeout=5)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert requests.head(library.root + path, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/books", "/books/1", "/books/x", "/nothing", "/opening-hours"])
def test_head_is_get_without_the_body(library: Stand, path: str) -> None:
    """Status, length and all other headers are the same."""
    library.post("/books", json={"title": "A"})
    get, head = library.get(path), library.request("HEAD", path)
    assert head.status_code == get.status_code
    assert head.content == b""
    ignored = {"date"}
    assert {k: v for k, v in head.headers.items() if k not in ignored} == {
        k: v for k, v in get.headers.items() if k not in ignored
    }
    assert int(head.headers["Content-Length"]) == len(get.content)


def test_each_refusal_points_at_its_place(library: Stand) -> None:
    """Parameter, body member, media type, state and missing document: pointer and line agree."""
    book = library.post("/books", json={"title": "A"}).json()
    library.post(f"/books/{book['id']}/lend")
    cases = [
        (library.get("/books?page=0"), "/paths/~1books/get/parameters/0", "- {name: page,"),
        (library.get("/books/x"), "/paths/~1books~1{id}/parameters/0", "- {name: id,"),
        (
            library.post("/books", json={"title": ""}),
            "/components/schemas/NewBook/properties/title/minLength",
            "title: {type: string, minLength: 1}",
        ),
        (library.post("/books", json={}), "/components/schemas/NewBook/required", "required:"),
        (library.post("/books", data="x"), "/paths/~1books/post/requestBody", "requestBody:"),
        (library.get("/books/77"), "/components/responses/Problem", "Problem:"),
        (library.get("/catalogue"), "/components/responses/Problem", "Problem:"),
        (
            library.post(f"/books/{book['id']}/lend"),
            "/paths/~1books~1{id}~1lend/post/x-understudy/transition/when/~1state",
            "transition: ",
        ),
    ]
    for answer, pointer, line in cases:
        found = _reason(library, answer)
        assert found[0] == pointer
        assert found[1].startswith(line)


def test_a_good_answer_has_no_reason(library: Stand) -> None:
    """It would mean nothing."""
    assert "Understudy-Reason" not in library.get("/books").headers


def test_what_nothing_covers_answers_its_example_or_501(library: Stand) -> None:
    """As the contract documents it."""
    assert library.get("/opening-hours").json() == {"monday": "9 to 5"}
    assert library.get("/catalogue").status_code == 501


def test_requests_after_one_another_share_a_connection(library: Stand) -> None:
    """A refusal does not end it."""
    with library.session().kept as client:
        for path in ("/books", "/nothing", "/books?page=x", "/books"):
            assert client.get(library.url + path, timeout=5).headers.get("Connection") != "close"


def test_an_absolute_target_and_a_query_do_not_disturb_routing(library: Stand) -> None:
    """Octets that clients seldom send."""
    raw = b"GET /library/books??page=1 HTTP/1.1\r\nHost: x\r\n\r\n"
    assert exchange(library, raw).status == 200
    raw = b"GET /library/books?#x HTTP/1.1\r\nHost: x\r\n\r\n"
    assert exchange(library, raw).status == 200


def test_the_contract_is_served_as_it_is(library: Stand) -> None:
    """With the address that it has here, and Swagger UI beside it."""
    document = library.get("/openapi.json").json()
    assert document["servers"] == [{"url": "/library"}]
    assert document["paths"].keys() == library.contract.document["paths"].keys()
    page = library.get("/ui/")
    assert page.status_code == 200
    assert "../openapi.json" in page.text
    assert library.get("").status_code == 404
