"""The subject's file and flags: what they come to, and what each mistake is told as."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from understudy.conformance.subject import Basic, Login, Subject
from understudy.conformance.subject_file import STAND_IN, Overrides, read_subject
from understudy.specs.contract import NAMES, load
from understudy.specs.errors import ContractError, UsageError

NEXUDUS, ZENSKAR, AKINON = load("nexudus"), load("zenskar"), load("akinon")
URL = "http://localhost:1"
WHOLE = """\
# A shop under test.
url = "https://shop.example/base/"
profile = "full"
full-hosts = ["shop.example"]
capabilities = ["reset", "clock"]
pace = 2.5
timeout = 3
verify = "ca.pem"

[headers]
x-tenant = "t-1"

[known]
product = [49, 50]

[personas.default]
roles = ["BasketSession-List"]
[personas.default.secrets]
oauth = "a ${KIND} token"

[personas.clerk.secrets]
basic = {username = "clerk", password = "${PASSWORD}"}

[personas.robot]
good = false
[personas.robot.secrets]
oauth = {login = "/api/token", grant_type = "password", username = "robot", password = "robot-pass"}
"""


def _write(folder: Path, text: str) -> str:
    path = folder / "subject.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _read(folder: Path, text: str, **overrides: Any) -> Subject:
    return read_subject(NEXUDUS, _write(folder, text), Overrides(**{"url": URL, **overrides}))


def _defects(folder: Path, text: str) -> list[str]:
    """What is told of a file, without the name of the folder."""
    with pytest.raises((ContractError, UsageError)) as caught:
        _read(folder, text)
    error = caught.value
    told = map(str, error.findings) if isinstance(error, ContractError) else [str(error)]
    return [line.removeprefix(f"{folder}/") for line in told]


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Every member arrives, `${NAME}` filled in."""
    environment = {"KIND": "good", "PASSWORD": "pass"}
    subject = _read(tmp_path, WHOLE, url=None, environment=environment)
    assert (subject.url, subject.profile) == ("https://shop.example/base", "full")
    assert subject.capabilities == {"reset", "clock"}
    assert (subject.pace, subject.timeout, subject.verify) == (2.5, 3.0, "ca.pem")
    assert subject.headers == {"x-tenant": "t-1"}
    assert subject.known == {"product": [49, 50]}
    assert subject.default.secrets == {"oauth": "a good token"}
    assert subject.default.roles == ("BasketSession-List",)
    (clerk,), (robot,) = subject.others, subject.impostors
    assert clerk.secrets == {"basic": Basic("clerk", "pass")}
    form = {"grant_type": "password", "username": "robot", "password": "robot-pass"}
    assert robot.secrets == {"oauth": Login("/api/token", form)}


def test_flags_say_more_than_the_file(tmp_path: Path) -> None:
    """URL and profile."""
    subject = _read(tmp_path, 'url = "http://localhost:2"\nprofile = "full"', profile="read-only")
    assert (subject.url, subject.profile) == (URL, "read-only")


def test_without_a_file_the_judge_is_careful() -> None:
    """Nobody in particular, and no data destroyed."""
    subject = read_subject(NEXUDUS, "", Overrides(URL))
    assert (subject.profile, dict(subject.personas)) == ("non-destructive", {})
    assert subject.default.name == "nobody"


@pytest.mark.parametrize("name", NAMES)
def test_the_stand_in_needs_no_file_of_the_users(name: str) -> None:
    """One ships with the kit for each contract."""
    subject = read_subject(load(name), STAND_IN, Overrides(URL))
    assert subject.profile == "full"


def test_a_stand_in_of_another_contract_takes_any_secret() -> None:
    """A user's own contract has no file in the kit."""
    library = load(str(Path(__file__).parents[1] / "contracts" / "library.yaml"))
    subject = read_subject(library, STAND_IN, Overrides(URL))
    assert set(subject.default.secrets) == set(library.security_schemes)


