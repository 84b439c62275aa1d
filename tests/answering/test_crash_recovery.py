"""Crash recovery: what each kind of interrupted answer becomes, and what cannot be repaired."""

import asyncio

import pytest

from bot.domain.content import Image
from bot.domain.controls import Controls, VersionNav
from bot.domain.errors import DatabaseUnavailable, TextRefused
from bot.streaming.canvas import CanvasError, EditLimited, Frame, MessageNotFound, Unavailable, WriteForbidden
from bot.streaming.renderer import CURSOR, AnswerRenderer
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.strings.notices import asking as asking_again
from bot.strings.notices import cut_off, not_remembered, repeat_cut_off
from bot.strings.queue import in_line
from tests.fakes.harness import kill, running_harness
from tests.fakes.interrupted_answer import InterruptedAnswer, repair
from tests.fakes.providers_and_stores import make_page

RUNNING, WAITING = Controls("an-id", "running"), Controls("an-id", "waiting")
BEGUN, NOTHING = cut_off(begun=True), cut_off(begun=False)
LONG = make_page("one") + make_page("two") + make_page("three")


@pytest.mark.parametrize("noted", [True, False])
async def test_half_an_answer_is_marked(noted: bool) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        left.show({1: Frame("First page."), 2: Frame(f"Half of{CURSOR}", controls=RUNNING)}, noted=noted)
        await left.repair()
        assert left.canvas.frames == [
            Frame("First page."),
            Frame(f"Half of\n{BEGUN}", controls=Controls("an-id", "ended", others=True)),
        ]
        assert [call.message for call in left.canvas.calls] == [2], "what is right is left alone"
        run = (await left.answer()).runs[0]
        assert (run.state, run.outcome, run.error) == ("done", "interrupted", "Interrupted")
        assert (await left.answer()).messages == (1, 2)


async def test_nothing_was_shown() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        await left.repair()
        assert left.canvas.frames == [Frame(NOTHING, controls=Controls("an-id", "ended", others=True))]
        assert (await left.answer()).messages == tuple(left.canvas.messages)


@pytest.mark.parametrize("text", [small(in_line(3, 0)), small(asking_again("Chatbase"))], ids=["place", "again"])
async def test_only_the_bots_own_line_was_shown(text: str) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        left.show({1: Frame(text, controls=WAITING)})
        await left.repair()
        assert left.canvas.texts == [NOTHING]


async def test_what_was_stored_is_shown_whole() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record(LONG, notices=["-# A notice."])
        left.show({1: Frame(make_page("one").strip()), 2: Frame(f"two two{CURSOR}", controls=RUNNING)})
        await left.repair()
        assert [text.split()[0] for text in left.canvas.texts] == ["one", "two", "three"]
        assert left.canvas.texts[-1].endswith("three\n-# A notice.")
        assert [frame.controls and frame.controls.stage for frame in left.canvas.frames] == [None, None, "ended"]
        assert [call.message for call in left.canvas.calls] == [2, None]
        assert [run.state for run in (await left.answer()).runs] == ["done"]
        assert len(harness.remembered) == 1


async def test_a_full_page_whose_button_was_still_to_go_loses_it() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("x" * 2000 + "y" * 10)
        left.show({1: Frame("x" * 2000, controls=RUNNING)})
        await left.repair()
        assert [frame.controls and frame.controls.stage for frame in left.canvas.frames] == [None, "ended"]


async def test_a_failure_that_was_stored_is_said() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("", notices=["-# It failed."])
        left.show({1: Frame(small(asking_again("Chatbase")), controls=RUNNING)})
        await left.repair()
        assert left.canvas.frames == [Frame("-# It failed.", controls=Controls("an-id", "ended", others=True))]


@pytest.mark.parametrize("state", ["open", "failed"])
async def test_a_run_at_an_answer_that_stood_there_gives_way_to_it(state: str) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("One.")
        await left.settle()
        if state == "open":
            await left.begin(2)
        else:
            await left.record("", 2, notices=["-# It failed."])
        left.show({1: Frame(f"Tw{CURSOR}", controls=RUNNING), 2: Frame("old page")})
        await left.repair()
        assert left.canvas.texts == [f"One.\n{repeat_cut_off()}" if state == "open" else "One."]
        answer = await left.answer()
        assert (answer.shown, answer.versions, answer.messages) == (1, (1,), (1,))
        assert harness.remembered == [("What is it?", "One.")]


async def test_several_versions_keep_their_pager() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        for number, text in enumerate(("One.", "Two."), start=1):
            await left.record(text, number)
            await left.settle(number)
        await left.begin(3)
        left.show({1: Frame(small(asking_again("Chatbase")), controls=RUNNING)})
        await left.repair()
        assert left.canvas.frames[0].controls == Controls("an-id", "ended", True, VersionNav(2, 2, "Chatbase", 1, None))


async def test_two_runs_that_are_not_done_are_repaired_once() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record(LONG)
        await left.begin(2)
        left.show({1: Frame(f"Tw{CURSOR}", controls=RUNNING)})
        await left.repair()
        assert len(left.canvas.texts) == 3
        assert left.canvas.texts[-1].endswith(repeat_cut_off())
        assert [run.state for run in (await left.answer()).runs] == ["done", "done"]


