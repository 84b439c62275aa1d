"""`/settings` for conversations, places, roles, length, threads, a channel's persona: what is told and in force."""

from typing import Any

import pytest

from sandbox.discord import Permission
from tests.e2e.shown_settings import nickname, shown_lines
from tests.e2e.stage import Stage

IDLE = "**Set, but without effect here**"


async def idle_lines(stage: Stage) -> list[str]:
    """Return what `/settings show` says in `general` about settings without effect."""
    shown = await stage.use(stage.admin, "settings show")
    return shown.content.partition(IDLE)[2].strip().splitlines()


async def test_where_the_bot_answers_is_told_and_in_force(stage: Stage) -> None:
    general, other = stage.general.mention, stage.other.mention
    warning = "⚠️ I answer in no channel at all: only listed channels count, and none is listed."
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, "I answer in every channel that I can see."),
        ({"value": "only"}, warning),
        ({"channel": stage.other}, f"I answer only in {other}."),
        ({"channel": stage.general, "on": True}, f"I answer only in {general}, {other}."),
        ({"channel": stage.other, "on": False}, f"I answer only in {general}."),
        ({"value": "except"}, f"I answer everywhere except in {general}."),
        ({"value": "all"}, "I answer in every channel that I can see.\nOn the list for `only` and `except`: "),
        ({"on": True}, "Which channel do you mean? Please fill in `channel` too. Nothing was changed."),
    ]
    for options, said in steps:
        told = await stage.use(stage.admin, "settings channels", **options)
        assert told.content.startswith(said), options
        assert told.ephemeral
    await stage.use(stage.admin, "settings channels", value="except")
    refused = await stage.use(stage.alice, "ask", question="hello")
    assert refused.content.startswith("I don't answer in this channel.")
    assert (await shown_lines(stage))["channels"] == f"`except` {general} (set for this server)"
    assert await idle_lines(stage) == [
        "- channels: I don't answer in this channel, so nothing above has an effect here."
    ]


async def test_what_was_set_of_a_chatbot_that_is_no_longer_set_up_is_shown_with_the_reason(stage: Stage) -> None:
    settings, server = stage.bot.services.settings, stage.guild.id
    await settings.save("server", server, server, "gone_model", "gpt-4o")
    await settings.save("channel", server, stage.general.id, "gone_system-prompt", "Be brief.")
    await settings.save("server", server, server, "provider", "gone")
    lines = await shown_lines(stage)
    assert lines["gone model"] == "`gpt-4o` (set for this server)"
    assert lines["gone system-prompt"] == "`Be brief.` (set for this channel)"
    assert await idle_lines(stage) == [
        "- provider: `gone` is no longer set up, so Chatbase answers.",
        "- gone model: `gone` is no longer set up.",
        "- gone system-prompt: `gone` is no longer set up.",
    ]


async def test_a_change_for_the_server_says_so_if_the_channel_has_its_own(stage: Stage) -> None:
    keeps = "\nThis channel has its own, which stays. Use the option `channel` to change that."
    changes: list[tuple[str, dict[str, Any]]] = [
        ("provider", {"provider": "tamako"}),
        ("conversation", {"value": "personal"}),
        ("gender", {"value": "none"}),
        ("name", {"value": "Ada"}),
        ("system-prompt", {"value": "Be brief.", "provider": "stammer"}),
    ]
    for command, options in changes:
        await stage.use(stage.admin, f"settings {command}", channel=stage.general, **options)
        told = await stage.use(stage.admin, f"settings {command}", **options)
        assert told.content.endswith(keeps), told.content
        assert keeps not in (await stage.use(stage.admin, f"settings {command}", at=stage.other, **options)).content


async def test_in_a_thread_it_is_said_that_no_thread_is_started(stage: Stage) -> None:
    await stage.use(stage.admin, "settings threads", channel=stage.general, on=True)
    thread = await stage.alice.start_thread(stage.general, "aside")
    shown = await stage.use(stage.admin, "settings show", at=thread)
    assert shown.content.partition(IDLE)[2].strip() == "- threads: this is a thread already."


