"""Accounts, the application, the gateway's address, and opening direct messages."""

from sandbox.discord.errors import INVALID_RECIPIENTS, UNKNOWN_USER, ApiError, FormErrors, Json
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.guilds import channel_json
from sandbox.discord.serializers.users import application_json, own_user_json, permissions_json, user_json
from sandbox.discord.validators.fields import snowflake


async def get_own_user(call: ApiRequest) -> Reply:
    """GET /users/@me."""
    return Reply(own_user_json(call.bot))


async def get_user(call: ApiRequest) -> Reply:
    """GET /users/{user_id}."""
    user = call.state.users.get(call.number("user_id", UNKNOWN_USER))
    if user is None:
        raise ApiError(UNKNOWN_USER)
    return Reply(user_json(user))


async def list_own_guilds(call: ApiRequest) -> Reply:
    """GET /users/@me/guilds."""
    guilds = [guild for guild in call.state.guilds.values() if call.bot.id in guild.members]
    shown: list[Json] = [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner is call.bot,
            "permissions": permissions_json(guild.members[call.bot.id].permissions),
            "features": [],
        }
        for guild in guilds
    ]
    return Reply(shown)


async def leave_guild(call: ApiRequest) -> Reply:
    """DELETE /users/@me/guilds/{guild_id}: the bot is a member no longer, and is told so by the gateway."""
    call.guild().remove(call.bot)
    return NO_CONTENT


async def open_dm(call: ApiRequest) -> Reply:
    """POST /users/@me/channels."""
    body = call.form()
    if body.get("recipient_id") is None:
        errors = FormErrors()
        errors.required(("recipient_id",))
        errors.raise_if_any()
    person = call.state.users.get(snowflake(body["recipient_id"]) or 0)
    if person is None or person is call.bot:
        raise ApiError(INVALID_RECIPIENTS)
    return Reply(channel_json(call.state.dm_between(call.bot, person), call.bot))


async def get_application(call: ApiRequest) -> Reply:
    """GET /applications/@me and GET /oauth2/applications/@me."""
    return Reply(application_json(call.application))


async def get_gateway(call: ApiRequest) -> Reply:
    """GET /gateway."""
    return Reply({"url": _gateway_url(call)})


async def get_gateway_bot(call: ApiRequest) -> Reply:
    """GET /gateway/bot."""
    application = call.application
    limit = application.session_starts.tell()
    return Reply({"url": _gateway_url(call), "shards": application.shards, "session_start_limit": limit})


def _gateway_url(call: ApiRequest) -> str:
    return call.state.base_url.replace("http", "ws", 1) + "/gateway"


ROUTES = (
    Route("GET", "/users/@me", get_own_user),
    Route("GET", "/users/@me/guilds", list_own_guilds),
    Route("DELETE", "/users/@me/guilds/{guild_id}", leave_guild),
    Route("POST", "/users/@me/channels", open_dm),
    Route("GET", "/users/{user_id}", get_user),
    Route("GET", "/applications/@me", get_application),
    Route("GET", "/oauth2/applications/@me", get_application),
    Route("GET", "/gateway", get_gateway, open=True),  # Discord asks for no token at all here
    Route("GET", "/gateway/bot", get_gateway_bot),
)
