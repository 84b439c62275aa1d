"""The program as a package: built, installed into a fresh environment, and run in an empty folder."""

import asyncio
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

# Building and installing take some seconds, which the first test waits for. `make slow` runs a file in one process.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def switchboard(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package and what it needs into a fresh environment, and give the console script."""
    folder = tmp_path_factory.mktemp("environment")
    python = str(folder / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "scripts.install", "requirements.txt"], cwd=ROOT, check=True)
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], check=True)
    subprocess.run([*pip, "check"], check=True)
    return folder / "bin" / "switchboard"


def _run(switchboard: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [switchboard, *arguments], cwd=folder, env={}, capture_output=True, text=True, check=False, timeout=60
    )


@asynccontextmanager
async def _running(switchboard: Path, folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        switchboard, *arguments, cwd=folder, env={}, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _printed(process: asyncio.subprocess.Process, pattern: str) -> str:
    """Read until a line has the pattern, and return what it matches."""
    assert process.stdout is not None
    before = []
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).decode():
            if found := re.search(pattern, line):
                return found[0]
            before.append(line)
    raise AssertionError("".join(before))


def test_the_wheel_holds_each_file_of_the_program_and_no_other(wheel: Path) -> None:
    files = [path for room in ("bot", "cogs", "sandbox") for path in (ROOT / room).rglob("*") if path.is_file()]
    program = {str(path.relative_to(ROOT)) for path in files if path.parent.name != "__pycache__"}
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == program


async def test_the_demo_in_an_empty_folder(switchboard: Path, tmp_path: Path) -> None:
    # A package of such a common name must not be taken for the program's.
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise AssertionError")
    async with (
        _running(switchboard, tmp_path, "demo", "--no-browser") as process,
        aiohttp.ClientSession(raise_for_status=True) as http,
    ):
        await _printed(process, "Talk to it in your browser")
        address = await _printed(process, r"http://\S+")
        async with http.get(address) as answer:
            page = await answer.text()
        scripts = re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"', page)
        assert scripts
        for script in scripts:
            async with http.get(f"{address}{script}") as answer:
                assert await answer.text()
        process.terminate()
        assert await process.wait() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["bot"]


def test_the_bot_in_an_empty_folder(switchboard: Path, tmp_path: Path) -> None:
    for command in ([], ["run"], ["check"]):
        done = _run(switchboard, tmp_path, *command)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
        assert "DISCORD_TOKEN" in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_settings_and_data_are_in_the_folder_where_it_runs(switchboard: Path, tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    (tmp_path / ".env").write_text(
        f"DISCORD_TOKEN=token\nDISCORD_API_URL={nobody}\nCHATBASE_API_KEY=key\nCHATBASE_CHATBOT_ID=id\n"
    )
    async with _running(switchboard, tmp_path, "run") as process:
        await _printed(process, "database's schema went from nothing")
        assert (tmp_path / "data" / "switchboard.db").is_file()
    assert process.returncode == 0


@pytest.mark.parametrize("command", [[], ["demo"]])
def test_the_version(switchboard: Path, tmp_path: Path, command: list[str]) -> None:
    done = _run(switchboard, tmp_path, *command, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"switchboard {VERSION}\n", "")


def test_help_names_the_demo(switchboard: Path, tmp_path: Path) -> None:
    shown = _run(switchboard, tmp_path, "--help").stdout
    assert shown.startswith("usage: switchboard ")
    assert "switchboard demo" in shown
    assert _run(switchboard, tmp_path, "demo", "--help").stdout.startswith("usage: switchboard demo ")
