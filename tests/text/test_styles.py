"""Marks of style on one page and over cuts: what is sent is drawn by Discord as the text means it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.code_fences import FENCE
from bot.text.pagination import MAX_PAGE_UNITS, Paginator, paginate
from tests.text.discord_reader import Drawn, read, styled, visible

FILLER = "word " * 390
"""Fills a page up to its last 50 characters."""


def page(text: str) -> str:
    """Return the only page of a text."""
    (only,) = paginate(text)
    return only.text


def drawn(texts: list[str]) -> list[Drawn]:
    """Return what Discord draws of several messages."""
    return [char for text in texts for char in read(text)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2 ** 3 and 4 ** 5", r"2 \*\* 3 and 4 ** 5"),
        ("2 ** 3", "2 ** 3"),
        ("a __ b", "a __ b"),
        ("a || b || c", r"a \|\| b || c"),
        ("a ~~ b ~~ c", r"a \~\~ b ~~ c"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("~~~~", "~~~~"),
        ("*.py and *.md", "*.py and *.md"),
        ("snake_case_name", "snake_case_name"),
        ("foo_bar_ baz", r"foo\_bar_ baz"),
        ("my__init__x", r"my\_\_init__x"),
        ("_____", r"\_\_\_\_\_"),
        ("****", r"\*\*\*\*"),
        ("a `tick and no other", "a `tick and no other"),
        ("a `tick\n\nand `another", "a \\`tick\n\nand `another"),
        ("**never closed", "**never closed"),
        ("**one\n\ntwo**", "\\*\\*one\n\ntwo**"),
        ("- **one\n- two**", "- \\*\\*one\n- two**"),
        ("# *one\ntwo*", "# \\*one\ntwo*"),
        ("x **y\n```\na ** b\n```", "x \\*\\*y\n```\na ** b\n```"),
        (r"\*as typed\*", r"\*as typed\*"),
        ("f(*args, **kw) and g(*args, **kw)", r"f(\*args, \*\*kw) and g(*args, **kw)"),
        ("x*(y + z)*w", r"x\*(y + z)*w"),
        ('a**"b"**c', r'a\*\*"b"**c'),
        ("sizeof(int*) and char*", r"sizeof(int\*) and char*"),
        ("f(x)*g(x)*h(x)", r"f(x)\*g(x)*h(x)"),
        ("COUNT(*), SUM(*)", r"COUNT(\*), SUM(*)"),
        ("src/**/x/**/*.py", r"src/\*\*/x/\*\*/*.py"),
        ("/a/__b__/c", r"/a/\_\_b__/c"),
        ("x**2 + y**2", r"x\*\*2 + y**2"),
        ("2**10 and 3**5", r"2\*\*10 and 3**5"),
        ("5*3*2", r"5\*3*2"),
        ("2*x + 3*y", r"2\*x + 3*y"),
        ("f(n)**2 - (n + 1)**2", r"f(n)\*\*2 - (n + 1)**2"),
        ("__init__ and __main__", r"\_\_init\_\_ and \_\_main__"),
        ("__init__.py", r"\_\_init__.py"),
        ("obj.__odd_one__ is", r"obj.\_\_odd_one__ is"),
        ("def __odd_one__(self):", r"def \_\_odd_one__(self):"),
        ('if __name__ == "__main__":', r'if \_\_name\_\_ == "\_\_main__":'),
        ("**a\n────────────\nb**", "\\*\\*a\n────────────\nb**"),
        ("*a\n════════════\nb*", "\\*a\n════════════\nb*"),
        ("**\n```\nx\n```\n**", "\\*\\*\n```\nx\n```\n**"),
    ],
)
def test_marks_that_are_only_characters_are_shown_as_typed(text: str, shown: str) -> None:
    assert page(text) == shown
    unescaped = text.replace("\\", "").replace("```", "")
    assert visible(shown) == "".join(unescaped.removeprefix("# ").split())


@pytest.mark.parametrize(
    ("text", "style", "words"),
    [
        ("**bold** and *it*", "bold", "bold"),
        ("***both***", "bold", "both"),
        ("***both***", "italic", "both"),
        ("**bold *and it***", "italic", "andit"),
        ("***it* and bold**", "bold", "itandbold"),
        ("***bold** and it*", "italic", "boldandit"),
        ("**a **b** c**", "bold", "abc"),
        ("__u _and it___", "italic", "andit"),
        ("~~s~~__u__", "strike", "s"),
        ("**标题：**内容", "bold", "标题："),
        ("**Step 1:**Install", "bold", "Step1:"),
        ("这是**“重点”**内容", "bold", "“重点”"),
        ('He said "**no**", (**so**)', "bold", "noso"),
        ("*5 * 3 = 15*", "italic", "5*3=15"),
        ("> **q\n> r** s", "bold", "qr"),
        ("* item **b**", "bold", "b"),
        ("[**b**](https://e.example)", "bold", "b"),
        ("**a***b*", "italic", "b"),
        ("*a***b**", "bold", "b"),
        ("~~a~~***b***~~c~~", "strike", "ac"),
        ("第**3**章 **2**nd", "bold", "32"),
        ("**Note:**text **（a）**好", "bold", "Note:（a）"),
        ("__underlined words__ and __so__", "underline", "underlinedwordsso"),
        ("__Init__ of it", "underline", "Init"),
        ("**https://e.com/a**。好", "bold", "https://e.com/a"),
        ("**请看https://e.com**好", "bold", "请看https://e.com"),
        ("*https://e.com/a*（好）", "italic", "https://e.com/a"),
        ("~~https://e.com\u200a~~x", "strike", "https://e.com"),
        ("**see https://e.com/x\u200a**word", "bold", "seehttps://e.com/x"),
        ("_https://e.com/a_。好", "italic", "https://e.com/a"),
    ],
)
def test_styles_are_drawn(text: str, style: str, words: str) -> None:
    assert styled(page(text), style) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Use `**kwargs` here**", "**Use** `**kwargs` **here**"),
        ("_use `my_var` here_", "_use_ `my_var` _here_"),
        ("*see https://e.example/a*b now*", "*see* https://e.example/a*b *now*"),
        ("_see https://e.example/a_b) now_", "_see_ https://e.example/a_b\u200a_) now_"),
        ("**plain `code` inside**", "**plain `code` inside**"),
    ],
)
def test_a_style_makes_way_for_code_that_would_end_it(text: str, shown: str) -> None:
    assert page(text) == shown


@pytest.mark.parametrize(
    ("mark", "style"), [("**", "bold"), ("*", "italic"), ("_", "italic"), ("__", "underline"), ("~~", "strike")]
)
def test_a_style_over_a_cut_is_closed_and_opened_again(mark: str, style: str) -> None:
    first, second = paginate(f"{FILLER}and {mark}words that go on over the cut and more of them{mark} then not.")
    assert first.text.endswith(mark)
    assert second.text.startswith(mark)
    assert styled(first.text, style) + styled(second.text, style) == "wordsthatgoonoverthecutandmoreofthem"
    assert first.text.count(mark) == second.text.count(mark) == 2


def test_styles_in_styles_are_closed_the_innermost_first() -> None:
    first, second = paginate(f"{FILLER}and **bold *with italic words in it over the cut* and on** then")
    assert first.text.endswith("***")
    assert second.text.startswith("***")
    assert styled(first.text + " " + second.text, "bold") == "boldwithitalicwordsinitoverthecutandon"


def test_a_mark_that_is_closed_too_late_is_shown_as_typed_and_so_is_what_closes_it() -> None:
    first, second = paginate(f"{FILLER}and **words {'that go on ' * 40}too late** then")
    assert visible(first.text).count("**") == visible(second.text).count("**") == 1
    assert not styled(first.text, "bold") + styled(second.text, "bold")


def test_a_style_does_not_wait_beyond_its_paragraph() -> None:
    pager = Paginator()
    pager.add(f"{FILLER}and **words that go on over the cut and more\n\nof it")
    assert len(pager.pages(ended=False)) == 2


def test_a_page_with_an_open_style_waits_for_300_characters() -> None:
    pager = Paginator()
    pager.add(f"{FILLER}and **bold words that go on over the cut and more of it")
    assert len(pager.pages(ended=False)) == 1
    pager.add(" word" * 60)
    assert len(pager.pages(ended=False)) == 2


def test_an_open_style_of_a_running_answer_is_neither_drawn_nor_are_its_marks_shown() -> None:
    pager = Paginator()
    for piece, shown in [
        ("This is *", "This is"),
        ("*", "This is"),
        ("bold", "This is bold"),
        ("*", "This is bold"),
        ("* and", "This is **bold** and"),
        (" `co", "This is **bold** and"),
        ("de` ", "This is **bold** and `code`"),
        ("~~never closed" + " words" * 60, None),
    ]:
        pager.add(piece)
        (only,) = pager.pages(ended=False)
        assert shown is None or only.text == shown
    assert "~~never" in only.text


_styles = st.lists(
    st.tuples(
        st.sampled_from(["", "", "**", "*", "_", "__", "~~", "***", "`"]),
        st.lists(st.sampled_from(["words", "of", "it,", "and", "(so)", "on"]), min_size=1, max_size=20),
    ),
    max_size=60,
)
_NAMES = {"**": {"bold"}, "*": {"italic"}, "_": {"italic"}, "__": {"underline"}, "~~": {"strike"}, "`": {"code"}}


def meant(runs: list[tuple[str, list[str]]]) -> list[Drawn]:
    """Return what runs of words mean, each with the mark around it."""
    return [
        Drawn(char, frozenset(_NAMES.get(mark, {"bold", "italic"} if mark else set())))
        for mark, words in runs
        for char in "".join(words)
    ]


def written(runs: list[tuple[str, list[str]]], end: str) -> str:
    """Return the text of runs of words."""
    return end.join(mark + " ".join(words) + mark for mark, words in runs)


@given(_styles, st.integers(0, 2000), st.sampled_from([" ", "\n", "\n\n", "\n- "]))
def test_every_word_keeps_its_style_wherever_the_pages_are_cut(
    runs: list[tuple[str, list[str]]], before: int, end: str
) -> None:
    filler = "x" * 9 + " "
    text = filler * (before // 10) + written(runs, end)
    shown = drawn([page.text for page in paginate(text)])
    expected = [Drawn("x", frozenset())] * 9 * (before // 10) + meant(runs)
    assert [char for char in shown if char.char != "-"] == expected


@given(_styles, st.lists(st.integers(1, 80), min_size=1, max_size=10))
def test_no_frame_draws_a_style_that_the_text_does_not_have(
    runs: list[tuple[str, list[str]]], steps: list[int]
) -> None:
    text, pager, at, step = written(runs, " "), Paginator(), 0, 0
    expected = meant(runs)
    while at < len(text):
        pager.add(text[at : at + steps[step % len(steps)]])
        at, step = at + steps[step % len(steps)], step + 1
        shown = drawn([page.text for page in pager.pages(ended=False)])
        assert [char.char for char in shown] == [char.char for char in expected[: len(shown)]]
        assert all(char.styles <= whole.styles for char, whole in zip(shown, expected, strict=False))


_WORDS = ["word", "word ", " ", "\n", "\n\n", "(", ".", "é", "words of it " * 12, "https://e.example/a_b "]
_MARKS = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    " * ",
    " ** ",
    "`",
    "||",
    " || ",
    "`x*y` ",
    "**b** ",
    "_i_ ",
    "\n- ",
    "\n> ",
]
_wild = st.lists(st.sampled_from([*_WORDS, *_MARKS]), max_size=60).map("".join).filter(lambda text: FENCE not in text)


@given(_wild)
def test_no_visible_character_is_lost_or_added(text: str) -> None:
    shown = "".join(visible(page.text) for page in paginate(text))
    marks = str.maketrans("", "", "*_~|`>-\\")
    assert shown.translate(marks) == "".join(text.split()).translate(marks)


@given(_wild)
def test_no_style_goes_beyond_a_blank_line(text: str) -> None:
    pages = paginate(f"{text}\n\nafterwards")
    tail = read(pages[-1].text)[-len("afterwards") :]
    assert all(char.styles <= {"spoiler", "quote"} for char in tail)
    assert len(pages[-1].text) <= MAX_PAGE_UNITS
