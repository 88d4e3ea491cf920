"""The client: who gets which credentials, how often it asks, and what it never does."""

import time
from pathlib import Path
from typing import Any

import pytest

from understudy.conformance.client import Client, Jar
from understudy.conformance.law import NoToken, Unreachable
from understudy.conformance.subject import Basic, Login, Persona, Subject
from understudy.specs.contract import load

from .scripted import Answer, Asked, Said, Scripted

NEXUDUS, ZENSKAR, AKINON = load("nexudus"), load("zenskar"), load("akinon")
LIST = NEXUDUS.operations["list_basket_sessions"]


def _client(url: str, secrets: dict[str, Any] | None = None, **more: Any) -> Client:
    personas = {
        "default": Persona("default", {"oauth": "the-token"} if secrets is None else secrets)
    }
    return Client(NEXUDUS, Subject(url, personas, **more))


def _always(*, status: int = 200, **said: Any) -> Answer:
    return lambda _: Said(status, **said)


def test_a_bearer_token_goes_into_its_header() -> None:
    """And into nothing else."""
    with Scripted(_always(body={"Records": []})) as server:
        answer = _client(server.url).send(LIST, query={"page": 2, "orderBy": "Id"})
    (asked,) = server.asked
    assert asked.headers["authorization"] == "Bearer the-token"
    assert (asked.method, asked.path) == ("GET", "/api/billing/basketsessions")
    assert asked.query == {"page": "2", "orderBy": "Id"}
    assert (answer.status, answer.data) == (200, {"Records": []})
    assert "cookie" not in asked.headers


def test_basic_is_a_name_and_a_password() -> None:
    """In Base64, as the scheme says."""
    scheme = next(
        name for name, node in NEXUDUS.security_schemes.items() if node.get("scheme") == "basic"
    )
    with Scripted(_always()) as server:
        _client(server.url, {scheme: Basic("ada", "pass:word")}).send(LIST)
    assert server.asked[0].headers["authorization"] == "Basic YWRhOnBhc3M6d29yZA=="


def test_several_keys_go_together() -> None:
    """An alternative of two schemes needs both: one alone is not sent."""
    operation = ZENSKAR.operations["list_checkout_sessions"]
    both = {"ApiTokenAuth": "key", "OrganisationAuth": "org"}
    with Scripted(_always()) as server:
        client = Client(ZENSKAR, Subject(server.url, {"default": Persona("default", both)}))
        client.send(operation)
        client.send(operation, persona=Persona("half", {"ApiTokenAuth": "key"}))
    whole, half = server.asked
    assert (whole.headers["x-api-key"], whole.headers["organisation"]) == ("key", "org")
    assert "x-api-key" not in half.headers


def test_a_session_cookie_goes_with_the_others() -> None:
    """What a law sends beside it is kept; the client keeps none by itself."""
    operation = AKINON.operations["get_basket"]
    persona = Persona("default", {"session": "s-1"})
    with Scripted(_always(headers=(("Set-Cookie", "late=1; Path=/"),))) as server:
        client = Client(AKINON, Subject(server.url, {"default": persona}))
        client.send(operation, cookies={"other": "2"})
        client.send(operation)
    first, second = server.asked
    assert first.headers["cookie"] == "osessionid=s-1; other=2"
    assert second.headers["cookie"] == "osessionid=s-1"


def test_redirects_are_not_followed() -> None:
    """The redirection is the answer, wherever it leads."""
    with Scripted(_always()) as elsewhere:
        to = (("Location", f"{elsewhere.url}/taken"),)
        with Scripted(_always(status=302, headers=to)) as server:
            answer = _client(server.url).send(LIST)
    assert answer.status == 302
    assert (len(server.asked), elsewhere.asked) == (1, [])