async def test_for_whom_the_bot_answers_is_told_and_in_force(stage: Stage) -> None:
    askers, helpers = stage.guild.add_role("askers"), stage.guild.add_role("helpers")
    only = "I answer only people with"
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, "I answer everybody in this server."),
        ({"role": askers}, f"{only} the role <@&{askers.id}>."),
        ({"role": helpers, "on": True}, f"{only} one of the roles <@&{askers.id}>, <@&{helpers.id}>."),
        ({"role": helpers, "on": False}, f"{only} the role <@&{askers.id}>."),
        ({"on": False}, "Which role do you mean? Please fill in `role` too. Nothing was changed."),
    ]
    for options, said in steps:
        told = await stage.use(stage.admin, "settings roles", **options)
        assert (told.content, told.ephemeral) == (said, True)
        assert not told.pinged
    assert "only answer people with" in (await stage.use(stage.alice, "ask", question="hello")).content
    assert (await shown_lines(stage))["roles"] == f"<@&{askers.id}> (set for this server)"
    told = await stage.use(stage.admin, "settings roles", role=askers, on=False)
    assert told.content == "I answer everybody in this server."


@pytest.mark.parametrize("deleted_first", [True, False])
async def test_a_limit_to_roles_that_were_deleted_opens_only_if_an_admin_says_so(
    stage: Stage, deleted_first: bool
) -> None:
    roles = askers, helpers = stage.guild.add_role("askers"), stage.guild.add_role("helpers")
    for role in roles:
        await stage.use(stage.admin, "settings roles", role=role)
    if deleted_first:
        stage.guild.remove_role(helpers)
        await stage.use(stage.admin, "settings roles", role=askers, on=False)
    else:
        await stage.use(stage.admin, "settings roles", role=helpers, on=False)
        stage.guild.remove_role(askers)
    remedy = "Choose another one with `/settings roles`, or `@everyone` to have me answer everybody."
    told = await stage.use(stage.admin, "settings roles")
    assert told.content == f"⚠️ I answer nobody: every chosen role has been deleted. {remedy}"
    refused = await stage.use(stage.alice, "ask", question="hello")
    assert refused.content.startswith("I answer nobody in this server right now: the roles that I should answer have")
    assert refused.ephemeral
    assert (await shown_lines(stage))["roles"] == "deleted roles only (set for this server)"
    assert await idle_lines(stage) == [f"- roles: I answer nobody: every chosen role has been deleted. {remedy}"]
    doctor = (await stage.use(stage.admin, "doctor")).content
    assert "every role chosen in `/settings roles` has been deleted." in doctor
    assert "Choose another one there, or `@everyone` to have me answer everybody." in doctor

    others = stage.guild.add_role("others")
    told = await stage.use(stage.admin, "settings roles", role=others)
    assert told.content == f"I answer only people with the role {others.mention}."
    told = await stage.use(stage.admin, "settings roles", role=stage.guild.everyone, on=False)
    assert told.content.startswith("Everybody has that role.")
    told = await stage.use(stage.admin, "settings roles", role=stage.guild.everyone)
    assert told.content == "I answer everybody in this server."
    assert (await stage.ask(stage.alice, "and now?")).content


@pytest.mark.parametrize("deleted_first", [True, False])
async def test_a_limit_to_channels_that_were_deleted_opens_only_if_an_admin_says_so(
    stage: Stage, deleted_first: bool
) -> None:
    first, second = stage.guild.add_text_channel("first"), stage.guild.add_text_channel("second")
    for channel in (first, second):
        await stage.use(stage.admin, "settings channels", value="only", channel=channel)
    if deleted_first:
        second.delete()
        await stage.use(stage.admin, "settings channels", channel=first, on=False)
    else:
        await stage.use(stage.admin, "settings channels", channel=second, on=False)
        first.delete()
    told = await stage.use(stage.admin, "settings channels")
    assert told.content.startswith("⚠️ I answer in no channel at all: only listed channels count, and none is listed.")
    assert told.content.endswith("or set `value` to `all`.")
    assert (await idle_lines(stage))[0].startswith("- channels: ⚠️ I answer in no channel at all")
    assert "or set `/settings channels` to `all`." in (await stage.use(stage.admin, "doctor")).content
    assert (await stage.use(stage.alice, "ask", question="hello")).content.startswith("I don't answer in this channel.")
    await stage.use(stage.admin, "settings channels", value="all")
    assert (await stage.ask(stage.alice, "and now?")).content


