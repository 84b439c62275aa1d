"""Limits of questions, as people meet them: for members, roles and servers, in hours and days, and told once."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

import bot.app
from bot.limits.fair_use import FairUse
from bot.streaming import bucket_queues
from sandbox.discord import Channel, Message, NotPossible, Person
from sandbox.discord.model.guilds import Guild
from tests.e2e.answer_controls import built_prompt, forget, told_alone, version
from tests.e2e.setup_cards import KEY
from tests.e2e.shown_settings import shown_lines
from tests.e2e.stage import Stage, answers, on_sqlite, open_stage
from tests.e2e.test_database_calls import MAX_STATEMENTS, MAX_TRANSACTIONS, counted

HOUR, DAY = 3600, 86_400
MIDNIGHT = 20_833 * DAY
OVER = (
    "-# You've reached your limit of {}, which this server's admins set. Please ask again <t:{}:R>, when the next {}."
)
HOUR_OVER = OVER.format("1 question an hour", MIDNIGHT + HOUR, "hour begins")


class Clock:
    """The time for limits, which a test sets: seconds since 1970 (UTC)."""

    now = float(MIDNIGHT)

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Have the bot count by a clock that a test sets, and edits follow each other at once."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    found = Clock()
    monkeypatch.setattr(bot.app, "FairUse", partial(FairUse, clock=found))
    return found


async def limit(
    stage: Stage,
    who: str,
    questions: int | None = None,
    per: str = "hour",
    **options: Any,  # noqa: ANN401 - whatever the command takes
) -> str:
    """Use `/settings limit`, and return what the admin is told; from now on nothing waits for Discord's limits."""
    stage.hurry()
    allowed: dict[str, Any] = {} if questions is None else {"questions": questions, "per": per}
    told = await stage.use(stage.admin, "settings limit", who=who, **allowed, **options)
    assert told.ephemeral
    return told.content


async def replies(stage: Stage, *questions: Message) -> Sequence[list[str]]:
    """Return what the bot replied to each message, once it is idle."""
    await stage.use(stage.admin, "help")  # what Discord tells of later, the bot hears of later
    await stage.idle()
    return [[each.content for each in stage.by_bot(of.channel) if answers(each, of)] for of in questions]


async def try_to_ask(stage: Stage, person: Person, channel: Channel | None = None) -> list[str]:
    """Mention the bot, and return what it replies."""
    question = await person.say(channel or stage.general, stage.mention("is that so?"))
    return list((await replies(stage, question))[0])


async def is_answered(stage: Stage, person: Person, channel: Channel | None = None) -> bool:
    """Mention the bot, and return whether a chatbot was asked in a server."""
    before = len(stage.apis.chatbase.received)
    await try_to_ask(stage, person, channel)
    return len(stage.apis.chatbase.received) > before


def server_with(stage: Stage, *people: Person) -> tuple[Guild, Channel]:
    """Add another server that the bot is in."""
    guild = stage.discord.create_guild("Elsewhere", stage.admin, *people)
    guild.add_bot(stage.app)
    return guild, guild.add_text_channel("lobby")


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


@pytest.mark.environment(SHARED_LIMIT="2")
async def test_the_hosts_limit_holds_for_a_person_everywhere_and_for_each_server(stage: Stage, clock: Clock) -> None:
    stage.hurry()
    _, lobby = server_with(stage, stage.alice, stage.bob)
    dm = stage.alice.dm(stage.app)
    for place in (lobby, dm):
        assert (await stage.ask(stage.alice, "is it so?", place)).content
    ends = f"Please ask again <t:{MIDNIGHT + DAY}:R>, when the next day begins (UTC)."
    theirs = f"-# You've reached the limit of 2 questions a day, which the bot's host set for each person. {ends}"
    assert await told_alone(stage, await stage.alice.slash(stage.general, "ask", question="and here?")) == theirs
    question = await stage.alice.say(dm, "and in private?")
    assert (await stage.answer(question)).content == theirs
    assert (await stage.ask(stage.bob, "and I?", lobby)).content
    question = await stage.bob.say(lobby, stage.mention("and once more?"))
    assert (await stage.answer(question)).content == (
        f"-# This server has reached the limit of 2 questions a day, which the bot's host set for each server. {ends}"
    )
    assert (await stage.ask(stage.bob, "and at home?")).content
    clock.now += DAY
    assert (await stage.ask(stage.alice, "and tomorrow?", dm)).content


