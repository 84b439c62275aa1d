"""A server's own credentials answer there, in every way to ask, and nowhere else."""

from collections.abc import Sequence

import pytest

from sandbox.apis import Received
from sandbox.discord import Channel, Guild, Message
from tests.databases import execute
from tests.e2e.answer_controls import told_alone
from tests.e2e.setup_cards import KEY, WITHOUT
from tests.e2e.stage import Stage
from tests.e2e.test_database_calls import MAX_STATEMENTS, MAX_TRANSACTIONS, counted, mention
from tests.e2e.waiting import until
from tests.e2e.welcomes import found, welcome

HOSTS, OWN = "sandbox-chatbase-key", "another-sandbox-key"
"""The keys of the host's account and of the server's, whose chatbots are Basil and Thyme."""

PROVIDERS = ("tamako", "chatbase", "chatbase-v2", "stammer", "chatbot")
NOBODY = "No chatbot is set up in this server yet. This server's admins can set one up with `/setup`."
NOBODY_HERE = "No chatbot is set up here. Ask me in a server whose admins have set one up."

with_both = pytest.mark.environment(SECRET_KEY=KEY)
with_own_only = pytest.mark.environment(**WITHOUT, TAMAKO_API_URL="")


async def bring(stage: Stage, guild: Guild | None = None, key: str = OWN) -> None:
    """Store credentials of a server, `stage.guild` if it is not another one."""
    fields = {"api_key": key, "chatbot_id": stage.apis.chatbase.others[0].chatbot_id}
    await stage.bot.services.credentials.save((guild or stage.guild).id, "chatbase", fields, stage.admin.id)


@pytest.fixture
def abroad(stage: Stage) -> Channel:
    """Give a channel of a second server with the bot, which brings nothing; alice and the admin are in both."""
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice)
    guild.add_bot(stage.app)
    return guild.add_text_channel("abroad")


@pytest.fixture
def unknown(stage: Stage) -> Channel:
    """Give a channel of a server without the bot, to which alice brings it along."""
    stage.app.install_for(stage.alice)
    return stage.discord.create_guild("Abroad", stage.bob, stage.alice).add_text_channel("lobby")


def keys(received: Sequence[Received]) -> list[str]:
    """Return which keys were used, in the order of the questions."""
    return [each.headers["Authorization"].removeprefix("Bearer ") for each in received if each.question is not None]


def asked(stage: Stage) -> int:
    """Return how many requests came to any chat API."""
    return sum(len(api.received) for api in stage.apis.all)


async def ask_in_every_way(stage: Stage, channel: Channel) -> Message:
    """Ask in a channel by mention, thread, commands, menu, Retry and Ask another; return the first answer."""
    first = await stage.ask(stage.alice, "how tall is the fig tree?", channel)
    thread = await stage.alice.start_thread(channel, "aside")
    await stage.ask(stage.alice, "and the plum tree?", thread)
    await stage.use(stage.alice, "ask", at=channel, question="which one is older?")
    await stage.use(stage.alice, "chatbase ask", at=channel, question="what about pears?")
    form = await stage.alice.use_menu(first, "Ask about this")
    await stage.told(await stage.alice.submit(form, {"Question": "is it?"}))
    await stage.alice.press(first, "Retry")
    await stage.discord.wait_for(lambda: len(keys(stage.apis.chatbase.received)) >= 6, 30)
    await stage.idle()
    return first


@pytest.mark.slow
@with_both
async def test_its_own_answer_there_in_every_way_and_nowhere_else(
    stage: Stage, abroad: Channel, unknown: Channel
) -> None:
    await bring(stage)
    assert unknown.guild is not None
    await bring(stage, unknown.guild)
    await ask_in_every_way(stage, stage.general)
    assert keys(stage.apis.chatbase.received) == [OWN] * 6
    await stage.ask(stage.alice, "how tall is the fig tree?", abroad)
    await stage.use(stage.alice, "chatbase ask", at=abroad, question="what about pears?")
    await stage.ask(stage.alice, "how tall is the fig tree?", stage.alice.dm(stage.app))
    await stage.use(stage.alice, "chatbase ask", at=unknown, question="what about pears?")
    assert keys(stage.apis.chatbase.received)[6:] == [HOSTS] * 4


@with_both
async def test_once_they_are_removed_an_answers_buttons_ask_the_hosts(stage: Stage) -> None:
    await bring(stage)
    answer = await stage.ask(stage.alice, "how tall is the fig tree?")
    await stage.bot.services.credentials.remove(stage.guild.id, "chatbase")
    await stage.alice.press(answer, "Retry")
    await stage.apis.chatbase.wait_received(2)
    await stage.idle()
    assert keys(stage.apis.chatbase.received) == [OWN, HOSTS]


@with_own_only
async def test_without_any_of_the_hosts_only_the_server_that_brought_one_is_answered(
    stage: Stage, abroad: Channel, unknown: Channel
) -> None:
    await bring(stage)
    assert unknown.guild is not None
    await bring(stage, unknown.guild)
    answer = await stage.ask(stage.alice, "how tall is the fig tree?")
    assert "Ask another" not in str(answer.components)
    assert (keys(stage.apis.chatbase.received), asked(stage)) == ([OWN], 1)
    assert NOBODY in (await stage.ask(stage.alice, "and here?", abroad)).content
    for location, said in ((abroad, NOBODY), (unknown, NOBODY_HERE), (stage.alice.dm(stage.app), NOBODY_HERE)):
        told = await stage.use(stage.alice, "ask", at=location, question="and here?")
        assert said in told.content
        assert told.ephemeral or location is stage.alice.dm(stage.app)
    assert NOBODY_HERE in (await stage.ask(stage.alice, "and here?", stage.alice.dm(stage.app))).content
    assert asked(stage) == 1


