"""The people: what Discord's client lets them do, and what it hides from them."""

import asyncio
from typing import Any

import pytest

from sandbox.discord import BadOption, Discord, Interaction, NotPossible, NotVisible, Permission
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

MANAGE_GUILD = str(1 << 5)


def option(kind: int, name: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "a"} | more


COMMANDS: list[dict[str, Any]] = [
    {"name": "ask", "description": "a", "options": [option(3, "question", required=True, max_length=10)]},
    {
        "name": "set",
        "description": "a",
        "options": [
            option(3, "colour", choices=[{"name": "Red", "value": "r"}]),
            option(4, "count", min_value=1, max_value=3),
            option(5, "on"),
            option(6, "who"),
            option(7, "auto-channel", channel_types=[0]),
            option(8, "role"),
            option(10, "heat"),
            option(11, "file"),
        ],
    },
    {
        "name": "chatbase",
        "description": "a",
        "options": [{"type": 1, "name": "ask", "description": "a", "options": [option(3, "question", required=True)]}],
    },
    {"name": "settings", "description": "a", "default_member_permissions": MANAGE_GUILD},
    {"name": "admins", "description": "a", "default_member_permissions": "0"},
    {"name": "server-only", "description": "a", "contexts": [0]},
    {"name": "dm-only", "description": "a", "contexts": [1]},
    {"name": "Ask about this", "type": 3},
    {"name": "Greet", "type": 2},
]
MENU = {
    "type": 1,
    "components": [
        {
            "type": 3,
            "custom_id": "size",
            "placeholder": "How big?",
            "max_values": 2,
            "options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}],
        }
    ],
}
BUTTONS = {
    "type": 1,
    "components": [
        {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"},
        {"type": 2, "style": 2, "custom_id": "wave", "emoji": {"name": "👋"}},
        {"type": 2, "style": 1, "label": "Old", "custom_id": "old", "disabled": True},
        {"type": 2, "style": 5, "label": "Site", "url": "https://example.org"},
    ],
}


@pytest.fixture(autouse=True)
async def _registered(rest: Rest, home: Home) -> None:
    await rest("PUT", f"/applications/{home.app.id}/commands", COMMANDS)


def options_of(interaction: Interaction) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in interaction.data["options"]}


