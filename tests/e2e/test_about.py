"""A message's menu: "Ask about this" opens a form with one field, whose answer everybody sees."""

import pytest

from bot.discord.asking_about import open_forms, target
from sandbox.discord import Interaction, Message, NotPossible
from sandbox.discord.operations.messaging import delete_many, preview
from tests.e2e.answer_controls import forget
from tests.e2e.reader import unnamed, words
from tests.e2e.stage import Stage, on_sqlite

MENU = "Ask about this"


async def ask_about(stage: Stage, target: Message, question: str = "") -> Interaction:
    """Have bob open the menu of a message, fill the form in and send it."""
    form = await stage.bob.use_menu(target, MENU)
    return await stage.bob.submit(form, {"Question": question})


def link(message: Message) -> str:
    """Return the address of a message."""
    guild = message.channel.guild
    return f"https://discord.com/channels/{guild.id if guild else '@me'}/{message.channel.id}/{message.id}"


async def test_an_empty_form_has_the_message_itself_answered(stage: Stage) -> None:
    stage.apis.chatbase.answers("It is.")
    said = await stage.alice.say(stage.general, f"{stage.app.bot.mention}: is the moon made of cheese?")
    await stage.answer(said)
    answer = await stage.told(await ask_about(stage, said))
    assert unnamed(stage.apis.chatbase.received[-1].question) == "is the moon made of cheese?"
    assert answer.content == f"-# Bob asked about {link(said)}: is the moon made of cheese?\nIt is."
    assert not answer.ephemeral
    assert not answer.pinged


async def test_a_question_takes_the_message_along_as_context(stage: Stage) -> None:
    stage.apis.chatbase.answers("No.")
    said = await stage.alice.say(
        stage.general, "the moon is made of cheese\nand honey", attachments=[("moon.png", b"")]
    )
    answer = await stage.told(await ask_about(stage, said, f" is *that* so, {stage.alice.mention}? "))
    assert stage.apis.chatbase.received[-1].question == (
        "Alice wrote:\n> the moon is made of cheese\n> and honey\n\nis *that* so, @Alice?\n\n"
        "[attachment not read: moon.png]"
    )
    line, text, attachments = answer.content.splitlines()
    assert text == "No."
    assert line.startswith(f"-# Bob asked about {link(said)}: is \\*that\\* so, ")
    assert attachments == "-# I can only read text files, up to 10 and 100 kB in all, so I ignored moon.png."
    assert not answer.pinged


async def test_a_message_without_text_needs_a_question(stage: Stage) -> None:
    said = await stage.alice.say(stage.general, attachments=[("moon.png", b"")])
    refused = await ask_about(stage, said)
    assert refused.content == "That message has no text I could pass on. Please write a question."
    assert refused.ephemeral
    assert not stage.apis.chatbase.received
    answer = await stage.told(await ask_about(stage, said, "what could it show?"))
    sent = stage.apis.chatbase.received[-1].question
    assert sent == "what could it show?\n\n[attachment not read: moon.png]"
    assert "cannot see the message" not in answer.content


@on_sqlite
async def test_a_form_can_be_sent_once_and_after_a_restart_if_discord_shows_its_message(
    resting_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "ELSEWHERE_SECONDS", 0.0)
    stage = resting_stage
    async with stage.running():
        said = await stage.alice.say(stage.general, "the moon is made of cheese")
        form, other = [await stage.bob.use_menu(said, MENU) for _ in range(2)]
        await stage.told(await stage.bob.submit(form))
        await stage.idle()
        again = await stage.bob.submit(form)
        assert again.content.startswith("I no longer know which message this was about.")
    async with stage.running():
        late = await stage.bob.submit(other)
        assert late.content.endswith("Please open **Ask about this** again.")
        assert late.ephemeral
    assert len(stage.apis.chatbase.received) == 1


async def test_only_so_many_open_forms_are_remembered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "ELSEWHERE_SECONDS", 0.0)
    monkeypatch.setattr(open_forms, "MAX_FORMS", 1)
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    old, new = [await stage.bob.use_menu(said, MENU) for _ in range(2)]
    assert (await stage.bob.submit(old)).content.startswith("I no longer know which message this was about.")
    assert (await stage.told(await stage.bob.submit(new))).content


GOES = ["message", "messages", "server", "its author", "who opened it"]


