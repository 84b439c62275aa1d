"""`/setup` leads an admin from nothing to a first answer, tries what is entered, and tells what is set."""

import pytest

from sandbox.apis.replies.reply import Reply
from tests.databases import execute, find_text
from tests.e2e.setup_cards import (
    KEY,
    MENU,
    WITHOUT,
    buttons_of,
    chatbase,
    choose,
    enter,
    filled_in,
    open_card,
    press,
    send,
)
from tests.e2e.stage import Stage
from tests.e2e.welcomes import channel_of, found, welcome

ALONE = pytest.mark.environment(**WITHOUT)
WITH_HOST = pytest.mark.environment(SECRET_KEY=KEY)


def stored(stage: Stage) -> list[tuple[str, ...]]:
    """Return which fields of which provider are stored, and by whom."""
    return [tuple(row) for row in execute(stage.database, "SELECT provider, field FROM credentials ORDER BY 1, 2")]


@ALONE
async def test_from_nothing_to_a_first_answer(stage: Stage) -> None:
    card = await open_card(stage)
    assert card.ephemeral
    assert card.content.startswith("**This server has no chatbot of its own yet.**")
    card = await choose(stage, card, "Chatbase")
    assert "- **API key**. In Chatbase, the secret key in your workspace's settings" in card.content
    form = await stage.admin.press(card, "Enter values")
    card = await send(stage, card, form, chatbase(stage))
    assert card.content.startswith("✅ **Chatbase is set up for this server.** Chatbase accepts these values.")
    assert "API key and Chatbot ID, set <t:" in card.content
    assert stage.admin.mention in card.content
    assert "**Chatbase** answers in this channel, with this server's values." in card.content
    assert "`/settings provider`" in card.content

    stage.apis.chatbase.answers("I can help with that.")
    asked = await stage.admin.press(card, "Ask a test question")
    answer = await stage.told(await stage.admin.submit(asked))
    assert answer.ephemeral
    assert answer.content.endswith("I can help with that.")
    stage.apis.chatbase.answers("And so say all of us.")
    assert (await stage.ask(stage.bob, "who is there?")).content == "And so say all of us."


@ALONE
@pytest.mark.parametrize(
    ("label", "button", "values", "unchecked"),
    [
        ("Tamako", "Enter values: Login with an app", {"Username": "", "App ID": "", "App secret": ""}, True),
        ("Chatbase v2", "Enter values", {"API key": "", "Agent ID": ""}, False),
        ("Stammer.ai", "Enter values", {"API token": "", "Chatbot UUID": ""}, False),
        ("ChatBot.com", "Enter values", {"Client access token": ""}, True),
        ("ChatBot.com", "Enter values", {"Developer access token": ""}, False),
    ],
)
async def test_every_provider_can_be_set_up(
    stage: Stage, label: str, button: str, values: dict[str, str], unchecked: bool
) -> None:
    apis = stage.apis
    known = {
        "Username": apis.tamako.username,
        "App ID": apis.tamako.app_id,
        "App secret": apis.tamako.app_secret,
        "API key": apis.chatbase_v2.api_key,
        "Agent ID": apis.chatbase_v2.environment()["CHATBASE_V2_AGENT_ID"],
        "API token": apis.stammer.api_token,
        "Chatbot UUID": apis.stammer.environment()["STAMMER_CHATBOT_UUID"],
        "Client access token": apis.chatbot.environment()["CHATBOT_CLIENT_TOKEN"],
        "Developer access token": apis.chatbot.environment()["CHATBOT_DEVELOPER_TOKEN"],
    }
    card = await enter(stage, label, {name: known[name] for name in values}, button=button)
    assert card.content.startswith(f"✅ **{label} is set up for this server.**")
    assert ("no free way to try these values: your first question will tell" in card.content) == unchecked
    answer = await stage.ask(stage.alice, "is somebody there?")
    assert not answer.content.startswith("-# ")


@ALONE
async def test_after_a_failed_trial_the_form_opens_again_with_ids_and_without_secrets(stage: Stage) -> None:
    card = await enter(stage, "Chatbase", chatbase(stage, **{"API key": "not-the-right-one-0815"}))
    assert card.content.startswith("⚠️ Chatbase rejected this server's API key.")
    assert "Nothing was saved" in card.content
    assert buttons_of(card) == ["Try again", "Back"]
    assert not stored(stage)
    form = await stage.admin.press(card, "Try again")
    assert filled_in(form) == {"chatbot_id": stage.apis.chatbase.chatbot_id}
    assert "not-the-right-one" not in str(form.modal)
    card = await send(stage, card, form, {"API key": stage.apis.chatbase.api_key})
    assert card.content.startswith("✅")
    assert stored(stage) == [("chatbase", "api_key"), ("chatbase", "chatbot_id")]


