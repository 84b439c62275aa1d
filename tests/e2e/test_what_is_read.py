"""What the bot reads: its role's mention, edits, forwards, embeds and polls, names, and the thread it is asked in."""

from datetime import timedelta

import discord
import pytest

from bot.strings.help import only_attachments
from sandbox.discord import Application, Channel, Message, Permission, Poll
from sandbox.discord.operations.messaging import Draft, post, preview
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, on_sqlite

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
MENU = "Ask about this"
CARD = {
    "title": "Release 2",
    "description": "Faster.",
    "author": {"name": "The crew"},
    "fields": [{"name": "Size", "value": "5 MB"}],
    "footer": {"text": "in May"},
}
BUTTONS = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Sign up", "custom_id": "a"}]}


def asked(stage: Stage) -> list[str]:
    """Return the question of each request."""
    return [unnamed(each.question) for each in stage.apis.chatbase.received]


def own_role(stage: Stage) -> str:
    """Return the mention of the role that the bot got when it was added."""
    return stage.guild.member(stage.app.bot).roles[0].mention


@INTENT
async def test_a_mention_of_the_bots_own_role_asks(stage: Stage) -> None:
    others = stage.guild.add_role("others", mentionable=True)
    stage.guild.member(stage.app.bot).set_roles([*stage.guild.member(stage.app.bot).roles, others])
    await stage.admin.say(stage.general, f"{others.mention} not the bot's own")
    await stage.answer(await stage.admin.say(stage.general, f"{own_role(stage)}, what is it?"))
    await stage.answer(await stage.alice.say(stage.general, f"and what {own_role(stage)} `{own_role(stage)}` now?"))
    assert asked(stage) == ["what is it?", f"and what `{own_role(stage)}` now?"]


async def test_without_the_intent_a_mention_of_the_role_is_answered_with_how_to_ask(stage: Stage) -> None:
    question = await stage.admin.say(stage.general, f"{own_role(stage)} what is it?")
    told = await stage.answer(question)
    assert told.content == (
        "-# You mentioned my role, so Discord doesn't show me your message. "
        f"Please mention me instead: {stage.app.bot.mention}"
    )
    await stage.answer(await stage.admin.say(stage.general, f"{own_role(stage)} {stage.app.bot.mention}, and this?"))
    await stage.admin.edit(question, f"{stage.app.bot.mention} what is it?")
    await stage.discord.wait_for(lambda: len(asked(stage)) == 2)
    assert asked(stage) == ["and this?", "what is it?"]


async def test_an_edit_that_mentions_the_bot_is_answered_once(stage: Stage) -> None:
    question = await stage.alice.say(stage.general, "what is it?")
    late = await stage.bob.say(stage.general, "and what was that?")
    await stage.alice.edit(question, stage.mention("what is it?"))
    answer = await stage.answer(question)
    assert answer.pinged == {stage.alice}
    preview(question, {"type": "link", "url": "https://example.com", "title": "A preview"})
    stage.discord.advance(121)
    await stage.bob.edit(late, stage.mention("and what was that?"))
    await stage.ask(stage.admin, "are you there?")
    assert asked(stage) == ["what is it?", "are you there?"]
    assert len(stage.by_bot()) == 2


async def test_a_question_that_an_edit_made_is_not_answered_with_help_after_another(stage: Stage) -> None:
    question = await stage.alice.say(stage.general, "what is it?")
    await stage.alice.edit(question, stage.mention("what is it?"))
    answer = await stage.answer(question)
    await stage.alice.edit(question, stage.app.bot.mention)
    helped = await stage.bob.say(stage.general, stage.app.bot.mention)
    short = await stage.answer(helped)
    await stage.bob.edit(helped, stage.mention("and this?"))
    await stage.discord.wait_for(lambda: len(stage.by_bot()) == 3)
    await stage.idle()
    assert stage.by_bot()[:2] == [answer, short]
    assert asked(stage) == ["what is it?", "and this?"]


@on_sqlite
async def test_an_edited_question_is_not_answered_again_after_a_restart(resting_stage: Stage) -> None:
    stage = resting_stage
    async with stage.running():
        question = await stage.alice.say(stage.general, "what is it?")
        await stage.alice.edit(question, stage.mention("what is it?"))
        await stage.answer(question)
        await stage.idle()
    async with stage.running():
        preview(question, {"type": "link", "url": "https://example.com", "title": "A preview"})
        await stage.ask(stage.admin, "are you there?")
    assert asked(stage) == ["what is it?", "are you there?"]


