"""`Health`: whether requests will be served."""

from dataclasses import dataclass


@dataclass(slots=True)
class Health:
    """Ready between the end of start-up and the begin of shutdown."""

    is_ready: bool = False
