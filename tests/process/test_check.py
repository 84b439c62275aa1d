"""`python -m bot check`: a line for each thing, the exit code, no question asked and nothing given away."""

import pytest

from sandbox.stage import Stage
from tests.process.running import Ended, run

WRONG = "wrong-and-not-to-be-seen"


async def _check(stage: Stage, **settings: str) -> Ended:
    """Run the check, and see that it neither connected, nor asked, nor printed a secret."""
    ended = await run(stage.environment() | settings, stage.folder, "check")
    assert ended.err == []
    assert stage.app.readies == 0
    assert not stage.discord.requests.to("GET", "/gateway")
    asked = [received for api in stage.apis.all for received in api.received if received.method == "POST"]
    assert asked == stage.apis.tamako.received == []
    secrets = [secret for api in stage.apis.all for secret in api.secrets]
    assert ended.holds_none_of([stage.app.token, WRONG, *secrets])
    return ended


def _line(ended: Ended, beginning: str) -> str:
    (line,) = (line for line in ended.out if line.startswith(beginning))
    return line


async def test_all_is_well(stage: Stage) -> None:
    ended = await _check(stage)
    assert ended.code == 0, ended
    for beginning in ("settings: well", "database: well", "Discord: well", "chatbot: well"):
        assert _line(ended, beginning)
    for name in ("tamako", "chatbase", "stammer"):
        assert "not checked" in _line(ended, name)
    assert len(ended.out) == 7


@pytest.mark.parametrize(
    ("setting", "value", "beginning", "part"),
    [
        ("DISCORD_TOKEN", WRONG, "Discord:", "DISCORD_TOKEN"),
        ("DISCORD_API_URL", "http://127.0.0.1:9", "Discord:", "cannot be reached"),
        ("DATABASE_URL", f"postgresql://me:{WRONG}@127.0.0.1:9/bot", "database:", "cannot be opened"),
        ("CHATBOT_DEVELOPER_TOKEN", WRONG, "chatbot:", "credentials"),
        ("CHATBOT_API_URL", "http://127.0.0.1:9", "chatbot:", "cannot be reached"),
    ],
)
async def test_one_thing_is_wrong(stage: Stage, setting: str, value: str, beginning: str, part: str) -> None:
    ended = await _check(stage, **{setting: value})
    assert ended.code == 1
    assert part in _line(ended, beginning)
    # The others are tried all the same.
    assert len(ended.out) == 7
    assert sum(": well" in line or "not checked" in line for line in ended.out) == 6


async def test_a_half_configured_provider_is_named(stage: Stage) -> None:
    ended = await _check(stage, STAMMER_API_TOKEN="")
    assert ended.code == 0
    assert any("STAMMER_API_TOKEN" in line for line in ended.out)
