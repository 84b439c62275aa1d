"""What Discord may do to an answer, and that the answer comes all the same, or its asker learns why not."""

import pytest

from bot.streaming import bucket_queues, scheduled_answer
from sandbox.apis import Reply
from sandbox.discord import Permission
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, EDIT_MESSAGES, GLOBAL
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.chatbot_answers import offered
from tests.e2e.reader import bare, bare_text, check_frames, prose, words
from tests.e2e.stage import SIGN, Stage

CREATE = ("POST", "/channels/{channel_id}/messages")
EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
RESPOND = ("POST", "/interactions/{interaction_id}/{token}/callback")
FILL_IN = ("PATCH", "/webhooks/{application_id}/{token}/messages/@original")

NOT_SENT = Permission.SEND_MESSAGES


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let edits follow each other at once, and tries after short pauses."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    monkeypatch.setattr(scheduled_answer, "RETRY_PAUSES", (0.05,) * 3)


# Discord fails.


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_error_on_the_first_message_delays_it(stage: Stage, status: int) -> None:
    stage.discord.fail_next(*CREATE, status)
    stage.apis.chatbase.answers("Late, but here.")
    answer = await stage.ask(stage.alice, "hello")
    assert answer.content == "Late, but here."
    assert len(stage.by_bot()) == 1
    await check_next(stage, remembered=("hello", "Late, but here."))


