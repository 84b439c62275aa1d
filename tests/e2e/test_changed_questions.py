"""A question that is changed is asked again in place; one that is deleted takes its answer and its turn along."""

from sandbox.discord.operations.messaging import delete_many, preview
from tests.e2e.answer_controls import FINISHED, built_prompt, controls, shown, version
from tests.e2e.answer_steps import begin
from tests.e2e.reader import prose, unnamed
from tests.e2e.stage import Stage


async def test_a_changed_question_is_asked_again_in_place(brisk: Stage) -> None:
    stage, chat = brisk, brisk.alice.dm(brisk.app)
    for channel, mention in ((stage.general, stage.app.bot.mention), (chat, "")):
        for text in ("Red.", "Green."):
            stage.apis.chatbase.answers(text, times=1)
        question = await stage.alice.say(channel, f"{mention} a color?")
        answer = (
            await stage.answer(question) if channel is stage.general else await channel.next_message(by=stage.app.bot)
        )
        await shown(stage, answer, *FINISHED)
        await stage.alice.edit(question, f"{mention} a colour?")
        await version(stage, answer, "2/2")
        assert (answer.content, stage.by_bot(channel)) == ("Green.", [answer])
        assert [each["content"] for each in stage.apis.chatbase.received[-1].fields["messages"]] == ["a colour?"]  # type: ignore[attr-defined]
    assert await built_prompt(stage) == ["a colour?", "Green."]


async def test_what_changes_no_text_or_comes_late_asks_nothing(stage: Stage) -> None:
    question = await stage.alice.say(stage.general, stage.mention("see https://example.com"))
    answer = await stage.answer(question)
    await stage.idle()
    preview(question, {"type": "link", "url": "https://example.com"})
    await stage.alice.edit(question, f"  {question.content} ")
    await stage.alice.edit(question, "never mind, see https://example.com")
    stage.discord.advance(121)
    await stage.alice.edit(question, stage.mention("see https://example.org"))
    await built_prompt(stage)
    assert len(stage.apis.chatbase.received) == 2
    assert controls(answer) == FINISHED


async def test_a_question_changed_while_it_is_answered_or_waits_is_asked_as_it_reads_last(brisk: Stage) -> None:
    stage = brisk
    stream, question, answer = await begin(stage)
    waiting = await stage.bob.say(stage.general, stage.mention("and a fruti?"))
    await stage.bob.edit(waiting, stage.mention("and a fruit?"))
    stage.apis.chatbase.answers("A pear.", times=1)
    stage.apis.chatbase.answers("All of it.", times=1)
    await stage.alice.edit(question, stage.mention("please tell me everything"))
    await stream.left()
    fruit = await stage.answer(waiting)
    await version(stage, answer, "2/2")
    assert (fruit.content, controls(fruit)) == ("A pear.", FINISHED)
    assert answer.content == "All of it."
    asked = [unnamed(each.question) for each in stage.apis.chatbase.received]
    assert asked == ["please tell me all", "and a fruit?", "please tell me everything"]
    await stage.alice.press(answer, "◀")
    await version(stage, answer, "1/2")
    assert answer.content == (
        "It begins\n-# The question was edited, so I asked again.\n-# Answers this wording: please tell me all"
    )
    assert await built_prompt(stage) == ["and a fruit?", "A pear."]
    await stage.alice.press(answer, "▶")
    await version(stage, answer, "2/2")
    assert answer.content == "All of it."


async def test_a_deleted_question_takes_its_answer_along(brisk: Stage) -> None:
    stage = brisk
    for text in (prose(2500), "Second.", "Third."):
        stage.apis.chatbase.answers(text, times=1)
    questions = [await stage.alice.say(stage.general, stage.mention(f"number {number}")) for number in range(3)]
    await stage.discord.wait_for(lambda: any(each.content == "Third." for each in stage.by_bot()))
    await stage.idle()
    assert len(stage.by_bot()) == 4
    await stage.admin.delete(questions[0])
    await stage.discord.wait_for(lambda: len(stage.by_bot()) == 2)
    await recalled_without(stage, "number 0")
    delete_many(stage.general, questions[1:])
    await stage.discord.wait_for(lambda: [each.content for each in stage.by_bot()] == ["(a next answer)"])
    await recalled_without(stage, "number 1", "number 2")


async def recalled_without(stage: Stage, *gone: str) -> None:
    """Hold that the history has none of these questions."""
    kept = await built_prompt(stage)
    assert not set(gone) & set(kept), kept


async def test_a_question_deleted_before_its_answer_is_over_leaves_nothing(stage: Stage) -> None:
    stream, question, answer = await begin(stage)
    waiting = await stage.bob.say(stage.general, stage.mention("and this?"))
    await stage.bob.delete(waiting)
    await stage.alice.delete(question)
    await stream.left()
    await stage.discord.wait_for(lambda: not stage.by_bot())
    await stage.idle()
    assert answer.deleted
    assert await built_prompt(stage) == []
    assert [unnamed(each.question) for each in stage.apis.chatbase.received] == ["please tell me all", "and now?"]
