"""Limits of questions, as people meet them: for members, roles and servers, in hours and days, and told once."""

import json

import pytest

from tests.e2e.answer_controls import built_prompt, forget, told_alone, version
from tests.e2e.limit_steps import (
    DAY,
    HOUR,
    HOUR_OVER,
    MIDNIGHT,
    OVER,
    Clock,
    is_answered,
    limit,
    replies,
    server_with,
    set_by_hand,
    try_to_ask,
)
from tests.e2e.stage import Stage, on_sqlite, open_stage
from tests.e2e.test_database_calls import MAX_STATEMENTS, MAX_TRANSACTIONS, counted


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the clock that limits are counted by."""
    return set_by_hand(monkeypatch)


async def test_a_member_over_the_limit_is_told_once_by_one_small_line_until_the_hour_is_over(
    stage: Stage, clock: Clock
) -> None:
    await limit(stage, "member", 1)
    assert await is_answered(stage, stage.alice)
    assert await try_to_ask(stage, stage.alice) == [HOUR_OVER]
    thread = await stage.alice.start_thread(stage.general, "aside")
    assert await try_to_ask(stage, stage.alice, thread) == []
    assert await is_answered(stage, stage.bob)
    clock.now += HOUR - 1
    assert await try_to_ask(stage, stage.alice) == []
    clock.now += 1
    assert await is_answered(stage, stage.alice, thread)
    later = OVER.format("1 question an hour", MIDNIGHT + 2 * HOUR, "hour begins")
    assert await try_to_ask(stage, stage.alice) == [later]
    assert await is_answered(stage, stage.alice, stage.alice.dm(stage.app))


async def test_a_command_is_told_privately_each_time(stage: Stage) -> None:
    await limit(stage, "member", 1)
    await stage.use(stage.alice, "ask", question="is it so?")
    for command in ("ask", "tamako ask"):
        interaction = await stage.alice.slash(stage.other, command, question="and now?")
        assert await told_alone(stage, interaction) == HOUR_OVER
    assert not stage.apis.tamako.received
    assert [message for message in stage.by_bot(stage.other) if not message.ephemeral] == []


async def test_roles_have_limits_of_their_own_and_exempt_ones_none(stage: Stage) -> None:
    low, high, free = (stage.guild.add_role(name) for name in ("low", "high", "free"))
    await limit(stage, "member", 2)
    await limit(stage, "role", 1, role=low)
    await limit(stage, "role", 3, role=high)
    await limit(stage, "role", role=free, exempt=True)
    alice = stage.guild.member(stage.alice)
    for roles, answered in (
        ([low], [True, False]),
        ([low, high], [True, True, False]),
        ([high, free], [True, True]),
        ([], [False]),  # with what was counted before
    ):
        alice.set_roles(roles)
        assert [await is_answered(stage, stage.alice) for _ in answered] == answered, roles
    assert [await is_answered(stage, stage.bob) for _ in range(3)] == [True, True, False]


async def test_the_servers_limit_holds_for_all_in_all_its_threads_and_in_no_other_server(stage: Stage) -> None:
    _, lobby = server_with(stage, stage.alice)
    free = stage.guild.add_role("free")
    stage.guild.member(stage.bob).set_roles([free])
    await limit(stage, "role", role=free, exempt=True)
    await limit(stage, "server", 2, "day")
    thread = await stage.alice.start_thread(stage.general, "aside")
    assert [await is_answered(stage, stage.alice, place) for place in (stage.other, thread)] == [True, True]
    said = (
        "-# This server has reached its limit of 2 questions a day, which its admins set. "
        f"Please ask again <t:{MIDNIGHT + DAY}:R>, when the next day begins (UTC)."
    )
    for person in (stage.alice, stage.bob):
        assert await try_to_ask(stage, person) == [said]
        assert await try_to_ask(stage, person, thread) == []
    assert [await is_answered(stage, stage.alice, lobby) for _ in range(3)] == [True] * 3
    await limit(stage, "server", 3, "day")
    assert await is_answered(stage, stage.bob)
    await limit(stage, "server")
    assert await is_answered(stage, stage.alice)


async def test_retry_and_ask_another_count_for_who_presses_and_the_old_answer_stays(stage: Stage) -> None:
    stage.apis.chatbase.answers("The first.", times=1)
    answer = await stage.ask(stage.alice, "what is it?")
    await limit(stage, "member", 1)
    stage.apis.chatbase.answers("The second.", times=1)
    await stage.alice.press(answer, "Retry")
    await version(stage, answer, "2/2")
    assert await told_alone(stage, await stage.alice.press(answer, "Retry")) == HOUR_OVER
    offer = await stage.told(await stage.alice.press(answer, "Ask another"))
    assert await told_alone(stage, await stage.alice.press(offer, "Tamako")) == HOUR_OVER
    assert not stage.apis.tamako.received
    assert answer.content == "The second."
    stage.apis.chatbase.answers("The third.", times=1)
    await stage.admin.press(answer, "Retry")  # who manages messages, and has asked nothing
    await version(stage, answer, "3/3")
    assert await told_alone(stage, await stage.admin.press(answer, "Retry")) == HOUR_OVER
    await limit(stage, "member")
    assert await built_prompt(stage) == ["what is it?", "The third."]


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_a_reply_button_and_a_menu_entry_count_too(stage: Stage) -> None:
    await limit(stage, "member", 1)
    welcome = await stage.ask(stage.alice, "hello")
    asked = len(stage.apis.chatbot.received)
    assert await told_alone(stage, await stage.alice.press(welcome, "See the menu")) == HOUR_OVER
    form = await stage.alice.use_menu(welcome, "Ask about this")
    assert await told_alone(stage, await stage.alice.submit(form, question="well?")) == HOUR_OVER
    assert len(stage.apis.chatbot.received) == asked
    await stage.told(await stage.bob.press(welcome, "See the menu"))
    assert len(stage.apis.chatbot.received) == asked + 1
    assert await told_alone(stage, await stage.bob.press(welcome, "Opening hours")) == HOUR_OVER


@on_sqlite
async def test_a_restart_forgets_no_count_and_what_is_caught_up_with_counts_by_its_askers_roles(
    resting_stage: Stage,
) -> None:
    stage, role = resting_stage, resting_stage.guild.add_role("many")
    stage.guild.member(stage.bob).set_roles([role])
    async with stage.running():
        await limit(stage, "member", 2)
        await limit(stage, "role", 3, role=role)
        assert await is_answered(stage, stage.alice)
        assert [await is_answered(stage, stage.bob) for _ in range(2)] == [True, True]
    missed = [await person.say(stage.general, stage.mention("still there?")) for person in (stage.alice, stage.bob)]
    async with stage.running():
        assert [len(each) for each in await replies(stage, *missed)] == [1, 1]
        assert "limit" not in "".join(map(str, await replies(stage, *missed)))
        for person in (stage.alice, stage.bob):
            assert not await is_answered(stage, person)


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_what_was_only_overheard_counts_and_an_edit_that_asks_again_does(stage: Stage) -> None:
    await stage.use(stage.admin, "settings auto-reply", channel=stage.general, on=True)
    await limit(stage, "member", 2)
    question = await stage.alice.say(stage.general, "what is that?")
    await stage.answer(question)
    await stage.idle()
    stage.apis.chatbase.answers("Edited.", times=1)
    await stage.alice.edit(question, "what was that?")
    await stage.discord.wait_for(lambda: "Edited." in "".join(each.content for each in stage.by_bot()))
    late = await stage.alice.say(stage.general, "and now?")
    assert (await stage.answer(late)).content.startswith("-# You've reached your limit of 2 questions an hour")
    assert list(await replies(stage, await stage.alice.say(stage.general, "anybody?"))) == [[]]


async def test_forgetting_is_no_way_around_a_limit_and_what_is_counted_is_shown_to_its_person(stage: Stage) -> None:
    kept = "- How many questions you asked in an hour or a day that is limited"
    await limit(stage, "member", 1)
    assert kept not in (await stage.use(stage.alice, "privacy show")).content
    assert await is_answered(stage, stage.alice)
    assert kept in (await stage.use(stage.alice, "privacy show")).content
    await forget(stage, stage.alice)
    assert await try_to_ask(stage, stage.alice) == [HOUR_OVER]
    (file,) = (await stage.use(stage.alice, "privacy export")).attachments
    counts = [entry for entry in json.loads(file.data)["kept"] if entry["kind"] == "count"]
    assert [(count["limit"], count["questions"], count["told"]) for count in counts] == [("member", 1, True)]


async def test_a_question_costs_one_statement_more_where_a_limit_is_set_and_none_elsewhere(stage: Stage) -> None:
    _, lobby = server_with(stage, stage.alice)
    role = stage.guild.add_role("askers")
    await limit(stage, "member", 500)
    await limit(stage, "role", 500, role=role)
    await limit(stage, "server", 500, "day")
    costs = list[tuple[int, int]]()
    for channel in (stage.general, lobby):
        await stage.ask(stage.alice, "first", channel)
        await stage.idle()
        with counted(stage) as calls:
            await stage.ask(stage.alice, "second", channel)
            await stage.idle()
        costs.append((len(calls.statements), calls.transactions))
    limited, free = costs
    assert limited == (free[0] + 1, free[1] + 1)
    assert free[0] <= MAX_STATEMENTS
    assert free[1] <= MAX_TRANSACTIONS


@pytest.mark.slow
async def test_of_two_processes_neither_lets_anybody_ask_once_more(url: str) -> None:
    async with open_stage(url) as stage, stage.running() as older:
        await limit(stage, "server", 3)
        async with stage.running():
            questions = [
                await person.say(channel, stage.mention(f"number {number}"))
                for number in range(3)
                for person in (stage.alice, stage.bob)
                for channel in (stage.general, stage.other)
            ]
            await stage.discord.wait_for(lambda: bool(stage.apis.chatbase.received))
            await replies(stage, *questions)
            await older.services.answering.active_runs.idle()
        assert 1 <= len(stage.apis.chatbase.received) <= 3