async def test_a_server_error_on_an_edit_delays_it(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    stage.discord.fail_next(*EDIT, 502)
    await stream.send(" and goes on")
    await stream.send(" to its end.")
    await stream.finish()
    assert (await stage.finished(answer)).content == "It begins and goes on to its end."
    check_frames([answer])


@pytest.mark.parametrize("route", [RESPOND, FILL_IN])
async def test_a_server_error_on_an_interaction_delays_it(stage: Stage, route: tuple[str, str]) -> None:
    stage.discord.fail_next(*route, 502)
    stage.apis.chatbase.answers("Late, but here.")
    assert words(await stage.use(stage.alice, "ask", question="hello")) == "Late, but here."


async def test_a_discord_that_stays_broken_is_given_up_and_the_next_question_answered(stage: Stage) -> None:
    stage.discord.fail_next(*CREATE, 503, times=4)
    stage.apis.chatbase.answers("Never seen.")
    await stage.alice.say(stage.general, stage.mention("hello"))
    chat = stage.alice.dm(stage.app)
    told = await chat.next_message(by=stage.app.bot)
    assert told.content.startswith(f"I wanted to reply to you in {stage.general.mention}, but Discord didn't let me")
    await check_next(stage)


async def test_typing_that_fails_is_no_loss(stage: Stage) -> None:
    stage.discord.fail_next("POST", "/channels/{channel_id}/typing", 403, 50013)
    stage.apis.chatbase.answers("Hello.")
    assert (await stage.ask(stage.alice, "hello")).content == "Hello."


# Discord refuses.


def cannot_post(stage: Stage) -> str:
    """Return what Alice is told in a direct message if the bot may not write in #general."""
    return (
        f"You asked me something in {stage.general.mention}, but I can't post there. Ask a server admin to give me "
        "**View Channel**, **Send Messages** and, for threads, **Send Messages in Threads**."
    )


@pytest.mark.parametrize("provider", ["chatbase", "tamako"])
async def test_where_the_bot_may_not_write_its_asker_is_told_by_direct_message(stage: Stage, provider: str) -> None:
    await stage.use(stage.admin, "settings provider", provider=provider)
    stage.general.overwrite(stage.app.bot, deny=NOT_SENT)
    question = await stage.alice.say(stage.general, stage.mention("may I ask here?"))
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content == cannot_post(stage)
    await stage.idle()
    assert f"question {question.id}: cannot write in channel {stage.general.id}: WriteForbidden" in stage.log.events(
        "bot"
    )
    stage.general.overwrite(stage.app.bot)
    await stage.use(stage.admin, "settings provider", provider="chatbase")
    await check_next(stage)


@pytest.mark.environment(CHATBASE_STREAM="false")
async def test_an_answer_that_nobody_saw_is_not_remembered(stage: Stage) -> None:
    stage.discord.fail_next(*CREATE, 403, 50013)
    await stage.alice.say(stage.general, stage.mention("hello there, bot"))
    await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    await check_next(stage)


async def test_where_nobody_can_be_told_the_log_says_it(stage: Stage) -> None:
    shy = stage.discord.create_user("shy", accepts_dms=False)
    stage.guild.add_member(shy)
    stage.general.overwrite(stage.app.bot, deny=NOT_SENT)
    question = await shy.say(stage.general, stage.mention("hello"))
    await stage.apis.chatbase.wait_received()
    await stage.idle()
    assert f"question {question.id}: the asker could not be told either" in stage.log.events("bot")
    stage.general.overwrite(stage.app.bot)
    await check_next(stage)


async def test_refused_in_the_middle_keeps_what_is_there_and_tells_the_asker(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    stage.discord.fail_next(*EDIT, 403, 50013)
    await stream.send(" and goes on")
    await stage.discord.wait_for(lambda: any(record.code == 50013 for record in stage.discord.requests))
    await stream.send(" although it may not")
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content == cannot_post(stage)
    assert answer.content == f"It begins{SIGN}"
    await check_next(stage)


async def test_a_message_that_discord_finds_malformed_is_explained(stage: Stage) -> None:
    stage.discord.fail_next(*CREATE, 400, 50035)
    await stage.alice.say(stage.general, stage.mention("hello"))
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content.startswith(f"I wanted to reply to you in {stage.general.mention}, but Discord didn't let me")
    await check_next(stage)


async def test_buttons_that_discord_refuses_are_left_out_and_missed(stage: Stage) -> None:
    buttons = [{"type": "postback", "title": "Yes", "value": "yes"}]
    items = [{"type": "button", "title": "Shall we?", "buttons": buttons}]
    stage.apis.chatbot.answers(Reply(fulfillment=items))
    stage.discord.fail_next(*FILL_IN, 400, 50035)
    answer = await stage.use(stage.alice, "chatbot ask", question="hello")
    assert words(answer) == (
        "Shall we?\n-# Discord didn't accept this answer's buttons or pictures, so they're missing."
    )
    assert offered(answer) == []


# Somebody takes things away.


async def test_a_question_deleted_before_its_answer_comes_is_not_answered(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("never mind"))
    await stream.started()
    await stage.alice.delete(question)
    await stream.left()
    await stage.idle()
    assert not stage.by_bot()
    await check_next(stage)


async def test_an_answer_deleted_while_it_is_written_ends_there(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    await stage.admin.delete(answer)
    await stream.send(" and goes on")
    await stage.discord.wait_for(lambda: any(record.code == 10008 for record in stage.discord.requests))
    await stream.send(" although nobody")
    await stream.left()
    await stage.idle()
    assert not stage.by_bot()
    assert not stage.by_bot(stage.alice.dm(stage.app))
    await check_next(stage)


async def test_a_slash_answer_deleted_while_it_is_written_ends_there(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.general, "ask", question="please tell me all", wait=False)
    await stream.send("It begins")
    await stage.admin.delete(await asking.wait_until(shows="It begins"))
    await stream.send(" and goes on")
    await stage.discord.wait_for(lambda: any(record.code == 10008 for record in stage.discord.requests))
    await stream.send(" although nobody")
    await stream.left()
    await check_next(stage)


async def test_a_page_deleted_later_does_not_matter(stage: Stage) -> None:
    text = prose(3000)
    stream, _, first = await begin(stage)
    await stream.send(text)
    await stage.discord.wait_for(lambda: len(stage.by_bot()) == 2)
    await stage.admin.delete(first)
    await stream.send(" The end")
    await stream.finish()
    last = stage.by_bot()[-1]
    assert (await stage.finished(last)).content.endswith("The end")


async def test_a_channel_deleted_while_an_answer_is_written_is_survived(stage: Stage) -> None:
    stream, _, _ = await begin(stage, stage.other)
    stage.other.delete()
    await stream.send(" and goes on")
    await stage.discord.wait_for(lambda: any(record.code == 10003 for record in stage.discord.requests))
    await stream.finish()
    await check_next(stage)


async def test_a_bot_thrown_out_while_it_writes_goes_on_elsewhere(stage: Stage) -> None:
    stream, _, _ = await begin(stage)
    chat = stage.bob.dm(stage.app)
    stage.general.overwrite(stage.app.bot, deny=Permission.VIEW_CHANNEL)
    await stream.send(" and goes on")
    await stage.discord.wait_for(lambda: any(record.code == 50001 for record in stage.discord.requests))
    await stream.finish()
    await stage.idle()
    assert (await stage.ask(stage.bob, "hello", chat)).content


# Interactions come too late.


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_an_interaction_that_cannot_be_acknowledged_is_answered_in_the_channel(
    stage: Stage, status: int, code: int
) -> None:
    stage.discord.fail_next(*RESPOND, status, code)
    stage.apis.chatbase.answers(prose(2500))
    await stage.alice.slash(stage.general, "ask", question="hello", wait=False)
    await stage.discord.wait_for(lambda: bare(stage.by_bot()) == bare_text(prose(2500)))
    await stage.idle()
    assert all(message.pinged == frozenset() for message in stage.by_bot())


# Discord limits more than usual.


@pytest.mark.parametrize(("count", "window"), [(2, 0.5), (1, 0.3)])
async def test_tighter_limits_are_learned_from_the_headers(stage: Stage, count: int, window: float) -> None:
    for limit in (CREATE_MESSAGES, EDIT_MESSAGES):
        stage.discord.limits.change(limit, count=count, window=window)
    stream, _, _ = await begin(stage)
    text = prose(3000)
    for start in range(0, len(text), 500):
        shown = sum(len(message.frames) for message in stage.by_bot())
        await stream.send(text[start : start + 500])
        await stage.discord.wait_for(
            lambda shown=shown: sum(len(message.frames) for message in stage.by_bot()) > shown  # type: ignore[misc]
        )
    await stream.finish()
    await stage.discord.wait_for(lambda: bare(stage.by_bot()) == bare_text(f"It begins{text}"))
    await stage.idle()
    assert not stage.discord.rate_limited


async def test_a_429_all_the_same_is_survived(stage: Stage) -> None:
    stage.discord.limits.change(GLOBAL, count=2, window=0.2)
    stage.apis.chatbase.answers(lambda received: f"re: {received.question}")
    questions = []
    for number in range(4):
        channel = stage.guild.add_text_channel(f"channel-{number}")
        questions.append(await stage.alice.say(channel, stage.mention(f"number {number}")))
    answers = [await stage.answer(question) for question in questions]
    assert [answer.content for answer in answers] == [f"re: number {number}" for number in range(4)]
    assert stage.discord.rate_limited  # or else this test shows nothing
    stage.discord.rate_limited.clear()


async def test_without_read_message_history_the_answer_comes_and_is_no_reply(stage: Stage) -> None:
    stage.general.overwrite(stage.app.bot, deny=Permission.READ_MESSAGE_HISTORY)
    stage.apis.chatbase.answers("All the same.")
    question = await stage.alice.say(stage.general, stage.mention("hello"))
    answer = await stage.finished(await stage.general.next_message(by=stage.app.bot, after=question))
    assert answer.content == "All the same."
    assert answer.replied_to is None


async def test_a_refusal_that_comes_too_late_is_told_in_a_direct_message(stage: Stage) -> None:
    stage.discord.fail_next(*RESPOND, 404, code=10062)
    await stage.alice.slash(stage.general, "stammer ask", question="x" * 5000, wait=False)
    chat = stage.alice.dm(stage.app)
    told = await chat.next_message(by=stage.app.bot)
    assert told.content == (
        "-# Your question has 5000 characters, but Stammer.ai takes at most 4999. I sent nothing. Please shorten it."
    )
    assert stage.by_bot() == []
    assert not stage.apis.stammer.received
