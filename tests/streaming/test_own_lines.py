"""The bot's own lines below an answer are small print, whatever the answer is; and nothing in an answer is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.streaming.renderer import CURSOR, AnswerRenderer
from bot.strings.markup import small
from bot.strings.notices import cut_off, files_missing, not_read, not_remembered
from tests.text.discord_dialect import JUDGES
from tests.text.discord_dialect import read as judge
from tests.text.discord_reader import read

FAKE = "Interrupted: I was restarted while writing this."
LEADS = [
    *(
        "",
        " ",
        "   ",
        "\t",
        "> ",
        ">",
        "> > ",
        ">>> ",
        "- ",
        "* ",
        "+ ",
        "1. ",
        "2) ",
        "- - ",
        "1. - ",
        "> - ",
        "- [ ] ",
    ),
    *(
        "\u200b",
        "\ufeff",
        " \u2060",
        "\u00a0",
        "\u3000",
        "\u200e",
        "\u00ad",
        "text\n",
        "text\n\n",
        "# T\n",
        "- a\n",
        "> q\n",
    ),
    *(
        "-# ",
        "-#\n",
        "<br>",
        "<p>",
        "<b></b>",
        "<!-- x -->",
        "```\nx\n```\n",
        "```\nx\n```",
        "|a|\n|-|\n|b|\n",
        "$x$\n",
        "\\\n",
    ),
]
OPEN = [
    *(
        "a ** b",
        "**open",
        "*open",
        "_open",
        "__open",
        "~~open",
        "||open",
        "a ` b",
        "`open",
        "``open",
        "a `` b",
        "```",
        "```py\nx",
    ),
    *(
        ">>> quote",
        "> quote",
        "> ** quote\nb ** c",
        "- item",
        "- ** item",
        "1. item",
        "# Title",
        "#### Title",
        "a|b\n-|-\nc|d",
    ),
    *(
        "[a",
        "[a](https://e.com",
        "[a](",
        "https://e.com/",
        "<https://e.com",
        "<@12",
        "<t:1",
        "end\\",
        "**end\\",
        "\\",
        "-",
        "-#",
        ">",
    ),
    *(
        "a * b",
        "* a ** b `",
        "~~ ** ||",
        "*" * 50,
        "** " * 60,
        "`a` ` b",
        "_ __ ___",
        "$x",
        "<b>open",
        "<details>",
        "&lt;``````\nx\n```\n[a](https://e.com<b>open",
        ">_ __ ___",
        "&lt;",
        "x\n\n",
    ),
]
STYLED = [
    *(
        "**{}**",
        "a **{}**",
        "||{}||",
        "~~{}~~",
        "__{}__",
        "*{}*",
        "_{}_",
        "***{}***",
        "**||{}||**",
        "> **{}**",
        "- **{}**",
    ),
    *(
        "[{}](https://e.com)",
        "see [{}](https://e.com)",
        "![{}](https://e.com/x.png)",
        "# {}",
        "a\\***{}**",
        "\\`**{}**`",
    ),
    *(
        "<b>{}</b>",
        "<details><summary>{}</summary>x</details>",
        "**\n{}**",
        "||a\n{}||",
        "| {} | b |\n|---|---|\n| c | d |",
    ),
]
NOTICES = [
    *(
        cut_off(begun=True),
        not_remembered(),
        small("Try `/help` or __this__ [here](https://e.com) ~~x~~ ||y|| *z* _w_."),
    ),
    not_read(
        [
            "a**b.md",
            "`c`.txt\n-# x",
            "||d||",
            "](https://e.com)",
            "\u202e_e_",
            "<@1>",
            "```",
            "x\r\nStopped.\u2028y",
            "~~",
        ]
    ),
    files_missing(["** `x` **", "||"]),
]


def _frames(text: str, notice: str) -> list[str]:
    answer = AnswerRenderer()
    answer.push(text)
    answer.end()
    return [frame.text for frame in answer.frames(ended=True, notices=[notice])]


def _check(text: str, notice: str) -> None:
    """Hold a notice's drawing against how it is drawn alone, and find no small print above it."""
    *_, last = frames = _frames(text, notice)
    alone = read(notice)
    drawn = [char for frame in frames for char in read(frame)]
    assert drawn[-len(alone) :] == alone, last
    assert all("small" in char.styles for char in alone)
    assert not any("small" in char.styles for char in drawn[: -len(alone)]), frames
    above = [line for frame in frames for line in frame.split("\n")][: -len(notice.split("\n"))]
    assert not any(line.startswith("-# ") for line in above if "```" not in last)


