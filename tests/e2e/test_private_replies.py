"""What only its caller sees: every command but those that ask, and every refusal; and what `/help` says."""

from typing import Any

import pytest

from sandbox.discord import Message
from sandbox.discord.people.person import SLASH
from tests.e2e.answer_steps import begin
from tests.e2e.reader import words
from tests.e2e.stage import Stage

DATABASE_FAILED = "I can't reach my database right now. Please try again in a minute."

PUBLIC = {"ask", "tamako ask", "chatbase ask", "chatbase-v2 ask", "stammer ask", "chatbot ask"}

OPTIONS: dict[str, dict[str, Any]] = {
    "settings provider": {"provider": "tamako"},
    "settings name": {"value": "Ada"},
    "settings gender": {"value": "female"},
    "settings prefix": {"value": "hey."},
    "settings developer": {"value": "Home Ltd"},
    "settings retention": {"days": 7},
    "settings model": {"value": "gpt-4o", "provider": "chatbase"},
    "settings temperature": {"value": 0.5, "provider": "chatbase"},
    "settings system-prompt": {"value": "Be kind.", "provider": "stammer"},
    "settings story": {"value": "5f1a2b3c4d5e6f7081920a0b", "provider": "chatbot"},
    "settings channels": {"value": "except"},
    "settings fallback": {"value": "tamako"},
    "settings limit": {"who": "member", "questions": 500},
}


def commands(stage: Stage) -> set[str]:
    """Return the full name of every slash command that is registered."""
    found = set()
    for command in stage.app.commands.values():
        if command.type != SLASH:
            continue
        nested = [option["name"] for option in command.body.get("options", []) if option["type"] == 1]
        found |= {f"{command.name} {name}" for name in nested} if nested else {command.name}
    return found


def options(stage: Stage, command: str) -> dict[str, Any]:
    """Return what a command is used with."""
    if command == "settings roles":
        return {"role": stage.guild.add_role("askers")}
    in_channel = {"channel": stage.general, "on": False}
    return in_channel if command in ("settings auto-reply", "settings threads") else OPTIONS.get(command, {})


def seen_by_bob(stage: Stage) -> list[Message]:
    """Return what another member sees of the bot's messages in `general`."""
    return [message for message in stage.general.visible_to(stage.bob) if message.author is stage.app.bot]


async def test_every_command_but_the_asking_ones_answers_its_caller_alone(stage: Stage) -> None:
    private = commands(stage) - PUBLIC
    assert private >= {"help", "history clear", "history show", "privacy show", "settings show", *OPTIONS}
    for command in sorted(private):
        told = await stage.use(stage.admin, command, **options(stage, command))
        assert told.ephemeral, command
        assert told.content, command
    await stage.idle()
    assert not seen_by_bob(stage)


async def test_the_asking_commands_answer_in_public(stage: Stage) -> None:
    assert commands(stage) >= PUBLIC
    for command in sorted(PUBLIC):
        told = await stage.use(stage.alice, command, question="hello")
        assert not told.ephemeral
        assert told in seen_by_bob(stage)
        assert not told.pinged


@pytest.mark.parametrize(
    ("provider", "label", "length", "limit"),
    [("stammer", "Stammer.ai", "5000", "4999"), ("chatbot", "ChatBot.com", "257", "256")],
)
async def test_a_question_that_is_too_long_is_refused_before_it_is_sent(
    stage: Stage, provider: str, label: str, length: str, limit: str
) -> None:
    api = getattr(stage.apis, provider)
    most = int(limit)
    told = await stage.use(stage.alice, f"{provider} ask", question="x" * (most + 1))
    sentence = (
        f"-# Your question has {length} characters, but {label} takes at most {limit}. "
        "I sent nothing. Please shorten it."
    )
    assert told.content == sentence
    assert told.ephemeral
    await stage.use(stage.admin, "settings provider", provider=provider)
    told = await stage.use(stage.alice, "ask", question="x" * (most + 1))
    assert (told.content, told.ephemeral) == (sentence, True)
    assert not api.received
    assert not seen_by_bob(stage)
    await stage.use(stage.alice, "ask", question="x" * most)
    assert api.received[-1].question == "x" * most


