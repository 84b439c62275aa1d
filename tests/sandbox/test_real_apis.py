"""`--real`: the bot is pointed at a provider's own API, with the keys from `.env` or the environment."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from sandbox.apis import Apis
from sandbox.environment import open_environment
from sandbox.page.personas import set_up_personas
from sandbox.real_apis import MissingKeys, read_real_settings

ROOT = Path(__file__).resolve().parents[2]


def _keys(folder: Path, text: str) -> Path:
    file = folder / ".env"
    file.write_text(text, encoding="utf-8")
    return file


async def test_the_named_providers_settings_take_the_stand_ins_places(tmp_path: Path) -> None:
    file = _keys(
        tmp_path, "CHATBASE_API_KEY=own\nCHATBASE_CHATBOT_ID=one\nSTAMMER_API_TOKEN=not asked for\nDISCORD_TOKEN=no\n"
    )
    async with Apis() as apis:
        settings = read_real_settings(apis, ["chatbase"], file=file, environment={"CHATBASE_MODEL": "m", "PATH": "/"})
    assert settings == {
        "CHATBASE_API_URL": "",  # as good as unset: the real address
        "CHATBASE_API_KEY": "own",
        "CHATBASE_CHATBOT_ID": "one",
        "CHATBASE_MODEL": "m",
        "DEFAULT_PROVIDER": "chatbase",
    }


@pytest.mark.parametrize(("name", "own"), [("chatbase", "CHATBASE_API_KEY"), ("chatbase-v2", "CHATBASE_V2_API_KEY")])
async def test_the_two_of_chatbase_keep_their_keys_apart(tmp_path: Path, name: str, own: str) -> None:
    file = _keys(tmp_path, "CHATBASE_API_KEY=one\nCHATBASE_V2_API_KEY=two\nCHATBASE_V2_AGENT_ID=a\n")
    async with Apis() as apis:
        settings = read_real_settings(apis, [name], file=file, environment={})
        assert settings.keys() == {*apis.environment(name), "DEFAULT_PROVIDER"}
    assert [variable for variable, value in settings.items() if value in ("one", "two")] == [own]
    assert settings["DEFAULT_PROVIDER"] == name


async def test_without_keys_one_line_names_the_variable(tmp_path: Path) -> None:
    async with Apis() as apis:
        with pytest.raises(MissingKeys, match="STAMMER_API_TOKEN is not set: put the keys of stammer into"):
            read_real_settings(apis, ["stammer"], file=_keys(tmp_path, "STAMMER_API_TOKEN=\n"), environment={})
        assert read_real_settings(apis, [], file=tmp_path / "missing", environment={}) == {}


async def test_the_file_is_read_as_the_bot_reads_it(tmp_path: Path) -> None:
    async with Apis() as apis:
        file = _keys(tmp_path, "\ufeffexport STAMMER_API_TOKEN='own'\n")
        assert read_real_settings(apis, ["stammer"], file=file, environment={})["STAMMER_API_TOKEN"] == "own"
        with pytest.raises(MissingKeys, match=r"\.env cannot be read from line 1 on"):
            read_real_settings(apis, ["stammer"], file=_keys(tmp_path, "STAMMER_API_TOKEN: own\n"), environment={})


async def test_the_bot_asks_the_other_api(tmp_path: Path) -> None:
    """Another stand-in plays the real API: requests go there, and none to the sandbox's own."""
    async with Apis() as real, open_environment() as env:
        text = "".join(f"{name}={value}\n" for name, value in real.environment("chatbase").items())
        env.settings |= read_real_settings(env.apis, ["chatbase"], file=_keys(tmp_path, text), environment={})
        personas = set_up_personas(env, real=True)
        assert all(action["do"] != "fault" for each in personas.suggestions for action in each.actions)
        assert "Nothing leaves" not in personas.greeting
        await env.start_bot()
        await env.alice.say(env.general, f"{env.app.bot.mention} hello")
        await real.chatbase.wait_received(1)
        assert not env.apis.chatbase.received


async def test_a_wrong_use_ends_in_one_line(tmp_path: Path) -> None:
    for arguments, code, told in (
        (["--real", "nobody"], 2, "invalid choice"),
        (["--real", "chatbase", "--script"], 2, "--script and --real cannot be combined"),
        (["--real", "chatbase"], 1, "CHATBASE_API_KEY is not set"),
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", *arguments),
            stdout=PIPE,
            stderr=PIPE,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
        )
        out, err = await process.communicate()
        assert process.returncode == code
        assert told in (out + err).decode()
        assert (out + err).count(b"\n") == 1