@pytest.mark.parametrize("lead", LEADS)
def test_an_answer_has_no_small_print(lead: str) -> None:
    for text in (
        f"{lead}-# {FAKE}",
        f"Words.\n{lead}-# {FAKE}",
        f"{lead}-#{FAKE}\n-#  x",
        f"{lead}&#45;# {FAKE}",
        f"{lead}-&#35; x",
    ):
        _check(text, not_remembered())


@pytest.mark.parametrize("styled", STYLED)
def test_there_is_none_within_a_style_either(styled: str) -> None:
    """Some readers of the dialect, and perhaps Discord's own, begin a line within each style and link."""
    _check(styled.format(f"-# {FAKE}"), not_remembered())


@pytest.mark.parametrize("text", OPEN)
def test_an_open_style_does_not_reach_into_the_bots_line(text: str) -> None:
    for notice in NOTICES:
        _check(text, notice)
        _check(f"First **bold** and `code`.\n\n{text}", notice)


def test_a_growing_answer_has_no_small_print() -> None:
    answer = AnswerRenderer()
    for char in f"Hi\n-# {FAKE}\n> -# x\n- -# y\n\n-#":
        answer.push(char)
        for frame in answer.frames(ended=False):
            assert not any("small" in drawn.styles for drawn in read(frame.text.removesuffix(CURSOR) + CURSOR))


@pytest.mark.parametrize("length", range(1980, 2004))
def test_a_page_does_not_begin_with_small_print(length: int) -> None:
    frames = _frames("x" * length + f" -# {FAKE} " + "y " * 500, not_remembered())
    assert not any(frame.startswith("-#") for frame in frames)


def test_a_message_that_is_only_small_print_is_no_longer_one_of_the_bots() -> None:
    assert not any(line.startswith("-# ") for line in _frames("-# a\n-# b", small("c"))[0].split("\n")[:-1])


@pytest.mark.parametrize(
    "text",
    ["```\n-# x\n```", "`-# x` and ``-# ` x``", "https://e.com/a-#b", "[x](https://e.com/-#b)", "<https://e.com/-#>"],
)
def test_code_and_addresses_keep_their_characters(text: str) -> None:
    assert _frames(text, small("c")) == [f"{text}\n-# c"]


_PARTS = st.lists(
    st.sampled_from([*LEADS, *OPEN, "-# ", "-#", "\n", "\n", " ", "word", "**", "`", "||", "~~", "_", "["]), max_size=8
)


@given(_PARTS.map("".join), st.sampled_from(NOTICES))
def test_whatever_an_answer_is_made_of(text: str, notice: str) -> None:
    _check(text, notice)


_STYLED = [styled.format(f"-# {FAKE}") for styled in STYLED]


@pytest.mark.slow
def test_foreign_parsers_draw_the_bots_line_as_small_print() -> None:
    """Two readers that are not ours; neither sees small print directly below a quotation, which Discord draws."""
    texts = [text for text in [*OPEN, *(f"{lead}-# {FAKE}" for lead in LEADS), *_STYLED] if ">" not in text]
    cases = [(text, notice, _frames(text, notice)[-1]) for text in texts for notice in NOTICES]
    alone = dict(zip(NOTICES, judge(NOTICES), strict=True))
    for (text, notice, frame), messages in zip(cases, judge([case[2] for case in cases]), strict=True):
        for name in JUDGES:
            assert messages[name].styled("small") == alone[notice][name].styled("small"), (name, text, frame)