@on_sqlite
async def test_a_name_that_changed_asks_nothing_again(resting_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = resting_stage
    async with stage.running():
        question = await stage.alice.say(stage.general, stage.mention("whose channel is this?"))
        await stage.alice.edit(question, stage.mention(f"is {stage.other.mention} yours?"))
        await stage.answer(question)
        await stage.idle()
    before = asked(stage)
    stage.other.name = "renamed"
    later = discord.utils.utcnow() + timedelta(seconds=300)
    monkeypatch.setattr(discord.utils, "utcnow", lambda: later)
    async with stage.running():
        preview(question, {"type": "link", "url": "https://example.com", "title": "A preview"})
        await stage.ask(stage.admin, "are you there?")
        await stage.idle()
    assert asked(stage) == [*before, "are you there?"]


async def test_a_name_is_no_markup(stage: Stage) -> None:
    role = stage.guild.add_role(f"{stage.other.mention} `**")
    said = await stage.bob.say(stage.general, "hello")
    form = await stage.alice.use_menu(said, MENU)
    await stage.told(await stage.alice.submit(form, {"Question": f"{role.mention} or {stage.general.mention}?"}))
    await stage.ask(stage.alice, f"{role.mention} or {stage.general.mention}?")
    read = f"@{stage.other.mention} `** or #general?"
    assert asked(stage) == [f"Bob wrote:\n> hello\n\n{read}", read]


async def test_a_forward_is_quoted(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    said = await stage.bob.say(
        stage.general, f"ask {stage.bob.mention} in {stage.other.mention}", attachments=[("a.png", b"")]
    )
    forwarded = await stage.alice.forward(said, chat)
    answer = await stage.answer(forwarded)
    assert "a.png" in answer.content
    await stage.answer(await stage.alice.say(chat, "is that so?", reply_to=forwarded))
    assert asked(stage) == [
        "Forwarded message:\n> ask @unknown user in #unknown channel\n\n[attachment not read: a.png]",
        "Alice forwarded:\n> ask @unknown user in #unknown channel\n\nis that so?\n\n[attachment not read: a.png]",
    ]
    nothing = await stage.answer(
        await stage.alice.forward(await stage.bob.say(stage.general, attachments=[("b.png", b"")]), chat)
    )
    assert nothing.content == only_attachments()


@INTENT
async def test_a_reply_to_a_forward_quotes_it_in_a_server_too(stage: Stage) -> None:
    said = await stage.alice.say(stage.other, "the moon is made of cheese")
    forwarded = await stage.bob.forward(said, stage.general)
    await stage.answer(await stage.alice.say(stage.general, stage.mention("is it?"), reply_to=forwarded))
    assert asked(stage) == ["Bob forwarded:\n> the moon is made of cheese\n\nis it?"]
    await stage.use(stage.admin, "settings auto-reply", channel=stage.general, on=True)
    picture = await stage.alice.say(stage.other, attachments=[("a.png", b"")])
    await stage.bob.forward(picture, stage.general)
    before = stage.by_bot()
    answer = await stage.answer(await stage.bob.forward(said, stage.general))
    await stage.idle()
    assert stage.by_bot() == [*before, answer]
    assert asked(stage)[1:] == ["Forwarded message:\n> the moon is made of cheese"]


def by_another_bot(stage: Stage, channel: Channel, draft: Draft) -> Message:
    """Have another bot post something."""
    other: Application = stage.discord.create_application("Newsbot", owner="robin")
    stage.guild.add_bot(other)
    return post(channel, other.bot, draft)


@INTENT
async def test_all_words_of_a_message_go_along(stage: Stage) -> None:
    card = by_another_bot(stage, stage.general, Draft("", (CARD,), (BUTTONS,)))
    ballot = await stage.bob.say(stage.general, poll=Poll("Red or blue?", ("Red", "Blue")))
    waves = await stage.bob.say(stage.general, stickers=["Wave"])
    pinned = await stage.admin.pin(ballot)
    for each in (card, ballot, waves, pinned):
        await stage.answer(await stage.alice.say(stage.general, stage.mention("well?"), reply_to=each))
    assert asked(stage) == [
        "Newsbot wrote:\n> The crew\n> Release 2\n> Faster.\n> Size: 5 MB\n> in May\n> [Sign up]\n\nwell?",
        "Bob wrote:\n> Red or blue?\n> - Red\n> - Blue\n\nwell?",
        "Bob wrote:\n> [sticker: Wave]\n\nwell?",
        "System message:\n> admin pinned a message to this channel.\n\nwell?",
    ]
    form = await stage.bob.use_menu(card, MENU)
    await stage.told(await stage.bob.submit(form))
    # Indented, since a line of it looks like a speaker's.
    assert asked(stage)[-1] == "The crew\n    Release 2\n    Faster.\n    Size: 5 MB\n    in May\n    [Sign up]"


async def test_a_poll_in_a_direct_message_is_a_question_and_a_sticker_gets_help(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    await stage.alice.say(chat, stickers=["Wave"])
    helped = await chat.next_message(by=stage.app.bot)
    assert helped.content.startswith("Just write me your question")
    await stage.answer(await stage.alice.say(chat, poll=Poll("Red or blue?", ("Red", "Blue"))))
    assert asked(stage) == ["Red or blue?\n- Red\n- Blue"]


async def test_what_a_reply_points_at_is_the_question_if_there_is_no_other(stage: Stage) -> None:
    said = await stage.bob.say(stage.general, stage.mention("is the moon made of cheese?"))
    await stage.answer(said)
    await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention, reply_to=said))
    assert asked(stage)[-1] == "Bob wrote:\n> is the moon made of cheese?"
    hidden = await stage.bob.say(stage.general, "not for the bot")
    told = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention, reply_to=hidden))
    assert told.content == "I can't read anything in that message. Please put your question into words."
    gone = await stage.bob.say(stage.general, "gone soon")
    asking = Draft(stage.mention("well?"), answers=gone)
    await stage.bob.delete(gone)
    answer = await stage.answer(post(stage.general, stage.alice, asking))
    assert answer.content.endswith("-# I can't see the message you replied to, so I answered without it.")


