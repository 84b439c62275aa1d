"""Chat APIs that say nothing, or do not come to an end: told in time, with what was there before."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.providers import PROVIDERS
from sandbox.apis import Reply
from sandbox.discord import Message
from tests.e2e.reader import words
from tests.e2e.stage import Stage

LABELS = {kind.name: kind.label for kind in PROVIDERS}


async def ask_all(stage: Stage) -> dict[str, Message]:
    """Ask every API at once, each in a channel of its own; return the finished answers by the APIs' names."""

    async def ask(provider: str) -> Message:
        channel = stage.guild.add_text_channel(provider)
        return await stage.told(await stage.bob.slash(channel, f"{provider} ask", question="is anybody there?"))

    return dict(zip(LABELS, await asyncio.gather(*map(ask, LABELS)), strict=True))


async def check_well(stage: Stage) -> None:
    """Hold that every API answers the next question."""
    for api in stage.apis.all:
        api.clear()
        api.answers("Here I am.")
    assert {words(answer) for answer in (await ask_all(stage)).values()} == {"Here I am."}


@pytest.mark.environment(PROVIDER_IDLE_TIMEOUT="1")
async def test_silence_is_told(stage: Stage) -> None:
    for api in stage.apis.all:
        api.fails("silent")
    for provider, answer in (await ask_all(stage)).items():
        told = f"-# {LABELS[provider]} sent nothing for 1 second, so I stopped waiting. Please try again."
        assert words(answer) == told
    for api in stage.apis.all:
        await api.wait_for(lambda api=api: not api.open_answers)  # type: ignore[misc]
        assert len(api.received) == 1
    await check_well(stage)


@pytest.mark.environment(PROVIDER_IDLE_TIMEOUT="1")
async def test_silence_in_the_middle_leaves_what_was_there(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("go on"))
    await stream.send("To begin with")
    answer = await stage.answer(question)
    assert answer.content == (
        "To begin with\n-# Chatbase sent nothing for 1 second, so I stopped waiting. Please try again."
    )
    await stream.left()
    await stage.ask(stage.alice, "and now?")
    assert stage.apis.chatbase.received[-1].fields["messages"] == [{"role": "user", "content": "and now?"}]


@pytest.mark.environment(PROVIDER_TOTAL_TIMEOUT="1")
async def test_an_answer_that_takes_too_long_is_told(stage: Stage) -> None:
    async def drip() -> AsyncIterator[str]:
        while True:
            yield "drip "

    for api in stage.apis.all:
        api.fails("silent")
    stage.apis.chatbase.clear()
    stage.apis.chatbase.answers(Reply(pieces=drip(), pause=0.05), times=1)
    for provider, answer in (await ask_all(stage)).items():
        dripped = "drip drip " if provider == "chatbase" else ""
        assert words(answer).startswith(dripped)
        *_, last = answer.content.splitlines()
        late = "took longer than 1 second, so I stopped waiting. Try a shorter or simpler question."
        assert last == f"-# {LABELS[provider]} {late}"
    await check_well(stage)
