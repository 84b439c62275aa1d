"""Reads from a message whether it speaks to the bot, and what it asks."""

import re
from dataclasses import dataclass
from typing import ClassVar

import discord

from bot.discord.locations import message_location
from bot.discord.reading.attachments import sort_attachments
from bot.discord.reading.message_content import MessageContent
from bot.text import mentions as text


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The message asks something; `text` is the question without the mention, empty if there is nothing else.

    `spoken_to` tells whether the bot was addressed, and did not only overhear it.
    """

    text: str
    spoken_to: bool = True


@dataclass(frozen=True, slots=True)
class HiddenQuestion:
    """The message mentions the bot's own role, and so Discord does not show what it says.

    Without the message content intent, only a mention of the bot itself makes it do that (documentation, "Message
    Content Intent").
    """

    spoken_to: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """The message is the text command for help."""

    spoken_to: ClassVar[bool] = True


Request = QuestionText | HelpRequest | HiddenQuestion
"""What a message wants of the bot."""

_READABLE = {discord.MessageType.default, discord.MessageType.reply}

_CALLS_OTHERS = re.compile(r"<@[!&]?\d+>|@(?:everyone|here)\b")
"""How a message begins that is meant for somebody else: with a person, a role, or everybody."""


def request_of(message: discord.Message, bot: int, message_content: MessageContent) -> Request | None:
    """Return what a message wants of the bot, None if it is not meant for it."""
    if message.author.bot or message.webhook_id is not None or message.type not in _READABLE:
        return None
    location = message_location(message)
    role = own_role_in(message, bot)
    is_mentioned = any(user.id == bot for user in message.mentions)
    if role is not None and not message.content:
        return HiddenQuestion()
    overheard = message_content.answers_all(message.channel, location, bot) and not _answers_others(message, bot)
    if overheard and not message.content and sort_attachments(message.attachments)[0]:
        # A long text that Discord's app made a file of.
        return QuestionText("", spoken_to=location.is_dm or is_mentioned)
    return read_message(
        message.content,
        bot=bot,
        prefix=message_content.prefix(location.server),
        addressed=location.is_dm or is_mentioned or role is not None,
        overheard=overheard,
        role=role,
        forwards=bool(message.message_snapshots),
    )


def _answers_others(message: discord.Message, bot: int) -> bool:
    """Return whether a message replies to anybody but its author and the bot; a deleted message counts as theirs."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return False
    answered = message.reference.resolved
    return not isinstance(answered, discord.Message) or answered.author.id not in (message.author.id, bot)


def read_message(
    content: str,
    *,
    bot: int,
    prefix: str | None,
    addressed: bool,
    overheard: bool = False,
    role: int | None = None,
    forwards: bool = False,
) -> QuestionText | HelpRequest | None:
    """Return what a message wants of the bot, None if it is not meant for it.

    `addressed` says that the message mentions the bot or its own `role`, or is a direct message; `prefix` is the one of
    text commands, None if the bot cannot see messages that do not mention it. `overheard` says that the bot answers
    every message of the channel, and that this one is no reply to somebody else: then it is meant unless it calls
    others first, or neither holds text nor `forwards` another message.
    """
    question = without_mention(content, bot, role)
    if prefix and (command := _text_command(question, prefix)) is not None:
        return command
    if addressed:
        return QuestionText(question)
    is_meant = overheard and bool(question or forwards) and not _CALLS_OTHERS.match(question)
    return QuestionText(question, spoken_to=False) if is_meant else None


def _text_command(text: str, prefix: str) -> QuestionText | HelpRequest | None:
    match = re.match(rf"{re.escape(prefix)}(ask|help)(?:\s+|$)", text, re.IGNORECASE)
    if match is None:
        return None
    return QuestionText(text[match.end() :].strip()) if match[1].lower() == "ask" else HelpRequest()


def without_mention(content: str, bot: int, role: int | None = None) -> str:
    """Return the text as if its writer had not mentioned the bot, nor the bot's own `role`."""
    return text.without_mention(content, _mention_of(bot, role))


def own_id(client: discord.Client) -> int:
    """Return the id of the bot's account, 0 before it has logged in: nobody has that."""
    return client.user.id if client.user is not None else 0


def own_role_in(message: discord.Message, bot: int) -> int | None:
    """Return the bot's own role if the message mentions it, None if it does not.

    Discord gives a bot that is added to a server a role of its own (documentation, "Role Tags Structure": `bot_id`),
    which its client offers beside the bot. It counts the mention as one only if the writer may ping the role.
    """
    for role in message.role_mentions:
        if role.tags is not None and role.tags.bot_id == bot:
            return role.id
    if "<@&" not in message.content or not isinstance(message.guild, discord.Guild):
        return None
    own = message.guild.self_role
    if own is None or not any(text.find_outside_code(message.content, re.compile(f"<@&{own.id}>"))):
        return None
    return own.id


def _mention_of(bot: int, role: int | None) -> re.Pattern[str]:
    return re.compile(f"<@!?{bot}>" if role is None else f"<@!?{bot}>|<@&{role}>")
