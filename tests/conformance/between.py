"""`through`: a subject that answers as the stand-in does, but where a test says otherwise."""

from collections import Counter
from collections.abc import Callable

import requests

from ..stand import Stand
from .scripted import Answer, Asked, Said

Meet = Callable[[Asked, int], Said | None]
"""Answers a request, the so-manieth of its method, by itself; or leaves it to the stand-in."""
Change = Callable[[Asked, Said], Said]
"""Makes another answer of the stand-in's."""

HOP = ("host", "content-length", "connection", "accept-encoding", "transfer-encoding")


def through(
    stand: Stand, meet: Meet = lambda *_: None, change: Change = lambda _, said: said
) -> Answer:
    """What a server says that stands before the stand-in."""
    numbers: Counter[str] = Counter()

    def answer(asked: Asked) -> Said:
        numbers[asked.method] += 1
        own = meet(asked, numbers[asked.method])
        if own is not None:
            return own
        headers = {name: value for name, value in asked.headers.items() if name not in HOP}
        answered = requests.request(
            asked.method,
            stand.url + asked.target,
            headers=headers,
            data=asked.body or None,
            allow_redirects=False,
            timeout=10,
        )
        kept = [pair for pair in answered.raw.headers.items() if pair[0].lower() not in OURS]
        return change(asked, Said(answered.status_code, answered.text, tuple(kept)))

    return answer


OURS = (*HOP, "content-type", "date", "server")
