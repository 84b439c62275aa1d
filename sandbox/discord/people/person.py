"""A person: everything that somebody in front of Discord's client can do."""

from collections.abc import Iterable, Mapping

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.interactions import Interaction, InteractionType
from sandbox.discord.model.messages import Extras, Message, Poll, Sticker
from sandbox.discord.model.permissions import Permission
from sandbox.discord.model.users import Application, User
from sandbox.discord.operations.files import keep_file
from sandbox.discord.operations.mentions import Allowed
from sandbox.discord.operations.messaging import Draft, delete, edit, forward, pin, post, start_typing
from sandbox.discord.people import threads
from sandbox.discord.people.commands import fill_in, find_command
from sandbox.discord.people.components import find_button, find_select
from sandbox.discord.people.errors import NotPossible, NotVisible
from sandbox.discord.people.forms import fill_form
from sandbox.discord.people.interactions import interact
from sandbox.discord.people.threads import MAX_MESSAGE

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3


class Person(User):
    """A human account. What Discord's client would not let them do raises NotPossible or one of its kinds."""

    async def say(
        self,
        channel: Channel,
        text: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        attachments: Iterable[tuple[str, bytes]] = (),
        poll: Poll | None = None,
        stickers: Iterable[str] = (),
    ) -> Message:
        """Send a message; a reply pings its addressee unless `ping` is off. Stickers are given by name."""
        files = tuple(keep_file(channel, name, data) for name, data in attachments)
        extras = Extras(poll, tuple(Sticker(self.state.ids.mint(), name) for name in stickers))
        allowed = Allowed(replied_user=ping)
        draft = Draft(text.strip(), attachments=files, allowed=allowed, answers=reply_to, extras=extras)
        self._check_may_write(channel)
        if reply_to is not None and reply_to.ephemeral:
            raise NotPossible("what only one person sees cannot be replied to")
        if (seconds := channel.wait_of(self)) > 0:
            raise NotPossible(f"slow mode: {self.name} may write again in {seconds:.0f} s")
        _check_length(draft)
        _check_rules(channel, self, draft)
        return post(channel, self, draft)

    async def edit(self, message: Message, text: str) -> None:
        """Change an own message's text."""
        if message.author is not self:
            raise NotPossible("only own messages can be edited")
        if message.channel.thread is not None and message.channel.thread.archived:
            raise NotPossible("nothing can be edited in an archived thread")
        self._check_may_write(message.channel)
        shown = (message.embeds, message.components, message.attachments, message.flags)
        draft = Draft(text.strip(), *shown, extras=message.extras)
        _check_length(draft)
        _check_rules(message.channel, self, draft)
        edit(message, draft)

    async def forward(self, message: Message, channel: Channel) -> Message:
        """Forward a message that this person sees; Discord's client sends a comment on it as a message of its own."""
        self._check_may_write(channel)
        return forward(self._seen(message), channel, self)

    async def pin(self, message: Message) -> Message:
        """Pin a message, and return the system message that tells of it."""
        channel = message.channel
        if Permission.PIN_MESSAGES not in channel.permissions_of(self):
            raise NotPossible(f"{self.name} may not pin messages in {channel.name}")
        return pin(message, self)

    async def delete(self, message: Message) -> None:
        """Delete an own message, or anybody's if the person may manage messages."""
        if message.author is not self and Permission.MANAGE_MESSAGES not in message.channel.permissions_of(self):
            raise NotPossible("only own messages can be deleted")
        delete(message)

    async def type(self, channel: Channel) -> None:
        """Show the others that this person is typing."""
        self._check_may_write(channel)
        start_typing(channel, self)

    def dm(self, other: User | Application) -> Channel:
        """Return the direct message with somebody."""
        return self.state.dm_between(self, other.bot if isinstance(other, Application) else other)

    async def start_thread(
        self, channel: Channel, name: str, *, message: Message | None = None, private: bool = False
    ) -> Channel:
        """Open a thread in a channel, at a message or on its own."""
        return threads.start_thread(channel, self, name, message=message, private=private)

    async def close_thread(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread, which its owner and those who may manage threads can; only the latter can lock it too."""
        threads.close_thread(thread, self, locked=locked)

    async def reopen_thread(self, thread: Channel) -> None:
        """Take a thread out of the archive, as a new message would, if the person may write in it."""
        threads.reopen_thread(thread, self)

    async def lock_thread(self, thread: Channel) -> None:
        """Lock a thread that stays open to read, which those who may manage threads can."""
        threads.lock_thread(thread, self)

    async def post(self, forum: Channel, title: str, text: str) -> tuple[Channel, Message]:
        """Open a post in a forum: its thread and first message."""
        return threads.write_post(forum, self, title, text)

    async def slash(
        self, place: Channel, command: str, /, *, force: bool = False, wait: bool = True, **options: object
    ) -> Interaction:
        """Use a slash command, `"ask"` or `"chatbase ask"`; returns when the bot has answered or 3 s have passed.

        Options are validated against what the bot registered; an option `system-prompt` may be given as
        `system_prompt`. `force` sends the command even if it is hidden from this person; without `wait` the
        interaction is returned at once.
        """
        name, *path = command.split()
        found = find_command(place, self, SLASH, name, force=force)
        filled = fill_in(found, path, options, place)
        return await interact(
            InteractionType.COMMAND, self, place, found.application, filled.data, named=filled.named, wait=wait
        )

    async def autocomplete(
        self, place: Channel, command: str, option: str, typed: str, /, *, force: bool = False, **others: object
    ) -> list[Json]:
        """Return the choices that the bot offers while an option is being typed, each with `name` and `value`."""
        name, *path = command.split()
        found = find_command(place, self, SLASH, name, force=force)
        filled = fill_in(found, path, others | {option: typed}, place, focused=option)
        sent = await interact(
            InteractionType.AUTOCOMPLETE, self, place, found.application, filled.data, named=filled.named
        )
        return sent.response.choices

    async def use_menu(
        self, target: Message | User, command: str, *, place: Channel | None = None, force: bool = False
    ) -> Interaction:
        """Use a command from the menu of a message, or of an account in the channel `place`."""
        channel = target.channel if isinstance(target, Message) else place
        if channel is None:
            raise NotPossible("the menu of an account needs a place")
        kind = MESSAGE_MENU if isinstance(target, Message) else USER_MENU
        found = find_command(channel, self, kind, command, force=force)
        data = {"id": str(found.id), "name": found.name, "type": kind, "target_id": str(target.id)}
        return await interact(InteractionType.COMMAND, self, channel, found.application, data, named=[target])

    async def press(self, message: Message, button: str, *, wait: bool = True) -> Interaction:
        """Press a button, named by its label, emoji or custom id."""
        data = find_button(self._seen(message), button)
        application = self._application_of(message)
        return await interact(
            InteractionType.COMPONENT, self, message.channel, application, data, source=message, wait=wait
        )

    async def choose(self, message: Message, menu: str, *values: object) -> Interaction:
        """Choose in a select menu, named by its placeholder or custom id; string values by label or value."""
        data, named = find_select(self._seen(message), menu, values)
        return await interact(
            InteractionType.COMPONENT,
            self,
            message.channel,
            self._application_of(message),
            data,
            source=message,
            named=[*named],
        )

    async def submit(
        self, form: Interaction, fields: Mapping[str, object] | None = None, **named: object
    ) -> Interaction:
        """Submit the form that an interaction opened; fields by label or custom id, for values see `fill_form`."""
        if form.modal is None or form.user is not self:
            raise NotVisible("no form is open")
        filled = fill_form(form.modal, {**(fields or {}), **named}, form.channel)
        return await interact(
            InteractionType.MODAL,
            self,
            form.channel,
            form.application,
            filled.data,
            source=form.source,
            parent=form,
            named=[*filled.named],
        )

    def _check_may_write(self, channel: Channel) -> None:
        if not threads.may_write(channel, self):
            raise NotPossible(f"{self.name} may not write in {channel.name or 'this conversation'}")

    def _seen(self, message: Message) -> Message:
        if not message.visible_to(self):
            raise NotVisible("this message is not shown to this person")
        return message

    def _application_of(self, message: Message) -> Application:
        application = self.state.application_of(message.author)
        if application is None:
            raise NotPossible("only a bot's components can be used")
        return application


def _check_length(draft: Draft) -> None:
    if draft.empty or len(draft.content) > MAX_MESSAGE:
        raise NotPossible(f"a message of {len(draft.content)} characters")


def _check_rules(channel: Channel, person: Person, draft: Draft) -> None:
    if channel.guild is not None and channel.guild.blocks(person, draft.content):
        raise NotPossible("AutoMod blocks this message")
