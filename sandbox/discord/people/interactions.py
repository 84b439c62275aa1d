"""Starts an interaction: makes it, sends it to the bot, and waits for the answer as long as a person would."""

import secrets

from sandbox.discord.errors import Json
from sandbox.discord.model.channels import Channel
from sandbox.discord.model.guilds import Role
from sandbox.discord.model.installations import Install, Owners, owners_of
from sandbox.discord.model.interactions import DEADLINE, Interaction, InteractionType
from sandbox.discord.model.messages import Attachment, Message
from sandbox.discord.model.users import Application, User
from sandbox.discord.operations.closed_threads import is_locked_for, reopen
from sandbox.discord.people.errors import NotPossible
from sandbox.discord.serializers.interactions import resolve

Resolvable = "User | Role | Channel | Message | Attachment"


async def interact(
    kind: InteractionType,
    user: User,
    channel: Channel,
    application: Application,
    data: Json,
    *,
    source: Message | None = None,
    parent: Interaction | None = None,
    named: list[User | Role | Channel | Message | Attachment] | None = None,
    wait: bool = True,
) -> Interaction:
    """Send an interaction to the bot; with `wait`, return when it has answered or three seconds have passed.

    `named` are the objects that the data names by id, `source` the message of a component, `parent` the interaction
    whose form is submitted. A thread leaves the archive. Raises NotPossible if the person does not see the channel.
    """
    state = channel.state
    if not channel.readable_by(user):
        raise NotPossible(f"{user.name} is not in {channel.name or 'this conversation'}")
    if not is_locked_for(channel, user):
        reopen(channel)  # Discord's client does so before it sends the interaction.
    interaction = Interaction(
        state.ids.mint(),
        secrets.token_urlsafe(120),
        kind,
        application,
        user,
        channel,
        data,
        state.clock.monotonic(),
        _owners(application, user, channel, data, source=source, parent=parent),
        source=source,
        parent=parent,
    )
    interaction.resolved = resolve(*(named or []), interaction=interaction)
    state.interactions[interaction.id] = interaction
    state.interactions_by_token[interaction.token] = interaction
    state.events.interaction_created(interaction)
    if wait:
        await wait_for_answer(interaction)
    return interaction


def _owners(
    application: Application,
    user: User,
    channel: Channel,
    data: Json,
    *,
    source: Message | None,
    parent: Interaction | None,
) -> Owners:
    """Return by whose installations an interaction comes; a component's and a form's are those that it came out of."""
    origin = parent or (source.interaction if source is not None else None)
    if origin is not None:
        return origin.owners
    command = application.commands.get(int(data["id"])) if source is None else None
    return owners_of(application, user, channel, command.installs if command is not None else (Install.GUILD,))


async def wait_for_answer(interaction: Interaction) -> None:
    """Wait as long as Discord's client does; after that, it tells the person that nothing came."""
    state = interaction.channel.state
    left = max(0.0, DEADLINE - interaction.age())
    try:
        await state.change_log.wait_for(lambda: interaction.answered or interaction.expired, left)
    except TimeoutError:
        interaction.response.given_up = True
    if not interaction.answered:
        interaction.response.given_up = True
        state.events.interaction_answered(interaction)