def test_nothing_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Proxies and .netrc would see the credentials, or put others in their place."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password secret\n")
    with Scripted(_always()) as proxy, Scripted(_always()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("HOME", str(tmp_path))
        _client(server.url, {}).send(LIST)
    assert proxy.asked == []
    assert "authorization" not in server.asked[0].headers


def test_it_keeps_its_pace() -> None:
    """Between requests it waits for the rest of their share of a second."""
    waited: list[float] = []
    with Scripted(_always()) as server:
        client = Client(NEXUDUS, Subject(server.url, pace=0.5), waited.append)
        for _ in range(3):
            client.send(LIST)
    assert len(waited) == 2
    assert all(1.5 < seconds <= 2 for seconds in waited)


@pytest.mark.parametrize("status", [409, 429, 503])
def test_it_waits_as_long_as_the_subject_asks(status: int) -> None:
    """`Retry-After` in seconds, at most half a minute; then the request is sent again."""
    waited: list[float] = []
    answers = [Said(status, headers=(("Retry-After", seconds),)) for seconds in ("7", "3600")]
    answers.append(Said(200))
    with Scripted(lambda _: answers.pop(0)) as server:
        answer = Client(NEXUDUS, Subject(server.url), waited.append).send(LIST)
    assert (answer.status, waited, len(server.asked)) == (200, [7.0, 30.0], 3)


def test_its_patience_ends() -> None:
    """A subject that never lets it in is answered for with what it last said."""
    waited: list[float] = []
    with Scripted(_always(status=429, headers=(("Retry-After", "1"),))) as server:
        answer = Client(NEXUDUS, Subject(server.url), waited.append).send(LIST)
    assert (answer.status, len(server.asked)) == (429, 3)


@pytest.mark.parametrize("wait", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "soon", ""])
def test_a_wait_that_is_no_number_is_not_obeyed(wait: str) -> None:
    """The answer stands as it is."""
    waited: list[float] = []
    with Scripted(_always(status=503, headers=(("Retry-After", wait),))) as server:
        answer = Client(NEXUDUS, Subject(server.url), waited.append).send(LIST)
    assert (answer.status, waited) == (503, [])


def _tokens(lifetime: Any) -> Answer:
    issued: list[str] = []

    def answer(asked: Asked) -> Said:
        if asked.path != "/api/token":
            return Said(body={})
        issued.append(f"token-{len(issued)}")
        return Said(body={"access_token": issued[-1], "expires_in": lifetime})

    return answer


LOGIN = Login("/api/token", {"grant_type": "password", "username": "ada", "password": "s&p c"})


def test_a_token_is_asked_for_once() -> None:
    """With the form that the subject's file gives; it serves until it ends."""
    with Scripted(_tokens(3600)) as server:
        client = _client(server.url, {"oauth": LOGIN})
        client.send(LIST)
        client.send(LIST)
    login, first, second = server.asked
    assert login.method == "POST"
    assert login.body == b"grant_type=password&username=ada&password=s%26p+c"
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in login.headers
    assert {a.headers["authorization"] for a in (first, second)} == {"Bearer token-0"}
    assert "token-0" in client.secrets()


def test_a_token_that_ends_is_asked_for_again() -> None:
    """Before it is used too late."""
    with Scripted(_tokens(0)) as server:
        client = _client(server.url, {"oauth": LOGIN})
        client.send(LIST)
        client.send(LIST)
    used = [a.headers["authorization"] for a in server.asked if a.method == "GET"]
    assert used == ["Bearer token-0", "Bearer token-1"]


@pytest.mark.parametrize(
    "said",
    [
        Said(400, {"error": "invalid_grant"}),
        Said(200, {"token": "x"}),
        Said(200, []),
        Said(200, {"access_token": 7}),
    ],
    ids=["refused", "named otherwise", "no object", "no text"],
)
def test_a_login_without_a_token_is_told(said: Said) -> None:
    """By the status, and not by what was sent."""
    with (
        Scripted(lambda _: said) as server,
        pytest.raises(NoToken, match=f"/api/token gave no token, it answered {said.status}"),
    ):
        _client(server.url, {"oauth": LOGIN}).send(LIST)


def test_a_dropped_connection_is_unreachable() -> None:
    """It says which request, and why."""
    with (
        Scripted(_always(is_dropped=True)) as server,
        pytest.raises(Unreachable, match=r"GET http://.*basketsessions: the connection failed"),
    ):
        _client(server.url).send(LIST)


def test_a_closed_port_is_unreachable() -> None:
    """Nobody listens."""
    with Scripted(_always()) as server:
        url = server.url
    with pytest.raises(Unreachable, match="the connection failed"):
        _client(url).send(LIST)


