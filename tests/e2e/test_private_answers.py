"""`/ask` in private: an answer that only its asker sees, from its first frame to its buttons and its end."""

import pytest

from bot.discord.canvases import interaction_canvas
from sandbox.discord.limits.rate_limits import WEBHOOK
from tests.e2e.answer_controls import FINISHED, controls, shown
from tests.e2e.reader import bare, bare_text, below_caption, check_frames, prose
from tests.e2e.stage import Stage


async def test_only_its_asker_sees_it_and_it_begins_no_conversation(stage: Stage) -> None:
    stage.apis.chatbase.answers("Because.")
    asking = await stage.alice.slash(stage.general, "ask", question="why?", private=True)
    answer = await stage.told(asking)
    assert answer.content == "-# Alice asked: why?\nBecause."
    assert all(frame.content.startswith("-# Alice asked: why?\n") for frame in answer.frames if frame.content)
    assert answer.ephemeral
    assert not answer.visible_to(stage.bob)
    assert controls(answer) == FINISHED
    await stage.ask(stage.alice, "and now?")
    assert [message["content"] for message in stage.apis.chatbase.received[-1].fields["messages"]] == ["and now?"]  # type: ignore[attr-defined]
    assert len(stage.by_bot()) == 2


async def test_all_messages_of_a_long_one_are_private_and_so_is_what_its_buttons_do(stage: Stage) -> None:
    stage.discord.limits.change(WEBHOOK, count=50, window=5)
    text = prose(15_000)
    stage.apis.chatbase.answers(text, times=1)
    asking = await stage.alice.slash(stage.general, "ask", question="tell me all", private=True)
    await stage.told(asking)
    await stage.idle()
    messages = stage.by_bot()
    assert bare(messages) == bare_text(text)
    check_frames(messages)
    assert len(messages) > 6
    assert all(message.ephemeral for message in messages)
    stage.apis.chatbase.answers("Less.", times=1)
    again = await stage.told(await stage.alice.press(messages[-1], "Retry"))
    assert again.content == "-# Alice asked: tell me all\nLess."
    assert again.ephemeral
    stage.apis.tamako.answers("Tamako's.", times=1)
    offer = await stage.alice.press(again, "Ask another")
    other = await stage.told(await stage.alice.press(await offer.wait_until(), "Tamako"))
    assert other.content == "-# Alice asked: tell me all\nTamako's."
    assert other.ephemeral
    await stage.idle()
    assert bare(messages) == bare_text(text)
    assert all(message.ephemeral for message in stage.by_bot())


async def test_it_is_stopped_like_any_other(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.general, "ask", question="tell me all", private=True)
    await stream.send("It begins")
    answer = await shown(stage, await asking.wait_until("It begins"), "Stop")
    await stage.alice.press(answer, "Stop")
    await shown(stage, answer, *FINISHED)
    assert below_caption(answer.content).startswith("It begins\n-# Stopped.")
    assert answer.ephemeral


@pytest.mark.environment(DEFAULT_PROVIDER="chatbot")
async def test_a_reply_that_is_pressed_under_it_is_answered_in_private(stage: Stage) -> None:
    answer = await stage.told(await stage.alice.slash(stage.general, "ask", question="hello", private=True))
    pressed = await stage.told(await stage.alice.press(answer, "Opening hours"))
    assert pressed.content.startswith("-# Alice chose: Opening hours\nWe are open")
    assert pressed.ephemeral


async def test_it_ends_when_discord_lets_nobody_write_to_it_any_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interaction_canvas, "TOKEN_SECONDS", 0.5)
    stream = stage.apis.chatbase.hold()
    asking = await stage.alice.slash(stage.general, "ask", question="take your time", private=True)
    await stream.send("It begins")
    answer = await stage.told(asking)
    told = "It begins\n-# Discord gives me 15 minutes to answer here, and they're up."
    assert below_caption(answer.content).startswith(told)
    await stage.idle()
    assert stage.by_bot() == [answer]


async def test_one_that_comes_too_late_is_explained_in_a_direct_message(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    await stage.alice.slash(stage.general, "ask", question="take your time", private=True)
    await stream.started()
    stage.discord.advance(15 * 60 + 1)
    await stream.send("Too late.")
    await stream.finish()
    told = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert told.content.startswith(f"My answer in <#{stage.general.id}> came too late.")
    await stage.idle()
    assert not [message for message in stage.by_bot() if message.content]