@pytest.mark.environment(SHARED_LIMIT="1", SECRET_KEY=KEY)
async def test_a_server_lifts_the_hosts_limit_with_credentials_of_its_own_and_not_its_admins(stage: Stage) -> None:
    stage.hurry()
    lifts = " An admin can lift this limit with `/setup`: it doesn't hold for a chatbot of the server's own."
    dm = stage.alice.dm(stage.app)
    assert (await stage.ask(stage.alice, "is it so?")).content
    (told,) = await try_to_ask(stage, stage.alice)
    assert told.startswith("-# You've reached the limit of 1 question a day, which the bot's host set")
    assert told.endswith(lifts)
    environment = stage.apis.environment()
    fields = {name: environment[f"CHATBASE_{name.upper()}"] for name in ("api_key", "chatbot_id")}
    await stage.bot.services.credentials.save(stage.guild.id, "chatbase", fields, stage.admin.id)
    assert [await is_answered(stage, stage.alice) for _ in range(2)] == [True, True]
    told = await told_alone(stage, await stage.alice.slash(dm, "ask", question="and in private?"))
    assert "which the bot's host set" in told
    assert lifts not in told, "nothing lifts it there"
    await limit(stage, "member", 1)
    assert await is_answered(stage, stage.alice), "now it counts"
    assert await try_to_ask(stage, stage.alice) == [HOUR_OVER]


@pytest.mark.environment(SHARED_LIMIT="2", SECRET_KEY=KEY)
async def test_a_server_whose_own_credentials_never_work_falls_back_to_the_hosts_no_more_than_the_host_allows(
    stage: Stage,
) -> None:
    stage.hurry()
    fields = {"api_key": "no-such-key", "chatbot_id": stage.apis.chatbase.chatbot_id}
    await stage.bot.services.credentials.save(stage.guild.id, "chatbase", fields, stage.admin.id)
    await stage.bot.services.settings.save("server", stage.guild.id, stage.guild.id, "fallback", "tamako,stammer")
    for _ in range(2):
        assert (await stage.ask(stage.alice, "is it so?")).content.endswith(", so Tamako answered.")
    (told,) = await try_to_ask(stage, stage.alice)
    assert "answered." not in told
    assert "`/setup`" in told
    assert (len(stage.apis.tamako.received), stage.apis.stammer.received) == (2, [])


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


async def test_a_combination_that_makes_no_sense_is_refused_with_the_reason_and_changes_nothing(stage: Stage) -> None:
    role, app_role = stage.guild.add_role("askers"), stage.guild.member(stage.app.bot).roles[-1]
    everybody = stage.guild.everyone
    nothing = "There's no limit in this server now: everybody can ask as much as they like."
    refusals: list[tuple[str, dict[str, Any], str]] = [
        ("role", {"questions": 1}, "Which role do you mean? Please fill in `role` too."),
        ("member", {"questions": 1, "role": role}, "`role` and `exempt` are for roles."),
        ("server", {"exempt": True}, "`role` and `exempt` are for roles."),
        ("role", {"role": role, "questions": 1, "exempt": True}, "A role is either exempt or has a limit."),
        ("role", {"role": everybody, "questions": 1}, "Everybody has that role."),
        ("role", {"role": app_role, "questions": 1}, "That role belongs to a bot"),
    ]
    for who, options, said in refusals:
        told = await stage.use(stage.admin, "settings limit", who=who, **options)
        assert told.content.startswith(said), options
        assert told.ephemeral
    for questions in (0, -1, 100_001):
        with pytest.raises(NotPossible, match="does not take"):  # Discord sends no such number
            await stage.use(stage.admin, "settings limit", who="member", questions=questions)
    assert await limit(stage, "member") == nothing
    told = await stage.use(stage.alice, "settings limit", who="member", questions=1, force=True)
    assert told.content == "You need **Manage Server** for that. Nothing was changed."


async def test_an_admin_reads_what_holds_now_after_each_change_and_in_show(stage: Stage) -> None:
    few, many = stage.guild.add_role("few"), stage.guild.add_role("many")
    await limit(stage, "member", 5)
    await limit(stage, "role", 50, "day", role=few)
    assert await limit(stage, "role", role=many, exempt=True) == (
        "This is what holds in this server now:\n"
        "- Each member: 5 questions an hour\n"
        f"- {many.mention}: exempt\n"
        f"- {few.mention}: 50 questions a day\n"
        "- The whole server: no limit\n"
        "Who has one of these roles has its limit instead of each member's; of several, the highest."
    )
    lines = await shown_lines(stage)
    assert lines["limit for each member"] == "5 questions an hour (set for this server)"
    assert lines["limits for roles"] == (
        f"{many.mention}: exempt, {few.mention}: 50 questions a day (set for this server)"
    )
    assert lines["limit for the whole server"] == "no limit (default)"
    stage.guild.remove_role(few)
    assert few.mention not in await limit(stage, "role", role=many, exempt=False)
    assert (await shown_lines(stage))["limits for roles"] == "none (default)"
    assert await limit(stage, "member") == (
        "There's no limit in this server now: everybody can ask as much as they like."
    )


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
