"""Interactions: what a person did with a command, a button or a form, and what the bot made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from sandbox.discord.model.installations import Install, Owners
from sandbox.discord.model.permissions import Permission

if TYPE_CHECKING:
    from sandbox.discord.errors import Json
    from sandbox.discord.model.channels import Channel
    from sandbox.discord.model.messages import Message
    from sandbox.discord.model.users import Application, User

DEADLINE = 3.0
"""Seconds until an unanswered interaction is unknown (reference, "Receiving and Responding")."""

MAX_FOLLOW_UPS = 5
"""Follow-ups if the application is installed by a person alone (reference, "Create Followup Message")."""

TOKEN_LASTS = 15 * 60.0
"""Seconds that an interaction's token may be used for edits and follow-ups."""


class InteractionType(IntEnum):
    """What the person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How a bot may answer (reference, "Interaction Callback Type")."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True)
class Response:
    """A bot's first answer: `callback` is None until it came, after `answered_after` seconds.

    `given_up` says that the person stopped waiting. A form is in `modal`, an autocompletion's answer in `choices`.
    """

    callback: Callback | None = None
    answered_after: float | None = None
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    given_up: bool = False


@dataclass(eq=False)
class Interaction:
    """One interaction: what was sent to the bot in `data`, and the bot's answer as the person sees it.

    `owners` names by whose installation it came: a server's, a person's own, or both.
    `expired` says that the three seconds went by without an answer, which a person sees as "The application did not
    respond".
    """

    id: int
    token: str = field(repr=False)
    type: InteractionType
    application: Application = field(repr=False)
    user: User
    channel: Channel
    data: Json
    created_at: float
    owners: Owners = field(default_factory=dict)
    source: Message | None = field(default=None, repr=False)
    parent: Interaction | None = field(default=None, repr=False)
    resolved: Json = field(default_factory=dict, repr=False)
    message: Message | None = field(default=None, repr=False)
    followups: list[Message] = field(default_factory=list, repr=False)
    response: Response = field(default_factory=Response, repr=False)

    @property
    def as_guest(self) -> bool:
        """Whether the bot came by a person's own installation alone, and is no member of the place."""
        return set(self.owners) == {Install.USER}

    @property
    def hushed(self) -> bool:
        """Whether every answer is for this person alone: a guest's if they may not use external apps in public."""
        if not self.as_guest or self.channel.guild is None:
            return False
        return Permission.USE_EXTERNAL_APPS not in self.channel.permissions_of(self.user)

    @property
    def kind(self) -> str:
        """What the bot answered with: `message`, `deferred_message`, `modal`, …; empty when it did not."""
        return self.response.callback.name.lower() if self.response.callback is not None else ""

    @property
    def answered(self) -> bool:
        """Whether the bot answered in time; a late answer is refused and does not count."""
        return self.response.callback is not None

    @property
    def expired(self) -> bool:
        """Whether the time to answer is over and nothing came."""
        return self.response.callback is None and self.age() > DEADLINE

    def age(self) -> float:
        """Seconds since the person acted."""
        return self.channel.state.clock.monotonic() - self.created_at

    @property
    def modal(self) -> Json | None:
        """The form that the bot opened."""
        return self.response.modal

    @property
    def thinking(self) -> bool:
        """Whether the person sees "… is thinking" now."""
        return self.message is not None and self.message.thinking

    @property
    def content(self) -> str:
        """The answer's text, empty when there is none."""
        return self.message.content if self.message is not None else ""

    @property
    def embeds(self) -> tuple[Json, ...]:
        """The answer's embeds."""
        return self.message.embeds if self.message is not None else ()

    @property
    def components(self) -> tuple[Json, ...]:
        """The answer's components."""
        return self.message.components if self.message is not None else ()

    @property
    def ephemeral(self) -> bool:
        """Whether the answer is for this person alone."""
        return self.message is not None and self.message.ephemeral

    async def wait_until(self, shows: str = "", timeout: float = 30.0) -> Message:  # noqa: ASYNC109
        """Return the answer's message, once it thinks no longer and its text contains `shows`. Raises TimeoutError."""

        def find() -> Message | None:
            message = self.message
            return message if message is not None and not message.thinking and shows in message.content else None

        return await self.channel.state.change_log.wait_for(find, timeout)

    async def next_followup(self, after: Message | None = None, timeout: float = 30.0) -> Message:  # noqa: ASYNC109
        """Return the first follow-up, or the first after another one, past or to come. Raises TimeoutError."""
        first = after.id if after is not None else 0
        return await self.channel.state.change_log.wait_for(
            lambda: next((message for message in self.followups if message.id > first), None), timeout
        )
