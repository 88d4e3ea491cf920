"""The wheel: it holds every file, and what it installs serves without the checkout."""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from .smoke import smoke

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[1]
FOLDERS = ("conformance", "fixtures", "server", "specs")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because setuptools leaves its own files behind and reads them again."""
    copy = tmp_path_factory.mktemp("copy")
    leave_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in (*FOLDERS, "src"):
        shutil.copytree(ROOT / folder, copy / folder, symlinks=True, ignore=leave_out)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    subprocess.run([*command, "."], cwd=copy, check=True, capture_output=True)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and its dependencies, and knows nothing of the checkout."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, symlinks=True)
    interpreter = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(interpreter)]
    command = [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    (packages,) = home.glob("lib/python*/site-packages")
    # A path file inside the folder that this one names is not read: no way leads to the checkout.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return interpreter


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    """Each file of the four folders and of the package's face, and nothing else."""
    face = ROOT / "src" / "understudy"
    files = dict.fromkeys(face.glob("*"), face)
    files |= {file: ROOT for folder in FOLDERS for file in (ROOT / folder).rglob("*")}
    expected = {
        f"understudy/{file.relative_to(base).as_posix()}"
        for file, base in files.items()
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert {"understudy/cli.py", "understudy/py.typed"} <= expected
    assert sorted(held) == sorted(expected)


def test_the_wheel_is_what_is_imported(python: Path, beside_a_server: Path) -> None:
    """Not the checkout, and not a package `server` in the working folder."""
    code = "import understudy.server.app as app; print(app.__file__)"
    found = subprocess.run(
        [python, "-W", "error", "-c", code],
        cwd=beside_a_server,
        check=True,
        capture_output=True,
        text=True,
    )

    assert Path(found.stdout.strip()).is_relative_to(python.parents[1])


def test_the_wheel_serves_from_a_folder_with_a_server_package(
    python: Path, beside_a_server: Path
) -> None:
    """The smoke test of the checkout holds for what the wheel installs."""
    smoke([str(python.with_name("understudy"))], beside_a_server)


def test_the_wheel_serves_as_a_module(python: Path, beside_a_server: Path) -> None:
    """`python -m understudy`, which puts the working folder first on the path."""
    smoke([str(python), "-m", "understudy"], beside_a_server)
