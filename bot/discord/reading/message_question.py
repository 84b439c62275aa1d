"""The question that a message asks, with all that goes along: quotation, names of files, and the thread it is in."""

import discord

from bot.discord.locations import message_location
from bot.discord.reading.admission import requester_of
from bot.discord.reading.attachments import sort_attachments
from bot.discord.reading.names import names_in
from bot.discord.reading.quotes import Reader, quoted_by
from bot.discord.reading.threads import thread_of
from bot.discord.reading.words import poll_words
from bot.domain.question import Question
from bot.text.mentions import with_names


def question_of(message: discord.Message, text: str, reader: Reader) -> Question:
    """Return the question; `text` is the message's without the bot's mention."""
    target = message.reference.resolved if message.reference is not None else None
    names = names_in(message.author, message, *([target] if isinstance(target, discord.Message) else []))
    quoted = quoted_by(message, names, reader)
    files, unread = sort_attachments([*message.attachments, *quoted.files])
    # Somebody who only points at an answer may want anything.
    quote = quoted.quote if text or quoted.quote is None or quoted.quote.kind != "answer" else None
    parts = [text, poll_words(message.poll) if message.poll is not None else ""]
    return Question(
        id=message.id,
        location=message_location(message),
        asker=message.author.id,
        text=with_names("\n\n".join(part for part in parts if part), names),
        quote=quote,
        files=files,
        attachments=unread,
        thread=thread_of(message.channel, reader.opted_out),
        name=message.author.display_name,
        requester=requester_of(message.author),
        by_admin=isinstance(message.author, discord.Member) and message.author.guild_permissions.manage_guild,
    )
