"""Interactions over REST: deadlines, single answers, deferrals, follow-ups, what is ephemeral."""

import asyncio
from typing import Any

import pytest

from sandbox.discord import Discord, Interaction, MessageFlag, Permission
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

COMMANDS: list[dict[str, Any]] = [
    {"name": "ask", "description": "a", "options": [{"type": 3, "name": "question", "description": "a"}]},
    {
        "name": "find",
        "description": "a",
        "options": [{"type": 3, "name": "q", "description": "a", "autocomplete": True}],
    },
    {"name": "Ask about this", "type": 3},
]
YES = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"}]}
FORM: dict[str, Any] = {
    "title": "Ask",
    "custom_id": "form",
    "components": [{"type": 1, "components": [{"type": 4, "custom_id": "q", "label": "Question", "style": 1}]}],
}


@pytest.fixture(autouse=True)
async def _registered(rest: Rest, home: Home, discord: Discord) -> None:
    discord.limits.enabled = False
    await rest("PUT", f"/applications/{home.app.id}/commands", COMMANDS)


@pytest.fixture
async def asked(home: Home, _registered: None) -> Interaction:
    return await home.alice.slash(home.general, "ask", question="why?", wait=False)


async def test_an_answer_in_time(rest: Rest, home: Home, asked: Interaction) -> None:
    assert (await rest.answer(asked, 4, content="because")).status == 204
    assert (asked.answered, asked.kind) == (True, "message")
    assert asked.response.answered_after is not None
    assert asked.response.answered_after < 3
    (message,) = home.general.visible_to(home.bob)
    assert (message.content, asked.content, int(message.type)) == ("because", "because", 20)
    shown = await rest("GET", f"/channels/{home.general.id}/messages/{message.id}")
    assert shown.body["interaction_metadata"]["user"]["username"] == "alice"
    assert shown.body["interaction"]["name"] == "ask"


async def test_an_answer_with_a_body(rest: Rest, asked: Interaction) -> None:
    answer = await rest.answer(asked, 4, with_response=True, content="because")
    assert answer.status == 200
    assert answer.body["resource"]["message"]["content"] == "because"
    assert answer.body["interaction"]["response_message_loading"] is False


async def test_a_late_answer(rest: Rest, home: Home, discord: Discord, asked: Interaction) -> None:
    discord.advance(3.1)
    late = await rest.answer(asked, 4, content="because")
    assert (late.status, late.code) == (404, 10062)
    assert asked.expired
    assert not asked.answered
    assert home.general.visible_to(home.alice) == []


async def test_a_person_waits_three_seconds_and_is_told_that_nothing_came(home: Home, discord: Discord) -> None:
    waiting = asyncio.create_task(home.alice.slash(home.general, "ask", question="why?"))
    await discord.wait_for(lambda: discord.state.interactions)
    discord.advance(3.1)
    given_up = await waiting
    assert given_up.response.given_up
    assert not given_up.answered


async def test_a_second_answer_and_an_unknown_interaction(rest: Rest, asked: Interaction) -> None:
    await rest.answer(asked, 5)
    again = await rest.answer(asked, 4, content="because")
    assert (again.status, again.code) == (400, 40060)
    assert (await rest("POST", "/interactions/5/none/callback", {"type": 4})).code == 10062
    assert (await rest("POST", f"/interactions/{asked.id}/other/callback", {"type": 5})).code == 10062


async def test_a_deferral_thinks_until_it_is_edited(rest: Rest, home: Home, asked: Interaction) -> None:
    answer = await rest.answer(asked, 5, with_response=True)
    assert answer.body["interaction"]["response_message_loading"] is True
    assert asked.thinking
    edited = await rest("PATCH", rest.webhook(asked, "/messages/@original"), {"content": "because"})
    assert edited.body["flags"] == 0
    assert (asked.thinking, asked.content, asked.ephemeral) == (False, "because", False)
    assert asked.message is not None
    assert [frame.content for frame in asked.message.frames] == ["", "because"]


async def test_the_first_follow_up_fills_a_deferral_and_stays_as_private_as_it_was(
    rest: Rest, home: Home, asked: Interaction
) -> None:
    await rest.answer(asked, 5, flags=64)
    followed = await rest("POST", rest.webhook(asked), {"content": "because"})
    assert asked.message is not None
    assert followed.body["id"] == str(asked.message.id)
    assert followed.body["flags"] == int(MessageFlag.EPHEMERAL)
    assert (asked.followups, asked.ephemeral) == ([], True)


async def test_follow_ups_reply_to_the_answer_and_may_be_ephemeral(rest: Rest, home: Home, asked: Interaction) -> None:
    await rest.answer(asked, 4, content="one")
    public = await rest("POST", rest.webhook(asked), {"content": "two"})
    private = await rest("POST", rest.webhook(asked), {"content": "three", "flags": 64})
    assert asked.message is not None
    assert public.body["referenced_message"]["id"] == str(asked.message.id)
    assert [message.content for message in home.general.visible_to(home.alice)] == ["one", "two", "three"]
    assert [message.content for message in home.general.visible_to(home.bob)] == ["one", "two"]
    hidden = f"/channels/{home.general.id}/messages/{private.body['id']}"
    assert (await rest("GET", hidden)).code == 10008
    listed = await rest("GET", f"/channels/{home.general.id}/messages")
    assert [message["content"] for message in listed.body] == ["two", "one"]
    one = rest.webhook(asked, f"/messages/{private.body['id']}")
    assert (await rest("PATCH", one, {"content": "four"})).body["content"] == "four"
    assert (await rest("DELETE", one)).status == 204
    assert (await rest("GET", one)).code == 10008
    assert (await rest("GET", rest.webhook(asked, "/messages/@original"))).body["content"] == "one"


