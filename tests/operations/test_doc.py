"""docs/operations.md and the files beside it: every option, variable, path and figure is one."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
import yaml

from bench.postgres import Postgres
from understudy.cli_serve import serve
from understudy.server.journal import MOST, MOST_BYTES
from understudy.server.shared.world import CONNECTIONS
from understudy.server.store.postgres.database import Database
from understudy.server.store.postgres.indexer import MANY
from understudy.server.store.postgres.schema import OLDEST_SERVER
from understudy.server.store.postgres.store import PostgresStore
from understudy.server.store.query import Query, SortKey
from understudy.server.workers import PATIENCE
from understudy.specs.contract import load

from ..process import Process

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "operations"
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DOCKERFILE = (FILES / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
COMPOSE: Any = yaml.safe_load((FILES / "compose.yaml").read_text(encoding="utf-8"))
DEPLOYMENT, SERVICE = yaml.safe_load_all((FILES / "kubernetes.yaml").read_text(encoding="utf-8"))
POD = DEPLOYMENT["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
PROBED = ("/_understudy/health", "/_understudy/live")
VARIABLES = {str(option.envvar) for option in serve.params if option.envvar}


def steps(instruction: str) -> list[str]:
    """What the Dockerfile says after each of an instruction, the last stage last."""
    return re.findall(rf"^{instruction} (.*)", DOCKERFILE, re.MULTILINE)


def served(arguments: Sequence[str]) -> dict[str, Any]:
    """The options as `understudy serve` takes them after those of the image."""
    (entry,) = steps("ENTRYPOINT")
    program, command, *options = json.loads(entry)
    assert (program, command) == ("understudy", "serve")
    return serve.make_context("serve", [*options, *arguments]).params


def commands() -> list[str]:
    """Each line that is shown to be typed."""
    return "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)).splitlines()


def test_the_image_is_made_of_what_there_is() -> None:
    """All that the package is built from is copied, and the extra is one."""
    copied = [each.split()[:-1] for each in steps("COPY") if not each.startswith("--from")]
    names = {name for each in copied for name in each}
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert {"pyproject.toml", "README.md", "LICENSE"} <= names
    links = {each.name for each in (ROOT / "src" / "understudy").iterdir() if each.is_symlink()}
    assert {*links, "src"} <= names
    assert '--constraint requirements.lock ".[postgres]"' in DOCKERFILE
    assert steps("USER") == ["10001"]
    assert str(served([])["port"]) in steps("EXPOSE")


def test_the_containers_options_are_taken() -> None:
    """By compose and by Kubernetes, with values that they take."""
    compose = COMPOSE["services"]["understudy"]
    assert served(compose["command"])["workers"] == 4
    assert served(CONTAINER["args"])["workers"] == 2
    assert ip_address(served([])["host"]).is_unspecified


def test_secrets_come_by_variables_that_are_read() -> None:
    """Both the same ones, and in the document no other."""
    compose = COMPOSE["services"]["understudy"]["environment"]
    kubernetes = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in CONTAINER["env"]}
    assert compose.keys() == kubernetes.keys() == VARIABLES
    assert set(re.findall(r"UNDERSTUDY_\w+", TEXT)) == VARIABLES
    assert all(each.startswith("${") or ":${" in each for each in compose.values())
    (create,) = (line for line in commands() if "create secret" in line)
    for each in kubernetes.values():
        assert f"generic {each['name']} " in create
        assert f"--from-literal={each['key']}=" in create


def test_compose_waits_for_a_database_that_is_there() -> None:
    """The one that the store is in, with the same password."""
    services = COMPOSE["services"]
    database = services["postgres"]["environment"]
    store = services["understudy"]["environment"]["UNDERSTUDY_STORE"]
    user, name = database["POSTGRES_USER"], database["POSTGRES_DB"]
    assert store == f"postgresql://{user}:${{POSTGRES_PASSWORD}}@postgres/{name}"
    assert services["understudy"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert "healthcheck" in services["postgres"]
    build = services["understudy"]["build"]
    assert (FILES / build["context"] / build["dockerfile"]).resolve() == FILES / "Dockerfile"
    assert int(services["postgres"]["image"].partition(":")[2]) >= OLDEST_SERVER


def test_requests_come_to_where_it_listens() -> None:
    """And to no pod that is about to end: it is ended only after it is left alone."""
    assert SERVICE["spec"]["selector"] == DEPLOYMENT["spec"]["selector"]["matchLabels"]
    assert SERVICE["spec"]["selector"] == DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    (port,) = CONTAINER["ports"]
    assert port["containerPort"] == served([])["port"]
    assert SERVICE["spec"]["ports"][0]["targetPort"] == port["name"]
    _, pause = CONTAINER["lifecycle"]["preStop"]["exec"]["command"]
    assert POD["terminationGracePeriodSeconds"] >= int(pause) + PATIENCE


def test_what_is_probed_answers_without_a_token(tmp_path: Path) -> None:
    """Each path, of the container and of Kubernetes."""
    probes = {name: CONTAINER[name]["httpGet"] for name in CONTAINER if name.endswith("Probe")}
    assert probes["readinessProbe"]["path"] == PROBED[0]
    assert probes["livenessProbe"]["path"] == probes["startupProbe"]["path"] == PROBED[1]
    assert {probe["port"] for probe in probes.values()} == {CONTAINER["ports"][0]["name"]}
    (check,) = steps("HEALTHCHECK")
    program = json.loads(check.partition("CMD ")[2])
    command = [sys.executable, "-m", "understudy"]
    with Process(command, tmp_path, "--control-token", "secret") as server:
        for path in PROBED:
            assert f"| `{path}` |" in TEXT
            assert requests.get(f"{server.root}{path}", timeout=10).status_code == 200
        assert requests.get(f"{server.root}/_understudy/version", timeout=10).status_code == 401
        code = program[2].replace("http://127.0.0.1:8080", server.root)
        subprocess.run([sys.executable, *program[1:2], code], check=True, timeout=30)
        lost = code.replace("/health", "/nothing")
        assert subprocess.run([sys.executable, "-c", lost], capture_output=True).returncode == 1


def test_the_options_told_exist() -> None:
    """And the command shown is taken."""
    flags = {flag for option in serve.params for flag in option.opts}
    prose = re.sub(r"```sh\n.*?```", "", TEXT, flags=re.DOTALL)
    told = set(re.findall(r"`(--[\w-]+)[ `]", prose))
    assert {"--store", "--fault", "--watch", "--control-token"} <= told <= flags
    (line,) = (line for line in commands() if line.startswith("understudy "))
    serve.make_context("serve", shlex.split(line)[2:])


def test_the_figures_told_are_those_of_the_program() -> None:
    """Connections of a worker, the oldest PostgreSQL, and the journal's bounds."""
    assert f"at most {CONNECTIONS}: machines x workers x {CONNECTIONS} " in TEXT
    assert f"PostgreSQL is {OLDEST_SERVER} or newer" in TEXT
    assert f"holds {MOST:,} entries or {MOST_BYTES >> 20} MiB" in TEXT
    assert f"`--max-sandboxes` ({served([])['max_sandboxes']})" in TEXT


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", TEXT))
def test_the_links_lead_somewhere(link: str) -> None:
    """Each of them."""
    assert (ROOT / "docs" / link).exists()


