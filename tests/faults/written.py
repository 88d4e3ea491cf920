"""`written_down`: what a stand's journal says was asked, once the server has written it."""

from collections.abc import Sequence

import requests

from understudy.server.journal import Asked

from ..stand import Stand


def written_down(stand: Stand) -> Sequence[Asked]:
    """The requests, oldest first.

    An answer is heard before it is written down; whoever is answered after that finds it written.
    """
    requests.get(f"{stand.root}/_understudy/live", timeout=10).raise_for_status()
    entries = stand.within(lambda sandbox: list(sandbox.journal.entries()))
    return [entry.event for entry in entries if isinstance(entry.event, Asked)]
