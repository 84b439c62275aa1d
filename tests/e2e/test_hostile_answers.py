"""Chat APIs that send as much as they may, all at once: nobody else waits for it.

Besides, `short_steps` measures each step of the bot, here as in every test of this folder.
"""

import asyncio

import pytest

from bot.answering.health import breaker
from sandbox.apis import Reply
from tests.e2e.stage import Stage, open_stage
from tests.loop_meter import measure_steps
from tests.providers.wire import CHUNKED, LAST, WireServer, chunk, head

pytestmark = pytest.mark.timeout(240)  # seconds; what is measured is the work, not the time

MILLION = 1_000_000

TEXTS = {
    "text": "a word " * (MILLION // 7),
    "Cyrillic": "слово " * (MILLION // 11 - 100),
    "table rows": "|a|b|\n|-|-|\n" + "| x | y |\n" * (MILLION // 12),
    "line feeds": "x" + "\n" * (MILLION // 2 - 100) + "x",
    "amounts": "$" * (MILLION - 100),
    "brackets": "[" * (MILLION - 100),
    "quotes": '"' * (MILLION // 2 - 100),
    "carriage returns": "x\n" + "\r" * (MILLION // 2 - 100) + " x",
    "controls": "\x01" * (MILLION // 6 - 100),
}
SHAPES = ("json", "sse", "raw")

_STREAM = head(Transfer_Encoding="chunked", Content_Type="text/event-stream")
_JSON = head(Transfer_Encoding="chunked", Content_Type="application/json")
FLOODS = {
    "one-byte chunks": CHUNKED + chunk("a") * 200_000 + LAST,
    "events": _STREAM + chunk("data: a\n\n" * 100_000) + chunk("data: [DONE]\n\n") + LAST,
    "comments": _STREAM + chunk("data: a\n\n" + ":\n" * 450_000) + chunk("data: [DONE]\n\n") + LAST,
    "objects": _STREAM + chunk('data: {"type":"text-delta","delta":"a"}\n\n' * 24_000) + LAST,
    "lists": _JSON + chunk('{"text":"a","x":[' + "[]," * 320_000 + "1]}") + LAST,
    "a torn text": _JSON + chunk('{"text":"' + "\\n" * 480_000),
}
"""Whole replies, each of which is there at once."""

CROWD = 6


@pytest.mark.parametrize("name", TEXTS)
async def test_a_megabyte_is_shown_stored_and_shown_again_in_short_steps(stage: Stage, name: str) -> None:
    stage.hurry()
    for shape in SHAPES:
        channel = stage.guild.add_text_channel(shape)
        pieces = [TEXTS[name][at : at + 50_000] for at in range(0, len(TEXTS[name]), 50_000)]
        stage.apis.chatbase.answers(Reply(pieces=pieces, shape=shape))
        answer = await stage.ask(stage.alice, "all of it, please", channel)
        await stage.idle()
        assert answer.content.rstrip()[:1] == TEXTS[name][:1] or name in ("table rows", "brackets")
        await (await stage.alice.press(stage.by_bot(channel)[-1], "Retry")).wait_until()
        await stage.idle()
        await stage.use(stage.alice, "history show", at=channel)
        await stage.use(stage.alice, "privacy export", at=channel)


@pytest.mark.parametrize("name", FLOODS)
async def test_another_servers_help_is_acknowledged_meanwhile(
    database_url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "MAX_OUTAGES", CROWD + 1)
    async with (
        WireServer() as server,
        open_stage(database_url, CHATBASE_API_URL=f"{server.url}/chat") as stage,
        stage.running(),
    ):
        stage.hurry()
        server.play(FLOODS[name])
        elsewhere = stage.discord.create_guild("Elsewhere", stage.bob)
        elsewhere.add_bot(stage.app)
        channel = elsewhere.add_text_channel("quiet")
        await stage.use(stage.bob, "help", at=channel)
        for number in range(CROWD):
            flooded = stage.guild.add_text_channel(f"flooded-{number}")
            await stage.alice.say(flooded, stage.mention("everything"))
        await server.wait_heard(1)
        waits = []
        idle = asyncio.create_task(stage.idle())
        with measure_steps(adds_up=True) as meter:
            while not idle.done():
                before = meter.total
                await stage.use(stage.bob, "help", at=channel)
                waits.append(meter.total - before)
        await idle
        assert len(server.heard) == CROWD
    # The bot's own time of this thread, which also the sandbox uses.
    assert max(waits) <= 0.3
