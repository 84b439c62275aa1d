"""Who is mentioned and pinged: allowed mentions, replies, roles, everyone, edits."""

from typing import Any

import pytest

from sandbox.discord import Message, Permission, Person
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home


async def send(rest: Rest, home: Home, content: str, **body: object) -> Message:
    answer = await rest("POST", f"/channels/{home.general.id}/messages", {"content": content} | body)
    return home.general.messages[int(answer.body["id"])]


def names(message: Message) -> set[str]:
    return {user.name for user in message.pinged}


@pytest.mark.parametrize(
    ("rules", "pinged"),
    [
        (None, {"alice", "bob"}),
        ({"parse": ["users"]}, {"alice", "bob"}),
        ({"parse": []}, set()),
        ({}, set()),
        ({"users": ["BOB"]}, {"bob"}),
        ({"parse": ["roles", "everyone"]}, set()),
    ],
)
async def test_users(rest: Rest, home: Home, rules: dict[str, Any] | None, pinged: set[str]) -> None:
    if rules and "users" in rules:
        rules = {"users": [str(home.bob.id)]}
    more = {"allowed_mentions": rules} if rules is not None else {}
    message = await send(rest, home, f"{home.alice.mention} and <@!{home.bob.id}>", **more)
    assert names(message) == pinged
    assert {user.name for user in message.mentions.users} == pinged


@pytest.mark.parametrize(
    ("rules", "pinged"),
    [(None, {"alice"}), ({"parse": []}, set()), ({"replied_user": True}, {"alice"}), ({"replied_user": False}, set())],
)
async def test_a_reply_pings_its_addressee_when_allowed(
    rest: Rest, home: Home, rules: dict[str, Any] | None, pinged: set[str]
) -> None:
    question = await home.alice.say(home.general, "hello?")
    more = {"allowed_mentions": rules} if rules is not None else {}
    message = await send(rest, home, "yes", message_reference={"message_id": str(question.id)}, **more)
    assert names(message) == pinged


async def test_roles_and_everyone_need_a_permission(rest: Rest, home: Home) -> None:
    role = home.guild.add_role("helpers")
    home.guild.member(home.bob).set_roles([role])
    assert names(await send(rest, home, role.mention)) == set()
    assert names(await send(rest, home, "@everyone")) == set()
    role.mentionable = True
    assert names(await send(rest, home, role.mention)) == {"bob"}
    home.general.overwrite(home.app.bot, allow=Permission.MENTION_EVERYONE)
    assert names(await send(rest, home, "@here")) == {"alice", "bob"}
    everyone = await send(rest, home, "@everyone", allowed_mentions={"parse": ["users"]})
    assert (names(everyone), everyone.mentions.everyone) == (set(), False)


async def test_code_mentions_nobody(rest: Rest, home: Home) -> None:
    code = f"`{home.alice.mention}` ```\n{home.bob.mention}\n```"
    assert names(await send(rest, home, code)) == set()


async def test_those_who_cannot_see_the_channel_are_not_pinged(rest: Rest, home: Home) -> None:
    home.general.overwrite(home.bob, deny=Permission.VIEW_CHANNEL)
    assert names(await send(rest, home, home.bob.mention)) == set()


async def test_an_edit_never_pings_anew(rest: Rest, home: Home) -> None:
    message = await send(rest, home, "hello")
    path = f"/channels/{home.general.id}/messages/{message.id}"
    answer = await rest("PATCH", path, {"content": home.alice.mention})
    assert names(message) == set()
    assert [user["id"] for user in answer.body["mentions"]] == [str(home.alice.id)]
    answer = await rest("PATCH", path, {"content": home.alice.mention, "allowed_mentions": {"parse": []}})
    assert answer.body["mentions"] == []


async def test_people_choose_whether_a_reply_pings(rest: Rest, home: Home) -> None:
    answer = await send(rest, home, "hello")
    loud = await home.alice.say(home.general, "thanks", reply_to=answer)
    quiet = await home.alice.say(home.general, "thanks", reply_to=answer, ping=False)
    assert (names(loud), names(quiet)) == ({"Switchboard"}, set())
    assert not isinstance(home.app.bot, Person)
