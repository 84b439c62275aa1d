"""What a person asks, and where."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.domain.attachments import AttachedFile
from bot.domain.conversation_key import Kind as ConversationKind

MAX_QUOTE_CHARS = 1000
"""How much of a quoted message is sent with a question, in characters; the rest is marked as left out."""

MIN_CONTEXT_CHARS = 40
"""How much of a forum post's first message, or of a quoted one, is worth sending, in characters."""

_LEFT_OUT = " […]"
_PART_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a question was asked.

    `channel` is the channel, thread or direct message that it was asked in; `settings_channel` the channel whose
    settings apply (a thread's parent, otherwise the same); `server` is None outside servers. With `is_user_install`
    the bot is no member of the server: somebody installed it to their own account. It sees only commands there, and no
    settings apply. If only one person sees the answers, because they asked for that or the server shows the bot's
    messages to nobody else, `visible_only_to` is that person.
    """

    channel: int
    settings_channel: int
    server: int | None
    is_user_install: bool = False
    visible_only_to: int | None = None

    @property
    def is_private(self) -> bool:
        """Whether only one person sees the answers."""
        return self.visible_only_to is not None

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread or forum post."""
        return self.channel != self.settings_channel

    @property
    def is_dm(self) -> bool:
        """Whether it is a direct message with the bot."""
        return self.server is None and not self.is_user_install

    def kind(self, *, is_personal: bool) -> ConversationKind:
        """Return what kind of conversation goes on there; `is_personal` is the setting."""
        if self.visible_only_to is not None:
            return "private"
        # Nobody is a member of a group or of others' direct messages but people: there is no other kind to tell apart.
        if self.is_user_install and self.server is not None:
            return "guest"
        return "personal" if is_personal else "shared"


Kind = Literal["message", "forward", "system", "empty", "answer", "withheld"]
"""What a quoted message is."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A message that the question replies to, is about or forwards; its text is empty if there is none to be read.

    `author` is who wrote it, or forwarded it; empty if nobody is to be named. A "system" message is Discord's own, such
    as that somebody joined; an "empty" one has no words at all, as far as Discord shows everything of it; an "answer"
    is the bot's own, to somebody else than the asker. A "withheld" one is not passed on, since its author opted out.
    `author_id` is the author's Discord id, 0 if it is not known.
    """

    author: str
    text: str
    kind: Kind = "message"
    author_id: int = field(default=0, compare=False)


WITHHELD = Quote("", "", "withheld")


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread, or forum post, in which a question is asked; `starter` is what it begins with, if that is known.

    `is_told` says that the provider was told of it with the question.
    """

    title: str
    is_post: bool = False
    starter: Quote | None = None
    is_told: bool = False

    @property
    def context(self) -> str:
        """What is put in front of a question for a provider that is told of the thread."""
        parts = [f"{'Forum post' if self.is_post else 'Thread'}: {self.title}"]
        if self.starter is not None and self.starter.text:
            parts.append(_quoted(self.starter))
        return "".join(part + _PART_BREAK for part in parts)

    def fitting(self, fits: Callable[[str], bool]) -> "Thread | None":
        """Return as much of it as has a `context` that `fits`, None if not even the title does.

        The first message is shortened before it is left out.
        """
        if fits(self.context):
            return self
        bare = replace(self, starter=None)
        if not fits(bare.context):
            return None
        if self.starter is None:
            return bare
        starter, text = self.starter, self.starter.text[:MAX_QUOTE_CHARS]

        def first(chars: int) -> Thread:
            return replace(self, starter=replace(starter, text=text[:chars].rstrip() + _LEFT_OUT))

        too_long = bisect_left(range(len(text)), True, key=lambda chars: not fits(first(chars).context))
        return first(too_long - 1) if too_long > MIN_CONTEXT_CHARS else bare


@dataclass(frozen=True, slots=True)
class Caption:
    """What readers are told above an answer whose question they cannot see: who asked or chose what.

    `asker` is that person's name, empty if it is not known; `link` leads to the message that the question is about.
    """

    asker: str
    text: str
    link: str = ""
    is_choice: bool = False


@dataclass(frozen=True, slots=True)
class Requester:
    """Who wants a question answered, and the ids of their roles in the server: the asker, or who presses **Retry**."""

    person: int
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as its asker wrote it.

    `id` is Discord's id of the message, or of the interaction if `by_message` is false. `files` are the text files that
    go along, `attachments` the names of those that are not read. `provider` is set if the asker
    chose one by name; otherwise the channel's answers. `jump` is a step in the provider's own flow that a pressed
    button leads to, instead of text. `caption` tells readers what the question was, if they cannot see it themselves.
    `thread` is where it is asked, None outside threads. `name` is what the asker is called there. `kind` is the kind of
    conversation that the question was first asked in, None if it is asked for the first time. `newest` is what its
    message says meanwhile, if an older wording is asked again; else None. `requester` is whom it counts for, None for
    an asker whose roles are not known. `by_admin` says that the asker has Manage Server there, as far as Discord tells
    with the question. `chosen` is the provider that was to answer, if another one is asked instead because that is out;
    else None. Unless it `falls_back`, no other one is.
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
    caption: Caption | None = None
    thread: Thread | None = None
    name: str = ""
    kind: ConversationKind | None = None
    newest: str | None = None
    by_admin: bool = False
    requester: Requester | None = None
    chosen: str | None = None
    falls_back: bool = True

    @property
    def requested_by(self) -> Requester:
        """Whose limits it counts toward."""
        return self.requester or Requester(self.asker)

    @property
    def newest_text(self) -> str:
        """What the question's message says, as far as is known."""
        return self.text if self.newest is None else self.newest

    @property
    def has_words(self) -> bool:
        """Whether there is anything to ask: the asker's own words, or words that they quote."""
        return bool(self.text or (self.quote is not None and self.quote.text))

    def without_words_of(self, opted_out: Callable[[int], bool]) -> "Question":
        """Return the question without what others wrote who have opted out since it was first asked."""

        def is_withheld(quote: Quote | None) -> bool:
            return quote is not None and quote.author_id not in (0, self.asker) and opted_out(quote.author_id)

        thread = self.thread
        if thread is not None and is_withheld(thread.starter):
            thread = replace(thread, starter=None)
        return replace(self, quote=WITHHELD if is_withheld(self.quote) else self.quote, thread=thread)

    @property
    def quoted(self) -> frozenset[int]:
        """Whose words, of those whom Discord names, go along with the question."""
        starter = self.thread.starter if self.thread is not None and self.thread.is_told else None
        quotes = (quote for quote in (self.quote, starter) if quote is not None)
        return frozenset(quote.author_id for quote in quotes if quote.author_id)

    def with_quote_of(self, chars: int) -> "Question":
        """Return the question with no more than so many characters of the quoted message."""
        if self.quote is None or len(self.quote.text) <= chars:
            return self
        return replace(self, quote=replace(self.quote, text=self.quote.text[:chars].rstrip() + _LEFT_OUT))

    def compose(self, *, with_names: bool = True) -> str:
        """Return the text for the provider without files, which `bot/conversation/question_text.py` adds.

        It is the thread if the provider is told of it, the quoted message, the question, and the names of what was not
        read.
        """
        parts = []
        if self.quote is not None and self.quote.text:
            parts.append(_quoted(self.quote))
        if self.text:
            parts.append(self.text)
        if with_names:
            parts.extend(f"[attachment not read: {name}]" for name in self.attachments)
        thread = self.thread.context if self.thread is not None and self.thread.is_told else ""
        return thread + _PART_BREAK.join(parts)


def _quoted(quote: Quote) -> str:
    text = quote.text if len(quote.text) <= MAX_QUOTE_CHARS else quote.text[:MAX_QUOTE_CHARS].rstrip() + _LEFT_OUT
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    match quote.kind:
        case "forward":
            heading = f"{quote.author} forwarded" if quote.author else "Forwarded message"
        case "system":
            heading = "System message"
        case _:
            heading = f"{quote.author} wrote"
    return f"{heading}:\n{lines}"
