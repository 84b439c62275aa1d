"""What is kept apart: channels, threads, servers and direct messages in conversations, servers in settings."""

from collections.abc import Mapping

import pytest

from sandbox.apis import Received
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Channel, Guild
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage


@pytest.fixture
def away(stage: Stage) -> Guild:
    """Give a second server of the same admin, which `alice` belongs to as well."""
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice)
    guild.add_bot(stage.app)
    return guild


@pytest.fixture
def abroad(away: Guild) -> Channel:
    """Give the second server's channel."""
    return away.add_text_channel("abroad")


def asked(stage: Stage) -> list[str]:
    """Return the texts that the newest request to Chatbase sent, oldest first."""
    return [unnamed(message.content) for message in messages_of(stage.apis.chatbase.received[-1])]


def fields(stage: Stage, provider: str) -> Mapping[str, object]:
    """Return the fields of the newest request to a provider."""
    newest: Received = getattr(stage.apis, provider).received[-1]
    return newest.fields


async def test_places_hear_nothing_of_each_other(stage: Stage, abroad: Channel) -> None:
    stage.apis.chatbase.answers("noted")
    thread = await stage.alice.start_thread(stage.general, "aside")
    private = await stage.alice.start_thread(stage.general, "closed", private=True)
    forum = stage.guild.add_forum("questions")
    locations = {
        "general": stage.general,
        "other": stage.other,
        "thread": thread,
        "voice": stage.guild.add_voice_channel("voice"),
        "post": (await stage.alice.post(forum, "title", "no question"))[0],
        "abroad": abroad,
        "dm": stage.alice.dm(stage.app),
    }
    titles = {"thread": "Thread: aside\n\n", "post": "Forum post: title\n\n"}
    for name, location in locations.items():
        await stage.ask(stage.alice, f"a secret of {name}", location)
        assert asked(stage) == [f"{titles.get(name, '')}a secret of {name}"]
    for name, location in locations.items():
        await stage.ask(stage.alice, "again", location)
        assert asked(stage) == [f"{titles.get(name, '')}a secret of {name}", "noted", "again"]
    await stage.use(stage.alice, "ask", at=private, question="and here?")
    assert asked(stage) == ["Thread: closed\n\nand here?"]
    await stage.ask(stage.bob, "mine", stage.bob.dm(stage.app))
    assert asked(stage) == ["mine"]


async def test_a_shared_channel_has_one_conversation_and_its_providers_one_each(stage: Stage) -> None:
    stage.apis.chatbase.answers("noted")
    await stage.ask(stage.alice, "the first")
    await stage.use(stage.bob, "stammer ask", question="to the second one")
    await stage.ask(stage.bob, "the second")
    assert asked(stage) == ["the first", "noted", "the second"]


@pytest.mark.parametrize("provider", ["tamako", "stammer", "chatbot"])
async def test_people_are_kept_apart_where_the_provider_remembers(stage: Stage, provider: str) -> None:
    await stage.use(stage.alice, f"{provider} ask", question="my cat is called Mog")
    told = await stage.use(stage.bob, f"{provider} ask", question="what did I say before?")
    assert "first thing you have said" in told.content
    told = await stage.use(stage.alice, f"{provider} ask", question="what did I say before?")
    assert "my cat is called Mog" in told.content


async def test_people_share_what_chatbase_is_told_in_a_channel_only(stage: Stage) -> None:
    await stage.ask(stage.alice, "my cat is called Mog")
    assert "my cat is called Mog" in (await stage.ask(stage.bob, "what did I say before?")).content
    assert "first thing" in (await stage.ask(stage.alice, "what did I say before?", stage.other)).content


