"""What a person asks, and where."""

from dataclasses import dataclass

from bot.domain.attachments import AttachedFile

MAX_QUOTE_CHARS = 1000
"""How much of a quoted message is sent with a question, in characters; the rest is marked as left out."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a question was asked.

    `channel` is the channel, thread or direct message that owns the conversation; `settings_channel` the channel whose
    settings apply (a thread's parent, otherwise the same); `server` is None outside servers. With `is_user_install`
    the bot is no member of the server: somebody installed it to their own account. It sees only commands there, and no
    settings apply. If the server shows the bot's messages to one person only, `visible_only_to` is that person.
    """

    channel: int
    settings_channel: int
    server: int | None
    is_user_install: bool = False
    visible_only_to: int | None = None

    @property
    def is_dm(self) -> bool:
        """Whether it is a direct message with the bot."""
        return self.server is None and not self.is_user_install

    @property
    def conversation(self) -> int:
        """The key of the conversation: the channel's id, or that of the only person who sees it."""
        return self.channel if self.visible_only_to is None else self.visible_only_to

    @property
    def shared(self) -> bool:
        """Whether the conversation belongs to a server's channel, so that no member may clear it alone."""
        return self.server is not None and self.visible_only_to is None


@dataclass(frozen=True, slots=True)
class Quote:
    """A message that the question replies to or is about; its text is empty if the bot may not see it."""

    author: str
    text: str


@dataclass(frozen=True, slots=True)
class AboutMessage:
    """What a question from a message's menu is about: a link to it, and what was asked, if not the message itself."""

    link: str
    asked: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as its asker wrote it.

    `id` is Discord's id of the message, or of the interaction if `by_message` is false. `files` are the text files that
    go along, `attachments` the names of those that are not read. `provider` is set if the asker
    chose one by name; otherwise the channel's answers. `jump` is a step in the provider's own flow that a pressed
    button leads to, instead of text. `about` tells readers what the question was, if they cannot see it themselves.
    """

    id: int
    location: Location
    asker: int
    text: str
    quote: Quote | None = None
    files: tuple[AttachedFile, ...] = ()
    attachments: tuple[str, ...] = ()
    provider: str | None = None
    jump: str | None = None
    by_message: bool = True
    about: AboutMessage | None = None

    def compose(self, *, with_names: bool = True) -> str:
        """Return the text for the provider without files: quoted context, the question, the names of what was not read.

        Files are added in `bot/conversation/question_text.py`.
        """
        parts = []
        if self.quote is not None and self.quote.text:
            parts.append(_quoted(self.quote))
        if self.text:
            parts.append(self.text)
        if with_names:
            parts.extend(f"[attachment not read: {name}]" for name in self.attachments)
        return "\n\n".join(parts)


def _quoted(quote: Quote) -> str:
    text = quote.text if len(quote.text) <= MAX_QUOTE_CHARS else quote.text[:MAX_QUOTE_CHARS].rstrip() + " […]"
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    return f"{quote.author} wrote:\n{lines}"