@ALONE
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"API key": " \n "}, "⚠️ **API key** is empty. Please fill it in."),
        ({"API key": "a key with spaces"}, "⚠️ **API key** has a space at place 2 of 17"),
        ({"Chatbot ID": "no-such-chatbot"}, "⚠️ Chatbase can't find this server's chatbot."),
        ({"API key": "\u0007beep"}, "⚠️ **API key** has a character at place 1 of 5 that can't be seen"),
    ],
)
async def test_what_is_wrong_is_told_and_changes_nothing(stage: Stage, changes: dict[str, str], told: str) -> None:
    card = await enter(stage, "Chatbase", chatbase(stage))
    before = execute(stage.database, "SELECT field, value FROM credentials ORDER BY 1")
    card = await enter(stage, "Chatbase", chatbase(stage, **changes), button="Change")
    assert card.content.startswith(told)
    assert execute(stage.database, "SELECT field, value FROM credentials ORDER BY 1") == before


@ALONE
@pytest.mark.parametrize(
    ("label", "fields", "told"),
    [
        ("Chatbase", ("API key", "Chatbot ID"), "**API key** and **Chatbot ID** seem to be swapped"),
        ("Chatbase v2", ("API key", "Agent ID"), "**API key** and **Agent ID** seem to be swapped"),
        ("Stammer.ai", ("API token", "Chatbot UUID"), "**Chatbot UUID** has 21 characters, but must be a UUID"),
    ],
)
async def test_a_secret_in_the_wrong_field_is_told_and_not_filled_in_again(
    stage: Stage, label: str, fields: tuple[str, str], told: str
) -> None:
    apis = stage.apis
    secret, bot = {
        "Chatbase": (apis.chatbase.api_key, apis.chatbase.chatbot_id),
        "Chatbase v2": (apis.chatbase_v2.api_key, apis.chatbase_v2.environment()["CHATBASE_V2_AGENT_ID"]),
        "Stammer.ai": (apis.stammer.api_token, apis.stammer.environment()["STAMMER_CHATBOT_UUID"]),
    }[label]
    card = await enter(stage, label, {fields[0]: bot, fields[1]: secret})
    assert card.content.startswith(f"⚠️ {told}")
    form = await stage.admin.press(card, "Try again")
    assert secret not in str(form.modal)
    card = await send(stage, card, form, {fields[0]: secret, fields[1]: bot})
    assert card.content.startswith("✅")


@ALONE
async def test_what_is_pasted_along_is_no_part_of_a_value(stage: Stage) -> None:
    api = stage.apis.chatbase
    card = await enter(
        stage, "Chatbase", {"API key": f' "Bearer {api.api_key}"\n', "Chatbot ID": f"  {api.chatbot_id}"}
    )
    assert card.content.startswith("✅")
    assert (await stage.ask(stage.alice, "is somebody there?")).content


@ALONE
async def test_setup_again_shows_what_is_set_tries_it_and_removes_it(stage: Stage) -> None:
    await enter(stage, "Chatbase", chatbase(stage))
    card = await open_card(stage)
    assert "- **Chatbase**: API key and Chatbot ID, set <t:" in card.content
    assert not any(secret in str(card.frames) for secret in stage.apis.chatbase.secrets)
    card = await choose(stage, card, "Chatbase")
    assert buttons_of(card) == ["Ask a test question", "Try again", "Change", "Remove", "Back"]
    card = await press(stage, card, "Try again")
    assert card.content.startswith("✅ Chatbase accepts these values.\n**Chatbase**: API key and Chatbot ID, set <t:")
    stage.apis.chatbase.api_key = "another-one-4711"
    card = await press(stage, card, "Try again")
    assert card.content.startswith("⚠️ Chatbase rejected this server's API key.")
    card = await press(stage, card, "Remove")
    assert card.content.startswith("Remove this server's values for **Chatbase**?")
    card = await press(stage, card, "Keep")
    assert stored(stage)
    card = await press(stage, await press(stage, card, "Remove"), "Remove")
    assert card.content == "I removed this server's values for **Chatbase**."
    assert not stored(stage)
    card = await press(stage, card, "Back")
    assert card.content.startswith("**This server has no chatbot of its own yet.**")


