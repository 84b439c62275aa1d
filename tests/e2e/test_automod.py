"""What people see if a rule of their server (AutoMod) blocks an answer, or the rest of it."""

import pytest

from bot.streaming import bucket_queues
from sandbox.apis.chatbase import messages_of
from tests.e2e.answer_steps import begin, check_next
from tests.e2e.reader import words
from tests.e2e.stage import Stage

REST = "-# A rule of this server (AutoMod) blocked the rest of this answer. Try rephrasing your question."
ALL = "-# A rule of this server (AutoMod) blocked this answer. Try rephrasing your question."


@pytest.fixture(autouse=True)
def rule(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let edits follow each other at once, and have the server block a word."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    stage.guild.blocked_keywords = ("heck",)


async def test_an_answer_that_is_blocked_in_the_middle_keeps_its_beginning(stage: Stage) -> None:
    stream, _, answer = await begin(stage)
    await stream.send(" with heck in it")
    assert (await stage.finished(answer)).content == f"It begins\n{REST}"
    await stream.left()
    assert not stage.by_bot(stage.alice.dm(stage.app))
    await check_next(stage)


@pytest.mark.parametrize("provider", ["chatbase", "tamako"])
async def test_an_answer_that_is_blocked_at_once_can_be_asked_again(stage: Stage, provider: str) -> None:
    await stage.use(stage.admin, "settings provider", provider=provider)
    api = getattr(stage.apis, provider)
    api.answers("Heck no.")
    answer = await stage.ask(stage.alice, "hello")
    assert answer.content == ALL
    api.clear()
    api.answers("Better.")
    await stage.alice.press(answer, "Retry")
    await stage.discord.wait_for(lambda: answer.content == "Better.")
    await stage.idle()
    assert not stage.by_bot(stage.alice.dm(stage.app))


async def test_a_blocked_response_to_a_command_says_why(stage: Stage) -> None:
    stage.apis.chatbase.answers("Heck no.")
    assert words(await stage.use(stage.alice, "ask", question="hello")) == ALL
    assert len(stage.by_bot()) == 1
    await check_next(stage)


async def test_a_blocked_name_of_a_file_is_left_out_and_the_answer_remembered(stage: Stage) -> None:
    stage.apis.chatbase.answers("Fine.")
    question = await stage.alice.say(stage.general, stage.mention("hello"), attachments=[("heck.png", b"\x89PNG")])
    answer = await stage.answer(question)
    shown = "Fine.\n-# I can only read text files, up to 10 and 100 kB in all, so I ignored some attachments."
    assert answer.content == shown
    stage.apis.chatbase.answers("Better.")
    await stage.alice.press(answer, "Retry")
    await stage.discord.wait_for(lambda: answer.content == shown.replace("Fine", "Better"))
    await stage.ask(stage.alice, "and now?")
    said = [message.content for message in messages_of(stage.apis.chatbase.received[-1])]
    assert said == ["hello\n\n[attachment not read: heck.png]", "Better.", "and now?"]
