"""`Client`: sends requests to the subject at its pace, and writes down what was said."""

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import requests

from ..specs.contract import Contract
from ..specs.operation import Operation
from .exchange import Exchange, parsed
from .law import Unreachable
from .subject import Basic, Login, Persona, Secret, Subject

PATIENCE = 3
"""How often a subject that says `Retry-After` is asked again."""
LONGEST_WAIT = 30.0


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


class Client:
    """One connection to the subject; redirects are never followed.

    `reached` are the statuses that each operation has answered with.
    """

    def __init__(
        self, contract: Contract, subject: Subject, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.contract = contract
        self.subject = subject
        self._session = requests.Session()
        # Nothing of the environment: proxies and .netrc would carry credentials elsewhere.
        self._session.trust_env = False
        self._session.cookies.set_policy(_NoCookies())
        self._sleep = sleep
        self._tokens: dict[tuple[str, str], str] = {}
        self._last = 0.0
        self.reached: dict[str, set[int]] = {}

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
            self._keep_pace()
            began = time.perf_counter()
            try:
                response = self._session.request(
                    method,
                    url,
                    headers=dict(headers),
                    data=body,
                    timeout=self.subject.timeout,
                    allow_redirects=False,
                    verify=self.subject.verify,
                )
            except requests.RequestException as error:
                raise Unreachable(f"{method} {url}: {_cause(error)}") from None
            wait = _retry_after(response)
            if wait is None:
                break
            self._sleep(wait)
        self.reached.setdefault(operation, set()).add(response.status_code)
        return Exchange(
            operation=operation,
            method=method,
            url=url,
            sent_headers=dict(headers),
            sent_body=None if body is None else body.decode(errors="replace"),
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            text=response.text,
            set_cookies=tuple(response.raw.headers.getlist("set-cookie")),
            elapsed=time.perf_counter() - began,
            data=parsed(response.text),
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

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
                    secret = self._secret(persona, name)
                    if scheme["type"] != "apiKey":
                        headers["Authorization"] = _authorization(secret)
                    elif scheme["in"] == "cookie":
                        cookies[scheme["name"]] = str(secret)
                    else:
                        headers[scheme["name"]] = str(secret)
                break
        return headers, cookies

    def _secret(self, persona: Persona, scheme: str) -> Secret:
        secret = persona.secrets[scheme]
        if not isinstance(secret, Login):
            return secret
        key = persona.name, scheme
        if key not in self._tokens:
            self._tokens[key] = self._log_in(secret)
        return self._tokens[key]

    def _log_in(self, login: Login) -> str:
        form = urlencode(login.fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = self.subject.url.rstrip("/") + login.path
        answer = self.raw("", "POST", url, headers, form)
        if answer.status != 200 or not isinstance(answer.data, dict):
            raise Unreachable(f"{login.path} gave no token: it answered {answer.status}")
        return str(answer.data.get("access_token"))


def _authorization(secret: Secret) -> str:
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
    return orjson.dumps(body), media


def _retry_after(response: requests.Response) -> float | None:
    """How long a subject under too much load asks to wait (409 is Nexudus's way to say 429)."""
    wait = response.headers.get("Retry-After", "")
    if response.status_code in (409, 429, 503) and wait.isdigit():
        return min(float(wait), LONGEST_WAIT)
    return None


def _cause(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "the connection failed"


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[misc,name-defined]
    """Keeps the session from sending cookies that no law asked for."""

    def set_ok(self, *_: Any) -> bool:
        """Never."""
        return False
