"""What a chatbot of Chatbase v2 tells beside its answers: credits and scores, its name, and what it suggests to ask."""

import pytest

from sandbox.apis.agents.events import tool
from sandbox.discord.people.components import button_names
from tests.e2e.stage import Stage, on_sqlite
from tests.e2e.test_why import why

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbase-v2")


async def test_why_tells_credits_and_the_score_or_that_it_is_not_known(brisk: Stage) -> None:
    stage, v2 = brisk, brisk.apis.chatbase_v2
    answer = await stage.ask(stage.alice, "hello")
    await stage.idle()
    told = await why(stage, stage.alice, answer)
    assert told.startswith("**Chatbase v2** answered in full.\n")
    assert told.endswith("\n- **Credits**: 1\n- **Score**: 0.87 of 1")
    v2.fails("INTERNAL_SERVER_ERROR", times=1)
    assert (await why(stage, stage.admin, answer)).endswith("\n- **Credits**: 1\n- **Score**: not known")
    asked = len(v2.received)
    assert "Only the person who asked" in await why(stage, stage.bob, answer)
    assert len(v2.received) == asked


async def test_the_doctor_names_the_chatbot_and_its_credits(stage: Stage) -> None:
    stage.apis.chatbase_v2.agent.credits_used = 40
    report = await stage.told(await stage.admin.slash(stage.general, "doctor"))
    assert "**Chatbase v2.** It accepts my API key. The chatbot is `Basil`. Credits: 40 used, 9960 left." in (
        report.content
    )


async def test_a_bare_mention_offers_what_the_chatbot_suggests_and_a_press_asks_it_as_its_presser(
    stage: Stage,
) -> None:
    v2 = stage.apis.chatbase_v2
    helped = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention))
    assert "Mention me with your question, and Chatbase v2 answers." in helped.content
    assert button_names(helped) == [
        "Tell me a joke",
        "Look something up for me",
        "Where is the shop?",
        "When is it open?",
    ]
    answer = await stage.told(await stage.bob.press(helped, "Tell me a joke"))
    await stage.idle()
    assert answer.content.startswith("-# Bob chose: Tell me a joke\n")
    assert not answer.ephemeral
    assert v2.received[-1].question == "Tell me a joke"
    again = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention))
    assert button_names(again) == button_names(helped)
    assert sum(each.path.endswith("/agents") for each in v2.received) == 1


async def test_help_offers_them_in_private_and_does_without_if_the_api_fails(stage: Stage) -> None:
    v2 = stage.apis.chatbase_v2
    helped = await stage.told(await stage.alice.slash(stage.general, "help"))
    assert button_names(helped)[0] == "Tell me a joke"
    answer = await stage.told(await stage.alice.press(helped, "When is it open?"))
    await stage.idle()
    assert answer.ephemeral
    assert v2.received[-1].question == "When is it open?"


@pytest.mark.parametrize("fault", ["INTERNAL_SERVER_ERROR", "AUTH_INVALID_API_KEY", "html"])
async def test_the_help_comes_without_them_if_the_api_fails(stage: Stage, fault: str) -> None:
    stage.apis.chatbase_v2.fails(fault)
    helped = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention))
    assert "Chatbase v2 answers." in helped.content
    assert button_names(helped) == []


async def test_what_the_chatbot_does_before_it_speaks_is_seen_until_it_speaks(brisk: Stage) -> None:
    stage = brisk
    stream = stage.apis.chatbase_v2.hold()
    question = await stage.alice.say(stage.general, stage.mention("where is my order?"))
    for event in tool():
        await stream.send(event)
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    assert answer.content == "-# Chatbase v2 is looking something up…"
    await stream.send("It is ")
    await answer.wait_until("It is")
    await stream.finish()
    await stage.idle()
    assert answer.content == "It is"
    assert not any("4711" in frame.content for frame in answer.frames)


@on_sqlite
async def test_a_suggestion_is_asked_after_a_restart_and_while_the_list_cannot_be_read(resting_stage: Stage) -> None:
    stage, v2 = resting_stage, resting_stage.apis.chatbase_v2
    long = "Could you tell me, in as many words as you like, how bread is baked in a wood-fired oven of brick?"
    v2.agent.suggested = [{"text": "Tell me a joke"}, {"text": long}]
    async with stage.running():
        helped = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention))
        assert button_names(helped) == ["Tell me a joke", f"{long[:79]}…"]
    async with stage.running():
        await stage.told(await stage.alice.press(helped, f"{long[:79]}…"))
        await stage.idle()
        assert v2.received[-1].question == long
        v2.agent.suggested = None
        await stage.told(await stage.alice.press(helped, "Tell me a joke"))
        await stage.idle()
        assert v2.received[-1].question == "Tell me a joke"
    async with stage.running():
        refused = await stage.told(await stage.alice.press(helped, f"{long[:79]}…"))
        assert refused.content == "I no longer know this button. Please write your question instead."