async def test_a_message_that_is_too_long_is_told_so_with_all_that_counts(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="chatbot")
    refused = await stage.ask(stage.alice, "x" * 257)
    assert refused.content.startswith("-# Your question has 257 characters, but ChatBot.com takes at most 256.")
    quoted = await stage.bob.say(stage.general, stage.mention("y" * 200))
    await stage.answer(quoted)
    reply = await stage.alice.say(stage.general, stage.mention("x" * 257), reply_to=quoted)
    assert "has 257 characters" in (await stage.answer(reply)).content
    assert len(stage.apis.chatbot.received) == 1


async def test_a_quoted_message_is_shortened_before_a_question_is_refused(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="chatbot")
    quoted = await stage.bob.say(stage.general, stage.mention("y" * 200))
    await stage.answer(quoted)
    await stage.answer(await stage.alice.say(stage.general, stage.mention("x" * 100), reply_to=quoted))
    sent = stage.apis.chatbot.received[-1].question or ""
    assert len(sent) <= 256
    assert "y" * 50 in sent
    assert sent.endswith("x" * 100)


async def test_a_refusal_does_not_hold_the_next_question_up(stage: Stage) -> None:
    await stage.use(stage.alice, "chatbot ask", question="x" * 257)
    assert words(await stage.use(stage.alice, "chatbot ask", question="hours")).startswith("We are open")


async def test_a_question_of_white_space_is_refused_in_private(stage: Stage) -> None:
    told = await stage.use(stage.alice, "ask", question="   ")
    assert told.content == "-# Your question is empty. Please write what you want to know."
    assert told.ephemeral
    assert not stage.apis.chatbase.received


async def test_a_provider_that_went_away_is_refused_in_private(stage: Stage) -> None:
    """Discord may still offer a command that the bot had before its last start."""
    del stage.bot.services.settings.chatbots.hosts["tamako"]  # type: ignore[attr-defined]
    told = await stage.use(stage.alice, "tamako ask", question="hello")
    assert told.content == "-# tamako isn't set up here. `/help` lists the chatbots that are."
    assert told.ephemeral


