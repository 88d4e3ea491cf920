"""`understudy gate`: one verdict of lint, diff and verify; what is missing is no pass."""

import json
import re
import socket
import sys
from pathlib import Path

import pytest

from ..sarif import check
from ..stand import Stand
from .conftest import SERVE, Gated

REFUSED = '413: {$ref: "#/components/responses/Problem"}'
QUICK = ("--contract", "notes.yaml", "--select", "paging.ends")


def test_a_contract_that_is_kept_passes(gated: Gated) -> None:
    """As the file of settings says: what was started is judged, stopped, and reported on."""
    gated.write(
        "understudy.toml",
        'contracts = ["notes.yaml"]\nbase = "main"\n'
        f"start = '{SERVE}'\n"
        'junit = "{contract}.xml"\njson = "{contract}.json"\nhtml = "{contract}.html"\n'
        'sarif = "{contract}.sarif"\nlog = "service.log"\n',
    )
    done = gated.run()

    assert (done.code, done.err) == (0, "")
    lint, diff, verify, verdict = done.out.splitlines()
    assert lint.split() == ["passes", "lint", "notes", "nothing", "found"]
    assert diff.endswith("main:notes.yaml -> notes.yaml: no change")
    port = re.search(r"http://localhost:(\d+) conforms as to notes: ", verify)
    assert port is not None
    assert verdict == "the gate: passes (3 passes)"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("localhost", int(port[1])))
    reports = {path.name for path in gated.folder.iterdir() if path.stem in ("notes", "service")}
    assert reports == {
        *("notes.yaml", "notes.xml", "notes.json", "notes.html", "notes.sarif", "service.log")
    }
    assert f"http://localhost:{port[1]}" in (gated.folder / "service.log").read_text()
    assert 'failures="0"' in (gated.folder / "notes.xml").read_text()


def test_whatever_is_wrong_is_in_one_verdict(gated: Gated, tmp_path: Path) -> None:
    """A defect, a change that is not allowed and a violation: all told at their lines."""
    summary = tmp_path / "summary.md"
    gated.write("less.yaml", gated.git("show", "main:notes.yaml"))
    gated.edit(", has-next: [/more]", "", "less.yaml")
    gated.edit("total, more]", "total]", "less.yaml")
    gated.edit("maximum: 20", "maximum: 10")
    gated.edit(REFUSED, f"{REFUSED[:-1]}, description: Refused.}}")
    done = gated.run(
        *("--contract", "notes.yaml", "--base", "main", "--select", "report"),
        *("--start", SERVE.replace("notes.yaml", "less.yaml"), "--format", "github"),
        *("--sarif", "{contract}.sarif"),
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    titles = [line.partition("title=")[2].partition("::")[0] for line in lines[:4]]
    assert [line.partition(",line=")[0] for line in lines[:4]] == ["::error file=notes.yaml"] * 4
    assert titles[:2] == ["lint", "breaking%3A maximum.narrowed"]
    assert titles[2:] == ["report.has-next list_notes", "report.total list_notes"]
    assert [line.split()[:2] for line in lines[4:-1]] == [
        ["fails", "lint"],
        ["fails", "diff"],
        ["fails", "verify"],
    ]
    assert lines[-1] == "the gate: fails (3 fails)"

    told = summary.read_text(encoding="utf-8")
    for part in ("## The gate: fails", "`notes.yaml:46`", "| breaking |", "| violates |"):
        assert part in told
    report = json.loads((gated.folder / "notes.sarif").read_text(encoding="utf-8"))
    check(report)
    (run,) = report["runs"]
    assert run["automationDetails"]["id"] == "understudy/notes/"
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("lint", "error"),
        ("diff.maximum.narrowed", "error"),
        ("report.has-next list_notes", "error"),
        ("report.total list_notes", "error"),
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--url", "http://localhost:9"], "cannot be reached"),
        (["--start", "no-such-program"], "cannot be run: no-such-program: No such file"),
        (["--start", "'"], "cannot be run: No closing quotation"),
        (["--start", " "], "cannot be run: it is empty"),
        (["--start", f"{sys.executable} -c 'exit(3)'"], "the start command ended with 3"),
        (
            ["--start", SERVE.replace("notes", "note")],
            "said last: understudy: note.yaml: cannot be read: no such file or directory",
        ),
        (["--start", "sleep 60", "--wait", "0.1"], "is not ready after 0.1 s"),
    ],
)
def test_what_cannot_be_judged_is_no_pass(gated: Gated, options: list[str], said: str) -> None:
    """Exit 2, with the reason in the line of the step; what can be said is said."""
    done = gated.here(*QUICK, *options)

    assert (done.code, done.err) == (2, "")
    judged, linted, *_ = done.out.splitlines()
    assert judged.startswith("not run       verify  notes")
    assert said in judged
    assert linted.startswith("passes        lint")


