"""Asking again: versions in the same place, leafing through them, and which of them the history keeps."""

from collections.abc import Sequence
from pathlib import Path

from sandbox.apis import Reply
from sandbox.discord import Channel, Message
from sandbox.discord.people.components import button_names
from tests.e2e.answer_controls import FINISHED, built_prompt, controls, told_alone, version
from tests.e2e.reader import bare, bare_text, prose
from tests.e2e.stage import Stage, open_stage

PAGER = ["◀", "2/2", "▶"]


async def test_versions_are_leafed_through_and_the_history_keeps_the_one_shown(brisk: Stage) -> None:
    stage = brisk
    for text in ("Red.", "Green.", "Blue."):
        stage.apis.chatbase.answers(text, times=1)
    answer = await stage.ask(stage.alice, "a colour?")
    assert controls(answer) == FINISHED
    for location in ("2/2", "3/3"):
        await stage.alice.press(answer, "Retry")
        await version(stage, answer, location)
    assert answer.content == "Blue."
    assert stage.by_bot() == [answer]
    assert [each.fields["messages"] for each in stage.apis.chatbase.received] == [
        [{"role": "user", "content": "a colour?"}]
    ] * 3
    assert await built_prompt(stage) == ["a colour?", "Blue."]
    for label, location, text in (("◀", "2/3", "Green."), ("◀", "1/3", "Red."), ("▶", "2/3", "Green.")):
        await stage.alice.press(answer, label)
        assert (await version(stage, answer, location)).content == text
    assert (await built_prompt(stage))[:2] == ["a colour?", "Green."]


async def test_another_provider_answers_in_the_same_place_and_a_restart_changes_nothing(tmp_path: Path) -> None:
    async with open_stage(f"sqlite:///{tmp_path}/switchboard.db") as stage:
        stage.apis.chatbase.answers("Chatbase says so.", times=1)
        stage.apis.stammer.answers("Stammer says so.")
        stage.hurry()
        async with stage.running():
            answer = await stage.ask(stage.alice, "who says so?")
            offer = await (await stage.alice.press(answer, "Ask another")).wait_until()
            assert (offer.content, offer.ephemeral) == ("Who should answer this question?", True)
            assert controls(offer) == ["Tamako", "Chatbase v2", "Stammer.ai", "ChatBot.com"]
            await stage.alice.press(offer, "Stammer.ai")
            await version(stage, answer, "2/2")
            assert answer.content == "Stammer says so."
            assert "2/2 · Stammer.ai" in button_names(answer)
            assert not controls(offer)
            assert stage.apis.stammer.received[-1].user_key == str(stage.alice.id)
            assert await built_prompt(stage) == []
        async with stage.running():
            await stage.alice.press(answer, "◀")
            await version(stage, answer, "1/2")
            assert answer.content == "Chatbase says so."
            assert "1/2 · Chatbase" in button_names(answer)
            assert (await built_prompt(stage))[:2] == ["who says so?", "Chatbase says so."]
            await stage.alice.press(answer, "▶")
            await version(stage, answer, "2/2")
            await stage.alice.press(answer, "Retry")
            await version(stage, answer, "3/3")
            assert len(stage.apis.stammer.received) == 2, "who gave the version that is shown is asked again"
        stage.changed |= {"STAMMER_API_TOKEN": "", "STAMMER_CHATBOT_UUID": ""}
        async with stage.running():
            gone = await stage.alice.press(answer, "Retry")
            assert "stammer isn't set up here" in await told_alone(stage, gone)
            assert controls(answer) == [*FINISHED, "◀", "3/3", "▶"]


async def test_who_is_alone_offers_nobody_else(tmp_path: Path) -> None:
    alone = {"TAMAKO_USERNAME": "", "TAMAKO_APP_ID": "", "TAMAKO_APP_SECRET": "", "TAMAKO_API_URL": ""}
    alone |= {"STAMMER_API_TOKEN": "", "STAMMER_CHATBOT_UUID": ""}
    alone |= {"CHATBASE_V2_API_KEY": "", "CHATBASE_V2_AGENT_ID": ""}
    alone |= {"CHATBOT_CLIENT_TOKEN": "", "CHATBOT_DEVELOPER_TOKEN": ""}
    async with open_stage(f"sqlite:///{tmp_path}/switchboard.db") as stage:
        async with stage.running():
            before = await stage.ask(stage.alice, "hello")
        stage.changed |= alone
        async with stage.running():
            assert controls(await stage.ask(stage.alice, "hello again")) == ["Retry"]
            told = await told_alone(stage, await stage.alice.press(before, "Ask another"))
            assert told == "Only one chatbot is set up here, so there's no other to ask."


async def test_answers_of_several_messages_become_shorter_and_longer(brisk: Stage) -> None:
    texts = [prose(2500, "first"), "Short.", prose(4500, "third")]
    chat = brisk.alice.dm(brisk.app)
    thread = await brisk.alice.start_thread(brisk.general, "aside")
    locations: Sequence[Channel] = (brisk.other, thread, chat)
    for channel in locations:
        for text in texts:
            brisk.apis.chatbase.answers(Reply(text, split=700), times=1)
        if channel is brisk.other:
            await brisk.use(brisk.alice, "ask", at=channel, question="tell me")
        else:
            await brisk.alice.say(channel, "tell me" if channel is chat else brisk.mention("tell me"))
        await check_shown(brisk, channel, texts[0])
        for number, text in ((2, texts[1]), (3, texts[2])):
            await brisk.alice.press(last(brisk, channel), "Retry")
            await check_shown(brisk, channel, text, f"{number}/{number}")
        for location, text in (("2/3", texts[1]), ("1/3", texts[0])):
            await brisk.alice.press(last(brisk, channel), "◀")
            await check_shown(brisk, channel, text, location)


def last(stage: Stage, channel: Channel) -> Message:
    """Return the bot's last message in a channel."""
    return stage.by_bot(channel)[-1]


async def check_shown(stage: Stage, channel: Channel, text: str, location: str | None = None) -> None:
    """Hold that a channel shows this text and nothing else of the bot's, with the controls under the last message."""

    def is_shown() -> bool:
        messages = stage.by_bot(channel)
        return bool(messages) and bare(messages) == bare_text(text) and (location or "Retry") in controls(messages[-1])

    await stage.discord.wait_for(is_shown, 30)
    await stage.idle()
    assert not any(controls(message) for message in stage.by_bot(channel)[:-1])
