"""What the log says of everything that handles texts and secrets, well and badly."""

import pytest

from sandbox.apis import ErrorEvent, Status, ToldError
from tests.e2e.stage import Stage

SECRET = "a thing that nobody but us two may know"


async def tour(stage: Stage) -> None:
    """Use everything that handles texts and secrets, well and badly."""
    for api in stage.apis.all:
        told = f"{SECRET} {api.secrets}"
        errors = (Status(400, text=told), ErrorEvent(text=SECRET, payload=told), ToldError(document={"error": told}))
        for fault in (*errors, Status(401), "dropped", "cut", "invalid-json"):
            # A whole answer between, or it would be left alone after repeated outages.
            await stage.use(stage.alice, f"{api.name} ask", question=SECRET)
            api.fails(fault, times=1)
            await stage.use(stage.bob, f"{api.name} ask", question=SECRET)
    await stage.use(stage.admin, "settings name", value="Mallory Testington")
    await stage.use(stage.admin, "settings system-prompt", provider="stammer", value=SECRET)
    await stage.use(stage.alice, "history show")
    await stage.use(stage.admin, "history clear")
    stage.discord.fail_next("POST", "/channels/{channel_id}/messages", 400, 50035)
    await stage.alice.say(stage.general, stage.mention(SECRET))
    await stage.alice.dm(stage.app).next_message(by=stage.app.bot)
    await stage.idle()


async def test_the_log_tells_what_happened_and_holds_neither_texts_nor_secrets(stage: Stage) -> None:
    await tour(stage)
    events = stage.log.events("bot")
    for provider in stage.apis.all:
        ends = {event.partition(f" answered by {provider.name}: ")[2] for event in events}
        assert {"in full", "Rejected", "ErrorReported", "ConnectionLost"} <= ends
    assert [event.partition(": ")[2] for event in events if "cannot write" in event] == [
        f"cannot write in channel {stage.general.id}: BadRequest"
    ]
    assert not [event for event in stage.log.events() if "Mallory" in event or "nobody but us" in event]


async def test_an_unforeseen_fault_is_in_the_log_without_its_text(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot handle {SECRET} with {stage.app.token}")

    monkeypatch.setattr(stage.bot.services.prompts, "prompt", broken)
    answer = await stage.ask(stage.alice, SECRET)
    assert answer.content == ("-# Something went wrong on my side. The bot's host can find the cause in the log.")
    (event,) = [event for event in stage.log.events("bot") if "answering failed" in event]
    assert "builtins.RuntimeError" in event
    assert "in broken" in event
