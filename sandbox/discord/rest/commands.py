"""Registering application commands, globally and for one guild."""

from sandbox.discord.errors import (
    INVALID_FORM,
    MISSING_ACCESS,
    TOO_MANY_COMMANDS,
    UNKNOWN_APPLICATION,
    UNKNOWN_COMMAND,
    ApiError,
    FormErrors,
    Json,
)
from sandbox.discord.model.installations import Install
from sandbox.discord.model.users import Application, Command
from sandbox.discord.rest.request import NO_CONTENT, ApiRequest, Reply, Route
from sandbox.discord.serializers.interactions import command_json
from sandbox.discord.validators.commands import MAX_COMMANDS, Scope, check_command, check_unique


async def list_commands(call: ApiRequest) -> Reply:
    """GET …/commands."""
    application, guild_id = _place(call)
    return Reply([command_json(command) for command in application.commands_in(guild_id)])


async def replace_commands(call: ApiRequest) -> Reply:
    """PUT …/commands: the whole list; what is not in it is removed, what is unchanged keeps its version."""
    application, guild_id = _place(call)
    bodies = call.body if call.body is not None else []
    if not isinstance(bodies, list):
        raise ApiError(INVALID_FORM)
    errors = FormErrors()
    scope = _scope(application, guild_id)
    checked = [check_command(body, errors, (index,), scope=scope) for index, body in enumerate(bodies)]
    check_unique(checked, errors)
    errors.raise_if_any()
    _check_count(checked)
    before = {(command.type, command.name): command for command in application.commands_in(guild_id)}
    for command in before.values():
        del application.commands[command.id]
    kept = [_write(application, guild_id, body, before.get((body["type"], body["name"]))) for body in checked]
    _synced(application)
    return Reply([command_json(command) for command in kept])


async def create_command(call: ApiRequest) -> Reply:
    """POST …/commands: a new command, or one of the same type and name overwritten (then 200, not 201)."""
    application, guild_id = _place(call)
    body = _checked(call.form(), application, guild_id)
    existing = application.commands_in(guild_id)
    before = next(
        (command for command in existing if (command.type, command.name) == (body["type"], body["name"])), None
    )
    if before is None:
        _check_count([*(command.body for command in existing), body])
    command = _write(application, guild_id, body, before)
    _synced(application)
    return Reply(command_json(command), 201 if before is None else 200)


async def get_command(call: ApiRequest) -> Reply:
    """GET …/commands/{command_id}."""
    return Reply(command_json(_command(call)))


async def edit_command(call: ApiRequest) -> Reply:
    """PATCH …/commands/{command_id}."""
    command = _command(call)
    body = _checked(command.body | call.form() | {"type": command.type}, command.application, command.guild_id)
    changed = _write(command.application, command.guild_id, body, command)
    _synced(command.application)
    return Reply(command_json(changed))


async def delete_command(call: ApiRequest) -> Reply:
    """DELETE …/commands/{command_id}."""
    command = _command(call)
    del command.application.commands[command.id]
    _synced(command.application)
    return NO_CONTENT


def _place(call: ApiRequest) -> tuple[Application, int | None]:
    if call.number("application_id", UNKNOWN_APPLICATION) != call.application.id:
        # Another application's commands are none of this bot's business.
        raise ApiError(MISSING_ACCESS)
    return call.application, call.guild().id if "guild_id" in call.request.match_info else None


def _command(call: ApiRequest) -> Command:
    application, guild_id = _place(call)
    command = application.commands.get(call.number("command_id", UNKNOWN_COMMAND))
    if command is None or command.guild_id != guild_id:
        raise ApiError(UNKNOWN_COMMAND)
    return command


def _scope(application: Application, guild_id: int | None) -> Scope:
    installs = tuple(Install) if application.user_install else (Install.GUILD,)
    return Scope(installs, guild=guild_id is not None)


def _checked(body: object, application: Application, guild_id: int | None) -> Json:
    errors = FormErrors()
    checked = check_command(body, errors, scope=_scope(application, guild_id))
    errors.raise_if_any()
    return checked


def _check_count(bodies: list[Json]) -> None:
    for kind, maximum in MAX_COMMANDS.items():
        if sum(body["type"] == kind for body in bodies) > maximum:
            raise ApiError(TOO_MANY_COMMANDS)


def _write(application: Application, guild_id: int | None, body: Json, before: Command | None) -> Command:
    ids = application.state.ids
    if before is not None and before.body == body:
        command = before
    else:
        version = ids.mint()
        command = Command(before.id if before is not None else version, version, application, guild_id, body)
    application.commands[command.id] = command
    return command


def _synced(application: Application) -> None:
    application.syncs += 1
    application.state.change_log.record("commands.sync", application)


ROUTES = tuple(
    Route(method, place + path, handler)
    for place in ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}")
    for method, path, handler in (
        ("GET", "/commands", list_commands),
        ("PUT", "/commands", replace_commands),
        ("POST", "/commands", create_command),
        ("GET", "/commands/{command_id}", get_command),
        ("PATCH", "/commands/{command_id}", edit_command),
        ("DELETE", "/commands/{command_id}", delete_command),
    )
)
