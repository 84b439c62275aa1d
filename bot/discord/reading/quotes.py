"""What a question quotes: the message that it replies to, is about, or forwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import discord

from bot.discord.locations import message_location
from bot.discord.reading.addressing import own_role_in, without_mention
from bot.discord.reading.words import files_of, words_of
from bot.domain.question import WITHHELD, Kind, Quote
from bot.text.mentions import Names, on_one_line, with_names


@dataclass(frozen=True, slots=True)
class Quoted:
    """What goes along with a question: a quotation if there is one to make, and the files of the quoted message."""

    quote: Quote | None = None
    files: Sequence[discord.Attachment] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads messages: the `bot`, by its id, and whether Discord `shows_all` of their texts to it.

    `opted_out` tells whose messages are not passed on.
    """

    bot: int
    shows_all: bool
    opted_out: Callable[[int], bool] = lambda _: False

    def sees(self, message: discord.Message) -> bool:
        """Return whether Discord shows what a message says (documentation, "Message Content Intent")."""
        mentioned = any(user.id == self.bot for user in message.mentions)
        is_direct = message_location(message).server is None
        return self.shows_all or mentioned or is_direct or message.author.id == self.bot


def author_of(message: discord.Message, bot: int) -> int:
    """Return whose words a message holds: its author's, or in a response of the bot's those of the asker."""
    asked = message.interaction_metadata
    return asked.user.id if message.author.id == bot and asked is not None else message.author.id


def quoted_by(message: discord.Message, names: Names, reader: Reader) -> Quoted:
    """Return what a message forwards or replies to; of the bot's own only what it answered to somebody else."""
    if message.message_snapshots:
        words = "\n".join(map(words_of, message.message_snapshots))
        files = [file for each in message.message_snapshots for file in each.attachments]
        return _quoted(Quote("", plain_text(words, names, reader.bot), "forward"), files)
    if message.type is not discord.MessageType.reply or message.reference is None:
        return Quoted()
    target = message.reference.resolved
    if not isinstance(target, discord.Message):
        return Quoted(Quote("", ""))  # it was deleted, or Discord did not look for it
    if target.author.id == reader.bot:
        return Quoted(_foreign_answer(target, message.author.id, names, reader))
    return quote_message(target, names, reader)


def _foreign_answer(target: discord.Message, asker: int, names: Names, reader: Reader) -> Quote | None:
    """Return what the bot answered to somebody else than `asker`, None if that was not so, as far as is known."""
    answered = {user.id for user in target.mentions}
    if target.interaction_metadata is not None:
        answered.add(target.interaction_metadata.user.id)
    quote = quote_message(target, names, reader).quote if answered and asker not in answered else None
    return quote if quote in (None, WITHHELD) else None if not quote.text else replace(quote, kind="answer")


def quote_message(message: discord.Message, names: Names, reader: Reader) -> Quoted:
    """Return all words of a message as a quotation, which is empty if there are none to be read or passed on."""
    whose = author_of(message, reader.bot)
    if reader.opted_out(whose):
        return Quoted(WITHHELD)
    # The buttons of the bot's own answers are no part of what they say.
    words = words_of(message, buttons=message.author.id != reader.bot)
    text = plain_text(words, names, reader.bot, own_role_in(message, reader.bot))
    author, kind = on_one_line(message.author.display_name), _kind(message)
    if not text and reader.sees(message):
        kind = "empty"
    return _quoted(Quote("" if kind == "system" else author, text, kind, whose), files_of(message))


def plain_text(text: str, names: Names, bot: int, role: int | None = None) -> str:
    """Return what somebody wrote as people read it, without the mention of the bot or of its own `role`."""
    return with_names(without_mention(text, bot, role), names)


def _kind(message: discord.Message) -> Kind:
    if message.is_system():
        return "system"
    return "forward" if message.message_snapshots else "message"


def _quoted(quote: Quote, files: Sequence[discord.Attachment]) -> Quoted:
    """Return `quote` with the message's files, which go by themselves if there are no words."""
    return Quoted(None if files and not quote.text else quote, files)
