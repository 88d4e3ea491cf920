"""What of Connexion's imports is left out."""

import subprocess
import sys

_IMPORT = "import sys, understudy.server.app"
_LEFT_OUT = "httpx", "requests", "starlette.testclient"


def _said(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_nobody_uses_is_not_loaded() -> None:
    """A server begins without a client for HTTP, nor one for tests."""
    assert _said(f"{_IMPORT}; print([n for n in {_LEFT_OUT} if n in sys.modules])") == "[]"


def test_whoever_imports_it_later_has_it_whole() -> None:
    """What Connexion found empty is as its authors made it for everybody else."""
    code = f"{_IMPORT}; from starlette.testclient import TestClient; import httpx, requests"
    names = "httpx.Client.__module__, requests.Session.__module__, TestClient.__module__"
    assert _said(f"{code}; print({names})") == "httpx requests.sessions starlette.testclient"
