"""What discord.py cannot read costs neither the session nor anything else; the log names its kind, now and then."""

import json
import logging
from typing import Any

import pytest

from bot.discord.gateway.dropped_events import DroppedEvents
from sandbox.discord import Guild
from sandbox.discord.gateway import gateway
from sandbox.discord.gateway.client import Client
from sandbox.discord.gateway.connection import Connection
from sandbox.discord.gateway.sessions import Session, payload
from tests.clocks import FakeClock
from tests.discord.gateway.conftest import GatewayHarness

HELLO = 10
SECRET = "what alice wrote"

BROKEN: dict[str, tuple[Any, Any]] = {
    "missing fields": ("MESSAGE_CREATE", {"id": "nonsense", "content": SECRET}),
    "null author": ("MESSAGE_CREATE", {"id": "1", "channel_id": "2", "author": None, "content": SECRET}),
    "no data": ("MESSAGE_CREATE", None),
    "data of another type": ("MESSAGE_UPDATE", [SECRET]),
    "an interaction without a user": ("INTERACTION_CREATE", {"id": "1", "type": 2, "data": {"name": SECRET}}),
    "a button without an id": ("INTERACTION_CREATE", {"id": "1", "type": 3, "data": {}}),
    "a server without an id": ("GUILD_CREATE", {"name": SECRET, "channels": [{"id": "5"}]}),
    "a channel without a type": ("CHANNEL_CREATE", {"id": "5", "guild_id": "6", "name": SECRET}),
    "a thread list": ("THREAD_LIST_SYNC", {"guild_id": {}, "threads": None}),
    "RESUMED in the middle": ("RESUMED", None),
}

HARMLESS: dict[str, tuple[Any, Any]] = {
    "an unknown kind": ("SOMETHING_NEW", {"content": SECRET}),
    "an unknown kind without data": ("SOMETHING_NEW", None),
}

UNNAMED: dict[str, tuple[Any, Any]] = {
    "a kind that is a list": ([SECRET], {}),
    "a kind that is an object": ({SECRET: SECRET}, {}),
}

CASES = BROKEN | HARMLESS | UNNAMED