def test_a_late_answer_is_unreachable() -> None:
    """The time that a subject has is its own; a server that waits for the end of the test."""
    began = time.monotonic()
    with Scripted(lambda _: Said()) as server:
        server.hold()
        with pytest.raises(Unreachable, match="no answer in time"):
            _client(server.url, timeout=0.05).send(LIST)
        server.release()
    assert time.monotonic() - began < 5


def test_what_each_operation_answered_is_known() -> None:
    """Statuses by operation: what was never answered well was not judged."""
    answers = [Said(200), Said(404), Said(200)]
    with Scripted(lambda _: answers.pop(0)) as server:
        client = _client(server.url)
        for _ in range(3):
            client.send(LIST)
    assert client.reached == {"list_basket_sessions": {200, 404}}


def test_cookies_that_are_given_out_are_secrets() -> None:
    """As long as they are long enough to be told apart from anything else."""
    cookies = (("Set-Cookie", "osessionid=a-long-secret; Path=/"), ("Set-Cookie", "lang=en"))
    with Scripted(_always(headers=cookies)) as server:
        client = _client(server.url)
        answer = client.send(LIST)
    assert answer.set_cookies == ("osessionid=a-long-secret; Path=/", "lang=en")
    assert client.issued == {"a-long-secret"}


def test_a_jar_keeps_and_drops_cookies_as_a_browser_does() -> None:
    """A new value takes the place of the old one; `Max-Age=0` clears."""
    said = [
        (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; HttpOnly")),
        (("Set-Cookie", "a=3"), ("Set-Cookie", 'b=""; Max-Age=0')),
        (("Set-Cookie", "=; nonsense"),),
    ]
    jar, seen = Jar(), []
    with Scripted(lambda _: Said(headers=said.pop(0))) as server:
        client = _client(server.url)
        for _ in range(3):
            jar.keep(client.send(LIST))
            seen.append(dict(jar.cookies))
    assert seen == [{"a": "1", "b": "2"}, {"a": "3"}, {"a": "3"}]


def test_lists_are_written_as_the_contract_says() -> None:
    """Members by commas, a tuple as a repeated parameter, and booleans as JSON has them."""
    operation = ZENSKAR.operations["list_checkout_sessions"]
    with Scripted(_always()) as server:
        client = Client(ZENSKAR, Subject(server.url))
        client.send(operation, query={"currency__in": ["EUR", "US D"], "guest_checkout": True})
        answer = client.send(operation, query={"limit": (1, 2)})
    assert server.asked[0].query == {"currency__in": "EUR,US D", "guest_checkout": "true"}
    assert answer.url.endswith("?limit=1&limit=2")


def test_bytes_are_sent_as_they_are() -> None:
    """A law may send what is no JSON; what a path names is quoted."""
    operation = NEXUDUS.operations["get_basket_session"]
    create = NEXUDUS.operations["create_basket_session"]
    with Scripted(_always()) as server:
        client = _client(server.url)
        client.send(create, body=b"{")
        client.send(create, body={"a": "é"})
        client.send(operation, path={"id": "a/b?c"})
    broken, whole, named = server.asked
    assert broken.body == b"{"
    assert broken.headers["content-type"] == "application/json"
    assert whole.body == '{"a":"é"}'.encode()
    assert named.path == "/api/billing/basketsessions/a%2Fb%3Fc"


def test_a_body_that_is_not_utf8_is_read_all_the_same() -> None:
    """As text with replacements, and as no JSON."""
    with Scripted(_always(body="{nonsense")) as server:
        answer = _client(server.url).send(LIST)
    assert (answer.text, answer.data) == ("{nonsense", None)


def test_a_curl_line_repeats_the_request() -> None:
    """Quoted for a shell; GET needs no -X."""
    with Scripted(_always()) as server:
        client = _client(server.url, {})
        get = client.send(LIST, query={"orderBy": "Id"})
        post = client.send(NEXUDUS.operations["create_basket_session"], body={"a": "it's"})
    assert get.curl() == f"curl -i '{server.url}/api/billing/basketsessions?orderBy=Id'"
    assert "-X POST" in post.curl()
    assert '--data-raw \'{"a":"it\'"\'"\'s"}\'' in post.curl()
