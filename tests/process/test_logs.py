"""What a whole conversation leaves in the log: at the most talkative level no text and no secret, as JSON if wanted."""

import json

import pytest

from sandbox.apis import Cut, Reply, Status
from sandbox.discord import Interaction, Message, Person
from sandbox.environment import Environment

WORD = "xylophone"
"""Stands in every text that anybody writes here, people, admins and chat APIs alike."""

pytestmark = pytest.mark.timeout(90)


class Talk:
    """A conversation in which every text holds WORD, in both channels, since each has a rate limit of its own."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.count = 0

    async def mention(self, person: Person, *, reply_to: Message | None = None) -> None:
        """Ask by mention and wait for the answer's end."""
        self.count += 1
        text = f"{self.env.app.bot.mention} {WORD} {self.count}"
        channel = self.env.games if self.count % 2 else self.env.general
        await person.say(channel, text, reply_to=reply_to)
        await self._answered()

    async def slash(self, person: Person, command: str, **options: object) -> Interaction:
        """Use a command and return what it showed."""
        shown = await person.slash(self.env.general, command, **options)  # type: ignore[arg-type]
        await shown.wait_until()
        return shown

    async def ask(self, person: Person, command: str) -> Interaction:
        """Use a command that asks, and return what it showed."""
        self.count += 1
        shown = await self.slash(person, command, question=f"{WORD} {self.count}")
        await self._answered()
        return shown

    async def press(self, person: Person, message: Message, label: str) -> None:
        """Press a button that asks."""
        self.count += 1
        await person.press(message, label)
        await self._answered()

    async def _answered(self) -> None:
        """Wait until the bot is through with every question so far."""
        assert self.env.bot is not None
        await self.env.bot.printed("answered by", times=self.count)


async def _talk(env: Environment) -> None:
    """Ask every chat API in every way, have each kind of fault, and change each kind of setting."""
    alice, apis, talk = env.alice, env.apis, Talk(env)
    for api in apis.all:
        api.answers(f"An answer with a {WORD}.")
    await talk.mention(alice)
    is_notice = await env.bob.say(env.general, f"I like my {WORD}")
    await talk.mention(alice, reply_to=is_notice)
    for command in ("ask", "tamako ask", "stammer ask"):
        await talk.ask(alice, command)
    buttons = [{"type": "postback", "title": f"{WORD}!", "value": WORD}]
    apis.chatbot.answers(Reply(fulfillment=[{"type": "quickReplies", "title": WORD, "buttons": buttons}]), times=1)
    shown = await talk.ask(alice, "chatbot ask")
    assert shown.message is not None
    await talk.press(alice, shown.message, f"{WORD}!")
    for fault in (Status(401, WORD), Status(400, WORD), Status(500, WORD), "html", "invalid-json", "cut"):
        apis.chatbase.fails(fault, times=1)
        await talk.mention(env.bob)
        await talk.mention(env.bob)  # an answer in between: after repeated outages Chatbase would not be asked
    apis.chatbase.answers(Reply(pieces=[f"A {WORD} that", Cut.RESET]), times=1)
    await talk.mention(env.bob)
    apis.tamako.fails("truncated", times=1)
    apis.stammer.fails(Status(403, WORD), times=1)
    apis.chatbot.fails("html", times=1)
    for name in ("tamako", "stammer", "chatbot"):
        await talk.ask(env.bob, f"{name} ask")
    for command in ("settings name", "settings gender", "settings developer"):
        await talk.slash(alice, command, value=WORD)
    await talk.slash(alice, "settings system-prompt", provider="stammer", value=WORD)
    await talk.slash(alice, "history show")
    await talk.slash(alice, "history clear")
    env.discord.fail_next("POST", "/channels/{channel_id}/messages", 403, code=50013)
    await env.bob.say(env.general, f"{env.app.bot.mention} {WORD}")
    assert env.bot is not None
    await env.bot.printed("cannot write")


def _secrets(env: Environment) -> list[str]:
    return [env.app.token, *(secret for api in env.apis.all for secret in api.secrets)]


async def test_no_line_holds_a_text_or_a_secret(env: Environment) -> None:
    await env.start_bot(LOG_LEVEL="DEBUG")
    assert env.bot is not None
    bot = env.bot
    await _talk(env)
    assert await env.stop_bot() == 0
    printed = [*bot.out, *bot.err]
    assert len(printed) > 20
    assert [line for line in printed if any(private in line for private in (WORD, *_secrets(env)))] == []
    assert not any("Traceback" in line for line in printed)


async def test_every_line_is_an_object(env: Environment) -> None:
    await env.start_bot(LOG_FORMAT="json")
    assert env.bot is not None
    bot = env.bot
    await Talk(env).mention(env.alice)
    assert await env.stop_bot() == 0
    events = [json.loads(line) for line in bot.out]
    assert all({"time", "level", "logger", "message"} <= event.keys() for event in events)
    assert [event for event in events if event["message"].endswith(" answered by chatbase: in full")]
    assert list(bot.err) == []
