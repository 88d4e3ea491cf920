"""Masks secrets: no token, cookie or key of the subject reaches a reader."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from .exchange import Exchange, parsed
from .outcome import Result

MASK = "***"
_HEADERS = frozenset({"authorization", "cookie", "x-api-key", "proxy-authorization"})
_TOKENS = re.compile(
    r"""("?(?:access_token|refresh_token|id_token|csrf_token|osessionid|client_secret|password)"?
    \s*[:=]\s*"?)([^"&,;\s}]+)""",
    re.VERBOSE | re.IGNORECASE,
)


class Mask:
    """Hides some known secrets, and everything that stands where secrets stand."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first, so that no secret leaves the rest of a longer one behind.
        forms = {form for secret in secrets for form in _forms(secret)}
        self._secrets = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return _TOKENS.sub(rf"\g<1>{MASK}", text)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """`headers` without the values of those that carry credentials."""
        return {
            name: MASK if name.lower() in _HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def exchange(self, exchange: Exchange) -> Exchange:
        """`exchange` without secrets."""
        text = self.text(exchange.text)
        headers = self.headers({k: v for k, v in exchange.headers.items() if k != "set-cookie"})
        return replace(
            exchange,
            url=self.text(exchange.url),
            sent_headers=self.headers(exchange.sent_headers),
            sent_body=None if exchange.sent_body is None else self.text(exchange.sent_body),
            headers=headers,
            text=text,
            set_cookies=tuple(_masked_cookie(line) for line in exchange.set_cookies),
            data=parsed(text),
        )

    def result(self, result: Result) -> Result:
        """`result` without secrets."""
        return replace(
            result,
            message=self.text(result.message),
            reason=self.text(result.reason),
            trail=tuple(self.exchange(exchange) for exchange in result.trail),
        )


def _forms(secret: str) -> Iterator[str]:
    """How a secret is written in text, in JSON and in URLs."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret, safe="")
    yield quote_plus(secret)


def _masked_cookie(line: str) -> str:
    pair, semicolon, attributes = line.partition(";")
    return f"{pair.partition('=')[0]}={MASK}{semicolon}{attributes}"