MISTAKES = yaml.safe_load((Path(__file__).parent / "subject_mistakes.yaml").read_text("utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["told"])
def test_a_malformed_file_is_told_by_line(tmp_path: Path, mistake: Mapping[str, str]) -> None:
    """File, line, place and what was expected."""
    (found,) = _defects(tmp_path, mistake["file"])
    told = f"subject.toml:{mistake['told']}"
    assert found == told or (told.endswith("is not TOML: ") and found.startswith(told))


def test_every_defect_is_told_at_once(tmp_path: Path) -> None:
    """In one run."""
    assert len(_defects(tmp_path, "url = 1\npace = 0\nnonsense = 2")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "[personas.default.secrets]\noauth = 123456789",
        "[personas.default.secrets]\noauth = {username = 'u', password = 123456789}",
        "[headers]\nauthorization = 123456789",
    ],
)
def test_a_defect_never_repeats_a_secret(tmp_path: Path, text: str) -> None:
    """What stands in the wrong place may still be a password."""
    assert "123456789" not in "".join(_defects(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(UsageError, match=r"nowhere\.toml: there is no such file"):
        read_subject(NEXUDUS, str(tmp_path / "nowhere.toml"), Overrides(URL))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """A folder, or bytes that are no UTF-8."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    for path in (tmp_path, tmp_path / "bytes.toml"):
        with pytest.raises(UsageError, match=r"cannot be read"):
            read_subject(NEXUDUS, str(path), Overrides(URL))


def test_a_subject_needs_a_url(tmp_path: Path) -> None:
    """From the flag or from the file."""
    with pytest.raises(UsageError, match="the subject has no URL"):
        _read(tmp_path, "", url=None)


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "ftp://shop.example",
        "http://",
        "http://a:b",
        "http://a:0",
        "http://a:99999",
        "http://a b",
        "http://a\n",
        "http://é.example",
        "http://[::1",
    ],
)
def test_a_url_that_cannot_be_asked_is_refused(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=r"the URL must be like https://shop\.example/base"):
        read_subject(NEXUDUS, "", Overrides(url))


@pytest.mark.parametrize(
    "url", ["http://u:secret@a", "http://u@a", "http://a?key=secret", "http://a#b"]
)
def test_a_url_holds_no_credentials(url: str) -> None:
    """It is shown in every report."""
    with pytest.raises(UsageError, match="credentials go into -H") as caught:
        read_subject(NEXUDUS, "", Overrides(url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://shop.example", "http://10.0.0.1", "http://[2001:db8::1]:80"]
)
def test_full_is_refused_on_a_foreign_host(tmp_path: Path, url: str) -> None:
    """It may destroy what is there."""
    with pytest.raises(UsageError, match="the profile full may destroy data at"):
        _read(tmp_path, "", url=url, profile="full")


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.1", "http://127.8.8.8", "http://[::1]:80", "https://shop.example/base"]
)  # fmt: skip
def test_full_is_allowed_here_and_where_the_file_says(tmp_path: Path, url: str) -> None:
    """Loopback, and `full-hosts`."""
    subject = _read(tmp_path, 'full-hosts = ["shop.example"]', url=url, profile="full")
    assert subject.profile == "full"


@pytest.mark.parametrize(
    ("contract", "line", "secrets", "headers"),
    [
        (NEXUDUS, "Authorization: Bearer abc", {"oauth": "abc"}, {}),
        (NEXUDUS, "authorization:bearer  abc ", {"oauth": "abc"}, {}),
        (NEXUDUS, "Authorization: Basic YTpiOmM=", {"basic": Basic("a", "b:c")}, {}),
        (NEXUDUS, "Authorization: Digest x", {}, {"Authorization": "Digest x"}),
        (NEXUDUS, "Authorization: Basic ???", {}, {"Authorization": "Basic ???"}),
        (ZENSKAR, "X-API-Key: k: 1", {"ApiTokenAuth": "k: 1"}, {}),
        (AKINON, "Cookie: a=1; osessionid=s", {"session": "s"}, {}),
        (ZENSKAR, "x-other: 1", {}, {"x-other": "1"}),
    ],
)
def test_a_header_that_carries_credentials_becomes_the_personas(
    contract: Any, line: str, secrets: Any, headers: Any
) -> None:
    """So that laws can leave it out; any other header is always sent."""
    subject = read_subject(contract, "", Overrides(URL, (line,)))
    assert (dict(subject.default.secrets), dict(subject.headers)) == (secrets, headers)


def test_headers_of_one_persona_join() -> None:
    """Both keys of Zenskar from two flags."""
    flags = ("x-api-key: k", "organisation: o")
    subject = read_subject(ZENSKAR, "", Overrides(URL, flags))
    assert subject.default.secrets == {"ApiTokenAuth": "k", "OrganisationAuth": "o"}


@pytest.mark.parametrize("line", ["Authorization", ": x", "", "x-a: b\r\nx-c: d", "x-a: é"])
def test_a_header_must_be_one(line: str) -> None:
    """A name, a colon, and nothing that ends the line; its value is not repeated."""
    with pytest.raises(UsageError, match='-H takes "Name: value"'):
        read_subject(NEXUDUS, "", Overrides(URL, (line,)))


def test_secrets_are_known_to_the_mask(tmp_path: Path) -> None:
    """All that stands in the file as a secret, and no `repr` shows any."""
    subject = _read(tmp_path, WHOLE, environment={"KIND": "good", "PASSWORD": "pass"})
    assert subject.secrets() == {"t-1", "a good token", "pass", "robot-pass"}
    assert "a good token" not in repr(subject)
    assert "pass" not in repr(subject.personas["clerk"].secrets["basic"]).replace("password", "")