def test_a_backup_is_put_back_as_is_told(postgres: Postgres) -> None:
    """By the commands shown, into a database that has changed since; indexes and all."""
    dump, restore = (shlex.split(line) for line in commands() if line.startswith("pg_"))
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE kept TEMPLATE template0")
    url = postgres.url.replace("/postgres?", "/kept?")

    def done(command: Sequence[str]) -> None:
        program, *options = command
        told = [each.replace("$UNDERSTUDY_STORE", url) for each in options]
        postgres.run([postgres.program(program), *told])

    nexudus = load("nexudus")
    sessions = [(number, {"Id": number}) for number in range(5)]

    def indexes(database: Database) -> Sequence[tuple[str]]:
        with database.transaction("look") as transaction:
            return transaction.rows(
                "SELECT indexdef FROM pg_indexes"
                " WHERE starts_with(indexname, 'understudy_') ORDER BY indexname"
            )

    def opened() -> tuple[Database, PostgresStore]:
        database = Database(url)
        database.open([(nexudus, {})])
        return database, PostgresStore(database, "default", "nexudus")

    database, store = opened()
    store.load({"basket_sessions": sessions})
    database.indexer.help(
        "nexudus", Query("basket_sessions", order=(SortKey(("Id",), "number"),)), MANY
    )
    database.indexer.settle()
    before = indexes(database)
    assert any("ARRAY['Id'" in line for (line,) in before)
    done(dump)
    store.clear()
    database.close()
    done(restore)
    database, store = opened()
    assert store.dump() == {"basket_sessions": [document for _, document in sessions]}
    assert indexes(database) == before
    database.close()
