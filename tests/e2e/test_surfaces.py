"""Every way to ask: mention, reply, direct message, text command, slash command, thread; and what is no question."""

import re

import pytest
from discord import app_commands

from sandbox.discord import Message
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage

INTENT = pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")


async def test_a_mention_is_answered_as_a_reply_that_pings_its_asker_alone(stage: Stage) -> None:
    stage.apis.chatbase.answers(f"Hello {stage.bob.mention} and @everyone")
    question = await stage.alice.say(stage.general, stage.mention("hi"))
    answer = await stage.answer(question)
    assert answer.content == f"Hello {stage.bob.mention} and @everyone"
    assert answer.replied_to is question
    assert answer.pinged == {stage.alice}
    assert stage.apis.chatbase.received[-1].question == "hi"


async def test_the_mention_is_taken_out_wherever_it_stands(stage: Stage) -> None:
    await stage.answer(await stage.alice.say(stage.general, f"what do you think, {stage.app.bot.mention}?"))
    assert stage.apis.chatbase.received[-1].question == "what do you think?"


async def test_a_reply_with_ping_is_answered_and_one_without_is_not(stage: Stage) -> None:
    answer = await stage.ask(stage.alice, "hello")
    await stage.alice.say(stage.general, "not for you", reply_to=answer, ping=False)
    again = await stage.answer(await stage.alice.say(stage.general, "and then?", reply_to=answer))
    assert [received.question for received in stage.apis.chatbase.received] == ["hello", "and then?"]
    assert again.content


async def test_a_direct_message_needs_no_mention(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    answer = await stage.answer(await stage.alice.say(chat, "just between us"))
    assert answer.channel is chat
    assert stage.apis.chatbase.received[-1].question == "just between us"


async def test_a_mention_with_nothing_else_gets_a_short_help(stage: Stage) -> None:
    answer = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention))
    assert "Mention me with your question" in answer.content
    assert not stage.apis.chatbase.received


@INTENT
async def test_text_commands_work_with_the_servers_prefix(stage: Stage) -> None:
    await stage.admin.slash(stage.general, "settings prefix", value="hey.")
    await stage.alice.say(stage.general, "!ask not this")
    await stage.alice.say(stage.general, "heyXask nor this")
    await stage.answer(await stage.alice.say(stage.general, "hey.ask what is up"))
    assert [received.question for received in stage.apis.chatbase.received] == ["what is up"]
    helped = await stage.answer(await stage.alice.say(stage.general, "hey.help"))
    assert "/history clear" in helped.content


async def test_without_the_intent_text_commands_are_silent_and_mentions_work(stage: Stage) -> None:
    await stage.alice.say(stage.general, "!ask anybody there?")
    await stage.ask(stage.alice, "hello")
    assert [received.question for received in stage.apis.chatbase.received] == ["hello"]


async def test_everyone_is_no_mention_and_bots_are_not_answered(stage: Stage) -> None:
    await stage.admin.say(stage.general, "@everyone look")
    await stage.ask(stage.alice, "hello")
    assert len(stage.apis.chatbase.received) == 1
    assert len(stage.by_bot()) == 1


async def test_slash_ask_answers_in_public(stage: Stage) -> None:
    stage.apis.chatbase.answers("The answer.")
    shown = await stage.alice.slash(stage.general, "ask", question="why?")
    answer = await stage.told(shown)
    assert answer.content == "-# Alice asked: why?\nThe answer."
    assert not answer.ephemeral
    assert answer.visible_to(stage.bob)


async def test_a_spoiler_is_asked_and_not_shown_above_the_answer(stage: Stage) -> None:
    stage.apis.chatbase.answers("He does.")
    answer = await stage.use(stage.alice, "ask", question="does ||`Tom`|| die?")
    assert answer.content == "-# Alice asked: does … die?\nHe does."
    assert stage.apis.chatbase.received[-1].question == "does ||`Tom`|| die?"
    message = await stage.bob.say(stage.general, "in the end ||Tom dies||, sadly")
    form = await stage.alice.use_menu(message, "Ask about this")
    about = await stage.told(await stage.alice.submit(form))
    assert about.content.startswith("-# Alice asked about https://")
    assert about.content.endswith(": in the end …, sadly\nHe does.")


@pytest.mark.parametrize("provider", ["tamako", "chatbase", "chatbase-v2", "stammer", "chatbot"])
async def test_each_provider_can_be_asked_by_name(stage: Stage, provider: str) -> None:
    api = stage.apis.find(provider)
    api.answers(f"from {provider}")
    answer = await stage.told(await stage.alice.slash(stage.general, f"{provider} ask", question="hello you"))
    assert answer.content == f"-# Alice asked: hello you\nfrom {provider}"
    assert api.received[-1].question == "hello you"


