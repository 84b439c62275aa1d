"""What a client may ask of the gateway: identify, resume, presence, members; and the close codes for nonsense."""

from typing import TypeGuard

from sandbox.discord.errors import Json
from sandbox.discord.gateway.client import Client
from sandbox.discord.gateway.close_codes import Closed
from sandbox.discord.gateway.gateway import Gateway
from sandbox.discord.gateway.intents import KNOWN, Intent, disallowed
from sandbox.discord.gateway.sessions import Session
from sandbox.discord.model.users import Application, mint_token
from sandbox.discord.serializers.users import member_json
from sandbox.untrusted_input import parse_id

HEARTBEAT = 1
IDENTIFY = 2
PRESENCE = 3
VOICE_STATE = 4
RESUME = 6
REQUEST_MEMBERS = 8
REQUEST_SOUNDS = 31
REQUEST_CHANNEL_INFO = 43

_NEED_A_SESSION = (PRESENCE, VOICE_STATE, REQUEST_MEMBERS, REQUEST_SOUNDS, REQUEST_CHANNEL_INFO)


def obey(gateway: Gateway, client: Client, op: object, data: object) -> None:
    """Do what a payload asks for. Raises Closed with the documented code if it makes no sense."""
    if op not in (IDENTIFY, RESUME, *_NEED_A_SESSION):
        raise Closed(4001, "Unknown opcode")
    if not isinstance(data, dict):
        raise Closed(4002, "Error while decoding payload")
    if op in (IDENTIFY, RESUME):
        if client.session is not None:
            raise Closed(4005, "Already authenticated")
        identify(gateway, client, data) if op == IDENTIFY else resume(gateway, client, data)
    elif client.session is None:
        raise Closed(4003, "Not authenticated")
    elif op == PRESENCE:
        client.session.presence = data
        gateway.state.change_log.record("gateway.presence", client.session)
    elif op == REQUEST_MEMBERS:
        answer_members(client.session, data)
    elif op == REQUEST_SOUNDS:
        answer_sounds(gateway, client.session, data)


def identify(gateway: Gateway, client: Client, data: Json) -> None:
    """Begin a new session."""
    gateway.note(gateway.attempts.identifies)
    application = _authenticated(gateway, data)
    _count_start(gateway, application)
    if gateway.breaks.identify is not None:
        gateway.breaks.identify(client)
        return
    session = _new_session(application, data)
    if len(gateway.guilds_of(session)) > gateway.max_guilds_per_shard:
        raise Closed(4011, "Sharding required")
    if not application.session_starts.may_begin(session.shard[0]):
        client.send_op(9, False)
        return
    if data.get("compress") is True:
        client.compress_payloads()
    client.attach(session)
    gateway.open_session(session)


def _new_session(application: Application, data: Json) -> Session:
    """Return the session that an IDENTIFY asks for. Raises Closed if it makes no sense or asks for too much."""
    wanted = data.get("intents")
    if not isinstance(data.get("properties"), dict):
        raise Closed(4002, "Error while decoding payload")
    if not _is_integer(wanted) or wanted & ~KNOWN:
        raise Closed(4013, "Invalid intent(s)")
    intents = Intent(wanted)
    if disallowed(intents, application.flags):
        raise Closed(4014, "Disallowed intent(s)")
    session = Session(application, intents, _shard(data.get("shard", [0, 1])))
    session.presence = data.get("presence")
    return session


def resume(gateway: Gateway, client: Client, data: Json) -> None:
    """Take up a session where it was left, or say with op 9 that this is no longer possible."""
    gateway.note(gateway.attempts.resumes)
    application = _authenticated(gateway, data)
    if gateway.breaks.resume is not None:
        gateway.breaks.resume(client)
        return
    session = gateway.sessions.find(str(data.get("session_id")))
    sequence = data.get("seq")
    if session is None or session.application is not application:
        client.send_op(9, False)
        return
    if not _is_integer(sequence) or not 0 <= sequence <= session.sequence:
        raise Closed(4007, "Invalid seq")
    missed = session.missed_since(sequence)
    if missed is None:
        gateway.sessions.forget(session)
        client.send_op(9, False)
        return
    client.attach(session)
    for text in missed:
        client.send(text)
    session.push("RESUMED", {"_trace": ["sandbox"]})
    application.resumes += 1
    gateway.state.change_log.record("gateway.resumed", session)


def answer_members(session: Session, data: Json) -> None:
    """Send GUILD_MEMBERS_CHUNK for a request by ids or by the beginning of a name."""
    state = session.application.state
    guild = state.guilds.get(_number(data.get("guild_id")))
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


def answer_sounds(gateway: Gateway, session: Session, data: Json) -> None:
    """Send SOUNDBOARD_SOUNDS for each guild that is asked for: no guild of the sandbox has sounds of its own."""
    wanted = data.get("guild_ids")
    keys = {_number(value) for value in wanted} if isinstance(wanted, list) else set()
    for guild in gateway.guilds_of(session):
        if guild.id in keys:
            session.push("SOUNDBOARD_SOUNDS", {"guild_id": str(guild.id), "soundboard_sounds": []})


def _authenticated(gateway: Gateway, data: Json) -> Application:
    token = data.get("token")
    found = gateway.state.application_with(token.removeprefix("Bot ")) if isinstance(token, str) else None
    if found is None:
        raise Closed(4004, "Authentication failed")
    return found


def _count_start(gateway: Gateway, application: Application) -> None:
    """Count one of the sessions that may be begun in a day; one too many ends all of them, and the token.

    Source: reference, "Session Start Limit Object" and "Identifying".
    """
    if application.session_starts.take():
        return
    application.token = mint_token(application.bot.id)
    for session in [each for each in gateway.sessions if each.application is application]:
        gateway.sessions.forget(session)
        if session.wire is not None:
            session.wire.close(4004, "Authentication failed")
    raise Closed(4004, "Authentication failed")


def _shard(value: object) -> tuple[int, int]:
    match value:
        case [number, count] if _is_integer(number) and _is_integer(count) and 0 <= number < count:
            return number, count
    raise Closed(4010, "Invalid shard")


def _is_integer(value: object) -> TypeGuard[int]:
    """Whether a value of JSON is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> int:
    return parse_id(str(value)) or 0