@with_own_only
async def test_each_chatbots_own_command_says_privately_where_it_is_not_set_up(stage: Stage, abroad: Channel) -> None:
    await bring(stage)
    for provider in PROVIDERS:
        for location in (abroad, stage.general) if provider != "chatbase" else (abroad,):
            told = await stage.use(stage.alice, f"{provider} ask", at=location, question="what about pears?")
            assert told.ephemeral
            assert "isn't set up in this server. This server's admins can set it up with `/setup`." in told.content
        told = await stage.use(stage.alice, f"{provider} ask", at=stage.alice.dm(stage.app), question="and pears?")
        assert "isn't set up here" in told.content
    assert asked(stage) == 0


@pytest.mark.environment(SECRET_KEY=KEY, SHARED_CREDENTIALS="false")
async def test_what_the_host_does_not_share_is_for_direct_messages(stage: Stage, abroad: Channel) -> None:
    assert NOBODY in (await stage.ask(stage.alice, "how tall is the fig tree?", abroad)).content
    assert asked(stage) == 0
    await stage.ask(stage.alice, "how tall is the fig tree?", stage.alice.dm(stage.app))
    assert keys(stage.apis.chatbase.received) == [HOSTS]


@with_both
async def test_what_is_wrong_with_a_servers_key_is_told_there_and_not_in_another(stage: Stage, abroad: Channel) -> None:
    await bring(stage, key="not-a-key-of-anybody")
    told = (await stage.ask(stage.alice, "how tall is the fig tree?")).content
    assert told == (
        "-# Chatbase rejected this server's API key. This server's admins need to enter a valid one with `/setup`."
    )
    here = (await stage.use(stage.admin, "doctor")).content
    assert "rejected this server's API key" in here
    assert "rejected" not in (await stage.use(stage.admin, "doctor", at=abroad)).content
    await stage.ask(stage.alice, "how tall is the fig tree?", abroad)
    assert keys(stage.apis.chatbase.received)[-1] == HOSTS


@with_own_only
async def test_a_row_that_was_copied_to_another_server_is_refused_there(stage: Stage, abroad: Channel) -> None:
    await bring(stage)
    assert abroad.guild is not None
    execute(
        stage.database,
        "INSERT INTO credentials (server, provider, field, value, saved_at, saved_by) "
        f"SELECT {abroad.guild.id}, provider, field, value, saved_at, saved_by FROM credentials",
    )
    told = await stage.ask(stage.alice, "how tall is the fig tree?", abroad)
    assert told.content == (
        "-# I can't read what this server's admins entered for Chatbase. They need to enter it again with `/setup`."
    )
    assert asked(stage) == 0


@with_own_only
async def test_what_each_command_offers_is_what_can_be_asked_there(stage: Stage, abroad: Channel) -> None:
    await bring(stage)
    helped = (await stage.use(stage.alice, "help")).content
    assert "**Chatbase answers here.**" in helped
    assert "`/chatbase ask` asks that chatbot directly" in helped
    assert NOBODY in (await stage.use(stage.alice, "help", at=abroad)).content
    assert NOBODY_HERE in (await stage.use(stage.alice, "help", at=stage.alice.dm(stage.app))).content
    assert "`chatbase` (default)" in (await stage.use(stage.admin, "settings show")).content
    assert "**provider**: not set" in (await stage.use(stage.admin, "settings show", at=abroad)).content
    refused = await stage.use(stage.admin, "settings provider", provider="tamako")
    assert "There's no provider by that name here" in refused.content
    checked = (await stage.use(stage.admin, "doctor", at=abroad)).content
    assert NOBODY.removesuffix(".") in checked


@with_both
async def test_ask_another_offers_its_own_and_the_hosts(stage: Stage) -> None:
    await bring(stage)
    answer = await stage.use(stage.alice, "stammer ask", question="how tall is the fig tree?")
    press = await stage.alice.press(answer, "Ask another")
    await told_alone(stage, press)
    offered = press.message or press.followups[-1]
    assert offered is not None
    await stage.alice.press(offered, "Chatbase")
    await stage.apis.chatbase.wait_received(1)
    await stage.idle()
    assert keys(stage.apis.chatbase.received) == [OWN]


@with_own_only
async def test_a_new_server_is_told_how_to_get_a_chatbot(stage: Stage) -> None:
    guild = found(stage)
    guild.add_bot(stage.app)
    shown = await welcome(stage, guild)
    assert shown.content.splitlines()[1] == (
        "No chatbot is set up here yet. Someone with **Manage Server** can do that with `/setup`."
    )
    told = await stage.told(await stage.admin.press(shown, "Choose who answers"))
    assert (told.content, told.ephemeral) == (NOBODY, True)


@with_both
async def test_a_question_costs_no_statement_more_with_a_servers_own(stage: Stage) -> None:
    await bring(stage)
    with counted(stage) as own:
        await mention(stage)
        await stage.idle()
    assert keys(stage.apis.chatbase.received) == [OWN]
    assert len(own.statements) <= MAX_STATEMENTS
    assert own.transactions <= MAX_TRANSACTIONS


@with_both
async def test_they_go_when_the_bot_leaves(stage: Stage) -> None:
    await bring(stage)
    assert execute(stage.database, "SELECT count(*) FROM credentials")[0][0] == 2
    stage.guild.remove(stage.app.bot)
    await until(lambda: execute(stage.database, "SELECT count(*) FROM credentials")[0][0] == 0)
