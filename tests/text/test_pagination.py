"""The pager's promises, on wild texts and on the cases that people complained about."""

import re
from time import process_time

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.code_fences import FENCE
from bot.text.pages.breaks import find_clusters
from bot.text.pagination import MAX_PAGE_UNITS, Page, Paginator, paginate, utf16_len

_fragments = st.sampled_from(
    [
        "word ",
        "Sentence one. ",
        "line\n",
        "\n\n",
        "```",
        "```python\n",
        "\n```\n",
        "`inline code`",
        "``",
        "`",
        "https://example.com/" + "a" * 60,
        "[a link with words](https://example.com/x)",
        "<@123456789012345678>",
        "👩‍💻",
        "🇩🇪",
        "e\u0301",
        "x" * 300,
        " " * 150,
        "def f():\n    return 1\n",
        "- item\n",
        "𝒳" * 80,
    ]
)
WILD = st.lists(st.one_of(_fragments, st.text(max_size=30)), max_size=200).map("".join)
LONG = st.builds(lambda text, times: text * times, WILD, st.integers(1, 6))


def _check(pages: list[Page]) -> None:
    for page in pages:
        assert utf16_len(page.text) <= MAX_PAGE_UNITS
        assert page.text.strip()
        assert page.text.count(FENCE) % 2 == 0


@given(LONG)
def test_pages_fit_are_not_empty_and_have_no_open_fence(text: str) -> None:
    _check(paginate(text))


@given(LONG)
def test_no_character_is_lost(text: str) -> None:
    pages = paginate(text)
    assert _letters("".join(page.body for page in pages)) == _letters(text)
    for page in pages:
        # What a page shows is its body, but for white space, the fences that balance it and the language it reopens.
        assert _letters(page.text).endswith(_letters(page.body))


_CLUSTERS = st.sampled_from(
    [
        "👩‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e007f",
        "🇩🇪",
        "e\u0301\u0327",
        "ᄒ\u1161\u11ab",
        "क\u094dष",
        "1\ufe0f\u20e3",
        "👍🏽",
        "x",
        "\r\n",
    ]
)


@given(st.lists(_CLUSTERS, min_size=1, max_size=30), st.integers(200, 1000))
@example(["🇩🇪"], 1001)
@example(["क", "\u094dष"], 1500)
@example(["e" + "\u0301" * 900, "x"], 4)
def test_no_cut_goes_through_what_shows_as_one_character(units: list[str], times: int) -> None:
    text = "".join(units) * times
    starts = {match.start() for match in regex.finditer(r"\X", text)}
    at = 0
    for page in paginate(text)[:-1]:
        at = text.index(page.body, at) + len(page.body)
        assert at in starts


@given(
    st.text(
        st.sampled_from("🇩🇪🇫\u0301\u200d\ufe0f\u0903👩💻🏽\u0600\u0d4eक\u094dष\r\nx\u1100\u1161") | st.characters(),
        max_size=12,
    )
)
def test_flags_are_found_as_unicode_says(text: str) -> None:
    assert find_clusters(text) == regex.findall(r"\X", text)


@pytest.mark.parametrize("unit", ["🇩", "\u0301", "क\u094d", "👩\u200d", "word "])
def test_a_message_of_anything_is_cut_within_a_moment(unit: str) -> None:
    pager = Paginator()
    pager.add(unit * 30_000)
    started = process_time()
    assert len(pager.pages(ended=False, max_pages=10)) == 11
    assert process_time() - started < 0.1  # 10 ms on a quiet machine


def test_what_shows_as_one_character_and_fits_no_page_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 1_000_000
    started = process_time()
    pager = Paginator()
    pager.add(text)
    pages = pager.pages(ended=False, max_pages=10)
    assert process_time() - started < 0.2
    _check(pages)
    assert text.startswith("".join(page.body for page in pages))


def _letters(text: str) -> str:
    """Return what a page says, without what it adds or takes: white space, marks and the backslashes before them."""
    return re.sub(r"[\s`*_~|\\>\u200b]", "", text)