@pytest.mark.environment(TAMAKO_APP_SECRET="")
async def test_a_provider_without_credentials_has_no_command(stage: Stage) -> None:
    names = {command.name for command in stage.bot.tree.get_commands()}
    assert "tamako" not in names
    assert {"chatbase", "chatbase-v2", "stammer", "chatbot"} <= names


async def test_each_command_is_the_contracts(stage: Stage, contract: str) -> None:
    commands = [each for each in stage.bot.tree.walk_commands() if isinstance(each, app_commands.Command)]
    assert len(commands) > 20
    named = set(re.findall(r"`/([a-z0-9-]+(?: [a-z0-9-]+)?)", contract))
    for command in commands:
        words = {command.qualified_name, command.qualified_name.partition(" ")[0]}
        assert words & named, f"/{command.qualified_name} is not in the contract"


async def test_a_thread_has_a_conversation_of_its_own_and_its_parents_settings(stage: Stage) -> None:
    await stage.admin.slash(stage.general, "settings provider", provider="chatbase", channel=stage.general)
    first = await stage.ask(stage.alice, "in the channel")
    thread = await stage.alice.start_thread(stage.general, "aside", message=first)
    await stage.ask(stage.alice, "in the thread", thread)
    sent = stage.apis.chatbase.received[-1].fields["messages"]
    assert sent == [{"role": "user", "content": "Thread: aside\n\nin the thread"}]


async def test_somebodys_message_is_quoted_with_a_reply(stage: Stage) -> None:
    said = await stage.bob.say(stage.general, stage.mention("the moon is made of cheese"))
    await stage.answer(said)
    await stage.answer(await stage.alice.say(stage.general, stage.mention("is that so?"), reply_to=said))
    sent = unnamed(stage.apis.chatbase.received[-1].question)
    assert sent == "Bob wrote:\n> the moon is made of cheese\n\nis that so?"


async def test_a_quoted_message_that_discord_hides_is_named(stage: Stage) -> None:
    said = await stage.bob.say(stage.general, "hidden without the intent")
    answer = await stage.answer(await stage.alice.say(stage.general, stage.mention("is that so?"), reply_to=said))
    assert stage.apis.chatbase.received[-1].question == "is that so?"
    assert answer.content.endswith("-# I can't see the message you replied to, so I answered without it.")


async def test_attachments_are_named_as_not_read(stage: Stage) -> None:
    files = [("photo.png", b"..."), ("a_b.zip", b"...")]
    question = await stage.alice.say(stage.general, stage.mention("look"), attachments=files)
    answer = await stage.answer(question)
    assert (
        r"-# I can only read text files, up to 10 and 100 kB in all, so I ignored photo.png, a\_b.zip" in answer.content
    )
    assert "[attachment not read: photo.png]" in str(stage.apis.chatbase.received[-1].question)
    alone = await stage.answer(await stage.alice.say(stage.general, stage.app.bot.mention, attachments=files))
    assert "can't read attachments other than text files" in alone.content
    assert len(stage.apis.chatbase.received) == 1


async def test_typing_shows_until_the_first_text(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("take your time"))
    await stream.started()
    await stage.discord.wait_for(lambda: stage.general.is_typing(stage.app.bot))
    await stream.send("Here ")
    first = await stage.general.next_message(by=stage.app.bot, after=question)
    assert not stage.general.is_typing(stage.app.bot)
    await stream.send("it is.")
    await stream.finish()
    assert (await stage.finished(first)).content == "Here it is."


async def test_each_persons_questions_in_a_channel_are_answered_in_order(stage: Stage) -> None:
    stage.apis.chatbase.answers(lambda received: f"re: {unnamed(received.question)}")
    asked: list[Message] = []
    for number in range(5):
        person = (stage.alice, stage.bob)[number % 2]
        asked.append(await person.say(stage.general, stage.mention(f"number {number}")))
    for question in asked:
        await stage.answer(question)
    for own in (asked[::2], asked[1::2]):
        answers = [message for message in stage.by_bot() if message.replied_to in own]
        assert [message.replied_to for message in answers] == own
        assert [message.content for message in answers] == [f"re: number {asked.index(each)}" for each in own]


async def test_without_the_intent_a_prefix_means_nothing_in_a_direct_message_either(stage: Stage) -> None:
    chat = stage.alice.dm(stage.app)
    await stage.answer(await stage.alice.say(chat, "!ask is this a command?"))
    assert stage.apis.chatbase.received[-1].question == "!ask is this a command?"


async def test_attachments_of_a_quoted_message_are_named_too(stage: Stage) -> None:
    said = await stage.bob.say(stage.general, stage.mention("look"), attachments=[("cat.png", b"...")])
    await stage.answer(said)
    answer = await stage.answer(await stage.alice.say(stage.general, stage.mention("nice?"), reply_to=said))
    assert "so I ignored cat.png" in answer.content
