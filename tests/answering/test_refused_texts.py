"""Answers whose text Discord refuses, such as by AutoMod: what was shown stays, and says why it ends there."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.attachments import AttachedFile
from bot.domain.content import Button, Buttons, Image
from bot.domain.controls import VersionNav
from bot.domain.errors import AnswerError, ErrorReported, RateLimited, TextRefused
from bot.domain.question import Caption
from bot.streaming.canvas import BadRequest, BlockedByRule, BlockedLink
from bot.strings.errors import explain, not_again
from bot.strings.markup import small
from bot.strings.notices import UNNAMED, blocked_by_rule, blocked_for_link, could_not_show, not_read
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import Script, make_page, make_question

REST = TextRefused(partly=True, by_rule=True)
ALL = TextRefused(partly=False, by_rule=True)


def reason(error: AnswerError = REST) -> str:
    """Return the line below an answer that says why it ends."""
    return small(explain(error))


async def ask(harness: Harness, *, provider: str | None = None) -> AskedQuestion:
    """Ask in a channel where a rule blocks "rude", and wait for the answer."""
    question, canvas = replace(make_question(), provider=provider), harness.discord.canvas()
    canvas.behaviour.blocked_word = "rude"
    await harness.service.answer(question, canvas)
    return AskedQuestion(question, canvas, harness.asked[0].task if harness.asked else None)  # type: ignore[arg-type]


async def check(harness: Harness, asking: AskedQuestion, outcome: str) -> None:
    """Hold what is true however little was shown: it can be asked again, and nobody remembers it."""
    assert asking.canvas.direct_messages == []
    assert harness.remembered == []
    assert asking.version_nav is None
    assert all(not call.frame.text.endswith("▌") for call in asking.canvas.calls[-1:])
    [run] = (await harness.answer(asking)).runs
    assert (run.state, run.outcome, run.error) == ("done", outcome, "TextRefused")


async def test_what_was_shown_stays_without_the_cursor_and_says_why_it_ends() -> None:
    async with running_harness(["It begins", 2.0, " to be rude", 2.0, " all the time", 600.0]) as harness:
        asking = await ask(harness)
        assert asking.canvas.texts == [f"It begins\n{reason()}"]
        assert sum("rude" in call.frame.text for call in asking.canvas.calls) == 1
        assert harness.stateless.open == 0
        await check(harness, asking, "partial")


@pytest.mark.parametrize("refusal", [BadRequest("50035"), BlockedByRule("200000"), BlockedLink("240000")])
async def test_a_waiting_notice_that_is_refused_costs_no_answer(refusal: BadRequest) -> None:
    async with running_harness([8.0, "An answer."], [8.0, "A better one."]) as harness:
        question, canvas = make_question(), harness.discord.canvas(1, refusal)
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asking.task
        assert canvas.texts == ["An answer."]
        canvas.faults.append(refusal)
        await harness.retry(asking)
        assert canvas.texts == ["A better one."]


async def test_a_last_edit_that_is_refused_takes_the_turn_back() -> None:
    async with running_harness(["It begins", 2.0, " well. And ends", " rude."]) as harness:
        asking = await ask(harness)
        assert asking.canvas.texts == [f"It begins well. And ends\n{reason()}"]
        await check(harness, asking, "partial")


@pytest.mark.parametrize("script", [["rude"], ["rude", 5.0, " and more"]])
async def test_a_first_message_that_is_refused_is_replaced_by_the_reason(script: Script) -> None:
    async with running_harness(script) as harness:
        asking = await ask(harness)
        assert asking.canvas.texts == [reason(ALL)]
        await check(harness, asking, "failed")


@pytest.mark.parametrize("provider", ["chatbase", "tamako"])
@pytest.mark.parametrize("at", [1, 2])
async def test_pages_before_a_refused_one_stay(provider: str, at: int) -> None:
    pages = [make_page(f"page{number}") for number in range(4)]
    pages[at] = make_page("rude")
    async with running_harness([part for page in pages for part in (page, 3.0)]) as harness:
        harness.stateful.scripts = [["".join(pages)]]
        asking = await ask(harness, provider=provider)
        words = [text.split()[0] for text in asking.canvas.texts]
        assert words == [*(f"page{number}" for number in range(at)), *(["-#"] if len(words) > at else [])]
        assert asking.canvas.texts[-1].endswith(reason())
        await check(harness, asking, "partial")


async def test_a_retry_that_is_refused_at_once_leaves_what_was_there() -> None:
    async with running_harness(["One."], ["rude"]) as harness:
        asking = await ask(harness)
        await harness.retry(asking)
        assert asking.canvas.texts == [f"One.\n{not_again(ALL)}"]
        assert [answer for _, answer in harness.remembered] == ["One."]


async def test_a_version_that_was_refused_shows_again_what_it_showed() -> None:
    async with running_harness(["One."], ["**Half** of ||it", 2.0, " is|| rude"]) as harness:
        asking = await ask(harness)
        await harness.retry(asking)
        [shown] = asking.canvas.texts
        assert shown.endswith(reason())
        assert asking.version_nav == VersionNav(2, 2, "Chatbase", before=1, after=None)
        await harness.show_version(asking, 1)
        assert asking.canvas.texts == ["One."]
        await harness.show_version(asking, 2)
        assert asking.canvas.texts == [shown]
        assert harness.remembered == []


async def test_buttons_under_what_was_shown_stay() -> None:
    buttons = Buttons("Well?", (Button("Yes", "say", "yes"),))
    async with running_harness([buttons, 2.0, "rude"]) as harness:
        asking = await ask(harness)
        assert asking.canvas.texts == ["Well?", reason()] or asking.canvas.texts == [f"Well?\n{reason()}"]
        assert [button.title for item in asking.canvas.frames[0].rich for button in item.buttons] == ["Yes"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (BadRequest(), TextRefused(partly=True)),
        (BlockedLink(), TextRefused(partly=True, for_link=True)),
        (BlockedByRule(), REST),
    ],
)
async def test_each_refusal_has_its_sentence(refusal: BadRequest, error: TextRefused) -> None:
    async with running_harness(["It begins", 2.0, " and goes on", 2.0, " and on"]) as harness:
        canvas = harness.discord.canvas(1, None, refusal)
        await harness.service.answer(make_question(), canvas)
        assert canvas.texts == [f"It begins\n{reason(error)}"]


async def test_a_version_of_which_a_page_is_refused_is_not_shown_in_part() -> None:
    first, second = [make_page("one1"), make_page("one2")], [make_page("two1"), make_page("two2")]
    async with running_harness(["".join(first)], ["".join(second)]) as harness:
        asking = await harness.answered()
        await harness.retry(asking)
        shown, controls = asking.canvas.texts, asking.controls
        asking.canvas.behaviour.blocked_word = "one2"
        with pytest.raises(BlockedByRule):
            await harness.show_version(asking, 1)
        assert asking.canvas.texts == shown
        assert asking.controls == controls
        assert [answer for _, answer in harness.remembered] == ["".join(second)]


QUOTING = {
    "a file that is not read": {"attachments": ("rude.png",)},
    "a file that is missing": {"files": (AttachedFile("rude.txt", "missing"),)},
}


@pytest.mark.parametrize("quoted", QUOTING.values(), ids=QUOTING)
@pytest.mark.parametrize("times", [1, 2])
async def test_what_is_quoted_below_an_answer_is_left_out_rather_than_the_answer(quoted: dict, times: int) -> None:  # type: ignore[type-arg]
    async with running_harness(["It is ", 2.0, "all well."]) as harness:
        canvas = harness.discord.canvas()
        canvas.behaviour.blocked_word = "rude"
        question = replace(make_question(), **quoted)
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asking.task
        for _ in range(1, times):
            await harness.retry(asking)
        [shown] = canvas.texts
        first, notice = shown.split("\n")
        assert (first, notice[:3]) == ("It is all well.", "-# ")
        assert [answer for _, answer in harness.remembered] == ["It is all well."]
        assert {run.outcome for run in (await harness.answer(asking)).runs} == {"whole"}
        assert canvas.direct_messages == []


CAPTIONS = {
    "what was asked": (Caption("Ada", "Is it rude?"), "-# Somebody asked this"),
    "what was chosen": (Caption("Ada", "Rude: rude", is_choice=True), "-# Somebody chose this"),
    "who asked": (Caption("rude Ada", "Is it?"), "-# Somebody asked this"),
    "a question about a message": (Caption("Ada", "Is it rude?", "the link"), "-# Somebody asked this about the link"),
}


@pytest.mark.parametrize(("caption", "line"), CAPTIONS.values(), ids=CAPTIONS)
@pytest.mark.parametrize("rich", [(), (Image("https://example.com/cat.png"),)], ids=["text", "picture"])
async def test_a_question_that_discord_refuses_is_left_out_rather_than_its_answer(
    caption: Caption, line: str, rich: tuple[Image, ...]
) -> None:
    async with running_harness(["It is ", 2.0, "all well.", *rich]) as harness:
        canvas = harness.discord.canvas()
        canvas.behaviour.blocked_word = "rude"
        question = replace(make_question(), caption=caption)
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asking.task
        for _ in range(2):
            assert canvas.texts == [f"{line}\nIt is all well."]
            assert canvas.frames[0].rich == rich
            await harness.retry(asking)
        assert {run.outcome for run in (await harness.answer(asking)).runs} == {"whole"}
        assert canvas.direct_messages == []


async def test_buttons_are_not_taken_for_what_a_rule_blocks() -> None:
    async with running_harness(["Well?", Buttons("", (Button("Yes", "say", "yes"),))]) as harness:
        canvas = harness.discord.canvas()
        canvas.behaviour.blocked_word = "rude"
        await harness.service.answer(replace(make_question(), attachments=("rude.png",)), canvas)
        assert canvas.texts == [f"Well?\n{not_read([UNNAMED])}"]
        assert [button.title for item in canvas.frames[0].rich for button in item.buttons] == ["Yes"]  # type: ignore[union-attr]


async def test_what_the_previous_answer_quoted_is_left_out_if_a_new_rule_blocks_it() -> None:
    busy = RateLimited("Chatbase")
    async with running_harness(["One."], [2.0, busy]) as harness:
        question, canvas = replace(make_question(), attachments=("rude.png",)), harness.discord.canvas()
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asking.task
        canvas.behaviour.blocked_word = "rude"
        await harness.retry(asking)
        assert canvas.texts == [f"One.\n{not_again(busy)}"]
        assert [answer for _, answer in harness.remembered] == ["One."]
        assert canvas.direct_messages == []


@pytest.mark.parametrize("before", [[], ["It begins", 2.0, " well."]])
async def test_a_providers_reason_that_is_refused_is_left_out(before: Script) -> None:
    async with running_harness([*before, ErrorReported("Chatbase", "rude words")]) as harness:
        asking = await ask(harness)
        text = "It begins well.\n" if before else ""
        assert asking.canvas.texts == [text + reason(ErrorReported("Chatbase"))]
        assert asking.canvas.direct_messages == []


@pytest.mark.parametrize(("script", "times"), [(["Two."], 1), (["Two.", 2.0], 1), (["Two.", 2.0], 2)])
async def test_a_retry_that_is_refused_for_no_known_reason_leaves_what_was_there(script: Script, times: int) -> None:
    async with running_harness(["One."], script) as harness:
        asking = await harness.answered()
        asking.canvas.faults[:] = [None, *[BadRequest()] * times]
        await harness.retry(asking)
        assert asking.canvas.texts == [f"One.\n{not_again(TextRefused(partly=False))}"]
        assert asking.version_nav is None
        assert [answer for _, answer in harness.remembered] == ["One."]
        assert asking.canvas.direct_messages == []


class Unchanging(FakeCanvas):
    """A canvas on which every edit is refused."""

    async def edit(self, message: int, frame: object, *, first: bool) -> None:
        raise BlockedByRule


async def test_an_answer_that_cannot_be_edited_is_followed_by_the_reason() -> None:
    async with running_harness(["It begins", 2.0, " and goes on", 60.0]) as harness:
        canvas = Unchanging(harness.discord, 1, [])
        await harness.service.answer(make_question(), canvas)
        assert canvas.texts == ["It begins ▌", reason()]
        assert canvas.direct_messages == []
        assert harness.remembered == []


@pytest.mark.parametrize(
    ("refusal", "told"),
    [(BlockedByRule(), blocked_by_rule), (BlockedLink(), blocked_for_link), (BadRequest(), could_not_show)],
)
async def test_if_nothing_can_be_written_a_direct_message_says_why(refusal: BadRequest, told: object) -> None:
    async with running_harness(["It begins", 2.0, " and goes on", 60.0]) as harness:
        canvas = harness.discord.canvas(1, *[refusal] * 20)
        await harness.service.answer(make_question(), canvas)
        assert canvas.direct_messages == [told(1)]  # type: ignore[operator]
        assert len(canvas.calls) <= 4
        assert harness.remembered == []