@pytest.mark.parametrize("case", CASES)
async def test_an_event_that_cannot_be_read_is_dropped(
    harness: GatewayHarness, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    discord = harness.discord
    event, data = CASES[case]
    async with harness.running():
        await harness.ready()
        (session,) = discord.gateway.connected(harness.app)
        for _ in range(3):
            session.push(event, data)
        await harness.hears("and this?")
        # What was dropped counts as received: Discord takes the sequence number, and sends nothing twice.
        harness.hold()
        await discord.disconnect(4000)
        await harness.held()
        session.push(event, data)
        harness.go_on()
        await harness.hears("and after a resume?")
        tries = discord.gateway.attempts
        assert (len(tries.identifies), len(tries.resumes), len(discord.gateway.connections)) == (1, 1, 1)
    told = [record for record in caplog.records if record.name.endswith("dropped_events")]
    assert len(told) == (0 if case in HARMLESS else 1)
    assert all((event if case in BROKEN else "of an unknown kind") in record.getMessage() for record in told)
    assert not any(SECRET in record.getMessage() or record.exc_info for record in told)


@pytest.mark.parametrize("sequence", ["twelve", 1.5, [], {}])
async def test_a_sequence_number_that_is_none_is_not_kept(harness: GatewayHarness, sequence: object) -> None:
    discord = harness.discord
    async with harness.running():
        await harness.ready()
        (session,) = discord.gateway.connected(harness.app)
        assert session.wire is not None
        session.wire.send(json.dumps({"op": 0, "t": "SOMETHING_NEW", "d": {}, "s": sequence}))
        await discord.disconnect(4000)
        await harness.hears("still the same session?")
        assert (len(discord.gateway.attempts.identifies), len(discord.gateway.attempts.resumes)) == (1, 1)


async def test_a_server_is_read_without_what_is_broken_in_it(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Session.guild_create

    def with_broken_parts(session: Session, guild: Guild) -> dict[str, Any]:
        data = whole(session, guild)
        data["channels"] = [{"id": "5", "type": 0}, None, *data["channels"], {"type": 2}]
        data["roles"] = [{}, *data["roles"], 7]
        broken = {"threads": None, "presences": "none", "voice_states": [{"channel_id": None}]}
        return data | broken | {"soundboard_sounds": [{}], "guild_scheduled_events": 5, "stage_instances": [None]}

    monkeypatch.setattr(Session, "guild_create", with_broken_parts)
    async with harness.running():
        await harness.ready()
        (guild,) = harness.client.guilds
        assert [channel.id for channel in guild.channels] == [harness.general.id]
        assert guild.me is not None
        assert guild.me.guild_permissions.send_messages
        assert len(harness.discord.gateway.attempts.dials) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"guilds": None},
        {"guilds": [None, {"id": None}, {"id": "x"}, {"unavailable": True}]},
        {"guilds": {}},
        {"shard": None},
        {"resume_gateway_url": None},
        {"resume_gateway_url": 5, "shard": [], "guilds": [[]]},
        {"resume_gateway_url": "wss://["},
        {"resume_gateway_url": "wss://gateway.example:99999"},
    ],
)
async def test_a_session_begins_without_what_is_broken_in_ready(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    whole = gateway.Gateway._ready

    def broken(self: gateway.Gateway, session: Session, guilds: list[Guild]) -> dict[str, Any]:
        data = whole(self, session, guilds)
        changed = dict(changes)
        if isinstance(changed.get("guilds"), list):
            changed["guilds"] += data["guilds"]
        return data | changed

    monkeypatch.setattr(gateway.Gateway, "_ready", broken)
    async with harness.running():
        await harness.ready()
        await harness.client.wait_until_ready()
        assert [guild.name for guild in harness.client.guilds] == ["Home"]
        await harness.discord.disconnect(4000)
        await harness.hears("resumed?")
        assert len(harness.discord.gateway.attempts.identifies) == 1


async def test_what_cannot_be_read_is_no_beginning_of_a_session(harness: GatewayHarness) -> None:
    def break_twice(connection: Client) -> None:
        if len(harness.discord.gateway.attempts.identifies) == 2:
            harness.discord.gateway.breaks.identify = None
        connection.send(payload(0, None, event="READY", sequence=1))

    harness.discord.gateway.breaks.identify = break_twice
    async with harness.running():
        await harness.ready()
        assert len(harness.discord.gateway.attempts.identifies) == 3


async def test_an_event_that_cannot_be_read_in_place_of_hello_ends_the_connection(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_op, left = Connection.send_op, 2

    def instead(self: Connection, op: int, data: object) -> None:
        nonlocal left
        if op == HELLO and left:
            left -= 1
            self.send(payload(0, None, event="MESSAGE_CREATE", sequence=1))
        else:
            send_op(self, op, data)

    monkeypatch.setattr(Connection, "send_op", instead)
    async with harness.running():
        await harness.ready()
        tries = harness.discord.gateway.attempts
        assert (len(tries.dials), len(tries.identifies)) == (3, 1)
        await harness.discord.wait_for(lambda: len(harness.discord.gateway.connections) == 1)


def test_one_line_a_minute_of_each_kind(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    dropped = DroppedEvents(clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(600):
            for kind in ("MESSAGE_CREATE", "GUILD_CREATE"):
                dropped.add(kind, KeyError(SECRET))
            clock.now += 1
    texts = [record.getMessage() for record in caplog.records]
    assert len(texts) == 20
    assert texts[0] == "dropped 1 MESSAGE_CREATE: discord.py cannot read it (KeyError)"
    assert texts[2] == "dropped 60 MESSAGE_CREATE: discord.py cannot read it (KeyError)"
    assert SECRET not in "".join(texts)
