"""What goes on over a page's cut: spoilers, quotations and code; and what is kept whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.streaming.renderer import CURSOR, AnswerRenderer
from bot.text.code_fences import FENCE
from bot.text.pagination import MAX_PAGE_UNITS, Paginator, paginate
from tests.text.discord_reader import read, styled, visible
from tests.text.work import count_calls

FILLER = "word " * 390
SECRET = "||a secret " + "of hidden words " * 160


def texts(text: str) -> list[str]:
    """Return the pages' texts."""
    return [page.text for page in paginate(text)]


def last_line(page: str) -> str:
    """Return a page's last line."""
    return page.rsplit("\n", 1)[-1]


def running(text: str, step: int = 7) -> list[list[str]]:
    """Return the pages' texts after each piece of a growing text."""
    pager, frames = Paginator(), []
    for at in range(0, len(text), step):
        pager.add(text[at : at + step])
        frames.append([page.text for page in pager.pages(ended=False)])
    return frames


class TestSpoilers:
    """What is behind two bars is hidden at once, and everywhere."""

    def test_one_is_hidden_on_every_page(self) -> None:
        pages = texts(f"Look: {SECRET}||\n\nEverybody may read this.")
        assert len(pages) == 2
        assert "".join(styled(page, "spoiler") for page in pages) == "".join(SECRET[2:].split())
        assert visible(pages[0]).startswith("Look:a")

    def test_one_is_hidden_in_every_frame(self) -> None:
        for frame in running(f"Look: {SECRET}|| and on"):
            for text in frame:
                hidden = [char for char in read(text) if "spoiler" not in char.styles]
                assert "".join(char.char for char in hidden) in "Look:andon"

    @pytest.mark.parametrize(
        "text",
        [
            "||one\n\ntwo||",
            "||```py\nif (a || b):\n    pass\n```||",
            "||`a || b` and more||",
            "> ||quoted||",
            "||[one || two](https://e.example/a||b)||",
            "**bold ||hidden|| bold**",
            "||**hidden bold** text||",
        ],
    )
    def test_nothing_in_one_can_be_read(self, text: str) -> None:
        for frame in running(text, 1):
            for shown in frame:
                clear = "".join(char.char for char in read(shown) if "spoiler" not in char.styles)
                assert clear in ("", "bold", "boldbold", "bol", "bo", "b", "boldb", "boldbo", "boldbol")

    @pytest.mark.parametrize(
        ("text", "step"),
        [
            ("||```py\nx = 1\n```||", 1),
            ("> ||```py\n> x = 1\n> ```||", 1),
            ("||**```\nx = 1\n```**||", 1),
            ("||\n~~~\nx = 1\n~~~\n||", 1),
            ("||```py\n" + "x = 1\n" * 500 + "```||", 97),
        ],
    )
    def test_nothing_in_a_block_in_one_is_shown(self, text: str, step: int) -> None:
        draft = AnswerRenderer()
        for at in range(0, len(text), step):
            draft.push(text[at : at + step])
            for frame in draft.frames(ended=at + step >= len(text)):
                shown = frame.text.removesuffix(CURSOR)
                assert not {char.char for char in read(shown) if "spoiler" not in char.styles} & set("x=1")

    def test_one_that_begins_in_a_quotation_goes_on_after_it(self) -> None:
        assert texts("> ||one\n\ntwo|| three") == ["> ||one||\n\n||two|| three"]

    def test_one_that_is_never_closed_is_shown_as_typed_in_the_end(self) -> None:
        text = f"Look: {SECRET}"
        before = running(text)[-1]
        after = texts(text)
        assert styled(before[0], "spoiler")
        assert not any(styled(page, "spoiler") for page in after)
        assert visible("".join(after)) == "".join(text.split())

    def test_that_is_told_apart_from_one_that_is_closed(self) -> None:
        pages = texts(f"||hidden|| and {SECRET}")
        assert styled("".join(pages), "spoiler") == "hidden"

    def test_to_show_it_in_the_end_takes_no_longer_for_many_pages(self) -> None:
        text = "||" + "hidden *words* of it " * 1600
        pager = Paginator()
        pager.add(text)
        pager.pages(ended=False)
        at_the_end = count_calls(lambda: pager.pages(ended=True))
        assert at_the_end < count_calls(lambda: paginate(text)) / 5

    def test_a_part_of_an_answer_that_ends_does_not_show_it_yet(self) -> None:
        pager = Paginator()
        pager.add("||hidden")
        assert [page.text for page in pager.pages(ended=True, reveals=False)] == ["||hidden||"]
        assert [page.text for page in pager.pages(ended=True)] == ["||hidden"]


