"""The bot of `tests/clients` with hikari."""

import json
import os
from typing import Any

import hikari
from hikari.api.shard import GatewayCompression

# Its bots have no setting for this: they take the best that is installed.
hikari.impl.GatewayShardImpl.__init__.__kwdefaults__["compression"] = GatewayCompression(os.environ["COMPRESSION"])

BUTTON = hikari.impl.MessageActionRowBuilder().add_interactive_button(hikari.ButtonStyle.PRIMARY, "yes", label="Yes")

bot = hikari.GatewayBot(
    os.environ["TOKEN"],
    rest_url=os.environ["API_URL"],
    intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES,
    banner=None,
    logs="ERROR",
    suppress_optimization_warning=True,
)


def tell(event: str) -> None:
    """Print an event."""
    print(json.dumps({"event": event}), flush=True)


@bot.listen()
async def on_ready(event: hikari.ShardReadyEvent) -> None:
    """Register the command."""
    question = hikari.CommandOption(
        type=hikari.OptionType.STRING, name="question", description="What", is_required=True
    )
    command = bot.rest.slash_command_builder("ask", "Ask").add_option(question)
    await bot.rest.set_application_commands(event.application_id, [command])
    tell("ready")


@bot.listen()
async def on_resumed(_: hikari.ShardResumedEvent) -> None:
    """Tell of it."""
    tell("resumed")


@bot.listen()
async def on_message(event: hikari.GuildMessageCreateEvent) -> None:
    """Reply to a mention, and let the reply grow."""
    me = bot.get_me()
    if event.is_bot or me is None or me.id not in (event.message.user_mentions_ids or ()):
        return
    reply = await event.message.respond("one", reply=True)
    await reply.edit("one two")
    await reply.edit("one two three")


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
    """Answer the command, and the button below its answer."""
    interaction: Any = event.interaction
    if isinstance(interaction, hikari.CommandInteraction):
        await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
        question = (interaction.options or ())[0].value
        await interaction.edit_initial_response(f"{question}: because", component=BUTTON)
        tell("answered")
    elif isinstance(interaction, hikari.ComponentInteraction) and interaction.custom_id == "yes":
        said = f"{interaction.user.username} said yes"
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, said, components=[])


bot.run(check_for_updates=False)
