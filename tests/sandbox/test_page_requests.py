"""What the page's server does for what there is to try, asked without a browser and without the bot."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.discord import Channel, Discord, Guild, NotPossible
from sandbox.discord.errors import Json
from sandbox.environment import Environment, open_environment
from sandbox.page.actions import ACTIONS
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.context import PageContext
from sandbox.page.faults import Faults
from sandbox.page.personas import set_up_personas
from sandbox.page.requests import InvalidRequest, Request
from sandbox.page.session import Session
from sandbox.page.tryouts import MAX_SERVERS, QUESTIONS


class Visitor:
    """A tab without a browser."""

    def __init__(self, env: Environment) -> None:
        self.session = Session(PageContext(env, set_up_personas(env), BotSupervisor(env), Faults(env)))

    async def __call__(self, action: str, channel: Channel | None = None, **parameters: object) -> Json:
        """Send a request as the account that the tab uses."""
        body = {"channel": str(channel.id) if channel is not None else "", **parameters}
        return await ACTIONS[action](self.session, Request(body, self.session.person)) or {}

    def sees(self, channel: Channel) -> Json:
        """Return a channel as the tab has it."""
        everything = self.session.everything()
        listed = [each for guild in everything["guilds"] for each in guild["channels"]]
        return next(each for each in listed if each["id"] == str(channel.id))


@pytest.fixture
async def env() -> AsyncIterator[Environment]:
    """Give everything but the bot."""
    async with open_environment() as opened:
        yield opened


@pytest.fixture
def visitor(env: Environment) -> Visitor:
    """Give a tab of alice's."""
    return Visitor(env)


def _channel(guild: Guild, name: str) -> Channel:
    return next(each for each in guild.channels.values() if each.name == name)


def _guild(env: Environment, name: str) -> Guild:
    return next(each for each in env.discord.state.guilds.values() if each.name == name)


async def test_each_new_server_is_the_visitors_own(env: Environment, visitor: Visitor) -> None:
    made = [await visitor("found-server") for _ in range(2)]
    assert [each["server"] for each in made] == ["Server 3", "Server 4"]
    visitor.session.person = env.bob
    guild = _guild(env, str((await visitor("found-server"))["server"]))
    assert guild.owner is env.bob
    assert env.alice.id not in guild.members
    assert env.app.bot.id in guild.members
    assert guild.system_channel is not None


async def test_there_are_not_ever_more_servers(env: Environment, visitor: Visitor) -> None:
    while len(env.discord.state.guilds) < MAX_SERVERS:
        await visitor("found-server")
    with pytest.raises(NotPossible):
        await visitor("found-server")


async def test_three_others_ask_and_one_of_them_twice(env: Environment, visitor: Visitor) -> None:
    await visitor("ask-together", env.general)
    others = visitor.session.context.personas.others
    asked = [(message.author, message.content) for message in env.general.messages.values()]
    mention = env.app.bot.mention
    assert asked == [(who, f"{mention} {what}") for who, what in zip([*others, others[0]], QUESTIONS, strict=True)]


@pytest.mark.parametrize("place", ["announcements", "staff", "help", "direct message", "without the bot", "locked"])
async def test_nobody_asks_where_not_all_can(env: Environment, visitor: Visitor, place: str) -> None:
    if place == "direct message":
        channel = env.alice.dm(env.app)
    elif place == "locked":
        channel = await env.alice.start_thread(env.general, "aside")
        await env.alice.close_thread(channel, locked=True)
    elif place == "without the bot":
        env.guild.remove(env.app.bot)
        channel = env.general
    else:
        channel = _channel(env.guild, place)
    before = len(channel.messages)
    with pytest.raises(NotPossible):
        await visitor("ask-together", channel)
    assert len(channel.messages) == before


async def test_the_intent_is_switched_on_both_sides(env: Environment, visitor: Visitor) -> None:
    assert not env.app.reads_content
    for on in (True, True, False):
        await visitor("intent", on=on)
        assert env.app.reads_content is on
        assert env.bot_settings()["MESSAGE_CONTENT_INTENT"] == str(on).lower()
        assert visitor.session.everything()["bot"]["message_content"] is on
    assert visitor.session.context.supervisor.state == "stopped"


async def test_who_is_met_nowhere_is_not_known(env: Environment, visitor: Visitor) -> None:
    visitor.session.person = visitor.session.context.personas.all[-1].person
    names = {user["name"] for user in visitor.session.everything()["users"].values()}
    assert names == {"Dave", "Alice", "Erin", "Frank", "Grace", "Switchboard"}
    assert [guild["name"] for guild in visitor.session.everything()["guilds"]] == ["Next Door"]
    members = visitor.session.everything()["guilds"][0]["members"]
    assert "Alice next door" in [member["name"] for member in members]


async def test_a_thread_as_each_person_sees_it(env: Environment, visitor: Visitor) -> None:
    said = await env.bob.say(env.general, "cheese")
    thread = await env.bob.start_thread(env.general, "Cheese", message=said)
    expected = {"archived": False, "locked": False, "start": str(said.id), "may_close": True, "may_reopen": False}
    assert visitor.sees(thread)["thread"] == expected
    await visitor("close-thread", thread)
    assert visitor.sees(thread)["thread"] == expected | {"archived": True, "may_reopen": True}
    visitor.session.person = visitor.session.context.personas.others[0]
    assert visitor.sees(thread)["thread"] == expected | {"archived": True, "may_reopen": True, "may_close": False}
    with pytest.raises(NotPossible):
        await visitor("close-thread", thread)
    await visitor("reopen-thread", thread)
    await env.alice.lock_thread(thread)
    assert not visitor.sees(thread)["may_write"]


async def test_posts_are_listed_newest_first_and_closed_ones_last(env: Environment, visitor: Visitor) -> None:
    forum = _channel(env.guild, "help")
    assert (visitor.sees(forum)["may_write"], visitor.sees(forum)["forum"]) == (False, {"may_post": True})
    for title in ("one", "two", "three"):
        await visitor("write-post", forum, title=title, text=f"about\n{title} " + "x" * 200)
    one, two, three = env.guild.threads()
    await env.bob.say(one, "an answer")
    await env.alice.close_thread(three)
    posts = (await visitor("posts", forum))["posts"]
    assert [(post["title"], post["messages"], post["archived"]) for post in posts] == [
        ("one", 2, False), ("two", 1, False), ("three", 1, True),
    ]  # fmt: skip
    assert (posts[0]["author"], posts[0]["content"]) == ("Alice", "about\none " + "x" * 200)
    assert two.parent is forum


wild = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "data", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["channel", "message", "text", "files", "times", "on", "values", "options"]), wild)
)
def test_any_request_is_read_or_refused(body: Json) -> None:
    person = Discord().create_user("alice")
    request = Request.read(json.dumps(body), person)
    readers = (
        lambda: request.text("text"),
        lambda: request.flag("on"),
        lambda: request.count("times"),
        lambda: request.values("options"),
        lambda: request.items("values"),
        request.files,
        request.channel,
        request.message,
        lambda: [request.named(value) for value in request.items("values")],
    )
    for read in readers:
        with suppress(InvalidRequest, NotPossible):
            read()