@INTENT
async def test_a_message_without_words_is_said_to_have_none(stage: Stage) -> None:
    picture = by_another_bot(stage, stage.general, Draft("", ({"image": {"url": "https://example.com/a.png"}},)))
    answer = await stage.answer(await stage.alice.say(stage.general, stage.mention("nice?"), reply_to=picture))
    assert answer.content.endswith("-# I found no text in that message, so I answered without it.")
    form = await stage.bob.use_menu(picture, MENU)
    answer = await stage.told(await stage.bob.submit(form, {"Question": "nice?"}))
    assert "-# I found no text in that message, so I answered without it." in answer.content
    assert asked(stage) == ["nice?", "nice?"]


async def test_people_channels_roles_and_emoji_are_sent_by_their_names(stage: Stage) -> None:
    stage.guild.member(stage.bob).set_nick("Bobby")
    mods = stage.guild.add_role("mods")
    secret = stage.guild.add_text_channel("secret")
    secret.overwrite(stage.guild.everyone, deny=Permission.VIEW_CHANNEL)
    secret.overwrite(stage.app.bot, allow=Permission.VIEW_CHANNEL)
    text = (
        f"did {stage.bob.mention} post in {stage.other.mention} or {secret.mention} about {mods.mention} "
        f"<:party:{mods.id}> </ask:{mods.id}> at <t:1700000000:f>, or `{stage.bob.mention}`?"
    )
    read = (
        "did @Bobby post in #other or #unknown channel about @mods :party: /ask at 2023-11-14 22:13 UTC, "
        f"or `{stage.bob.mention}`?"
    )
    await stage.ask(stage.alice, text)
    await stage.use(stage.alice, "ask", question=f"{stage.app.bot.mention}, {text}")
    form = await stage.alice.use_menu(await stage.bob.say(stage.general, text), MENU)
    await stage.told(await stage.alice.submit(form))
    # With the message that a menu is used on, Discord sends no nicknames.
    assert asked(stage) == [read, read, read.replace("Bobby", "Bob")]


@INTENT
async def test_a_threads_title_goes_along_once(stage: Stage) -> None:
    post_, _ = await stage.bob.post(
        stage.guild.add_forum("help"), "How to bake?", f"{stage.alice.mention}, I burn bread."
    )
    thread = await stage.alice.start_thread(stage.general, "aside")
    for place in (post_, thread):
        await stage.ask(stage.alice, "why?", place)
        await stage.ask(stage.bob, "and now?", place)
    assert asked(stage) == [
        "Forum post: How to bake?\n\nBob wrote:\n> @Alice, I burn bread.\n\nwhy?",
        "and now?",
        "Thread: aside\n\nwhy?",
        "and now?",
    ]


@pytest.mark.environment(DEFAULT_PROVIDER="tamako")
async def test_a_provider_that_remembers_people_is_told_of_a_thread_once_by_each(stage: Stage) -> None:
    thread = await stage.alice.start_thread(stage.general, "aside")
    for person in (stage.alice, stage.alice, stage.bob):
        await stage.ask(person, "why?", thread)
    await stage.use(stage.alice, "history clear", at=thread)
    await stage.ask(stage.alice, "why?", thread)
    told = "Thread: aside\n\nwhy?"
    assert [each.question for each in stage.apis.tamako.received] == [told, "why?", told, told]


async def test_a_first_question_that_is_asked_again_still_tells_of_its_thread(brisk: Stage) -> None:
    stage = brisk
    thread = await stage.alice.start_thread(stage.general, "aside")
    answer = await stage.ask(stage.alice, "why?", thread)
    await stage.idle()
    await stage.alice.press(answer, "Retry")
    await stage.discord.wait_for(lambda: len(asked(stage)) == 2)
    await stage.idle()
    await stage.alice.press(answer, "◀")
    await stage.idle()
    await stage.ask(stage.alice, "and?", thread)
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    assert [message["content"] for message in sent][::2] == ["Thread: aside\n\nwhy?", "and?"]  # type: ignore[attr-defined]
    assert asked(stage)[:2] == ["Thread: aside\n\nwhy?"] * 2
