"""Many clients at once, each in a sandbox of its own: none ever sees another's data."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .actors import Caller, Disagreement, Spread, actors


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of it: requests answered, and what was not as it should be."""

    clients: int
    asked: int
    wrong: tuple[str, ...]
    seconds: float


def crowd(
    ports: int | Sequence[int],
    clients: int,
    goes_on: Callable[[int], bool],
    name: Callable[[int], str] = "soak-{}".format,
    seed: int = 1,
) -> Crowd:
    """Let so many clients act at once, each for as long as `goes_on(steps)` says.

    With several ports each request is asked of any of them, on a connection of its own.
    """
    began = time.perf_counter()
    asked = [0] * clients
    wrong: list[str] = []

    def act(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        call = _caller(ports, name(number), chance)
        everyone = actors(call, chance)
        steps = 0
        try:
            while goes_on(steps):
                chance.choice(everyone).step()
                steps += 1
        except (Disagreement, OSError) as error:
            wrong.append(f"{call.sandbox}, step {steps}: {error}")
        finally:
            asked[number] = call.asked
            call.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Crowd(clients, sum(asked), tuple(wrong), time.perf_counter() - began)


def _caller(ports: int | Sequence[int], sandbox: str, chance: random.Random) -> Caller:
    return Caller(ports, sandbox) if isinstance(ports, int) else Spread(ports, sandbox, chance)
