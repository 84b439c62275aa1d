"""`/usage`: what a server's admins are told of how much was asked and answered, and what nobody is told."""

import asyncio
import csv
import time
from io import BytesIO, StringIO
from typing import Any

import pytest
from PIL import Image

from bot.limits import meter
from bot.strings.admins import usage as say
from bot.strings.admins.usage import MAX_ALT_CHARS
from sandbox.discord import Channel, Guild, Message
from tests.databases import execute, find_text
from tests.e2e.stage import Stage

DAY = 24 * 60 * 60
NONE = "No questions in the last 7 days."
MEMBERS_REFUSAL = "You need **Manage Server** for that. Nothing was changed."


@pytest.fixture(autouse=True)
def no_writes_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing written by itself while a test runs, however long it takes."""
    monkeypatch.setattr(meter, "FLUSH_SECONDS", 3600.0)


@pytest.fixture
def away(stage: Stage) -> tuple[Guild, Channel]:
    """Give a second server with the same people, and its channel."""
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice, stage.bob)
    guild.add_bot(stage.app)
    return guild, guild.add_text_channel("lobby")


def pass_days(stage: Stage, days: int) -> None:
    """Have the bot count as if `days` were over."""
    reports = stage.bot.services.usage
    for part in (reports, reports._meter, stage.bot.services.retention):
        part._clock = lambda: time.time() + days * DAY


def rows(told: Message) -> dict[tuple[str, str], dict[str, str]]:
    """Return the table that is attached, by day and chatbot."""
    [table] = (file for file in told.attachments if file.filename == "usage.csv")
    found = csv.DictReader(StringIO(table.data.decode()))
    return {(row["day"], row["chatbot"]): row for row in found}


async def usage(stage: Stage, at: Channel | None = None, *, days: int | None = None) -> Message:
    """Have the admin ask for the figures."""
    await stage.idle()
    given: dict[str, Any] = {} if days is None else {"days": days}
    told = await stage.use(stage.admin, "usage", at=at, **given)
    assert told.ephemeral
    return told


async def test_an_admin_gets_a_list_a_table_and_a_chart(brisk: Stage) -> None:
    stage = brisk
    stage.apis.chatbase.answers("Twelve chars")
    for _ in range(3):
        await stage.ask(stage.alice, "what is it?")
    stage.apis.chatbase.fails("html", times=1)
    await stage.ask(stage.bob, "and that?")
    await stage.use(stage.alice, "chatbase-v2 ask", question="hello")
    told = await usage(stage)
    assert "**All chatbots**: 5 questions\n- 4 answered, 1 failed, 0 stopped" in told.content
    assert "**Chatbase**: 4 questions\n- 3 answered, 1 failed, 0 stopped\n- 36 characters written\n" in told.content
    assert "**Chatbase v2**: 1 question\n- 1 answered, 0 failed, 0 stopped\n" in told.content
    table = rows(told)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    assert set(table) == {(each, "Chatbase") for each in (day, "all")} | {
        (each, "Chatbase v2") for each in (day, "all")
    } | {("all", "All chatbots")}
    of_chatbase, of_agents = table[day, "Chatbase"], table["all", "Chatbase v2"]
    assert [of_chatbase[name] for name in ("questions", "answered", "failed", "stopped", "characters", "credits")] == [
        *("4", "3", "1", "0", "36", "0")
    ]
    assert float(of_agents["credits"]) > 0
    assert 0 < float(of_chatbase["first_text_median_seconds"]) <= float(of_chatbase["end_95th_percentile_seconds"]) < 30
    chart = told.attachments[0]
    assert chart.filename == "usage.png"
    assert chart.description is not None
    assert "5 questions in all: 4 answered, 1 failed, 0 stopped. By chatbot: Chatbase 4, Chatbase v2 1." in (
        chart.description
    )
    assert len(chart.description) <= MAX_ALT_CHARS
    with Image.open(BytesIO(chart.data)) as image:
        assert (image.format, image.size) == ("PNG", (960, 600))


async def test_each_day_has_its_own_figures(brisk: Stage) -> None:
    stage = brisk
    assert (await usage(stage)).content == NONE
    assert (await usage(stage, days=1)).content == "No questions today."
    await stage.ask(stage.alice, "the first day")
    await stage.idle()
    pass_days(stage, 1)
    for _ in range(2):
        await stage.ask(stage.alice, "the second day")
    assert "**Chatbase**: 2 questions\n" in (await usage(stage, days=1)).content
    week = await usage(stage)
    assert "**Chatbase**: 3 questions\n" in week.content
    assert [line.split()[2:] for line in week.content.splitlines() if line[:1].isdigit()] == [
        ["1", "1", "0", "0"],
        ["2", "2", "0", "0"],
    ]
    assert "Trend: rising, with 2 in the last day and 1 in the first." in (week.attachments[0].description or "")
    pass_days(stage, 7)
    assert "**Chatbase**: 2 questions\n" in (await usage(stage)).content
    pass_days(stage, 8)
    assert (await usage(stage)).content == NONE
    assert "**Chatbase**: 3 questions\n" in (await usage(stage, days=30)).content


async def test_totals_outlive_what_was_said_and_go_after_ninety_days(brisk: Stage) -> None:
    stage = brisk
    await stage.use(stage.admin, "settings retention", days=365)
    await stage.ask(stage.alice, "will you remember this?")
    await usage(stage)
    for days, left in ((90, 1), (91, 0)):
        pass_days(stage, days)
        assert await stage.bot.services.retention.run_once()
        assert execute(stage.database, "SELECT count(*) FROM daily_usage") == [(left,)]
    assert execute(stage.database, "SELECT count(*) FROM daily_times") == [(0,)]
    assert execute(stage.database, "SELECT count(*) FROM answers") == [(1,)]


async def test_retry_stop_and_another_chatbot_are_counted(brisk: Stage) -> None:
    stage = brisk
    answer = await stage.ask(stage.alice, "what is it?")
    await stage.idle()
    stream = stage.apis.chatbase.hold()
    await stage.alice.press(answer, "Retry")
    await stream.send("It begins")
    await answer.wait_until(shows="It begins")
    await stage.alice.press(answer, "Stop")
    await stage.finished(answer)
    await stage.use(stage.alice, "tamako ask", question="and you?")
    told = await usage(stage)
    assert "**Chatbase**: 2 questions\n- 1 answered, 0 failed, 1 stopped\n" in told.content
    assert "**Tamako**: 1 question\n" in told.content


async def test_a_server_never_sees_anothers_figures(brisk: Stage, away: tuple[Guild, Channel]) -> None:
    stage, (_, lobby) = brisk, away
    for _ in range(3):
        await stage.ask(stage.alice, "what is it?")
    assert (await usage(stage, lobby)).content == NONE
    await stage.ask(stage.alice, "and here?", lobby)
    assert "**Chatbase**: 1 question\n" in (await usage(stage, lobby)).content
    assert "**Chatbase**: 3 questions\n" in (await usage(stage)).content


async def test_others_are_refused_and_direct_messages_are_not_counted(brisk: Stage) -> None:
    stage = brisk
    private = stage.alice.dm(stage.app)
    await stage.ask(stage.alice, "what is it?", private)
    await stage.idle()
    for person in (stage.alice, stage.bob):
        told = await stage.use(person, "usage", force=True)
        assert (told.content, told.ephemeral, told.attachments) == (MEMBERS_REFUSAL, True, ())
    told = await stage.use(stage.alice, "usage", at=private, force=True)
    assert (told.content, told.attachments) == (say.needs_server(), ())
    assert (await usage(stage)).content == NONE
    assert execute(stage.database, "SELECT count(*) FROM daily_usage") == [(0,)]


async def test_the_totals_hold_no_person_and_no_words(brisk: Stage) -> None:
    stage = brisk
    stage.apis.chatbase.answers("Marmalade on toast.")
    answer = await stage.ask(stage.alice, "gooseberries with cream?")
    told = await usage(stage)
    secrets = ["armalade", "ooseberr", *(str(each.id) for each in (stage.alice, stage.admin, stage.general, answer))]
    tables = {"daily_usage", "daily_times"}
    for secret in secrets:
        assert not tables & await find_text(stage.database, secret)
        assert secret not in told.content + (told.attachments[0].description or "") + str(rows(told))
    for table in tables:
        for row in execute(stage.database, f"SELECT * FROM {table}"):
            assert not set(row) & {stage.alice.id, stage.admin.id, stage.general.id, answer.id}


async def test_presses_at_once_get_the_same_chart_or_are_told_to_wait(brisk: Stage) -> None:
    stage = brisk
    await stage.ask(stage.alice, "what is it?")
    await stage.idle()
    pressed = await asyncio.gather(*(stage.admin.slash(stage.general, "usage") for _ in range(8)))
    told = [await stage.told(each) for each in pressed]
    drawn = [each for each in told if each.attachments]
    assert drawn
    assert {each.content for each in told if not each.attachments} <= {say.already_preparing()}
    assert all(each.attachments[0].data == drawn[0].attachments[0].data for each in drawn)
    assert (await usage(stage)).attachments


async def test_figures_go_with_their_server(
    brisk: Stage, away: tuple[Guild, Channel], erased: asyncio.Queue[int]
) -> None:
    stage, (guild, lobby) = brisk, away
    for channel in (stage.general, lobby):
        await stage.ask(stage.alice, "what is it?", channel)
        await usage(stage, channel)
    guild.remove(stage.app.bot)
    assert await asyncio.wait_for(erased.get(), 10) == guild.id
    assert execute(stage.database, "SELECT server FROM daily_usage") == [(stage.guild.id,)]
    assert execute(stage.database, "SELECT DISTINCT server FROM daily_times") == [(stage.guild.id,)]


async def test_a_stop_in_order_loses_nothing(brisk: Stage) -> None:
    """Two processes count what each of them answered; which one a question gets is left to chance."""
    stage, older = brisk, brisk.bot
    async with stage.running() as newer:
        for person in (stage.alice, stage.bob):
            await stage.ask(person, "what is it?")
        for bot in (older, newer):
            await bot.services.answering.active_runs.idle()
        await older.services.usage._meter.flush()
    assert execute(stage.database, "SELECT questions, answered FROM daily_usage") == [(2, 2)]


async def test_a_lost_database_is_said_and_what_was_counted_meanwhile_comes_later(brisk: Stage) -> None:
    stage = brisk
    await stage.ask(stage.alice, "what is it?")
    await stage.idle()
    execute(stage.database, "ALTER TABLE daily_usage RENAME TO elsewhere")
    for _ in range(2):
        assert "can't reach my database" in (await usage(stage)).content
    await stage.ask(stage.alice, "and now?")
    await stage.idle()
    execute(stage.database, "ALTER TABLE elsewhere RENAME TO daily_usage")
    assert "**Chatbase**: 2 questions\n" in (await usage(stage)).content
