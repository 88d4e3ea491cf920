"""The judge before machines that share a database: each of its requests meets another worker."""

import subprocess
import sys
import time
from collections.abc import Sequence

from .spread import spread


def judged(ports: Sequence[int], contract: str, *options: str) -> list[str]:
    """Judge one contract with all that may be done; what is wrong, nothing when it conforms."""
    began = time.monotonic()
    with spread(ports) as port:
        url = f"http://127.0.0.1:{port}/{contract}"
        command = [sys.executable, "-m", "understudy", "verify", contract, "--url", url]
        done = subprocess.run(
            [*command, "--subject", "stand-in", "--profile", "full", *options],
            capture_output=True,
            text=True,
        )
    *_, last = done.stdout.splitlines() or done.stderr.splitlines() or [""]
    print(f"{last} ({time.monotonic() - began:.0f} s)", flush=True)
    return [] if done.returncode == 0 else [f"{contract}: exit {done.returncode}", done.stdout]
