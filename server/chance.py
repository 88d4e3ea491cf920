"""`Chance`: what is random, and repeatable from a seed and how much of it was drawn."""

from hashlib import blake2b


class Chance:
    """A sequence of random numbers; the same seed and `drawn` go on in the same way."""

    __slots__ = ("_seed", "drawn")

    def __init__(self, *seed: object, drawn: int = 0) -> None:
        self._seed = " ".join(map(str, seed)).encode()
        self.drawn = drawn

    def bits(self, count: int) -> int:
        """A number of so many bits, 512 at most."""
        self.drawn += 1
        salt = self.drawn.to_bytes(16)
        return int.from_bytes(blake2b(self._seed, salt=salt).digest()) >> (512 - count)

    def share(self) -> float:
        """A number from 0 up to 1."""
        return self.bits(53) / 2**53
