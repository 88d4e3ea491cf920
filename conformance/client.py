"""`Client`: sends requests to the subject at its pace, and writes down what was said."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from ..specs.contract import Contract
from ..specs.operation import Operation
from .exchange import Exchange, parsed
from .law import ClockStands, NoToken, Unreachable
from .subject import Basic, Login, Persona, Subject

PATIENCE = 3
"""How often a subject that says `Retry-After` is asked again."""
LONGEST_WAIT = 30.0
SECRET = 8
"""Characters from which the value of a cookie is taken for a secret."""


class Unset:
    """A body that is not sent, as distinct from null."""


UNSET = Unset()


class Jar:
    """The cookies of one visitor, as a browser keeps them for one host."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def keep(self, exchange: Exchange) -> None:
        """Keep what the answer sets, drop what it clears."""
        for line in exchange.set_cookies:
            try:
                cookie = SimpleCookie(line)
            except CookieError:
                continue
            for name, morsel in cookie.items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


@dataclass(frozen=True, slots=True)
class _Token:
    """A token that was issued, and when it ends, in `time.monotonic()`'s seconds."""

    text: str
    ends: float


class Client:
    """One connection to the subject; redirects are never followed.

    Nothing comes from the environment: proxies and .netrc would carry credentials elsewhere.
    `reached` are the statuses that each operation has answered with; `issued` are the tokens and
    cookies that the subject has given out, which no report may show.
    """

    def __init__(
        self,
        contract: Contract,
        subject: Subject,
        sleep: Callable[[float], None] = time.sleep,
        heed: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait with `sleep`; `heed` is called before each request, and may interrupt."""
        self.contract = contract
        self.subject = subject
        self._origin = _origin(subject.url)
        self._pool = _pool(subject, self._origin)
        self._sleep = sleep
        self._heed = heed
        self._tokens: dict[tuple[str, str], _Token] = {}
        self._last = 0.0
        self.reached: dict[str, set[int]] = {}
        self.issued: set[str] = set()

    def send(
        self,
        operation: Operation,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        body: Any = UNSET,
        persona: Persona | None = None,
        method: str | None = None,
    ) -> Exchange:
        """One request to `operation`, with the credentials that it asks for."""
        persona = self.subject.default if persona is None else persona
        sent, jar = self._credentials(operation, persona)
        sent.update(self.subject.headers)
        sent.update(headers or {})
        jar.update(cookies or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        raw: bytes | None = None
        if not isinstance(body, Unset):
            raw, media = _encoded(operation, body)
            sent.setdefault("Content-Type", media)
        url = self.subject.url.rstrip("/") + _filled(operation.path, path or {})
        encoded = _query(operation, query or {})
        if encoded:
            url += f"?{encoded}"
        return self.raw(operation.id, (method or operation.method).upper(), url, sent, raw)

    def raw(
        self,
        operation: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Exchange:
        """One request as it stands; Unreachable when there is no answer."""
        for _ in range(PATIENCE):
            self._heed()
            self._keep_pace()
            began = time.perf_counter()
            try:
                response = self._pool.urlopen(
                    method,
                    url.removeprefix(self._origin) or "/",
                    headers=dict(headers),
                    body=body,
                    redirect=False,
                    retries=False,
                    timeout=self.subject.timeout,
                )
            except (HTTPError, UnicodeError) as error:
                raise Unreachable(f"{method} {url}: {_cause(error)}") from None
            wait = _retry_after(response)
            if wait is None:
                break
            self._sleep(wait)
        self.reached.setdefault(operation, set()).add(response.status)
        cookies = tuple(response.headers.getlist("set-cookie"))
        self.issued.update(_issued(cookies))
        text = response.data.decode(errors="replace")
        return Exchange(
            operation=operation,
            method=method,
            url=url,
            sent_headers=dict(headers),
            sent_body=None if body is None else body.decode(errors="replace"),
            status=response.status,
            headers={name.lower(): value for name, value in response.headers.items()},
            text=text,
            set_cookies=cookies,
            elapsed=time.perf_counter() - began,
            data=parsed(text),
        )

    def skip(self, seconds: int) -> None:
        """Move the subject's clock forward; ClockStands when it does not let itself be moved."""
        if self.subject.clock is None:
            raise ClockStands("the subject's file does not say how its clock is moved")
        url = urljoin(self.subject.url, self.subject.clock)
        headers = {"Content-Type": "application/json", **self.subject.headers}
        body = orjson.dumps({"by": f"PT{seconds}S"})
        answer = self.raw("", "POST", url, headers, body)
        if not 200 <= answer.status < 300:
            raise ClockStands(f"the subject's clock was not moved: {url} answered {answer.status}")
        # Those that were given out may have ended meanwhile.
        self._tokens.clear()

    def secrets(self) -> frozenset[str]:
        """Every text that no report may show, as far as it is known by now."""
        return self.subject.secrets() | self.issued

    def close(self) -> None:
        """Let go of the connection."""
        self._pool.close()

    def _keep_pace(self) -> None:
        if self.subject.pace:
            ahead = self._last + 1 / self.subject.pace - time.monotonic()
            if ahead > 0:
                self._sleep(ahead)
        self._last = time.monotonic()

    def _credentials(
        self, operation: Operation, persona: Persona
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and cookies for the first alternative that the persona has secrets for."""
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for alternative in operation.security:
            names = [name for name, _ in alternative]
            if names and all(name in persona.secrets for name in names):
                for name in names:
                    scheme = self.contract.security_schemes[name]
                    secret = self.secret(persona, name)
                    if scheme["type"] != "apiKey":
                        headers["Authorization"] = _authorization(secret)
                    elif scheme["in"] == "cookie":
                        cookies[scheme["name"]] = str(secret)
                    else:
                        headers[scheme["name"]] = str(secret)
                break
        return headers, cookies

    def secret(self, persona: Persona, scheme: str) -> str | Basic:
        """What the persona logs in with; a token is asked for where there is none or it ends."""
        secret = persona.secrets[scheme]
        if not isinstance(secret, Login):
            return secret
        key = persona.name, scheme
        token = self._tokens.get(key)
        if token is None or time.monotonic() > token.ends:
            token = self._tokens[key] = self._log_in(secret)
        return token.text

    def _log_in(self, login: Login) -> _Token:
        form = urlencode(login.fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = self.subject.url.rstrip("/") + login.path
        asked = time.monotonic()
        answer = self.raw("", "POST", url, headers, form)
        text = answer.data.get("access_token") if isinstance(answer.data, dict) else None
        if answer.status != 200 or not isinstance(text, str):
            raise NoToken(f"POST {login.path} gave no token, it answered {answer.status}")
        self.issued.add(text)
        lifetime = answer.data.get("expires_in")
        # A token is given up a little early: it must not end on its way.
        ends = asked + 0.9 * lifetime if isinstance(lifetime, int | float) else float("inf")
        return _Token(text, ends)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pool(subject: Subject, origin: str) -> urllib3.HTTPConnectionPool:
    """The connections to the subject's origin: nothing is sent to another."""
    options: dict[str, Any] = {}
    if not origin.startswith("https:"):
        return urllib3.connection_from_url(origin)
    if subject.verify is False:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        options["cert_reqs"] = "CERT_NONE"
    elif isinstance(subject.verify, str):
        options["ca_certs"] = subject.verify
    return urllib3.connection_from_url(origin, **options)


def _issued(cookies: Iterable[str]) -> Iterator[str]:
    """The values that answers set; short ones say nothing secret."""
    for line in cookies:
        value = line.partition(";")[0].partition("=")[2].strip().strip('"')
        if len(value) >= SECRET:
            yield value


def _authorization(secret: str | Basic) -> str:
    if isinstance(secret, Basic):
        return "Basic " + b64encode(f"{secret.username}:{secret.password}".encode()).decode()
    return f"Bearer {secret}"


def _filled(path: str, values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", quote(_text(value), safe=""))
    return path


def _query(operation: Operation, values: Mapping[str, Any]) -> str:
    """The query string; lists as the parameter's style says, a tuple as repeated parameters."""
    explode = {p.name: p.explode for p in operation.parameters if p.location == "query"}
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, tuple) or (isinstance(value, list) and explode.get(name)):
            pairs += [(name, _text(item)) for item in value]
        elif isinstance(value, list):
            pairs.append((name, ",".join(_text(item) for item in value)))
        else:
            pairs.append((name, _text(value)))
    return urlencode(pairs)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _encoded(operation: Operation, body: Any) -> tuple[bytes, str]:
    """The body and its content type; bytes are sent as they are."""
    media = next(iter(operation.body.content), "application/json") if operation.body else ""
    media = media or "application/json"
    if isinstance(body, bytes):
        return body, media
    if media == "application/x-www-form-urlencoded":
        return urlencode(body).encode(), media
    try:
        return orjson.dumps(body), media
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, which JSON itself allows.
        return json.dumps(body, ensure_ascii=False).encode(), media


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """How long a subject under too much load asks to wait (409 is Nexudus's way to say 429)."""
    wait = response.headers.get("Retry-After", "")
    if response.status in (409, 429, 503) and wait.isdigit():
        return min(float(wait), LONGEST_WAIT)
    return None


def _cause(error: Exception) -> str:
    if isinstance(error, SSLError):
        return "its certificate is not trusted"
    # A refused connection counts as late to urllib3.
    is_late = isinstance(error, ReadTimeoutError | ConnectTimeoutError)
    if is_late and not isinstance(error, NewConnectionError):
        return "no answer in time"
    return "the connection failed"
