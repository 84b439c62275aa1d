"""What a client may ask of the gateway: identify, resume, presence, members; and the close codes for nonsense."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.discord.gateway.close_codes import Closed
from sandbox.discord.gateway.intents import KNOWN, Intent, disallowed
from sandbox.discord.gateway.sessions import Session
from sandbox.discord.serializers.users import member_json

if TYPE_CHECKING:
    from sandbox.discord.errors import Json
    from sandbox.discord.gateway.connection import Connection
    from sandbox.discord.model.users import Application

HEARTBEAT = 1
IDENTIFY = 2
PRESENCE = 3
VOICE_STATE = 4
RESUME = 6
REQUEST_MEMBERS = 8


def obey(connection: Connection, op: object, data: object) -> None:
    """Do what a payload asks for. Raises Closed with the documented code where it makes no sense."""
    if op not in (IDENTIFY, PRESENCE, VOICE_STATE, RESUME, REQUEST_MEMBERS):
        raise Closed(4001, "Unknown opcode")
    if not isinstance(data, dict):
        raise Closed(4002, "Error while decoding payload")
    if op in (IDENTIFY, RESUME):
        if connection.session is not None:
            raise Closed(4005, "Already authenticated")
        identify(connection, data) if op == IDENTIFY else resume(connection, data)
    elif connection.session is None:
        raise Closed(4003, "Not authenticated")
    elif op == PRESENCE:
        connection.session.presence = data
        connection.hub.world.feed.tell("gateway.presence", connection.session)
    elif op == REQUEST_MEMBERS:
        answer_members(connection.session, data)


def identify(connection: Connection, data: Json) -> None:
    """Begin a new session."""
    hub = connection.hub
    hub.note(hub.tries.identifies)
    application = _authenticated(connection, data)
    _count_start(connection, application)
    if hub.breaks.identify is not None:
        hub.breaks.identify(connection)
        return
    wanted = data.get("intents")
    if not isinstance(data.get("properties"), dict):
        raise Closed(4002, "Error while decoding payload")
    if not isinstance(wanted, int) or wanted & ~KNOWN:
        raise Closed(4013, "Invalid intent(s)")
    intents = Intent(wanted)
    if disallowed(intents, application.flags):
        raise Closed(4014, "Disallowed intent(s)")
    session = Session(application, intents, _shard(data.get("shard", [0, 1])))
    session.presence = data.get("presence")
    connection.attach(session)
    hub.open_session(session)


def resume(connection: Connection, data: Json) -> None:
    """Take up a session where it was left, or say with op 9 that this is no longer possible."""
    hub = connection.hub
    hub.note(hub.tries.resumes)
    application = _authenticated(connection, data)
    if hub.breaks.resume is not None:
        hub.breaks.resume(connection)
        return
    session = hub.sessions.get(str(data.get("session_id")))
    sequence = data.get("seq")
    if session is None or session.application is not application:
        connection.send_op(9, False)
        return
    if not isinstance(sequence, int) or sequence > session.sequence:
        raise Closed(4007, "Invalid seq")
    missed = session.missed_since(sequence)
    if missed is None:
        hub.forget(session)
        connection.send_op(9, False)
        return
    connection.attach(session)
    for text in missed:
        connection.send(text)
    session.push("RESUMED", {"_trace": ["sandbox"]})
    application.resumes += 1
    hub.world.feed.tell("gateway.resumed", session)


def answer_members(session: Session, data: Json) -> None:
    """Send GUILD_MEMBERS_CHUNK for a request by ids or by the beginning of a name."""
    world = session.application.world
    guild = world.guilds.get(_number(data.get("guild_id")))
    if guild is None or session.application.bot.id not in guild.members:
        return
    wanted = data.get("user_ids")
    if wanted is None:
        query, limit = str(data.get("query", "")).lower(), _number(data.get("limit"))
        if not query and not limit and Intent.GUILD_MEMBERS not in session.intents:
            raise Closed(4014, "Disallowed intent(s)")
        found = [member for member in guild.members.values() if member.user.name.lower().startswith(query)]
        found, missing = found[: limit or None], []
    else:
        ids = [_number(value) for value in (wanted if isinstance(wanted, list) else [wanted])]
        found = [guild.members[key] for key in ids if key in guild.members]
        missing = [str(key) for key in ids if key not in guild.members]
    chunk: Json = {"guild_id": str(guild.id), "members": [member_json(member) for member in found]}
    chunk |= {"chunk_index": 0, "chunk_count": 1, "not_found": missing}
    session.push("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {}))


def _authenticated(connection: Connection, data: Json) -> Application:
    token = data.get("token")
    found = connection.hub.world.application_with(token.removeprefix("Bot ")) if isinstance(token, str) else None
    if found is None:
        raise Closed(4004, "Authentication failed")
    return found


def _count_start(connection: Connection, application: Application) -> None:
    """Count one of the sessions that may be begun in a day; one too many ends all of them, and the token.

    Source: reference, "Session Start Limit Object" and "Identifying".
    """
    if application.starts_left > 0:
        application.starts_left -= 1
        return
    application.token = secrets.token_urlsafe(50)
    for session in [each for each in connection.hub.sessions.values() if each.application is application]:
        connection.hub.forget(session)
        if session.wire is not None:
            session.wire.close(4004, "Authentication failed")
    raise Closed(4004, "Authentication failed")


def _shard(value: object) -> tuple[int, int]:
    match value:
        case [int(number), int(count)] if 0 <= number < count:
            return number, count
    raise Closed(4010, "Invalid shard")


def _number(value: object) -> int:
    return int(value) if isinstance(value, (int, str)) and str(value).isdecimal() else 0