async def test_whose_conversation_it_is(stage: Stage) -> None:
    told = await stage.use(stage.admin, "settings conversation", value="personal", channel=stage.other)
    assert told.content.startswith(
        f"Members now each have a conversation of their own with me in {stage.other.mention}.\n"
    )
    assert "one for each person anyway." in told.content
    told = await stage.use(stage.admin, "settings conversation", value="shared")
    assert told.content.startswith("Everyone in the same channel now shares one conversation with me.")
    shown = await stage.use(stage.admin, "settings show", at=stage.other)
    assert "**conversation**: `personal` (set for this channel)" in shown.content
    told = await stage.use(stage.admin, "settings conversation", channel=stage.other)
    assert told.content.startswith("The conversation setting is back to the server's in ")


async def test_how_long_answers_get(stage: Stage) -> None:
    told = await stage.use(stage.admin, "settings length", messages=1)
    assert (
        told.content
        == "My answers now have at most 1 message in this server. Longer ones end with a file that has all of it."
    )
    assert (await shown_lines(stage))["length"] == "`1 message` (set for this server)"
    told = await stage.use(stage.admin, "settings length")
    assert told.content == "The length of my answers is back to the default in this server: at most 25 messages."


async def test_answers_in_threads_say_what_is_missing(stage: Stage) -> None:
    general = stage.general.mention
    for role in stage.guild.roles.values():
        role.set_permissions(role.permissions | Permission.CREATE_PUBLIC_THREADS | Permission.SEND_MESSAGES_IN_THREADS)
    told = await stage.use(stage.admin, "settings threads", channel=stage.general, on=True)
    assert told.content == (
        f"I now start a thread for each answer in {general}, named after the question. "
        "You have to mention me there too."
    )
    assert await idle_lines(stage) == []
    for role in stage.guild.roles.values():
        role.set_permissions(role.permissions & ~(Permission.CREATE_PUBLIC_THREADS | Permission.ADMINISTRATOR))
    told = await stage.use(stage.admin, "settings threads", channel=stage.general, on=True, force=True)
    assert told.content.endswith("⚠️ I can't do that yet: I'm missing **Create Public Threads** there.")


async def test_a_persona_of_one_channel_changes_no_nickname(stage: Stage) -> None:
    await stage.use(stage.admin, "settings name", value="Ada")
    told = await stage.use(stage.admin, "settings name", value="Bea", channel=stage.other)
    assert told.content.startswith(f"My name is now `Bea` in {stage.other.mention}.\nTamako takes it.")
    assert told.content.endswith("\nMy nickname stays as it is: there is only one for the whole server.")
    await stage.use(stage.admin, "settings gender", value="female", channel=stage.other)
    assert nickname(stage) == "Ada"
    for location, expected in ((stage.general, ("Ada", None)), (stage.other, ("Bea", "female"))):
        await stage.use(stage.alice, "tamako ask", at=location, question="hello")
        sent = stage.apis.tamako.received[-1].fields
        assert (sent["name"], sent.get("gender") or None) == expected
    told = await stage.use(stage.admin, "settings name", channel=stage.other)
    assert told.content.startswith(f"My name is back to the server's in {stage.other.mention}.")
    assert nickname(stage) == "Ada"


async def test_what_is_set_but_has_no_effect_is_told_with_the_reason(stage: Stage) -> None:
    assert await idle_lines(stage) == []
    await stage.use(stage.admin, "settings name", value="Ada")
    await stage.use(stage.admin, "settings system-prompt", value="Be kind.", provider="stammer")
    await stage.use(stage.admin, "settings prefix", value="hey.")
    assert await idle_lines(stage) == [
        "- prefix: text commands are off, because Discord doesn't show me what messages say. My host can change that.",
        "- name: Chatbase, which answers here, doesn't take it. Chatbase has it in its dashboard.",
        "- stammer system-prompt: Chatbase answers here.",
    ]
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(stage.admin, "settings conversation", value="personal")
    lines = await idle_lines(stage)
    assert "- conversation: Tamako, which answers here, keeps a conversation for each person anyway." in lines
    assert not [line for line in lines if line.startswith("- name")]


@pytest.mark.parametrize(
    ("typed", "label"), [("Tamako", "Tamako"), (" tamako ", "Tamako"), ("chatbot.COM", "ChatBot.com")]
)
async def test_a_provider_may_be_typed_instead_of_picked(stage: Stage, typed: str, label: str) -> None:
    told = await stage.use(stage.admin, "settings provider", provider=typed)
    assert told.content == f"**{label}** now answers in this server."
    told = await stage.use(stage.admin, "settings provider", provider="DEFAULT")
    assert told.content == "The default chatbot now answers in this server."
