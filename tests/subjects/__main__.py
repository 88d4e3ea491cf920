"""`python -m tests.subjects NAME --port 0 [--variant V]` serves a subject and prints its URL."""

import argparse
import socket
import sys
from importlib import import_module

import uvicorn

from .common import Variant
from .skipping import Skipping

NAMES = ("nexudus", "limio", "akinon", "zenskar")
ALL = tuple(Variant.__members__.values())


def main() -> None:
    """Serve the subject that the arguments name until it is stopped."""
    parser = argparse.ArgumentParser(prog="python -m tests.subjects")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--variant", default="plain", choices=[v.option for v in ALL])
    arguments = parser.parse_args()
    clock = Skipping()
    module = import_module(f".{arguments.name}", __package__)
    app = module.app(Variant.of(arguments.variant), clock)
    app.router.routes.insert(0, clock.route)
    listener = socket.create_server(("127.0.0.1", arguments.port))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