@given(LONG, st.lists(st.integers(1, 900), min_size=1, max_size=30))
def test_a_full_page_never_changes(text: str, steps: list[int]) -> None:
    pager, at, before, step = Paginator(), 0, list[Page](), 0
    while at < len(text):
        size = steps[step % len(steps)]
        pager.add(text[at : at + size])
        at, step = at + size, step + 1
        pages = pager.pages(ended=False)
        _check(pages)
        assert pages[: len(before) - 1] == before[:-1]
        before = pages
    assert pager.pages(ended=True) == paginate(text)


@given(WILD.filter(lambda text: not re.search(r"[`*_~|]", text)))
def test_without_marks_the_shown_text_is_the_answer_itself(text: str) -> None:
    pages = paginate(text)
    position = 0
    for page in pages:
        found = text.find(page.text, position)
        assert found >= 0
        assert not text[position:found].strip()
        position = found + len(page.text)
    assert not text[position:].strip()


def test_a_page_ends_where_a_paragraph_does() -> None:
    paragraphs = [f"Paragraph {n}. " + "words and more words " * 30 for n in range(6)]
    for page in paginate("\n\n".join(paragraphs)):
        assert page.text.startswith("Paragraph")
        assert page.text.endswith("words")


def test_a_line_is_preferred_to_a_sentence_and_a_sentence_to_a_word() -> None:
    lines = "\n".join(f"- item {n} of a long list. It has two sentences" for n in range(80))
    assert all(page.text.endswith("sentences") for page in paginate(lines))
    sentences = " ".join(f"This is sentence number {n} of them." for n in range(120))
    assert all(page.text.endswith("them.") for page in paginate(sentences))
    words = " ".join(["word"] * 900)
    assert all(page.text.endswith("word") for page in paginate(words))


def test_a_code_block_goes_on_in_its_language() -> None:
    code = "Here:\n```python\n" + "".join(f"value_{n} = compute({n})\n" for n in range(200)) + "```\nDone."
    pages = paginate(code)
    assert len(pages) > 2
    for page in pages[1:]:
        assert page.text.startswith("```python\n")
    for page in pages[:-1]:
        assert page.text.endswith(")\n```")
    assert pages[-1].text.endswith("```\nDone.")


def test_a_block_that_fits_the_next_page_is_not_torn() -> None:
    text = "word " * 300 + "\n\n```js\n" + "run();\n" * 150 + "```"
    first, second = paginate(text)
    assert FENCE not in first.text
    assert second.text.startswith("```js\nrun();")


def test_a_block_that_ends_with_its_page_leaves_no_empty_block_behind() -> None:
    for extra in range(30):
        text = "```\n" + "x" * (MAX_PAGE_UNITS - 40 + extra) + "\n```\nAfterwards, words."
        for page in paginate(text):
            assert not re.search(r"```\w*\n\s*```", page.text), extra


def test_a_link_and_inline_code_stay_whole() -> None:
    for filler in range(1900, 2000):
        link = "[the documentation of it](https://example.com/a/long/path)"
        assert any(link in page.text for page in paginate("w" * 900 + " " + "v" * (filler - 901) + " " + link + " end"))
        code = "`a call with words`"
        assert any(code in page.text for page in paginate("w" * 900 + " " + "v" * (filler - 901) + " " + code + " end"))


def test_a_word_longer_than_a_page_is_cut_between_characters() -> None:
    pages = paginate("👩‍💻" * 900)
    assert all(set(re.findall("👩‍💻|.", page.text, re.DOTALL)) == {"👩‍💻"} for page in pages)


def test_the_beginning_of_a_fence_waits_until_it_is_known() -> None:
    pager = Paginator()
    for piece, shown in [("Look: ", "Look:"), ("`", "Look:"), ("``", "Look:"), ("py", "Look:"), ("\n", "Look:")]:
        pager.add(piece)
        assert [page.text for page in pager.pages(ended=False)] == [shown]
    pager.add("x = 1")
    assert [page.text for page in pager.pages(ended=False)] == ["Look: ```py\nx = 1\n```"]


def test_nothing_to_show_is_no_page() -> None:
    assert paginate("") == []
    assert paginate(" \n " * 3000) == []


def test_work_per_character_does_not_grow_with_the_text() -> None:
    """Counted, not timed: a push looks at no more than the open page."""
    pager = Paginator()
    for _ in range(500):
        pager.add("some words of an answer " * 10)
        pager.pages(ended=False)
        assert len("".join(pager._pieces)) <= MAX_PAGE_UNITS
