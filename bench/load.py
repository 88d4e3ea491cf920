"""`load`: one request over and over, by wrk, and how fast the answers came."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

CONNECTIONS = 16
_MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
# That an answer took two seconds, which wrk calls an error, may be the machine's fault.
_REFUSED = r"Non-2xx or 3xx responses: \d+|Socket errors: (?!connect 0, read 0, write 0).*"
_IN_TURN = """
local sent = 0
request = function()
  sent = sent + 1
  wrk.headers["Understudy-Sandbox"] = "s" .. sent %% %d
  return wrk.format()
end
"""
_LATENCY = re.compile(r"(50|99)%\s+([\d.]+)([a-z]+)")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to a server of the contract; `path` is below the contract's own.

    With `sandboxes` it goes to so many of them in turn. So many `clients` send it at once.
    """

    name: str
    contract: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    sandboxes: int = 0
    clients: int = CONNECTIONS


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: how many answers, in how many seconds, and milliseconds that they took."""

    answers: int
    seconds: float
    p50: float
    p99: float


def load(url: str, request: Request, seconds: float, cores: str) -> Load:
    """Send `request` to `url` from those cores; RuntimeError when an answer is a refusal."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        lines = [f"wrk.method = {json.dumps(request.method)}"]
        lines += [
            f"wrk.headers[{json.dumps(n)}] = {json.dumps(v)}" for n, v in request.headers.items()
        ]
        if request.body:
            lines.append('wrk.headers["Content-Type"] = "application/json"')
            lines.append(f"wrk.body = [==[{request.body}]==]")
        if request.sandboxes:
            lines += [_IN_TURN % request.sandboxes]
        script.write_text("\n".join(lines), encoding="utf-8")
        done = subprocess.run(
            [
                *("taskset", "-c", cores, "wrk", "--latency", "-t1", f"-c{request.clients}"),
                *(f"-d{seconds:.0f}s", "-s", str(script), url),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    refused = re.search(_REFUSED, done.stdout)
    counted = re.search(r"(\d+) requests in ([\d.]+)(m?s)", done.stdout)
    if refused or not counted:
        raise RuntimeError(f"{request.name}: {refused[0] if refused else done.stdout}")
    latency = {
        name: float(n) * _MILLISECONDS[unit] for name, n, unit in _LATENCY.findall(done.stdout)
    }
    took = float(counted[2]) * _MILLISECONDS[counted[3]] / 1000
    return Load(int(counted[1]), took, latency["50"], latency["99"])