async def test_a_full_queue_is_told_in_private(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    people = [stage.alice] * 11
    shown = [
        await person.slash(stage.general, "ask", question=f"number {number}") for number, person in enumerate(people)
    ]
    await stream.started()
    refused = await stage.use(stage.alice, "ask", question="one too many")
    assert refused.content.startswith("-# You already have 10 questions waiting in this channel.")
    assert refused.ephemeral
    await stream.send("at last")
    await stream.finish()
    for interaction in shown:
        await stage.told(interaction)
    asked = [received.question for received in stage.apis.chatbase.received]
    assert asked == [f"number {number}" for number in range(11)]


async def test_a_restart_that_is_near_is_told_in_private(stage: Stage) -> None:
    await stage.bot.services.answering.drain(0)
    told = await stage.use(stage.alice, "ask", question="hello")
    assert told.content == "-# I'm restarting. Please ask again in a minute."
    assert told.ephemeral
    assert not stage.apis.chatbase.received


async def test_every_command_tells_in_private_that_the_database_fails(stage: Stage) -> None:
    stage.lose("preferences")
    stage.lose("turns")
    stage.lose("daily_usage")
    # The doctor tries the database as a whole, not a table of it; without SECRET_KEY, setup has nothing to store.
    for command in sorted(commands(stage) - {"doctor", "setup"}):
        given = {"question": "hello"} if command in PUBLIC else options(stage, command)
        told = await stage.use(stage.admin, command, **given)
        assert told.content.removeprefix("-# ") == DATABASE_FAILED, command
        assert told.ephemeral, command
    assert not [received for api in stage.apis.all for received in api.received]


async def test_a_question_is_refused_in_private_if_the_database_fails_at_once(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="tamako")
    stage.lose("user_keys")
    told = await stage.use(stage.alice, "ask", question="hello")
    assert told.content.startswith("-# I can't reach my database")
    assert told.ephemeral


async def test_an_answer_that_was_announced_before_the_database_failed_is_refused_in_private(stage: Stage) -> None:
    stream, question, answer = await begin(stage, stage.other)
    await stage.use(stage.admin, "settings provider", provider="tamako")
    shown = await stage.alice.slash(stage.other, "ask", question="hello")
    assert shown.thinking
    stage.lose("user_keys")
    await stream.finish()
    assert (await stage.answer(question)) is answer
    told = await shown.next_followup()
    assert told.content == f"-# {DATABASE_FAILED}"
    assert told.ephemeral
    others = [message for message in stage.other.visible_to(stage.bob) if message.author is stage.app.bot]
    assert others == [answer]


def lines_of(message: Message) -> list[str]:
    """Return a message's lines."""
    return message.content.splitlines()


async def test_help_tells_who_answers_and_how_to_ask(stage: Stage) -> None:
    told = await stage.use(stage.alice, "help")
    assert told.ephemeral
    assert lines_of(told)[0] == "**Chatbase answers here.**"
    assert "- Mention me with a question, or reply to one of my messages." in lines_of(told)
    assert "- Or use `/ask`." in lines_of(told)
    assert "`/tamako ask`, `/chatbase ask`, `/chatbase-v2 ask`, `/stammer ask` or `/chatbot ask`" in told.content
    await stage.use(stage.admin, "settings provider", provider="stammer", channel=stage.other)
    there = await stage.use(stage.bob, "help", at=stage.other)
    assert lines_of(there)[0] == "**Stammer.ai answers here.**"


async def test_help_in_a_direct_message_speaks_of_messages(stage: Stage) -> None:
    told = await stage.use(stage.alice, "help", at=stage.alice.dm(stage.app))
    assert told.ephemeral
    assert "- Just write me a message." in lines_of(told)
    assert "mention me" not in told.content.lower()
    assert "/settings" not in told.content


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true", STAMMER_API_TOKEN="", CHATBOT_CLIENT_TOKEN="")
async def test_help_names_the_prefix_and_the_configured_providers_only(stage: Stage) -> None:
    await stage.use(stage.admin, "settings prefix", value="hey.")
    told = await stage.use(stage.alice, "help")
    assert "- Or use `/ask` or `hey.ask`." in lines_of(told)
    assert "stammer" not in told.content
    assert len(told.content) < 2000


async def test_help_tells_its_reader_what_they_can_do_here(stage: Stage) -> None:
    for person, shown in ((stage.alice, False), (stage.admin, True)):
        told = await stage.use(person, "help")
        for command in ("/settings show", "/settings channels", "/doctor", "/history clear"):
            assert (command in told.content) is shown, (person.name, command)
        assert len(told.content) < 2000
    await stage.use(stage.admin, "settings conversation", value="personal")
    assert "/history clear" in (await stage.use(stage.alice, "help")).content
    await stage.use(stage.admin, "settings channels", value="except", channel=stage.general)
    told = await stage.use(stage.alice, "help")
    assert told.content.startswith("I don't answer in this channel.")
    assert "`/ask`" not in told.content
    assert "/privacy show" in told.content


async def test_every_command_that_help_names_is_there(stage: Stage) -> None:
    told = await stage.use(stage.admin, "help")
    named = {part.removeprefix("/") for part in told.content.split("`")[1::2] if part.startswith("/")}
    assert named <= commands(stage)
    assert named >= {*PUBLIC, "history show", "history clear", "settings show", "settings provider"}
