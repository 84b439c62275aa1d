"""Whatever an answer is made of, showing it as it grows takes time in proportion to its length."""

import pytest

from bot.domain.content import Image
from bot.streaming.canvas import TextFile
from bot.streaming.renderer import AnswerRenderer
from bot.streaming.segment import MAX_MESSAGES
from bot.text.markdown import StreamingMarkdown
from bot.text.pagination import Paginator, paginate
from tests.streaming.test_renderer_properties import letters, visible
from tests.text.work import Family, check_growth, count_calls

UNITS = [
    *(" ", "\n", "\t", " \n", "\n\n", "\u2003", "```\n", "```py\n", "``` ", "```a```", "`", "``", "`a ", "`a b` ", "~"),
    *("[a b](c) ", "[a](b", "[", "![", "http://a", "http://a ", "<@1", "<@1> ", ". ", ".)", "。", "a ", "x", "|", "> "),
    *("\\[", "[\\", "2*x ", "__init__ ", "\n> a", "http://a*", "http://a_"),
    *("\U0001f1e6", "👩\u200d", "\u0301", "\u1100", "한", "क\u094d", "\u0d4e", "日", "𝒳", "\ufe0f", "\u0600", "\r\n"),
]
FAMILIES = {
    **{repr(unit): Family(unit) for unit in UNITS},
    "blanks behind a word": Family(" ", "word"),
    "blanks in a block": Family(" \n", "```py\n"),
    "marks on a word": Family("\u0301", "word"),
    "one address": Family("a", "http://"),
    "one long line of code": Family("a", "`"),
    "one block": Family("`", "```\n"),
    "words that stay together": Family("[" + "a b " * 60 + "](c) "),
}
STEP = 50
_CUT = 10_000
"""How many calls it may take to find where a page ends: some texts have more ends than others for their length."""


def _as_pages(text: str) -> str:
    return "".join(page.text for page in paginate(text))


def _as_growing_pages(text: str) -> str:
    pager = Paginator()
    for at in range(0, len(text), STEP):
        pager.add(text[at : at + STEP])
        pager.pages(ended=False)
    return "".join(page.text for page in pager.pages(ended=True))


def _as_frames(text: str) -> str:
    draft = AnswerRenderer()
    for at in range(0, len(text), STEP):
        draft.push(text[at : at + STEP])
        draft.frames(ended=False)
    draft.end()
    return "".join(frame.text for frame in draft.frames(ended=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_twice_as_long_takes_twice_the_work(family: str) -> None:
    for show in (_as_pages, _as_growing_pages, _as_frames):
        check_growth(show, FAMILIES[family], 6000, 2, slack=_CUT)


@pytest.mark.parametrize("unit", [" ", "\U0001f1e6", "\u0301", "`", "x"])
def test_so_does_a_very_long_one(unit: str) -> None:
    check_growth(_as_pages, Family(unit), 25_000, 2)


@pytest.mark.parametrize("unit", ["\\[", "*||", "*_", "\n*a", "~~a_", "> *a\n"])
def test_a_piece_of_two_kilobytes_holds_nobody_up(unit: str) -> None:
    draft, text, spent = AnswerRenderer(), Family(unit).text(4000), []
    for at in range(0, len(text), 2000):
        draft.push(text[at : at + 2000])
        spent.append(count_calls(lambda: draft.frames(ended=False)))
    assert max(spent) <= 165_000


def test_nothing_is_read_that_nobody_sees() -> None:
    unit, enough = "$x_1$ is small. ", 5500
    draft = AnswerRenderer()
    draft.push(unit * enough)
    few = count_calls(lambda: draft.frames(ended=False))
    draft = AnswerRenderer()
    draft.push(unit * enough * 2)
    assert count_calls(lambda: draft.frames(ended=False)) <= 1.2 * few
    draft.push(unit * enough)
    assert count_calls(lambda: draft.frames(ended=False)) <= 1000
    draft.end()
    frames = draft.frames(ended=True)
    assert len(frames) == MAX_MESSAGES + 1
    assert frames[-1].file == TextFile("answer.md", unit * enough * 3)


def test_pictures_that_nobody_sees_cost_nothing() -> None:
    draft, few = AnswerRenderer(), 0
    for count in range(600):
        draft.push(Image("https://a.example/b.png"))
        draft.push("A line.")
        calls = count_calls(lambda: draft.frames(ended=False))
        few = calls if count == 2 * MAX_MESSAGES else few
    assert calls <= few + 10


@pytest.mark.parametrize("text", ["word " * 5000, "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 2000, "$x$\n\n" * 4000])
def test_a_long_piece_reads_as_many_short_ones(text: str) -> None:
    whole, parts = AnswerRenderer(), AnswerRenderer()
    whole.push(text)
    for at in range(0, len(text), 7):
        parts.push(text[at : at + 7])
    whole.end()
    parts.end()
    assert whole.frames(ended=True) == parts.frames(ended=True)
    readable = StreamingMarkdown()
    assert letters(whole.frames(ended=True)) == letters_of(readable.push(text) + readable.end())


def letters_of(text: str) -> str:
    """Return the text without white space and fences."""
    return visible(text)
