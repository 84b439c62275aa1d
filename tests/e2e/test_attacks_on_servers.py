"""What one server has, sets or breaks reaches no other: its credentials, options, settings by hand, limits, breaker."""

import asyncio
from typing import Any

import pytest

from bot.answering.health.breaker import MAX_OUTAGES
from bot.domain.question import Location
from bot.providers.chatbase import Chatbase
from sandbox.apis.faults.status import Status
from sandbox.discord import Channel
from tests.databases import execute
from tests.e2e.limit_steps import limit, replies
from tests.e2e.setup_cards import KEY, TRYING, WITHOUT, chatbase
from tests.e2e.stage import Stage
from tests.e2e.test_servers_own_chatbots import HOSTS, OWN, abroad, asked, bring, keys, with_both, with_own_only
from tests.e2e.test_setup_faults import form_of
from tests.e2e.waiting import until

__all__ = ["abroad"]


async def set_by_hand(stage: Stage, **values: str) -> None:
    """Store settings of the server as no command would."""
    for name, value in values.items():
        name = name.replace("__", "-")
        await stage.bot.services.settings.save("server", stage.guild.id, stage.guild.id, name, value)


@pytest.mark.parametrize(
    ("provider", "option", "status"), [("chatbot", "chatbot_story", 404), ("chatbase", "chatbase_model", 402)]
)
async def test_what_admins_choose_of_a_chatbots_options_breaks_it_for_nobody_else(
    stage: Stage, abroad: Channel, provider: str, option: str, status: int
) -> None:
    api = stage.apis.find(provider)
    await set_by_hand(stage, **{option: "507f1f77bcf86cd799439011"})
    await stage.bot.services.settings.save("server", stage.guild.id, stage.guild.id, "provider", provider)
    assert abroad.guild is not None
    await stage.bot.services.settings.save("server", abroad.guild.id, abroad.guild.id, "provider", provider)
    stage.hurry()
    api.fails(Status(status))
    for _ in range(MAX_OUTAGES):
        await stage.ask(stage.alice, "is anybody there?")
    assert "has been failing for" in (await stage.ask(stage.alice, "and now?")).content
    api.clear()
    assert "I don't ask it for now" in (await stage.use(stage.admin, "doctor")).content
    told = (await stage.use(stage.admin, "doctor", at=abroad)).content
    assert "I don't ask it for now" not in told
    assert f"error {status}" not in told
    before = asked(stage)
    assert "has been failing for" not in (await stage.ask(stage.alice, "is anybody there?", abroad)).content
    assert asked(stage) == before + 1