@WITH_HOST
async def test_beside_the_hosts_chatbots_ones_own_comes_first_and_can_be_chosen(stage: Stage) -> None:
    card = await open_card(stage)
    assert (
        "The bot's host lets this server use Tamako, Chatbase, Chatbase v2, Stammer.ai and ChatBot.com." in card.content
    )
    await stage.use(stage.admin, "settings provider", provider="tamako")
    card = await enter(stage, "Chatbase", chatbase(stage))
    assert "**Tamako** answers in this channel, with the host's values." in card.content
    card = await press(stage, card, "Have it answer in this server")
    assert card.content == "**Chatbase** now answers in this server."
    stage.apis.chatbase.answers("It is me.")
    assert (await stage.ask(stage.alice, "who is there?")).content == "It is me."


@pytest.mark.environment(SECRET_KEY=KEY, SHARED_CREDENTIALS="false")
async def test_what_the_host_does_not_share_is_said(stage: Stage) -> None:
    card = await open_card(stage)
    assert card.content.endswith("The bot's host has chatbots too, but doesn't share them with servers.")


async def test_without_a_key_it_says_how_the_host_sets_one(stage: Stage) -> None:
    card = await open_card(stage)
    assert card.ephemeral
    assert "`python -m bot new-key`" in card.content
    assert "`SECRET_KEY`" in card.content
    assert not card.components


@pytest.mark.environment(**WITHOUT, STAMMER_API_URLS="https://ai.agency.example/en/chatbot/api/v1/message/")
async def test_the_addresses_that_the_host_lists_can_be_chosen(stage: Stage) -> None:
    card = await choose(stage, await open_card(stage), "Stammer.ai")
    assert "- **Where your chatbot is**." in card.content
    form = await stage.admin.press(card, "Enter values")
    assert form.modal is not None
    menu = form.modal["components"][2]["component"]
    assert [option["label"] for option in menu["options"]][1] == "ai.agency.example"
    api = stage.apis.stammer
    values = {"API token": api.api_token, "Chatbot UUID": api.environment()["STAMMER_CHATBOT_UUID"]}
    card = await send(stage, card, form, values)
    assert card.content.startswith("✅")
    assert "api_url" not in str(stored(stage)), "the operator's own address is not written down: it may change"


@ALONE
async def test_no_secret_is_stored_in_clear_or_shown(stage: Stage) -> None:
    await enter(stage, "Chatbase", chatbase(stage))
    for value in chatbase(stage).values():
        assert not await find_text(stage.database, str(value))
        assert not any(str(value) in str(message.frames) for message in stage.all_messages())


@ALONE
async def test_a_key_that_stops_working_is_told_to_an_admin_once_a_day(stage: Stage) -> None:
    await enter(stage, "Chatbase", chatbase(stage))
    stage.apis.chatbase.api_key = "another-one-4711"
    reminder = (
        "-# You manage this server: use `/setup` to try its Chatbase values again or enter new ones. "
        "I say this once a day."
    )
    answers = [await stage.ask(person, "is somebody there?") for person in (stage.alice, stage.admin, stage.admin)]
    assert [reminder in answer.content for answer in answers] == [False, True, False]
    assert all("Chatbase rejected this server's API key." in answer.content for answer in answers)
    report = await stage.use(stage.admin, "doctor")
    assert "`/setup`" in report.content


@ALONE
async def test_a_question_that_is_refused_is_refused_on_the_card_too(stage: Stage) -> None:
    await enter(stage, "Chatbase", chatbase(stage))
    card = await choose(stage, await open_card(stage), "Chatbase")
    stage.apis.chatbase.answers(Reply(status=500), times=1)
    asked = await stage.admin.press(card, "Ask a test question")
    answer = await stage.told(await stage.admin.submit(asked, {"Your question": "is somebody there?"}))
    assert answer.ephemeral
    assert "Chatbase is having problems (error 500)" in answer.content
    assert MENU


@pytest.mark.environment(**WITHOUT, TAMAKO_API_URL="")
async def test_the_welcome_of_a_server_without_a_chatbot_tells_who_answers_once_one_is_set_up(stage: Stage) -> None:
    guild = found(stage)
    guild.add_bot(stage.app)
    greeting = await welcome(stage, guild)
    assert "No chatbot is set up here yet." in greeting.content
    refused = await enter(stage, "Chatbase", chatbase(stage, **{"API key": "wrong"}), at=channel_of(guild, "talk"))
    assert "Nothing was saved" in refused.content
    assert "No chatbot is set up here yet." in greeting.content
    await enter(stage, "Chatbase", chatbase(stage), at=channel_of(guild, "talk"))
    await stage.discord.wait_for(lambda: "**Chatbase** answers here." in greeting.content or None)
