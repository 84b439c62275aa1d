"""Text files that people attach: they go along with the question, wherever it is asked."""

import pytest

from sandbox.discord import Message
from tests.e2e.answer_controls import forget
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage

NOTES = [("notes.txt", "Buy mïlk.\r\nThen rest.".encode("utf-16"))]
READ = "[attached file: notes.txt]\nBuy mïlk.\nThen rest.\n[end of notes.txt]"


def sent(stage: Stage, provider: str = "chatbase") -> str:
    """Return the question that the provider got last."""
    return unnamed(getattr(stage.apis, provider).received[-1].question)


async def ask(stage: Stage, text: str, files: list[tuple[str, bytes]], reply_to: Message | None = None) -> Message:
    """Mention the bot with `text` and files, and return its finished answer."""
    question = await stage.alice.say(stage.general, stage.mention(text), attachments=files, reply_to=reply_to)
    return await stage.answer(question)


async def test_text_files_go_along_and_others_are_named(stage: Stage) -> None:
    stage.apis.chatbase.answers("Two things.")
    answer = await ask(stage, "how many things?", [*NOTES, ("photo.png", b"\x89PNG"), ("fake.txt", b"a\0b")])
    assert sent(stage) == (
        f"{READ}\n\nhow many things?\n\n[attachment not read: photo.png]\n\n[attachment not read: fake.txt]"
    )
    assert answer.content == (
        "Two things.\n-# I can only read text files, up to 10 and 100 kB in all, so I ignored photo.png, fake.txt."
    )


async def test_a_file_alone_is_a_question(stage: Stage) -> None:
    await ask(stage, "", NOTES)
    assert sent(stage) == READ
    chat = stage.alice.dm(stage.app)
    await stage.answer(await stage.alice.say(chat, attachments=NOTES))
    assert sent(stage) == READ


async def test_files_of_a_quoted_message_and_of_one_that_is_asked_about_go_along(stage: Stage) -> None:
    said = await stage.bob.say(stage.general, stage.mention("my list"), attachments=NOTES)
    await stage.answer(said)
    await ask(stage, "is that all?", [], reply_to=said)
    assert sent(stage) == f"{READ}\n\nBob wrote:\n> my list\n\nis that all?"
    form = await stage.alice.use_menu(said, "Ask about this")
    await stage.told(await stage.alice.submit(form, {"Question": ""}))
    assert sent(stage) == f"{READ}\n\nmy list"


async def test_a_long_file_is_shortened_and_that_is_said(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="stammer")
    stage.apis.stammer.answers("Words.")
    answer = await ask(stage, "what is it?", [("long.md", b"word " * 19_000)])
    text = sent(stage, "stammer")
    assert len(text) == 4999
    assert text.endswith("\n[long.md goes on, but the rest does not fit]\n\nwhat is it?")
    assert answer.content == (
        "Words.\n-# Stammer.ai can't take that much text, so I sent only the beginning of long.md."
    )


async def test_a_file_that_discord_does_not_give_is_missed_and_the_question_answered(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    first = await stage.alice.say(stage.general, stage.mention("please wait"))
    await stream.started()
    question = await stage.alice.say(stage.general, stage.mention("what is it?"), attachments=NOTES)
    stage.discord.advance(25 * 3600)
    await stream.send("Done.")
    await stream.finish()
    await stage.answer(first)
    answer = await stage.answer(question)
    assert answer.content.endswith("-# I couldn't load notes.txt from Discord.")
    assert sent(stage) == "what is it?"


async def test_a_retry_asks_the_same_without_the_file_being_there(stage: Stage) -> None:
    answer = await ask(stage, "what is it?", NOTES)
    stage.discord.state.attachments.clear()
    stage.apis.chatbase.answers("Something else.")
    await stage.alice.press(answer, "Retry")
    await stage.discord.wait_for(lambda: answer.content == "Something else.")
    assert sent(stage) == f"{READ}\n\nwhat is it?"


async def test_what_is_in_a_file_is_exported_and_erased_but_not_logged(stage: Stage) -> None:
    await ask(stage, "what is it?", NOTES)
    await stage.idle()
    (file,) = (await stage.use(stage.alice, "privacy export")).attachments
    assert "Then rest." in file.data.decode()
    assert not any("Then rest." in line for line in stage.log.events())
    await forget(stage, stage.alice)
    told = await stage.use(stage.alice, "privacy export")
    assert not any("Then rest." in file.data.decode() for file in told.attachments)


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_a_file_alone_is_answered_where_every_message_is(stage: Stage) -> None:
    await stage.use(stage.admin, "settings auto-reply", channel=stage.general, on=True)
    await stage.alice.say(stage.general, attachments=[("photo.png", b"")])
    await stage.answer(await stage.alice.say(stage.general, attachments=NOTES))
    assert sent(stage) == READ
    assert len(stage.apis.chatbase.received) == 1