def hold_trials(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have trials wait for an event."""
    held, check = asyncio.Event(), Chatbase.check

    async def slow(provider: Chatbase) -> Any:  # noqa: ANN401 - what the provider says
        await held.wait()
        return await check(provider)

    monkeypatch.setattr(Chatbase, "check", slow)
    return held


@pytest.mark.environment(**WITHOUT)
async def test_what_is_tried_while_the_bot_is_removed_is_not_stored_after_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    held = hold_trials(monkeypatch)
    card, form = await form_of(stage)
    await stage.admin.submit(form, chatbase(stage))
    await stage.discord.wait_for(lambda: card.content.startswith(TRYING) or None, 10)
    stage.guild.remove(stage.app.bot)
    await until(lambda: "erased what was of server" in caplog.text)
    held.set()
    await until(lambda: not card.content.startswith(TRYING))
    assert not execute(stage.database, "SELECT 1 FROM credentials")


@pytest.mark.environment(**WITHOUT)
async def test_nobody_is_noted_who_had_their_data_erased_while_values_were_tried(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold_trials(monkeypatch)
    card, form = await form_of(stage)
    await stage.admin.submit(form, chatbase(stage))
    await stage.discord.wait_for(lambda: card.content.startswith(TRYING) or None, 10)
    stage.bot.dispatch("forget", stage.admin.id)
    await asyncio.sleep(0)
    held.set()
    await until(lambda: not card.content.startswith(TRYING))
    assert not execute(stage.database, "SELECT 1 FROM credentials")
    assert "Nothing was saved" in card.content


@pytest.mark.environment(SECRET_KEY=KEY, SHARED_CREDENTIALS="false")
async def test_no_fallback_leads_to_credentials_that_are_not_shared(stage: Stage) -> None:
    stage.hurry()
    await bring(stage)
    others = "tamako,,nobody, stammer ,chatbase,CHATBOT,\ufdd0,../host," + "tamako," * 1000
    await set_by_hand(stage, fallback=others, provider="tamako")
    stage.apis.chatbase.fails(Status(500))
    for _ in range(MAX_OUTAGES + 1):
        assert "answered." not in (await stage.ask(stage.alice, "is anybody there?")).content
    assert set(keys(stage.apis.chatbase.received)) == {OWN}
    assert asked(stage) == len(stage.apis.chatbase.received)


async def test_settings_that_were_broken_by_hand_harm_neither_others_nor_the_erasing(
    stage: Stage, abroad: Channel
) -> None:
    stage.hurry()
    many = "9" * 5000
    for value in (many, f"{many}/day,1:9e9/hour"):
        names = (
            "limit__member",
            "limit__server",
            "limit__roles",
            "roles",
            "retention",
            "length",
            "fallback",
            "channels",
        )
        await set_by_hand(stage, **dict.fromkeys(names, value), chatbase_temperature=value, chatbase_model=value)
        question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
        await replies(stage, question)
        for command in ("settings show", "settings limit", "doctor"):
            options: dict[str, Any] = {"who": "member"} if command == "settings limit" else {}
            told = await stage.use(stage.admin, command, **options)
            assert "went wrong on my side" not in told.content, (command, value[:20])
            if options:
                await set_by_hand(stage, limit__member=value)
        before = asked(stage)
        await stage.ask(stage.alice, "is anybody there?", abroad)
        assert asked(stage) == before + 1
        assert await stage.bot.services.retention.run_once()


async def test_of_five_questions_at_once_one_is_answered_if_one_is_left(stage: Stage) -> None:
    await limit(stage, "server", 1, "day")
    people = [stage.discord.create_user(f"asker-{number}") for number in range(5)]
    for person in people:
        stage.guild.add_member(person)
    questions = [await person.say(stage.general, stage.mention("me first?")) for person in people]
    await replies(stage, *questions)
    assert asked(stage) == 1


@with_own_only
async def test_rows_that_were_made_by_hand_are_asked_nowhere_and_explained(stage: Stage, abroad: Channel) -> None:
    await bring(stage)
    evil = "https://evil.example/v1"
    rows = [
        ("chatbase", "api_url", evil),
        ("stammer", "api_url", evil),
        ("stammer", "api_token", "in-the-clear"),
        ("stammer", "chatbot_uuid", "in-the-clear"),
        ("nobody", "api_key", "x"),
        ("chatbot", "__class__", "x"),
        ("tamako", "model_config", "y" * 100_000),
        ("chatbase-v2", "api_key", "\ufdd01garbage"),
        ("chatbase-v2", "agent_id", "\ufdd0"),
    ]
    for provider, field, value in rows:
        execute(
            stage.database,
            "INSERT INTO credentials (server, provider, field, value, saved_at, saved_by) "
            f"VALUES ({stage.guild.id}, '{provider}', '{field}', '{value}', 1, 1)",
        )
    await set_by_hand(stage, provider="chatbase")
    stage.apis.chatbase.answers("Still here.")
    assert (await stage.ask(stage.alice, "is anybody there?")).content == "Still here."
    for provider in ("stammer", "chatbot", "tamako", "chatbase-v2"):
        told = await stage.use(stage.alice, f"{provider} ask", question="is anybody there?")
        assert "I can't read what this server's admins entered for" in told.content
    for command in ("setup", "doctor", "help", "settings show", "usage", "settings limit"):
        options: dict[str, Any] = {"who": "member"} if command == "settings limit" else {}
        told = await stage.use(stage.admin, command, **options)
        assert "went wrong" not in told.content, command
        assert evil not in told.content
    assert asked(stage) == 1 + len([each for each in stage.apis.chatbase.received if each.question is None])


@with_both
async def test_a_servers_key_is_in_nothing_that_is_said_of_it(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.hurry()
    caplog.set_level("DEBUG", "bot")
    await bring(stage)
    echo = f"the key {OWN} of Bearer {OWN} is not known, nor {HOSTS}"
    for status in (400, 401, 403, 404, 422, 500):
        stage.apis.chatbase.fails(Status(status, echo), times=1)
        told = (await stage.ask(stage.alice, "is anybody there?")).content
        assert OWN not in told
        assert OWN not in (await stage.use(stage.admin, "doctor")).content
        assert OWN not in (await stage.use(stage.admin, "settings show")).content
    assert OWN not in caplog.text
    stored = await stage.bot.services.credentials.list(stage.guild.id)
    here = Location(stage.general.id, stage.general.id, stage.guild.id)
    config = await stage.bot.services.settings.answer_config(here)
    for thing in (stored, config, config.provider, vars(config.provider), config.provider.__dict__["_settings"]):
        assert OWN not in repr(thing)