def test_what_answers_already_is_not_what_is_started(gated: Gated, library: Stand) -> None:
    """A server that was left over would be judged in its place."""
    done = gated.here(*QUICK, "--url", library.url, "--start", "sleep 60")

    assert done.code == 2
    assert f"{library.url} is answered before the start command runs" in done.out


@pytest.mark.whole
def test_one_service_is_judged_by_several_contracts(gated: Gated) -> None:
    """What cannot be read is not judged, and takes no pass from the others."""
    gated.write("broken.yaml", "openapi: 3.0.3\n\tinfo: {}\n")
    gated.write("more.yaml", gated.git("show", "main:notes.yaml"))
    start = f"{sys.executable} -m understudy serve notes.yaml more.yaml --port {{port}}"
    done = gated.run(
        *("--contract", "broken.yaml", "--contract", "more.yaml", *QUICK, "--format", "json"),
        *("--start", start, "--url", "http://localhost:{port}/{contract}"),
    )

    told = json.loads(done.out)
    assert (done.code, told["exit_code"], told["base"]) == (2, 2, "")
    assert [(each["verdict"], each["step"], each["contract"]) for each in told["steps"][:2]] == [
        ("not run", "verify", "broken"),
        ("fails", "lint", "broken"),
    ]
    assert told["steps"][0]["told"].startswith("broken.yaml:2: /: is not YAML")
    (defect,) = told["lint"]["broken"]
    assert (defect["file"], defect["line"]) == ("broken.yaml", 2)
    judged = {name: (v["verdict"], v["url"][-5:]) for name, v in told["verify"].items()}
    assert judged == {"more": ("conforms", "/more"), "notes": ("conforms", "notes")}


SERVICE = """\
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Service(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        if self.path == "/health":
            Service.asked += 1
        text = json.dumps({"notes": [], "total": 0, "more": False}).encode()
        self.send_response(200 if Service.asked > 2 else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

HTTPServer(("localhost", int(sys.argv[1])), Service).serve_forever()
"""


def test_what_cannot_be_decided_is_no_pass(gated: Gated) -> None:
    """A law that never spoke, since the service has nothing; it is asked when it is ready."""
    gated.write("service.py", SERVICE)
    done = gated.run(
        *("--contract", "notes.yaml", "--select", "paging.full-pages", "--profile", "read-only"),
        *("--start", f"{sys.executable} -u service.py {{port}}", "--health", "/health"),
        *("--log", "service.log"),
    )

    assert (done.code, done.err) == (3, "")
    assert "  inconclusive  paging.full-pages list_notes\n" in done.out
    undecided, _, not_compared, verdict = done.out.splitlines()[-4:]
    assert undecided.startswith("inconclusive  verify  notes  http://localhost:")
    assert not_compared == "passes        diff    notes  not compared: no base was given"
    assert verdict == "the gate: inconclusive (1 inconclusive, 2 passes)"
    said = (gated.folder / "service.log").read_text(encoding="utf-8")
    asked = re.findall(r"GET (\S+) HTTP/1.1\" (\d+)", said)
    assert asked[:3] == [("/health", "503"), ("/health", "503"), ("/health", "200")]
    assert asked[3][0].startswith("/notes")
