"""Who is mentioned and pinged: allowed mentions, replies, roles, everyone, edits."""

from typing import Any

import pytest

from sandbox.discord import Interaction, Message, Permission, Person
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


async def test_an_edit_never_pings_again(rest: Rest, home: Home) -> None:
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


async def asked(rest: Rest, home: Home) -> Interaction:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    return await home.alice.slash(home.general, "ask", wait=False)


@pytest.mark.parametrize(
    ("rules", "pinged"),
    [
        (None, {"bob"}),
        ({"parse": []}, set()),
        ({"parse": ["everyone"]}, {"alice", "bob"}),
        ({"parse": ["roles"]}, {"alice"}),
    ],
)
@pytest.mark.parametrize("answers", ["first", "deferred", "followup"])
async def test_an_interaction_pings_people_only_unless_it_says_more(
    rest: Rest, home: Home, rules: dict[str, Any] | None, pinged: set[str], answers: str
) -> None:
    """Discord's reference, "Default Settings for Allowed Mentions"; the bot's own permissions count."""
    role = home.guild.add_role("helpers")
    home.guild.member(home.alice).set_roles([role])
    home.general.overwrite(home.app.bot, allow=Permission.MENTION_EVERYONE)
    data: dict[str, Any] = {"content": f"@everyone {home.bob.mention} {role.mention}"}
    data |= {"allowed_mentions": rules} if rules is not None else {}
    interaction = await asked(rest, home)
    if answers == "first":
        await rest.answer(interaction, 4, **data)
        message = interaction.message
    elif answers == "deferred":
        await rest.answer(interaction, 5)
        await rest("PATCH", rest.webhook(interaction, "/messages/@original"), data)
        message = interaction.message
    else:
        await rest.answer(interaction, 4, content="first")
        await rest("POST", rest.webhook(interaction), data)
        (message,) = interaction.followups
    assert message is not None
    assert names(message) == pinged
    assert message.mentions.everyone is (rules == {"parse": ["everyone"]})


async def test_an_interaction_without_the_permission_pings_nobody_else(rest: Rest, home: Home) -> None:
    interaction = await asked(rest, home)
    rules = {"parse": ["everyone", "roles", "users"]}
    await rest.answer(interaction, 4, content="@everyone", allowed_mentions=rules)
    assert interaction.message is not None
    assert (names(interaction.message), interaction.message.mentions.everyone) == (set(), False)


async def test_an_edit_of_an_interactions_answer_mentions_people_only(rest: Rest, home: Home) -> None:
    home.general.overwrite(home.app.bot, allow=Permission.MENTION_EVERYONE)
    interaction = await asked(rest, home)
    await rest.answer(interaction, 4, content="first")
    text = {"content": f"@everyone {home.bob.mention}"}
    edited = await rest("PATCH", rest.webhook(interaction, "/messages/@original"), text)
    assert (edited.body["mention_everyone"], len(edited.body["mentions"])) == (False, 1)
    assert interaction.message is not None
    edited = await rest("PATCH", f"/channels/{home.general.id}/messages/{interaction.message.id}", text)
    assert edited.body["mention_everyone"] is True


async def test_the_text_of_components_pings_too(rest: Rest, home: Home) -> None:
    text = {"type": 10, "content": home.bob.mention}
    body = {"flags": 1 << 15, "components": [{"type": 17, "components": [text]}]}
    answer = await rest("POST", f"/channels/{home.general.id}/messages", body)
    assert names(home.general.messages[int(answer.body["id"])]) == {"bob"}
