"""`/settings model`, `temperature`, `system-prompt` and `story`: what the APIs are sent then."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.apis import Received
from sandbox.discord import BadOption
from tests.e2e.reader import words
from tests.e2e.shown_settings import shown_lines
from tests.e2e.stage import Stage, on_sqlite


async def sent(stage: Stage, provider: str) -> Mapping[str, object]:
    """Ask a provider something, and return the fields of the request."""
    await stage.use(stage.alice, f"{provider} ask", question="hello")
    newest: Received = getattr(stage.apis, provider).received[-1]
    return newest.fields


async def test_the_model_is_sent_as_it_was_set(stage: Stage) -> None:
    assert "model" not in await sent(stage, "chatbase")
    told = await stage.use(stage.admin, "settings model", value="claude-x.5 (new)")
    assert told.content == "Chatbase's model is now `claude-x.5 (new)` in this server."
    assert told.ephemeral
    assert (await sent(stage, "chatbase"))["model"] == "claude-x.5 (new)"
    told = await stage.use(stage.admin, "settings model")
    assert told.content == "Chatbase's model is back to the default in this server."
    assert "model" not in await sent(stage, "chatbase")


@pytest.mark.parametrize(("value", "wire"), [(0, 0), (0.35, 0.35), (1, 1)])
async def test_the_temperature_is_sent_as_a_number(stage: Stage, value: float, wire: float) -> None:
    assert "temperature" not in await sent(stage, "chatbase")
    await stage.use(stage.admin, "settings temperature", value=value)
    temperature = (await sent(stage, "chatbase"))["temperature"]
    assert isinstance(temperature, int | float)
    assert temperature == wire
    await stage.use(stage.admin, "settings temperature")
    assert "temperature" not in await sent(stage, "chatbase")


@pytest.mark.parametrize("value", [-0.1, 1.1])
async def test_a_temperature_out_of_bounds_is_none(stage: Stage, value: float) -> None:
    with pytest.raises(BadOption):
        await stage.use(stage.admin, "settings temperature", value=value)


@pytest.mark.environment(CHATBASE_MODEL="gpt-op", CHATBASE_TEMPERATURE="0.2", STAMMER_SYSTEM_PROMPT="Be brief.")
async def test_the_servers_values_win_over_the_operators(stage: Stage) -> None:
    async def all_sent() -> tuple[object, object, object]:
        fields = await sent(stage, "chatbase")
        return fields["model"], fields["temperature"], (await sent(stage, "stammer"))["custom_base_system_prompt"]

    assert await all_sent() == ("gpt-op", 0.2, "Be brief.")
    await stage.use(stage.admin, "settings model", value="gpt-server")
    await stage.use(stage.admin, "settings temperature", value=0)
    await stage.use(stage.admin, "settings system-prompt", provider="stammer", value="Be long.")
    assert await all_sent() == ("gpt-server", 0, "Be long.")
    for option in ("model", "temperature"):
        await stage.use(stage.admin, f"settings {option}")
    await stage.use(stage.admin, "settings system-prompt", provider="stammer")
    assert await all_sent() == ("gpt-op", 0.2, "Be brief.")


async def test_the_system_prompt_is_sent_whole(stage: Stage) -> None:
    assert "custom_base_system_prompt" not in await sent(stage, "stammer")
    prompt = "You are `Ada`.\n" + "Be kind. " * 600 + "Always."
    told = await stage.use(stage.admin, "settings system-prompt", provider="stammer", value=prompt)
    assert told.content.startswith("Stammer.ai's system prompt is now `You are ˋAdaˋ.")
    assert len(told.content) < 400
    assert (await sent(stage, "stammer"))["custom_base_system_prompt"] == prompt
    shown = await stage.use(stage.admin, "settings show")
    assert "**stammer system-prompt**: `You are ˋAdaˋ. Be kind." in shown.content
    with pytest.raises(BadOption):
        await stage.use(stage.admin, "settings system-prompt", provider="stammer", value="x" * 6001)


async def test_a_story_is_offered_by_name_and_talked_to(stage: Stage) -> None:
    pizzeria, help_desk = stage.apis.chatbot.stories
    offered = await stage.admin.autocomplete(stage.general, "settings story", "value", "")
    assert offered == [{"name": story.name, "value": story.id} for story in (pizzeria, help_desk)]
    listing = stage.apis.chatbot.received[-1]
    assert listing.headers["Authorization"] == f"Bearer {stage.apis.chatbot.developer_token}"
    offered = await stage.admin.autocomplete(stage.general, "settings story", "value", "DESK")
    assert offered == [{"name": "Help desk", "value": help_desk.id}]
    assert (await sent(stage, "chatbot"))["storyId"] == pizzeria.id
    told = await stage.use(stage.admin, "settings story", provider="chatbot", value=offered[0]["value"])
    assert told.content == (
        f"ChatBot.com's story is now `{help_desk.id}` in this server.\n"
        "Chatbase answers here, so this only counts for `/chatbot ask`, and in channels where ChatBot.com answers."
    )
    answer = await stage.use(stage.alice, "chatbot ask", question="hello")
    assert words(answer).startswith("Hello, this is the help desk.")
    asked = stage.apis.chatbot.received[-1]
    assert asked.fields["storyId"] == help_desk.id
    assert asked.headers["Authorization"] == f"Bearer {stage.apis.chatbot.client_token}"
    told = await stage.use(stage.admin, "settings story", provider="chatbot")
    assert told.content == "ChatBot.com's story is back to the default in this server."
    assert (await sent(stage, "chatbot"))["storyId"] == pizzeria.id


async def test_stories_are_offered_to_nobody_else(stage: Stage) -> None:
    assert await stage.alice.autocomplete(stage.general, "settings story", "value", "", force=True) == []
    chat = stage.alice.dm(stage.app)
    assert await stage.alice.autocomplete(chat, "settings story", "value", "", force=True) == []
    assert not stage.apis.chatbot.received


@pytest.mark.environment(CHATBOT_DEVELOPER_TOKEN="")
async def test_without_the_developer_token_no_story_is_offered_and_an_id_still_does(stage: Stage) -> None:
    assert await stage.admin.autocomplete(stage.general, "settings story", "value", "") == []
    await stage.use(stage.admin, "settings story", provider="chatbot", value=stage.apis.chatbot.stories[1].id)
    assert (await sent(stage, "chatbot"))["storyId"] == stage.apis.chatbot.stories[1].id


async def test_stories_that_cannot_be_listed_are_not_offered(stage: Stage) -> None:
    stage.apis.chatbot.fails("server-error")
    assert await stage.admin.autocomplete(stage.general, "settings story", "value", "") == []


@pytest.mark.parametrize("typed", ["Help desk", " help DESK", "Help", "5f1a2b3c4d5e6f7081920a0b"])
async def test_a_story_may_be_typed_instead_of_picked(stage: Stage, typed: str) -> None:
    story = stage.apis.chatbot.stories[0 if typed[0] == "5" else 1]
    told = await stage.use(stage.admin, "settings story", provider="ChatBot", value=typed)
    assert told.content.startswith(f"ChatBot.com's story is now `{story.id}` in this server.")
    assert (await sent(stage, "chatbot"))["storyId"] == story.id


@pytest.mark.environment(CHATBOT_DEVELOPER_TOKEN="")
@pytest.mark.parametrize("bad", ["Pizzeria", "g" * 24])
async def test_a_story_cannot_be_found_by_name_without_the_developer_token(stage: Stage, bad: str) -> None:
    told = await stage.use(stage.admin, "settings story", provider="chatbot", value=bad)
    assert told.content == "That isn't a story ID: it has 24 characters, 0-9 and a-f. Nothing was changed."
    assert told.ephemeral
    assert (await sent(stage, "chatbot"))["storyId"] == stage.apis.chatbot.stories[0].id


@pytest.mark.parametrize("bad", ["Pasta", "5f1a2b3c4d5e6f708192", "g" * 24, "5f1a2b3c4d5e6f7081920a0b0"])
async def test_what_is_no_storys_id_is_refused(stage: Stage, bad: str) -> None:
    told = await stage.use(stage.admin, "settings story", provider="chatbot", value=bad)
    assert told.content == "There's no story by that name here. Available: Pizzeria, Help desk."
    assert told.ephemeral
    assert (await sent(stage, "chatbot"))["storyId"] == stage.apis.chatbot.stories[0].id


async def test_two_stories_with_one_name_are_not_mistaken_for_each_other(stage: Stage) -> None:
    for story in stage.apis.chatbot.stories:
        object.__setattr__(story, "name", "Help desk")
    told = await stage.use(stage.admin, "settings story", provider="chatbot", value="help desk")
    assert told.content.startswith("More than one story matches: Help desk, Help desk.")


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        (
            "model",
            {"value": "gpt-4o", "provider": "stammer"},
            "Stammer.ai has no model setting, but Chatbase does: choose it",
        ),
        (
            "temperature",
            {"value": 0.5, "provider": "Tamako"},
            "Tamako has no temperature setting, but Chatbase does: choose it",
        ),
        (
            "system-prompt",
            {"value": "Be kind."},
            "Chatbase has no system prompt setting, but Stammer.ai does: choose it",
        ),
        ("story", {}, "Chatbase has no story setting, but ChatBot.com does: choose it"),
    ],
)
async def test_who_takes_an_option_is_said_for_a_provider_that_does_not(
    stage: Stage, command: str, options: dict[str, Any], said: str
) -> None:
    before = await shown_lines(stage)
    told = await stage.use(stage.admin, f"settings {command}", **options)
    assert told.content == f"{said} with the option `provider`. Nothing was changed."
    assert await shown_lines(stage) == before


async def test_the_option_is_that_of_the_provider_in_force(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="stammer", channel=stage.other)
    told = await stage.use(stage.admin, "settings system-prompt", at=stage.other, value="Be kind.")
    assert told.content == "Stammer.ai's system prompt is now `Be kind.` in this server."
    told = await stage.use(stage.admin, "settings system-prompt", value="Be loud.", channel=stage.other)
    assert told.content == f"Stammer.ai's system prompt is now `Be loud.` in {stage.other.mention}."
    assert (await sent(stage, "stammer"))["custom_base_system_prompt"] == "Be kind."
    await stage.ask(stage.alice, "hello", stage.other)
    assert stage.apis.stammer.received[-1].fields.get("custom_base_system_prompt") == "Be loud."
    told = await stage.use(stage.admin, "settings system-prompt", at=stage.other, channel=stage.other)
    assert told.content == f"Stammer.ai's system prompt is back to the server's in {stage.other.mention}."
    await stage.ask(stage.alice, "hello", stage.other)
    assert stage.apis.stammer.received[-1].fields["custom_base_system_prompt"] == "Be kind."


async def test_a_story_that_is_gone_is_told_when_it_is_asked(stage: Stage) -> None:
    await stage.use(stage.admin, "settings story", provider="chatbot", value="f" * 24)
    answer = await stage.use(stage.alice, "chatbot ask", question="hello")
    assert words(answer).startswith("-# ChatBot.com can't find this chatbot.")


@on_sqlite
async def test_provider_settings_last_over_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    story = stage.apis.chatbot.stories[1].id
    async with stage.running():
        await stage.use(stage.admin, "settings model", value="gpt-server")
        await stage.use(stage.admin, "settings temperature", value=0.5)
        await stage.use(stage.admin, "settings system-prompt", provider="stammer", value="Be long.")
        await stage.use(stage.admin, "settings story", provider="chatbot", value=story)
    async with stage.running():
        assert (await sent(stage, "chatbase")).items() >= {("model", "gpt-server"), ("temperature", 0.5)}
        assert (await sent(stage, "stammer"))["custom_base_system_prompt"] == "Be long."
        assert (await sent(stage, "chatbot"))["storyId"] == story
