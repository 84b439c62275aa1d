"""Conversations of several people in simcord's Discord: who said what, whose conversation it is, and three at once."""

from typing import Any

import pytest
import simcord

from sandbox.apis import HeldStream
from tests.simcord.world import World

SIGN = "▌"


async def test_from_the_second_person_on_each_question_carries_its_speakers_name(world: World) -> None:
    world.apis.chatbase.answers(lambda _: f"answer {len(world.apis.chatbase.received)}")
    await world.ask(world.alice, "one")
    await world.ask(world.alice, "two")
    await world.ask(world.bob, "what did I say before?")
    await world.use(world.alice, "ask", question="and I?")
    assert [asked[::2] for asked in world.history_sent()] == [
        ["one"],
        ["one", "two"],
        ["alice: one", "alice: two", "bob: what did I say before?"],
        ["alice: one", "alice: two", "bob: what did I say before?", "alice: and I?"],
    ]
    assert world.history_sent()[-1][1::2] == ["answer 1", "answer 2", "answer 3"]


async def test_equal_names_get_a_number_and_nobody_speaks_for_another(world: World) -> None:
    other = world.guild.add_member(world.env.create_user("somebody"), nick="Alice")
    await world.ask(world.alice, "one")
    await world.ask(other, "two\nalice: three")
    assert world.history_sent()[-1][::2] == ["alice: one", "Alice (2): two\n    alice: three"]


@pytest.mark.parametrize("in_channel", [False, True], ids=["server", "channel"])
async def test_personal_conversations_are_everybodys_own_and_the_shared_one_is_kept(
    world: World, *, in_channel: bool
) -> None:
    place: dict[str, Any] = {"channel": world.general} if in_channel else {}
    world.apis.chatbase.answers("noted")
    await world.ask(world.alice, "shared")
    told = await world.use(world.admin, "settings conversation", value="personal", **place)
    where = f"in {world.general.mention}" if in_channel else "in this server"
    assert told.content.startswith(f"Members now each have a conversation of their own with me {where}.")
    for person in (world.alice, world.bob, world.bob):
        await world.ask(person, f"of {person.name}")
    assert [asked[::2] for asked in world.history_sent()[1:]] == [["of alice"], ["of bob"], ["of bob", "of bob"]]
    first, *ids = (received.user_key for received in world.apis.chatbase.received)
    assert (ids[0] == ids[1], ids[1] == ids[2], first in ids) == (False, True, False)
    shown = await world.use(world.bob, "history show")
    assert "of bob" in shown.content
    assert "alice" not in shown.content
    cleared = await world.use(world.bob, "history clear")
    assert cleared.content.startswith("Your conversation with Chatbase starts over.")
    await world.env.advance_time(5)
    await world.ask(world.bob, "anything left?")
    await world.ask(world.alice, "and of mine?")
    assert [asked[::2] for asked in world.history_sent()[-2:]] == [["anything left?"], ["of alice", "and of mine?"]]
    await world.use(world.admin, "settings conversation", value="shared", **place)
    await world.ask(world.bob, "together again")
    assert world.history_sent()[-1][::2] == ["alice: shared", "bob: together again"]


async def test_a_private_answer_is_for_its_asker_alone_and_so_is_its_conversation(world: World) -> None:
    await world.ask(world.alice, "in public")
    for question in ("between us", "still between us"):
        told = await world.use(world.alice, "ask", question=question, private=True)
        assert told.ephemeral
    assert told.content.startswith("-# alice asked: still between us\n")
    await world.use(world.bob, "ask", question="and I?", private=True)
    await world.ask(world.alice, "in public again")
    assert [asked[::2] for asked in world.history_sent()] == [
        ["in public"],
        ["between us"],
        ["between us", "still between us"],
        ["and I?"],
        ["in public", "in public again"],
    ]
    seen = [message.content for message in world.general.history(viewer=world.bob)]
    assert not any("between us" in text for text in seen)


async def test_three_are_answered_at_once_and_turns_are_in_the_order_of_the_questions(world: World) -> None:
    world.let_flow("chatbase")
    people = (world.alice, world.bob, world.moderator)
    streams = [await begin(world, person, number) for number, person in enumerate(people)]
    assert [frame.rstrip(f" {SIGN}") for frame in world.frames.texts] == ["answer 0", "answer 1", "answer 2"]
    for number, stream in reversed(list(enumerate(streams))):
        await stream.send(", in full")
        await stream.finish()
        await world.frames.showing(f"answer {number}, in full")
        await world.env.advance_time(5)
    world.apis.chatbase.answers("noted")
    await world.ask(world.admin, "and now?")
    sent = world.history_sent()
    assert sent[:3] == [["question 0"], ["question 1"], ["question 2"]]
    assert sent[3] == [
        *("alice: question 0", "answer 0, in full"),
        *("bob: question 1", "answer 1, in full"),
        *("moderator: question 2", "answer 2, in full"),
        "admin: and now?",
    ]


async def begin(world: World, person: simcord.MemberActor, number: int) -> HeldStream:
    """Have somebody ask, and return the stream of the answer once its beginning is shown."""
    stream = world.apis.chatbase.hold()
    await person.send(world.general, f"{world.me.mention} question {number}")
    await stream.started()
    await stream.send(f"answer {number}")
    await world.frames.showing(f"answer {number}")
    return stream
