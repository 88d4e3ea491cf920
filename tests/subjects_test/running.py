"""Runs a subject in a thread, and asks it with every answer held against the contract."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

import requests
import uvicorn

from understudy.specs.contract import Contract, load, resolve

from ..subjects.common import Variant

START = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)
HEADERS: Mapping[str, Mapping[str, str]] = {
    "nexudus": {"Authorization": "Bearer nexudus-admin"},
    "limio": {"Authorization": "Bearer limio-token", "x-limio-recaptcha": "03AFcWeA5"},
    "akinon": {},
    "zenskar": {"x-api-key": "zenskar-key", "organisation": "zenskar-org"},
}
RECORDS = "/api/billing/basketsessions"
BASKET, ITEMS = "/baskets/basket/", "/baskets/basket_items/"
SUBSCRIPTION, ABANDONED = "/api/checkout/subscription", "/api/checkout/abandoned"
OFFERS = ("1f0c5a7be2d84936a1b2c3d4e5f60718293a4b5c", "2e1d6b8cf3e95a47b2c3d4e5f60718293a4b5c6d")


@dataclass
class Subject:
    """A running subject, a client of it, and the time that it believes."""

    contract: Contract
    url: str = ""
    now: datetime = START
    session: requests.Session = field(default_factory=requests.Session)

    def __call__(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """The answer's body, after its status and its shape were held against the contract."""
        with_headers = {**HEADERS[self.contract.name], **more.pop("headers", {})}
        answer = self.session.request(
            method, self.url + path, headers=with_headers, allow_redirects=False, **more
        )
        assert answer.status_code == status, answer.text
        body = answer.json() if answer.content else None
        validator = _validator(self.contract.name, path.split("?")[0], method.lower(), status)
        if validator is not None:
            validator.validate(body)
        return body


@cache
def _validator(name: str, path: str, method: str, status: int) -> Any:
    """What validates the answer; None where the contract documents no body."""
    contract = load(name)
    for template, item in contract.document["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method in item:
            response = resolve(contract.document, item[method]["responses"][str(status)])
            content = response.get("content")
            schema = content and content["application/json"]["schema"]
            return schema and contract.schemas.compile(schema, "answer")
    return None


@contextmanager
def serve(name: str, variant: Variant = Variant.PLAIN) -> Iterator[Subject]:
    """The subject, running until the context is left."""
    subject = Subject(load(name))
    app = import_module(f"..subjects.{name}", __package__).app(variant, lambda: subject.now)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    subject.url = f"http://127.0.0.1:{port}"
    try:
        yield subject
    finally:
        subject.session.close()
        server.should_exit = True
        thread.join()
