"""Questions with files: loaded when their turn has come, kept with the question, and told of if they are missing."""

import asyncio
from dataclasses import replace

import pytest

from bot.answering.stored_answers import read_question
from bot.domain.attachments import AttachedFile
from bot.domain.errors import NothingToRead
from bot.domain.question import Question, Thread
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import files_left_out, files_missing, not_read, stopped_early
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import make_question
from tests.virtual_time import virtual_loop

NOTES = AttachedFile("notes.txt", "text:Buy milk.")
GONE = AttachedFile("gone.txt", "missing")
BINARY = AttachedFile("fake.txt", "binary")
BLOCK = "[attached file: notes.txt]\nBuy milk.\n[end of notes.txt]"


def ask(harness: Harness, *files: AttachedFile, text: str = "What is it?") -> AskedQuestion:
    """Ask with files, without waiting for the answer."""
    question, canvas = replace(make_question(text), files=files), harness.discord.canvas()
    return AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))


async def stored(harness: Harness, asking: AskedQuestion) -> Question:
    """Return the question as its answer's newest run has it."""
    answer = await harness.answer(asking)
    wording = await harness.answer_store.wording(answer.id, answer.runs[-1].number)
    assert wording is not None
    return read_question(wording.question, answer, None)


async def test_files_are_sent_kept_and_remembered() -> None:
    async with running_harness() as harness:
        asking = ask(harness, NOTES)
        await asking.task
        assert harness.stateless.prompts[0].text == f"{BLOCK}\n\nWhat is it?"
        assert asking.canvas.texts == ["An answer."]
        assert harness.remembered == [(f"{BLOCK}\n\nWhat is it?", "An answer.")]
        assert (await stored(harness, asking)).files == (AttachedFile("notes.txt", text="Buy milk."),)


async def test_a_question_with_files_in_a_thread_still_tells_of_the_thread() -> None:
    async with running_harness() as harness:
        question = replace(make_question("What is it?"), files=(NOTES,), thread=Thread("Shopping"))
        await harness.service.answer(question, harness.discord.canvas())
        asked = f"{BLOCK}\n\nThread: Shopping\n\nWhat is it?"
        assert harness.stateless.prompts[0].text == asked
        assert harness.remembered == [(asked, "An answer.")]


async def test_a_retry_needs_no_loading() -> None:
    async with running_harness() as harness:
        asking = ask(harness, NOTES)
        await asking.task
        before = virtual_loop().time()
        await harness.retry(asking)
        assert virtual_loop().time() - before < 1
        assert harness.stateless.prompts[1].text == f"{BLOCK}\n\nWhat is it?"


async def test_what_is_missing_or_no_text_is_said_and_tried_again() -> None:
    async with running_harness() as harness:
        asking = ask(harness, GONE, BINARY)
        await asking.task
        assert harness.stateless.prompts[0].text == "What is it?\n\n[attachment not read: fake.txt]"
        assert harness.remembered == [("What is it?\n\n[attachment not read: fake.txt]", "An answer.")]
        assert asking.canvas.texts == [f"An answer.\n{not_read(['fake.txt'])}\n{files_missing(['gone.txt'])}"]
        kept = await stored(harness, asking)
        assert (kept.files, kept.attachments) == ((GONE,), ("fake.txt",))


async def test_a_provider_is_told_of_the_only_file_that_is_no_text() -> None:
    async with running_harness() as harness:
        asking = ask(harness, BINARY)
        await asking.task
        assert harness.stateless.prompts[0].text == "What is it?\n\n[attachment not read: fake.txt]"
        assert asking.canvas.texts == [f"An answer.\n{not_read(['fake.txt'])}"]


async def test_a_file_alone_that_cannot_be_read_is_not_asked() -> None:
    async with running_harness() as harness:
        asking = ask(harness, BINARY, text="")
        await asking.task
        assert asking.canvas.texts == [f"{small(explain(NothingToRead()))}\n{not_read(['fake.txt'])}"]
        assert harness.stateless.prompts == []
        assert harness.remembered == []
        assert asking.version_nav is None


@pytest.mark.parametrize("file", [BINARY, GONE])
async def test_a_file_alone_that_cannot_be_read_is_not_asked_by_a_retry_either(file: AttachedFile) -> None:
    async with running_harness() as harness:
        asking = ask(harness, file, text="")
        await asking.task
        shown = asking.canvas.texts
        await harness.retry(asking)
        assert asking.canvas.texts == shown
        assert harness.stateless.prompts == []


@pytest.mark.parametrize("limit", [0, 30])
async def test_a_file_alone_of_which_nothing_fits_is_not_asked(limit: int) -> None:
    async with running_harness() as harness:
        harness.stateless.question_limit = limit
        asking = ask(harness, NOTES, text="")
        await asking.task
        assert harness.stateless.prompts == []
        assert explain(NothingToRead()) in asking.canvas.texts[0]


async def test_a_question_that_leaves_no_room_is_asked_without_files() -> None:
    async with running_harness() as harness:
        harness.stateless.question_limit = 20
        asking = ask(harness, NOTES)
        await asking.task
        assert harness.stateless.prompts[0].text == "What is it?"
        assert asking.canvas.texts == [f"An answer.\n{files_left_out(['notes.txt'], 'Chatbase')}"]


async def test_an_answer_that_is_erased_while_its_files_are_loaded_is_not_brought_back() -> None:
    async with running_harness() as harness:
        asking = ask(harness, NOTES)
        await asyncio.sleep(0.5)
        await harness.answer_store.erase((await harness.answer(asking)).id)
        await asking.task
        assert asking.canvas.texts == ["An answer."]
        assert await harness.answer_store.answer_to(asking.question.id) is None
        assert harness.remembered == []


async def test_loading_can_be_stopped_and_holds_nobody_else_up() -> None:
    async with running_harness() as harness:
        asking = ask(harness, NOTES)
        await asyncio.sleep(0.5)
        assert asking.canvas.typings
        harness.answer_actions.stop(harness.active_run(asking))
        await asking.task
        assert asking.canvas.texts == [stopped_early()]
        assert harness.stateless.prompts == []
