"""What holds for every text that is made readable, whatever it is made of and however it arrives."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.streaming.renderer import AnswerRenderer
from bot.text.code_fences import FENCE
from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.lookahead import MAX_LINE
from bot.text.markdown.tables.layout import MAX_HELD
from bot.text.markdown.writer import JOINER
from tests.streaming.test_renderer_properties import check, letters, visible, without_cursor
from tests.text.fragments import BROKEN, CONSTRUCTS, WORDS

FRAGMENTS = st.sampled_from([*CONSTRUCTS, *BROKEN, *WORDS, *WORDS])
WILD = st.lists(FRAGMENTS, max_size=30).map("".join)
STEPS = st.lists(st.integers(1, 40), min_size=1, max_size=12)


def pieces(text: str, steps: list[int]) -> list[str]:
    """Return the text cut into pieces of these lengths, over and over."""
    cut, at = list[str](), 0
    while at < len(text):
        cut.append(text[at : at + steps[len(cut) % len(steps)]])
        at += len(cut[-1])
    return cut


@given(WILD, STEPS)
def test_what_is_shown_does_not_depend_on_the_pieces(text: str, steps: list[int]) -> None:
    readable = StreamingMarkdown()
    assert "".join(map(readable.push, pieces(text, steps))) + readable.end() == to_discord_markdown(text)


_FENCE = re.compile(r"(?:> )?```(?:[A-Za-z0-9_+\-.#]*)$")


def check_fences(shown: str) -> None:
    """Check that blocks of code begin and end at the beginnings of lines, and nothing else looks like a fence."""
    is_open = False
    for line in shown.split("\n"):
        if "```" in line:
            assert _FENCE.fullmatch(line), line
            assert not is_open or line.endswith("```"), line
            is_open = not is_open
    assert not is_open


@given(WILD)
@example("```py\n```\n> ```\n> ```\nout")
@example("<kbd>a</kbd>`b` ``c`d`` ``` e")
@example("\\``a`b``")
@example("```x a | b\n--- | ---\n1 | 2\n")
@example("> <li>\n| a |\n|---|\n| b |\n")
@example("so ```x a | b\n--- | ---\n1 | 2\n")
@example("|a|\n|-|\n|<pre>x</pre>|\n")
def test_fences_are_unambiguous(text: str) -> None:
    check_fences(to_discord_markdown(text))


@given(st.one_of(st.text(alphabet="`~ a>\n-<pre>/\\", max_size=40), st.text(alphabet="`[]():<>a/ \n", max_size=40)))
@example("[a]: ```")
@example("<ftp://```>")
@example("<a href='https://e.com/```'>a</a><a href='b```'>a</a>")
def test_so_are_those_of_the_oddest_texts(text: str) -> None:
    check_fences(to_discord_markdown(text))


@given(st.text(alphabet="ab 1|-:#>*_~`$\\()[]!<br/>&;\n", max_size=60))
def test_nor_do_the_oddest_texts(text: str) -> None:
    readable = StreamingMarkdown()
    assert "".join(map(readable.push, text)) + readable.end() == to_discord_markdown(text)


_HALF_WRITTEN = re.compile("p(y(t(ho?)?)?)?$")
"""The beginning of the language of a code block, which is no text: `visible` drops the whole word alone."""


@given(st.lists(FRAGMENTS, max_size=30), STEPS)
@example(["```", "\n```python\n| a |\n|---|\n```\n"], [1])
def test_every_frame_of_a_running_answer_is_a_beginning_of_the_whole(fragments: list[str], steps: list[int]) -> None:
    draft, running = AnswerRenderer(), []
    for piece in pieces("".join(fragments), steps):
        draft.push(piece)
        running.append(draft.frames(ended=False))
        check(running[-1])
    draft.end()
    assert draft.text == "".join(fragments)
    whole = draft.frames(ended=True)
    check(whole)
    assert letters(whole) == visible(to_discord_markdown(draft.text))
    for frames in running:
        shown = letters([*frames[:-1], *map(without_cursor, frames[-1:])])
        assert letters(whole).startswith(shown) or letters(whole).startswith(_HALF_WRITTEN.sub("", shown))


_prose = st.sampled_from(
    [
        *(
            "word ",
            "Words, and more. ",
            "**bold** ",
            "*it* ",
            "__u__ ",
            "~~s~~ ",
            "||hidden|| ",
            "`a_b` ",
            "(so) ",
            "a-b ",
        ),
        *("<@123> ", "<t:1:R> ", "[a](https://b.example/c) ", "https://d.example/e_(f)?g=h&i=j ", "5 < 6 > 4 ", "Hi! "),
        *("$5 each, ", "5 % "),
    ]
)
_lines = st.builds(
    lambda mark, words: mark + "".join(words),
    st.sampled_from(["", "", "- ", "  - ", "1. ", "> ", "# ", "## ", "### ", "-# ", "* "]),
    st.lists(_prose, min_size=1, max_size=8),
)


@given(st.lists(_lines, max_size=12), st.sampled_from(["\n", "\n\n"]))
def test_what_discord_draws_stays_character_for_character(lines: list[str], end: str) -> None:
    assert to_discord_markdown(end.join(lines)) == end.join(lines)


_code = st.text(alphabet=st.sampled_from([*"ab 1|-:#>*_$\\()[]!<br/>&;\n", "`", "~"]), max_size=80)
_AROUND = [text for text in [*CONSTRUCTS, *WORDS] if "`" not in text and "~" not in text]


@given(_code, st.sampled_from(["```", "```py", "````", "~~~", "~~~~ x"]), st.sampled_from(_AROUND))
@example("    ```\n\\(x\\)", "```", "word ")
def test_blocks_of_code_are_never_touched(code: str, fence: str, around: str) -> None:
    marks = fence.rstrip("py x")
    code = re.sub(f"{marks}{marks[0]}*", "", code)
    shown = f"{FENCE}{'py' if fence == '```py' else 'x' if fence[-1] == 'x' else ''}\n{_as_shown(code)}\n{FENCE}"
    shown = shown if code.strip() else ""
    assert f"\n\n{shown}\n" in to_discord_markdown(f"{around}\n\n{fence}\n{code}\n{marks}\n\n{around}")
    assert to_discord_markdown(f"{around}\n\n{fence}\n{code}").endswith(f"\n\n{shown}")


def _as_shown(code: str) -> str:
    """Return code without blank lines at its ends and blanks in others, and with backticks kept apart."""
    lines = [line if line.strip() else "" for line in code.split("\n")]
    return re.sub("``(?=`)", f"``{JOINER}", "\n".join(lines).strip("\n"))


_openers = st.lists(
    st.sampled_from(["a ", "x^2 ", "\\(", "\\[", "$", "$$", "![", "[", "![a](", "&", "<", "("]), max_size=4
).map("".join)
_closers = st.lists(st.sampled_from([" a", "\\)", "\\]", "$", "$$", "](http://c.d)", ")", ">", ";"]), max_size=4).map(
    "".join
)


@given(_openers, st.text(alphabet="ab 1|-:#>*_$\\()[]!<br/>&;~", min_size=1), st.sampled_from(["`", "``"]), _closers)
@example("![", "[]", "`", "](http://c.d)")
@example("![![a](", "1", "`", "\\)](http://c.d)")
@example("![", "[", "`", "](http://c.d)](http://c.d)")
def test_code_within_lines_is_never_touched(before: str, code: str, ticks: str, after: str) -> None:
    shown = f"`{code[1:-1] if len(code) > 2 and code[0] == code[-1] == ' ' and code.strip() else code}`"
    code = f"{ticks}{code}{ticks}"
    assert shown in to_discord_markdown(f"so {before}{code}{after}")
    assert to_discord_markdown(f"so {code} \\(x\\)") == f"so {shown} x"


_NUMBERED = [
    *("| w | w |\n|---|---|\n| w | w w |\n| w | w |\n", "| w | w |\n|---|---|\n| w w w w w w | w |\n"),
    *(
        "w | w\n--- | ---\nw | w\n",
        "#### w **w**\n",
        "> > w\n",
        "- [ ] w\n",
        "w<br>w",
        "![w](https://w.example)",
        "\n\n",
    ),
    *("![w](w.png \n", "`w`", "\n```\nw\n```\n", "|", "| w |", "\\(", "$", "**", "> ", "- ", "\n", " w ", "w&amp;w"),
]


@given(st.lists(st.sampled_from(_NUMBERED), max_size=15).map("".join))
def test_no_word_is_lost(text: str) -> None:
    count = iter(range(10_000))
    numbered = re.sub("w", lambda _: f"w{next(count)}e", text)
    shown = to_discord_markdown(numbered)
    assert set(re.findall(r"w\d+e", numbered)) <= set(re.findall(r"w\d+e", shown))


_LONGEST_HELD = len("[a](https://b.example/c)")


@given(st.lists(_prose, max_size=30).map("".join))
def test_the_words_of_a_sentence_go_out_as_they_come(text: str) -> None:
    readable, shown = StreamingMarkdown(), 0
    for at, char in enumerate(text, start=1):
        shown += len(readable.push(char))
        assert at - shown <= _LONGEST_HELD


REPEATED = [
    *CONSTRUCTS,
    *BROKEN,
    "| 1 | 2 |\n",
    "|x\n",
    "\\(a",
    "\\[a+b\n",
    "$1+",
    "$$1+ ",
    "![](",
    "![a](b",
    "[![a](",
    "x" * 50,
]


MANY = 12_000


@pytest.mark.parametrize("unit", REPEATED)
def test_only_the_end_of_a_text_is_kept(unit: str) -> None:
    readable = StreamingMarkdown()
    for char in (unit * MANY)[:MANY]:
        readable.push(char)
        assert len(readable._source._text) <= 2 * MAX_LINE + MAX_HELD