async def test_servers_have_providers_of_their_own(stage: Stage, abroad: Channel) -> None:
    for name in ("tamako", "chatbase", "stammer"):
        getattr(stage.apis, name).answers(f"from {name}")
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(stage.admin, "settings provider", at=abroad, provider="stammer")
    for _ in range(2):
        assert (await stage.ask(stage.alice, "who?")).content == "from tamako"
        assert (await stage.ask(stage.alice, "who?", abroad)).content == "from stammer"
    assert (await stage.ask(stage.alice, "who?", stage.alice.dm(stage.app))).content == "from chatbase"


async def test_a_persona_stays_in_its_server(stage: Stage, abroad: Channel, away: Guild) -> None:
    persona = {"name": "Homer", "gender": "male", "prefix": "h!", "developer": "Home Ltd"}
    for setting, value in persona.items():
        await stage.use(stage.admin, f"settings {setting}", value=value)
    await stage.use(stage.alice, "tamako ask", question="who are you?")
    assert fields(stage, "tamako").items() >= {("name", "Homer"), ("gender", "male"), ("prefix", "h!")}
    for location in (abroad, stage.alice.dm(stage.app)):
        await stage.use(stage.alice, "tamako ask", at=location, question="who are you?")
        assert not {"name", "gender", "prefix"} & fields(stage, "tamako").keys()
        assert fields(stage, "tamako")["dev"] == "robin"
    assert away.member(stage.app.bot).nick is None
    assert stage.guild.member(stage.app.bot).nick == "Homer"
    shown = await stage.use(stage.admin, "settings show", at=abroad)
    assert not [value for value in persona.values() if value in shown.content]


async def test_provider_settings_stay_in_their_server(stage: Stage, abroad: Channel) -> None:
    await stage.use(stage.admin, "settings model", value="gpt-home")
    await stage.use(stage.admin, "settings temperature", value=0.5)
    await stage.use(stage.admin, "settings system-prompt", provider="stammer", value="Be homely.")
    await stage.use(stage.admin, "settings story", provider="chatbot", value=stage.apis.chatbot.stories[1].id)
    for location in (abroad, stage.alice.dm(stage.app)):
        for provider in ("chatbase", "stammer", "chatbot"):
            await stage.use(stage.alice, f"{provider} ask", at=location, question="hello")
        assert not {"model", "temperature"} & fields(stage, "chatbase").keys()
        assert "custom_base_system_prompt" not in fields(stage, "stammer")
        assert fields(stage, "chatbot")["storyId"] == stage.apis.chatbot.stories[0].id


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_prefixes_stay_in_their_server(stage: Stage, abroad: Channel) -> None:
    await stage.use(stage.admin, "settings prefix", value="h!")
    await stage.alice.say(abroad, "h!ask not heard here")
    await stage.answer(await stage.alice.say(abroad, "!ask heard abroad"))
    await stage.alice.say(stage.general, "!ask not heard at home")
    await stage.answer(await stage.alice.say(stage.general, "h!ask heard at home"))
    assert [received.question for received in stage.apis.chatbase.received] == ["heard abroad", "heard at home"]


async def test_a_clear_in_one_server_changes_nothing_in_another(stage: Stage, abroad: Channel) -> None:
    stage.apis.chatbase.answers("noted")
    for location in (stage.general, abroad):
        await stage.ask(stage.alice, "first", location)
    await stage.use(stage.admin, "history clear")
    await stage.ask(stage.alice, "second", abroad)
    assert asked(stage) == ["first", "noted", "second"]


async def test_a_direct_message_is_shown_to_nobody_else(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    await stage.ask(stage.alice, "my PIN is 4711", chat)
    shown = await stage.use(stage.alice, "history show", at=chat)
    assert "my PIN is 4711" in shown.content
    for person, location in (
        (stage.bob, stage.bob.dm(stage.app)),
        (stage.bob, stage.general),
        (stage.admin, stage.other),
    ):
        told = await stage.use(person, "history show", at=location)
        assert "4711" not in told.content
        assert told.content.startswith("Nothing yet")
    assert not chat.visible_to(stage.bob)