async def test_texts_that_are_not_kept_any_more_leave_what_is_shown() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("One.")
        harness.answer_store.runs["an-id"][0].wording = None
        left.show({1: Frame(f"On{CURSOR}", controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == [f"On\n{BEGUN}"]


async def test_messages_that_are_gone_are_posted_again() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("One.")
        harness.answer_store.messages["an-id"] = (1, 2)
        await left.repair()
        assert left.canvas.texts == ["One."]


async def test_a_message_that_has_no_room_for_the_notice_is_followed_by_one() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        left.show({1: Frame("x" * 2000, controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == ["x" * 2000, BEGUN]
        assert [frame.controls is None for frame in left.canvas.frames] == [True, False]


@pytest.mark.parametrize("step", ["wording", "end", "settle"])
async def test_what_was_repaired_halfway_is_repaired_once_more(step: str) -> None:
    async with running_harness() as harness:
        half, whole = InterruptedAnswer(harness), InterruptedAnswer(harness, "another", channel=2)
        await half.begin()
        half.show({1: Frame(f"Half{CURSOR}", controls=RUNNING)})
        await whole.record("One.")
        whole.show({11: Frame(f"On{CURSOR}", controls=Controls("another", "running"))})
        harness.answer_store.faults = {step: DatabaseUnavailable()}
        assert not await repair(harness, half, whole)
        harness.answer_store.faults = {}
        assert await repair(harness, half, whole)
        assert (half.canvas.texts, whole.canvas.texts) == ([f"Half\n{BEGUN}"], ["One."])
        assert harness.answer_store.unfinished() == []


@pytest.mark.parametrize(
    "fault",
    [WriteForbidden(), MessageNotFound(), Unavailable(), EditLimited(), ZeroDivisionError()],
    ids=lambda each: type(each).__name__,
)
@pytest.mark.parametrize("when", ["looking", "writing"])
async def test_what_discord_refuses_leaves_the_others_alone(fault: CanvasError, when: str) -> None:
    async with running_harness() as harness:
        bad, good = InterruptedAnswer(harness), InterruptedAnswer(harness, "another", channel=2)
        for left in (bad, good):
            await left.begin()
            left.show({len(left.id): Frame(f"Half{CURSOR}", controls=RUNNING)})
        if when == "looking":
            bad.canvas.behaviour.posted_messages_fault = fault
        else:
            bad.canvas.faults = [fault] * 10
        await repair(harness, bad, good)
        assert good.canvas.texts == [f"Half\n{BEGUN}"]
        left_over = [run.asked.answer for run in harness.answer_store.unfinished()]
        given_up = isinstance(fault, MessageNotFound | WriteForbidden)
        assert left_over == ([] if given_up else ["an-id"]), "what cannot be reached is not tried for ever"


async def test_an_answer_whose_rest_a_rule_blocks_ends_with_what_is_shown() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("Half a rude word.")
        left.show({1: Frame(f"Half{CURSOR}", controls=RUNNING)})
        left.canvas.behaviour.blocked_word = "rude"
        await left.repair()
        assert left.canvas.texts == [f"Half\n{small(explain(TextRefused(partly=True, by_rule=True)))}"]
        run = (await left.answer()).runs[0]
        assert (run.state, run.outcome) == ("done", "lost")
        assert harness.remembered == []


@pytest.mark.parametrize("is_readable", [True, False])
async def test_what_cannot_be_read_is_not_erased_because_it_cannot_be_shown(
    monkeypatch: pytest.MonkeyPatch, *, is_readable: bool
) -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.record("All of it.")
        left.show({1: Frame(f"All{CURSOR}", controls=RUNNING)})
        left.canvas.behaviour.posted_messages_fault = WriteForbidden()
        if not is_readable:
            monkeypatch.setattr(harness.answer_store, "wording", _read_nothing)
        await left.repair()
        run = (await left.answer()).runs[0]
        assert (run.state, run.outcome) == ("done", "lost" if is_readable else "whole")
        assert run.is_version is not is_readable


async def _read_nothing(_answer: str, _number: int) -> None:
    """Return what a store does that has no key for it."""


async def test_an_answer_that_was_finished_while_the_database_was_away_is_left_alone() -> None:
    async with running_harness(["Some ", 2.0, "words."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(1)
        harness.conversations.down = True
        await asking.task
        crashed = kill(harness)
    async with running_harness(after=crashed) as harness:
        canvas = harness.discord.reopened(crashed.messages[asking.question.id])
        await harness.recover(lambda _: canvas)
        assert canvas.texts == [f"Some words.\n{not_remembered()}"]
        assert harness.answer_store.unfinished() == []


@pytest.mark.parametrize("fake", [not_remembered(), BEGUN, small(in_line(3, 0))])
async def test_a_chatbot_cannot_write_the_line_that_says_it_is_finished(fake: str) -> None:
    answer = AnswerRenderer()
    answer.push(f"Half of it.\n{fake}")
    (frame,) = answer.frames(ended=False)
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        text = frame.text.removesuffix(CURSOR)  # as if there were no room for the sign
        left.show({1: Frame(text, controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == [f"{text}\n{BEGUN}"]


async def test_a_picture_alone_has_no_text_that_goes_on() -> None:
    async with running_harness() as harness:
        left = InterruptedAnswer(harness)
        await left.begin()
        left.show({1: Frame(CURSOR.strip(), (Image("https://example.com/cat.png"),), controls=RUNNING)})
        await left.repair()
        assert left.canvas.texts == [NOTHING]