async def test_options_of_every_type(home: Home) -> None:
    role = home.guild.add_role("helpers")
    sent = await home.alice.slash(
        home.general,
        "set",
        wait=False,
        colour="Red",
        count=2,
        on=True,
        who=home.bob,
        auto_channel=home.general,
        role=role,
        heat=0.5,
        file=("a.txt", b"a"),
    )
    values = options_of(sent)
    file_id = values.pop("file")
    assert values == {
        "colour": "r",
        "count": 2,
        "on": True,
        "who": str(home.bob.id),
        "auto-channel": str(home.general.id),
        "role": str(role.id),
        "heat": 0.5,
    }
    assert sent.resolved["attachments"][file_id]["filename"] == "a.txt"
    assert sent.resolved["members"][str(home.bob.id)]["permissions"]
    assert set(sent.resolved) == {"users", "members", "channels", "roles", "attachments"}


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("ask", {}),
        ("ask", {"question": "a" * 11}),
        ("ask", {"question": 5}),
        ("ask", {"question": "a", "extra": "b"}),
        ("set", {"colour": "Blue"}),
        ("set", {"count": 4}),
        ("set", {"count": True}),
        ("set", {"count": 1.5}),
        ("set", {"on": "yes"}),
        ("set", {"who": "bob"}),
    ],
)
async def test_options_that_the_client_would_not_send(home: Home, command: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        await home.alice.slash(home.general, command, wait=False, **options)


async def test_channels_of_the_wrong_type(home: Home) -> None:
    with pytest.raises(BadOption):
        await home.alice.slash(home.general, "set", wait=False, auto_channel=home.guild.add_voice_channel("lounge"))


async def test_subcommands(home: Home) -> None:
    sent = await home.alice.slash(home.general, "chatbase ask", question="why?", wait=False)
    (inner,) = sent.data["options"]
    assert (inner["name"], inner["options"][0]["value"]) == ("ask", "why?")
    for name in ("chatbase", "chatbase show", "nothing"):
        with pytest.raises(NotVisible):
            await home.alice.slash(home.general, name, wait=False)


async def test_what_is_hidden_by_default_permissions_and_can_be_forced(home: Home) -> None:
    for name in ("settings", "admins"):
        assert (await home.alice.slash(home.general, name, wait=False)).user is home.alice
        with pytest.raises(NotVisible):
            await home.bob.slash(home.general, name, wait=False)
        assert (await home.bob.slash(home.general, name, wait=False, force=True)).user is home.bob
    home.guild.member(home.bob).set_roles([home.guild.add_role("managers", Permission.MANAGE_GUILD)])
    await home.bob.slash(home.general, "settings", wait=False)
    with pytest.raises(NotVisible):
        await home.bob.slash(home.general, "admins", wait=False)


async def test_what_is_offered_where(home: Home) -> None:
    dm = home.alice.dm(home.app)
    assert (await home.alice.slash(dm, "settings", wait=False)).channel is dm
    await home.alice.slash(dm, "dm-only", wait=False)
    await home.alice.slash(home.general, "server-only", wait=False)
    for place, name in ((dm, "server-only"), (home.general, "dm-only")):
        with pytest.raises(NotVisible):
            await home.alice.slash(place, name, wait=False)
    home.general.overwrite(home.guild.everyone, deny=Permission.USE_APPLICATION_COMMANDS)
    with pytest.raises(NotVisible):
        await home.bob.slash(home.general, "ask", question="a", wait=False)


async def test_menus_of_messages_and_accounts(rest: Rest, home: Home, discord: Discord) -> None:
    question = await home.alice.say(home.general, "what is this?")

    async def answer_after(known: int) -> Interaction:
        made = await discord.wait_for(lambda: list(discord.state.interactions.values())[known:])
        await rest.answer(made[0], 4, content="that")
        return made[0]

    used, seen = await asyncio.gather(home.bob.use_menu(question, "Ask about this"), answer_after(0))
    assert used is seen
    assert seen.resolved["messages"][str(question.id)]["content"] == "what is this?"
    assert used.message is not None
    assert int(used.message.type) == 23
    used, seen = await asyncio.gather(home.bob.use_menu(home.alice, "Greet", place=home.general), answer_after(1))
    assert seen.data["target_id"] == str(home.alice.id)
    with pytest.raises(NotVisible):
        await home.bob.use_menu(question, "Greet")
    with pytest.raises(NotPossible):
        await home.bob.use_menu(home.alice, "Greet")


async def test_buttons(rest: Rest, home: Home) -> None:
    sent = await rest("POST", f"/channels/{home.general.id}/messages", {"content": "a", "components": [BUTTONS]})
    message = home.general.messages[int(sent.body["id"])]
    for name in ("Yes", "yes"):
        pressed = await home.alice.press(message, name, wait=False)
        assert (pressed.data["custom_id"], pressed.source) == ("yes", message)
    assert (await home.alice.press(message, "👋", wait=False)).data["custom_id"] == "wave"
    for name, refusal in (("Old", NotPossible), ("Site", NotPossible), ("No", NotVisible)):
        with pytest.raises(refusal):
            await home.alice.press(message, name, wait=False)
    await rest("DELETE", f"/channels/{home.general.id}/messages/{message.id}")
    with pytest.raises(NotVisible):
        await home.alice.press(message, "Yes", wait=False)


async def test_nobody_presses_what_others_see_alone(rest: Rest, home: Home) -> None:
    asked = await home.alice.slash(home.general, "ask", question="a", wait=False)
    await rest.answer(asked, 4, content="sure?", flags=64, components=[BUTTONS])
    assert asked.message is not None
    with pytest.raises(NotVisible):
        await home.bob.press(asked.message, "Yes", wait=False)
    assert (await home.alice.press(asked.message, "Yes", wait=False)).source is asked.message


async def test_select_menus(rest: Rest, home: Home, discord: Discord) -> None:
    people = {"type": 1, "components": [{"type": 5, "custom_id": "who"}]}
    body = {"content": "a", "components": [MENU, people]}
    sent = await rest("POST", f"/channels/{home.general.id}/messages", body)
    message = home.general.messages[int(sent.body["id"])]

    async def first() -> Interaction:
        (made,) = await discord.wait_for(lambda: list(discord.state.interactions.values()))
        await rest.answer(made, 6)
        return made

    chosen, _ = await asyncio.gather(home.alice.choose(message, "How big?", "Small", "l"), first())
    assert chosen.data["values"] == ["s", "l"]
    with pytest.raises(BadOption):
        await home.alice.choose(message, "size", "Medium")
    with pytest.raises(BadOption):
        await home.alice.choose(message, "size")
    with pytest.raises(BadOption):
        await home.alice.choose(message, "who", "bob")
    with pytest.raises(NotVisible):
        await home.alice.choose(message, "shape", "round")


async def test_saying_and_what_is_refused(home: Home) -> None:
    with pytest.raises(NotPossible):
        await home.bob.say(home.general, " ")
    with pytest.raises(NotPossible):
        await home.bob.say(home.general, "a" * 2001)
    mine = await home.bob.say(home.general, "mine")
    with pytest.raises(NotPossible):
        await home.alice.edit(mine, "yours")
    other = await home.alice.say(home.general, "hers")
    with pytest.raises(NotPossible):
        await home.bob.delete(other)
    await home.alice.delete(mine)  # she owns the guild
    assert home.general.visible_to(home.bob) == [other]
    home.general.overwrite(home.bob, deny=Permission.SEND_MESSAGES)
    with pytest.raises(NotPossible):
        await home.bob.say(home.general, "mine")
    home.general.overwrite(home.bob, deny=Permission.VIEW_CHANNEL)
    assert home.general.visible_to(home.bob) == []


async def test_forms_are_filled_by_label_or_id_and_checked(rest: Rest, home: Home) -> None:
    asked = await home.alice.slash(home.general, "ask", question="a", wait=False)
    with pytest.raises(NotVisible):
        await home.alice.submit(asked, {})
    field = {"type": 4, "custom_id": "q", "style": 1, "required": False, "max_length": 3, "value": "set"}
    form = {"type": 18, "label": "Question", "component": field}
    await rest.answer(asked, 9, title="Ask", custom_id="form", components=[{"type": 10, "content": "hello"}, form])
    with pytest.raises(BadOption):
        await home.alice.submit(asked, {"Question": "long"})
    with pytest.raises(BadOption):
        await home.alice.submit(asked, {"Answer": "a"})
    with pytest.raises(NotVisible):
        await home.bob.submit(asked, {"Question": "a"})


async def test_those_outside_can_do_nothing(home: Home, discord: Discord) -> None:
    stranger = discord.create_user("carol")
    with pytest.raises(NotPossible):
        await stranger.slash(home.general, "ask", question="a", force=True)
    with pytest.raises(NotPossible):
        await stranger.say(home.general, "a")
    with pytest.raises(NotPossible):
        await stranger.type(home.general)
