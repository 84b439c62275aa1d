"""Commands in simcord's Discord: who sees them, what they answer, and what is for their caller alone."""

import discord
import pytest

from tests.simcord.world import World, response


async def test_every_provider_answers_its_own_command_in_public(world: World) -> None:
    for api in world.apis.all:
        api.answers(f"from {api.name}")
        told = await world.use(world.alice, f"{api.name} ask", question="who are you?")
        assert (told.content, told.ephemeral) == (f"-# alice asked: who are you?\nfrom {api.name}", False)
        assert api.received[-1].question == "who are you?"


async def test_ask_is_answered_in_a_server_and_in_direct_messages(world: World) -> None:
    world.apis.chatbase.answers("Because.")
    told = await world.use(world.alice, "ask", question="why?")
    assert (told.content, told.ephemeral) == ("-# alice asked: why?\nBecause.", False)
    private = await world.alice.user.slash("ask", question="why?")
    assert response(private).content == "-# alice asked: why?\nBecause."


async def test_the_line_that_says_who_asked_is_one_short_line_that_pings_nobody(world: World) -> None:
    world.apis.chatbase.answers("Because.")
    said = f"# a *title*\nfor {world.general.mention} and @everyone"
    told = await world.use(world.alice, "ask", question=said)
    line, answer = told.content.split("\n")
    assert line == r"-# alice asked: \# a \*title\* for \#general and \@everyone"
    assert answer == "Because."
    stored = world.env.backend.get_message(world.general.id, told.id)
    assert (stored.ping_user_ids, stored.ping_role_ids, stored.mention_everyone) == ([], [], False)
    told = await world.use(world.alice, "ask", question="why " * 100)
    assert told.content.split("\n")[0] == f"-# alice asked: {('why ' * 100)[:199]}…"


async def test_commands_are_offered_where_they_work_and_to_whom_they_are_meant(world: World) -> None:
    offered = set(world.alice.available_commands(world.general))
    assert {"ask", "tamako ask", "chatbot ask", "history clear", "history show", "help"} <= offered
    assert not any(name.startswith("settings") for name in offered)
    assert "settings show" in world.admin.available_commands(world.general)
    assert "ask" in world.alice.user.available_commands()
    assert not any(name.startswith("settings") for name in world.alice.user.available_commands())


async def test_a_question_over_the_limit_is_refused_in_private(world: World) -> None:
    told = await world.use(world.alice, "chatbot ask", question="?" * 257)
    assert told.ephemeral
    assert "257" in told.content
    assert "256" in told.content
    assert not world.apis.chatbot.received


async def test_help_is_for_its_caller_alone(world: World) -> None:
    told = await world.use(world.alice, "help")
    assert told.ephemeral
    assert "/ask" in told.content
    assert not world.general.history(viewer=world.bob)


async def test_a_shared_history_is_cleared_by_moderators_only(world: World) -> None:
    await world.ask(world.alice, "remember me")
    shown = await world.use(world.alice, "history show")
    assert shown.ephemeral
    assert "remember me" in shown.content
    refused = await world.use(world.alice, "history clear")
    assert (refused.content, refused.ephemeral) == (
        "You need **Manage Messages** for that. Nothing was changed.",
        True,
    )
    cleared = await world.use(world.moderator, "history clear")
    assert cleared.ephemeral
    await world.ask(world.alice, "and now?")
    assert world.history_sent() == [["remember me"], ["and now?"]]


@pytest.mark.environment(DEFAULT_PROVIDER="tamako")
async def test_a_history_of_ones_own_is_cleared_by_anybody(world: World) -> None:
    await world.ask(world.alice, "remember me")
    cleared = await world.use(world.alice, "history clear")
    assert cleared.ephemeral
    await world.ask(world.alice, "and now?")
    await world.ask(world.bob, "and me?")
    before, after, others = (received.user_key for received in world.apis.tamako.received)
    assert (before, others) == (str(world.alice.id), str(world.bob.id))
    assert after == f"{world.alice.id}.1"


async def test_commands_are_registered_once_and_still_answer_after_a_restart(world: World) -> None:
    await world.restart()
    told = await world.use(world.alice, "help")
    assert told.ephemeral
    assert [request.method for request in world.env.http_requests if request.path.endswith("/commands")] == [
        "GET",
        "PUT",
        "GET",
    ]


async def test_the_doctor_tells_an_admin_what_the_bot_lacks_here(world: World) -> None:
    assert "doctor" not in world.alice.available_commands(world.general)
    denied = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.me: denied})
    told = response(await world.admin.slash(quiet, "doctor"))
    assert told.ephemeral
    assert "❌ **Permissions.** I'm missing **Send Messages** (needed to answer) here." in told.content


async def test_the_doctor_refuses_who_may_not_manage_the_server(world: World) -> None:
    await world.allow(world.alice, "doctor")
    told = await world.use(world.alice, "doctor")
    assert (told.content, told.ephemeral) == ("You need **Manage Server** for that. Nothing was changed.", True)


async def test_an_admin_sees_the_usage_of_the_server(world: World) -> None:
    assert (await world.use(world.admin, "usage")).content == "No questions in the last 7 days."
    await world.ask(world.alice, "hello")
    told = await world.use(world.admin, "usage", days=1)
    assert told.ephemeral
    assert "**Chatbase**: 1 question\n- 1 answered, 0 failed, 0 stopped\n" in told.content
    chart, table = told.attachments
    assert (await chart.read()).startswith(b"\x89PNG")
    assert "1 question in all: 1 answered" in (chart.description or "")
    assert (await table.read()).decode().count("Chatbase") == 2
    assert not any(name.startswith("usage") for name in world.alice.available_commands(world.general))