async def test_the_webhook_of_an_interaction(rest: Rest, discord: Discord, asked: Interaction) -> None:
    early = await rest("POST", rest.webhook(asked), {"content": "a"})
    assert (early.status, early.code) == (404, 10015)
    await rest.answer(asked, 4, content="one")
    assert (await rest("POST", f"/webhooks/5/{asked.token}", {"content": "a"})).code == 10015
    wrong = await rest("POST", f"/webhooks/{rest.application.id}/none", {"content": "a"})
    assert (wrong.status, wrong.code) == (401, 50027)
    discord.advance(15 * 60)
    assert (await rest("POST", rest.webhook(asked), {"content": "a"})).code == 50027


async def test_forms_and_limits_hold_for_answers_too(rest: Rest, asked: Interaction) -> None:
    assert (await rest.answer(asked, 4, content="a" * 2001)).faults() == {"data.content": ["BASE_TYPE_MAX_LENGTH"]}
    assert (await rest.answer(asked, 4)).code == 50006
    assert (await rest.answer(asked, 7, content="a")).faults() == {"type": ["BASE_TYPE_CHOICES"]}
    assert (await rest.answer(asked, 8, choices=[])).faults() == {"type": ["BASE_TYPE_CHOICES"]}
    assert not asked.answered
    assert (await rest.answer(asked, 4, content="a")).status == 204


async def test_an_answer_with_a_file(rest: Rest, home: Home, asked: Interaction) -> None:
    path = f"/interactions/{asked.id}/{asked.token}/callback?with_response=1"
    body = {"type": 4, "data": {"attachments": [{"id": "0", "description": "a list"}]}}
    answer = await rest.form("POST", path, body, ("a.txt", b"a"))
    assert answer.body["resource"]["message"]["attachments"][0]["description"] == "a list"


async def test_a_press_updates_its_message(rest: Rest, home: Home, asked: Interaction) -> None:
    await rest.answer(asked, 4, content="sure?", components=[YES])
    assert asked.message is not None
    pressed = await home.bob.press(asked.message, "Yes", wait=False)
    answer = await rest.answer(pressed, 7, with_response=True, content="done", components=[])
    assert answer.body["resource"]["message"]["id"] == str(asked.message.id)
    assert (asked.message.content, asked.message.components) == ("done", ())


async def test_a_press_may_be_deferred_and_followed(rest: Rest, home: Home, asked: Interaction) -> None:
    await rest.answer(asked, 4, content="sure?", components=[YES])
    assert asked.message is not None
    pressed = await home.bob.press(asked.message, "Yes", wait=False)
    assert (await rest.answer(pressed, 6)).status == 204
    assert not pressed.thinking
    await rest("PATCH", rest.webhook(pressed, "/messages/@original"), {"content": "later"})
    assert asked.message.content == "later"
    followed = await rest("POST", rest.webhook(pressed), {"content": "more"})
    assert followed.body["content"] == "more"
    shown = followed.body["interaction_metadata"]
    assert shown["interacted_message_id"] == str(asked.message.id)


async def test_a_form_is_opened_and_submitted(rest: Rest, home: Home, asked: Interaction) -> None:
    assert (await rest.answer(asked, 9, **FORM)).status == 204
    assert asked.modal is not None
    assert (await rest("GET", rest.webhook(asked, "/messages/@original"))).code == 10008
    submitting = asyncio.create_task(home.alice.submit(asked, {"Question": "why?"}))
    submitted = await rest.discord.wait_for(lambda: list(rest.discord.state.interactions.values())[1:])
    assert submitted[0].data["components"][0]["components"][0]["value"] == "why?"
    assert (await rest.answer(submitted[0], 9, **FORM)).faults() == {"type": ["BASE_TYPE_CHOICES"]}
    await rest.answer(submitted[0], 4, content="because")
    assert (await submitting).content == "because"


async def test_autocompletion(rest: Rest, home: Home, discord: Discord) -> None:
    typing = asyncio.create_task(home.alice.autocomplete(home.general, "find", "q", "be"))
    (interaction,) = await discord.wait_for(lambda: list(discord.state.interactions.values()))
    assert interaction.data["options"] == [{"type": 3, "name": "q", "value": "be", "focused": True}]
    assert (await rest.answer(interaction, 4, content="no")).code == 50035
    await rest.answer(interaction, 8, choices=[{"name": "Because", "value": "because"}])
    assert await typing == [{"name": "Because", "value": "because"}]


async def test_answers_need_no_permission_to_send(rest: Rest, home: Home, asked: Interaction) -> None:
    home.general.overwrite(home.app.bot, deny=Permission.SEND_MESSAGES)
    assert (await rest.answer(asked, 4, content="because")).status == 204