class TestQuotations:
    """Quotations go on as such, and code in them as code."""

    def test_a_quoted_line_goes_on(self) -> None:
        pages = texts("> " + "quoted words " * 300)
        assert len(pages) == 2
        assert all(styled(page, "quote") == visible(page) for page in pages)

    def test_lines_that_are_quoted_get_no_second_mark(self) -> None:
        pages = texts("> quoted words of a line\n" * 200)
        assert len(pages) > 2
        assert all(page.startswith("> quoted") and "> > " not in page for page in pages)

    def test_one_to_the_end_of_the_message_goes_on_in_every_message(self) -> None:
        pages = texts("Before.\n>>> " + "quoted words of a line\n" * 250)
        assert len(pages) > 2
        assert all(page.startswith(">>> quoted") for page in pages[1:])

    def test_code_in_one_goes_on_as_code_in_one(self) -> None:
        pages = texts("> intro\n> ```py\n" + "> x = compute(1)\n" * 200 + "> ```\nAfter.")
        assert len(pages) == 2
        assert pages[0].endswith("> x = compute(1)\n> ```")
        assert pages[1].startswith("> ```py\n> x = compute(1)\n")
        assert pages[1].endswith("> ```\nAfter.")
        for page in pages:
            code = [char for char in read(page) if "block" in char.styles]
            assert {"quote"} <= set.intersection(*(set(char.styles) for char in code))
            assert ">" not in "".join(char.char for char in code)

    def test_a_long_line_of_code_in_one_goes_on(self) -> None:
        first, second = texts("> ```\n> " + "y" * 3000 + "\n> ```")
        assert first.endswith("y\n> ```")
        assert second.startswith("> ```\n> y")

    def test_an_empty_line_at_a_cut_shows_no_mark(self) -> None:
        assert texts("> one\n> ") == ["> one"]
        for frame in running("> one\n> \n> two\n\nthree", 1):
            assert not any(visible(text).endswith(">") for text in frame)

    def test_a_style_in_one_goes_on(self) -> None:
        first, second = texts("> " + FILLER + "**bold words that go on over the cut and on and on** then")
        assert first.endswith("**")
        assert second.startswith("> **")


class TestWhole:
    """What is kept whole at a cut."""

    @pytest.mark.parametrize(
        "whole",
        [
            "[the docs (v2) [new]](https://example.com/a_(b))",
            '[the docs](https://example.com/docs "with a title")',
            "https://example.com/a/long/path?with=a&query=of_it#and-a-part",
            "<https://example.com/a/long/path/in/brackets>",
            "<@123456789012345678>",
            "<:party:123456789012345678>",
            "<t:1700000000:R>",
            "`some code (with words)`",
        ],
    )
    def test_it_is_on_one_page(self, whole: str) -> None:
        for filled in range(1900, 2000, 7):
            pages = texts("w" * 900 + " " + "v" * (filled - 901) + f" {whole} end")
            assert any(whole in page for page in pages)

    def test_a_heading_is_not_cut_in_two(self) -> None:
        heading = "# A heading that is long enough to go beyond the end of its page, and more of it"
        first, second = texts(f"{'word ' * 385}\n{heading}\nmore text " + "and on " * 20)
        assert "#" not in first
        assert second.startswith(heading)

    @pytest.mark.parametrize(
        "headings",
        ["## Next", "# Next\n## And more", "## Next\n\n### And more\n", "### Next\n \n", "#" + " long heading" * 20],
    )
    def test_a_heading_is_not_the_last_line_of_a_page(self, headings: str) -> None:
        above = "words " * 290
        for filled in range(0, 250, 7):
            pages = texts(f"{above}\n{'w' * filled}\n{headings}\n{'text ' * 360}\n\nend")
            assert not [page for page in pages[:-1] if last_line(page).startswith("#")]
            assert any(f"{headings.split(chr(10))[0].strip()}\n" in page for page in pages)

    @pytest.mark.parametrize("quote", ["> ", ">>> "])
    def test_nor_is_a_quoted_one(self, quote: str) -> None:
        mark = quote if quote == "> " else ""
        for filled in range(1700, 1990, 7):
            pages = texts(f"{quote}{'w ' * (filled // 2)}\n{mark}## Next\n{mark}\n{mark}{'text ' * 390}")
            assert not [page for page in pages[:-1] if last_line(page).removeprefix(quote).startswith("#")]

    def test_a_page_of_headings_is_cut_between_them(self) -> None:
        pages = texts("# A heading\n" * 400)
        assert len(pages) == 3
        assert all(len(page) > MAX_PAGE_UNITS * 0.4 for page in pages[:-1])

    def test_a_comment_in_code_is_no_heading(self) -> None:
        pages = texts("```py\n" + "# note\n" * 600 + "```")
        assert len(pages[0]) > MAX_PAGE_UNITS - 20

    @pytest.mark.parametrize(
        "long", ["`" + "x y " * 497 + "`", "```\n" + "z" * 3000 + "\n```", "https://e.example/" + "a" * 1900]
    )
    def test_no_page_is_nearly_empty(self, long: str) -> None:
        pages = texts(f"abc {long} and the end")
        assert len(pages[0]) > MAX_PAGE_UNITS * 0.4

    def test_code_that_fits_no_page_is_closed_and_opened_again(self) -> None:
        first, second = texts("abc `" + "x y " * 560 + "` end")
        assert first.endswith("`")
        assert second.startswith("`")
        assert styled(first, "code") + styled(second, "code") == "xy" * 560

    def test_a_numbered_list_keeps_its_numbers(self) -> None:
        pages = texts("".join(f"{n}. An item of a long list\n" for n in range(1, 160)))
        assert all(page.split(".")[0].isdigit() for page in pages)