@pytest.mark.parametrize("goes", GOES)
async def test_a_form_does_not_outlive_what_it_holds(stage: Stage, goes: str) -> None:
    """It holds the message's text in memory, until it is sent or an hour is over."""
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice, stage.bob)
    guild.add_bot(stage.app)
    said = await stage.alice.say(guild.add_text_channel("lobby"), "the moon is made of cheese")
    other = await stage.admin.say(stage.general, "the sun is made of butter")
    form, stays = [await stage.bob.use_menu(each, MENU) for each in (said, other)]
    match goes:
        case "message":
            await stage.alice.delete(said)
        case "messages":
            delete_many(said.channel, [said])
        case "server":
            guild.remove(stage.app.bot)
            guild.add_bot(stage.app)
        case _:
            await forget(stage, stage.alice if goes == "its author" else stage.bob)
    await stage.ask(stage.admin, "are you still there?")  # so that the bot has heard of it
    told = await stage.bob.submit(form)
    assert told.content.startswith("I no longer know which message this was about.")
    assert told.ephemeral
    assert [each.question for each in stage.apis.chatbase.received] == ["are you still there?"]
    if goes != "who opened it":
        assert (await stage.told(await stage.bob.submit(stays))).content
        assert unnamed(stage.apis.chatbase.received[-1].question) == "the sun is made of butter"


async def test_a_question_that_is_too_long_is_refused_in_private(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="chatbot")
    said = await stage.alice.say(stage.general, "y" * 200)
    refused = await ask_about(stage, said, "x" * 257)
    assert refused.content.startswith("-# Your question has 257 characters, but ChatBot.com takes at most 256.")
    assert refused.ephemeral
    with pytest.raises(NotPossible):
        await ask_about(stage, said, "x" * 4001)


async def test_it_works_in_direct_messages_and_in_threads(stage: Stage) -> None:
    thread = await stage.bob.start_thread(stage.general, "aside")
    for location in (stage.bob.dm(stage.app), thread):
        said = await stage.bob.say(location, "is the moon made of cheese?")
        answer = await stage.told(await ask_about(stage, said))
        assert answer.channel is location
        assert answer.content.startswith(f"-# Bob asked about {link(said)}: is the moon made of cheese?\n")
        sent = stage.apis.chatbase.received[-1].fields["messages"]
        title = "Thread: aside\n\n" if location is thread else ""
        assert [message["content"] for message in sent][-1] == f"{title}is the moon made of cheese?"  # type: ignore[attr-defined]


async def test_a_form_that_is_refused_is_answered_once(stage: Stage) -> None:
    said = await stage.alice.say(stage.general, attachments=[("moon.png", b"")])
    form = await stage.bob.use_menu(said, MENU)
    refused = await stage.bob.submit(form)
    assert refused.content == "That message has no text I could pass on. Please write a question."
    again = await stage.bob.submit(form, {"Question": "what could it show?"})
    assert again.content.startswith("I no longer know which message this was about.")
    await stage.idle()
    assert [len(each.followups) for each in (refused, again)] == [0, 0]
    assert not stage.apis.chatbase.received


async def test_nobody_has_others_forms_forgotten(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "ELSEWHERE_SECONDS", 0.0)
    monkeypatch.setattr(open_forms, "MAX_FORMS_EACH", 2)
    monkeypatch.setattr(open_forms, "MAX_FORMS", 3)
    said = await stage.admin.say(stage.general, "the moon is made of cheese")
    theirs = await stage.alice.use_menu(said, MENU)
    mine = [await stage.bob.use_menu(said, MENU) for _ in range(5)]
    old = [await stage.bob.submit(each) for each in mine[:3]]
    assert all(each.content.startswith("I no longer know") for each in old)
    for person, form in ((stage.alice, theirs), (stage.bob, mine[3]), (stage.bob, mine[4])):
        assert "the moon is made of cheese" in words(await stage.told(await person.submit(form)))


@pytest.mark.parametrize(
    "intent",
    [pytest.param(True, marks=pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")), False],
    ids=["intent", "no-intent"],
)
async def test_a_form_is_about_what_its_message_says_when_it_is_sent(stage: Stage, intent: bool) -> None:
    said = await stage.alice.say(stage.general, "the moon is made of cheese")
    form = await stage.bob.use_menu(said, MENU)
    preview(said, {"type": "link", "url": "https://example.com"})
    still = await stage.bob.use_menu(said, MENU)
    await stage.told(await stage.bob.submit(still))
    await stage.alice.edit(said, "the moon is made of stone")
    await stage.ask(stage.admin, "are you still there?")  # so that the bot has heard of it
    told = await stage.told(await stage.bob.submit(form, {"Question": "is it?"}))
    asked = [each.question for each in stage.apis.chatbase.received]
    assert asked[0] == "the moon is made of cheese"
    if intent:
        assert unnamed(asked[-1]) == "Alice wrote:\n> the moon is made of stone\n\nis it?"
    else:
        assert told.content.startswith("I no longer know which message this was about.")
        assert unnamed(asked[-1]) == "are you still there?"
