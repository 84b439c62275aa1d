"""What people read if Discord refuses an answer with one of its codes: the true reason, where it can be said."""

import pytest

from tests.e2e.answer_steps import check_next
from tests.e2e.stage import Stage

CREATE = ("POST", "/channels/{channel_id}/messages")


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (403, 160005, "You asked me something in {}, but that thread is locked."),
        (400, 50008, "I wanted to reply to you in {}, but Discord doesn't take messages from me there."),
        (404, 0, "I wanted to reply to you in {}, but Discord didn't let me post it."),
    ],
)
async def test_a_refusal_of_the_place_is_told_in_a_direct_message(
    stage: Stage, status: int, code: int, told: str
) -> None:
    stage.discord.fail_next(*CREATE, status, code)
    stage.apis.chatbase.answers("Never seen.")
    await stage.alice.say(stage.general, stage.mention("hello"))
    message = await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    assert message.content.startswith(told.format(stage.general.mention))
    await check_next(stage)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (200000, "-# A rule of this server (AutoMod) blocked this answer."),
        (240000, "-# Discord blocked this answer because it considers a link in it harmful."),
    ],
)
async def test_a_refusal_of_the_text_is_told_in_the_channel(stage: Stage, code: int, told: str) -> None:
    stage.discord.fail_next(*CREATE, 400, code)
    stage.apis.chatbase.answers("Never seen.")
    answer = await stage.ask(stage.alice, "hello")
    assert answer.content.startswith(told)
    assert not stage.by_bot(stage.alice.dm(stage.app))