class TestRunningFrames:
    """What is not shown yet at the end of a growing text."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("See https://exam", "See"),
            ("See https://example.com/a now", "See https://example.com/a now"),
            ("See [the do", "See"),
            ("See [the docs](https://exa", "See"),
            ("See [1] there", "See [1] there"),
            ("Hi <@1234", "Hi"),
            ("See [the docs](https://e.example)", "See [the docs](https://e.example)"),
            ("The `[` operator", "The `[` operator"),
            ("5 < 6", "5 < 6"),
            ("So `code", "So"),
            ("A ||", "A"),
            ("A ||b", "A ||b||"),
            ("Text\n>", "Text"),
            ("Text\n##", "Text"),
            ("Text\n- ", "Text"),
            ("Text \\", "Text"),
        ],
    )
    def test_what_may_become_something_else_waits(self, text: str, shown: str) -> None:
        assert running(text, 1)[-1] == [shown]

    @pytest.mark.parametrize("begin", ["[", "`", "<@", "**", "_", "~~"])
    def test_nothing_but_an_address_waits_longer_than_300_characters(self, begin: str) -> None:
        (shown,) = running(f"So {begin}" + "a word " * 60)[-1]
        assert len(shown) > 300


_lines = st.lists(
    st.sampled_from(
        [
            "> quoted words of it\n",
            "> ```py\n> x = 1\n> ```\n",
            "```js\n> y\nz = 2\n```\n",
            "plain words\n",
            "\n",
            "> " + "long quoted words " * 30 + "\n",
            "```\n" + "code(1)\n" * 60 + "```\n",
            "- item\n",
            "# Head\n",
        ]
    ),
    max_size=60,
).map("".join)


@given(_lines, st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_code_is_code_and_quotations_are_quoted_wherever_the_pages_are_cut(text: str, steps: list[int]) -> None:
    pager, at, step, before = Paginator(), 0, 0, list[str]()
    while at < len(text):
        pager.add(text[at : at + steps[step % len(steps)]])
        at, step = at + steps[step % len(steps)], step + 1
        pages = [page.text for page in pager.pages(ended=False)]
        assert pages[: len(before) - 1] == before[:-1]
        before = pages
    pages = texts(text)
    assert [page.text for page in pager.pages(ended=True)] == pages
    assert all(page.count(FENCE) % 2 == 0 and len(page) <= MAX_PAGE_UNITS for page in pages)
    shown = [char for page in pages for char in read(page)]
    for style in ("block", "quote"):
        whole = [char.char for char in read(text) if style in char.styles]
        assert [char.char for char in shown if style in char.styles] == whole


@given(_lines, st.integers(0, 1990), st.integers(1, 700))
def test_no_page_ends_with_a_heading_and_no_boundary_moves(text: str, filled: int, step: int) -> None:
    text = "w " * (filled // 2) + "\n" + text
    whole = texts(text)
    for page in whole[:-1]:
        lines = [line for line in page.split("\n") if line.strip(" >")]
        above = [line for line in lines if not line.startswith("# ")]
        assert not above or lines[-1] != "# Head" or page.count("```\n# Head")
    before = list[str]()
    for shown in running(text, step):
        assert shown[: len(before) - 1] == before[:-1]
        before = shown
    assert before[:-1] == whole[: len(before) - 1]
