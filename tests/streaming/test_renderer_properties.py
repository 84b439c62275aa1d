"""What holds for every answer while it grows, of any content and in any pieces."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.streaming.canvas import Frame
from bot.streaming.renderer import CURSOR, AnswerRenderer
from bot.streaming.segment import MAX_MESSAGES
from bot.text.code_fences import FENCE
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len
from tests.examples import share_of_examples

YES = Button("Yes", "say", "yes", token="t1")
SITE = Button("Site", "link", "https://example.com")

_texts = st.sampled_from(
    [
        "word ",
        "Sentence one. ",
        "two words\n",
        "\n\n",
        " ",
        "```",
        "```python\n",
        "\n```\n",
        "`inline code`",
        "``",
        "`",
        "[a link with words](https://example.com/x)",
        "👩‍💻",
        "\ud83d",
        "\ude00",
        "\0",
        "x" * 300,
        " " * 150,
        "def f():\n    return (1)\n",
        "𝒳" * 80,
        "long words of an answer " * 40,
        "value = compute(value) # again\n" * 70,
    ]
)
# No exclamation mark: before a link it makes an image, which is shown as a link without it.
_odd_texts = st.text(alphabet="äß?() \n`▌−é\u0301😀\ud800\udfff", max_size=12)
_extras: st.SearchStrategy[Chunk] = st.sampled_from(
    [
        Image("https://example.com/cat.png"),
        Card("A card", "with a line", "https://example.com/dog.png"),
        Card("A card", buttons=(YES, SITE)),
        Buttons("Choose one:", (YES,)),
        Buttons("", (YES, SITE)),
    ]
)
PIECES = st.lists(st.one_of(_texts, _texts, _texts, _odd_texts, _extras), max_size=60)
CAPTIONS = st.sampled_from(["", "-# Ada asked: why?", "-# Ada asked: " + "\\*" * 200])
NOTICES = st.lists(st.sampled_from(["-# A notice.", "-# A long notice. " + "Words " * 150]), max_size=2)


def check(frames: list[Frame]) -> None:
    """Check that every frame is one that Discord accepts and a reader can read."""
    for frame in frames:
        assert utf16_len(frame.text) <= MAX_PAGE_UNITS
        assert frame.text.strip() or frame.rich
        assert frame.text.count(FENCE) % 2 == 0
        assert "\0" not in frame.text
        frame.text.encode()


def letters(frames: list[Frame]) -> str:
    """Return what the frames say, without white space, marks and what reopens a block on a further page."""
    return visible("".join(frame.text for frame in frames))


def visible(text: str) -> str:
    """Return the part of a text that no page break changes."""
    return re.sub(r"[\s`*_~|\\>\u200b]|python", "", text)


@given(pieces=PIECES, notices=NOTICES, caption=CAPTIONS)
@example(pieces=["x" * 1999, "\ud83d", "\ude00"], notices=[], caption="")
@example(pieces=["``", "``", "``", "`" * 60, "`x"], notices=[], caption="")
@example(pieces=["```", Buttons("", (YES,)), "```"], notices=["-# A notice."], caption="-# Ada asked: why?")
@example(pieces=["x" * 1980, "y", "z" * 30], notices=[], caption="-# Ada asked: why?")
def test_every_frame_of_a_running_answer_is_a_beginning_of_the_whole(
    pieces: list[Chunk], notices: list[str], caption: str
) -> None:
    renderer, running = AnswerRenderer(caption=caption), list[list[Frame]]()
    for piece in pieces:
        renderer.push(piece)
        frames = renderer.frames(ended=False)
        check(frames)
        assert all(frame.text.startswith(caption) for frame in frames[:1])
        assert len(frames) <= MAX_MESSAGES
        if running:
            full = running[-1][:-1]
            assert len(frames) >= len(running[-1])
            assert frames[: len(full)] == full
        running.append(frames)
    renderer.end()
    whole, final = renderer.frames(ended=True), renderer.frames(ended=True, notices=notices)
    check(final)
    assert len(whole) >= (len(running[-1]) if running else 0)
    for frames in running:
        assert letters([*frames[:-1], *map(without_cursor, frames[-1:])]) == letters(whole)[: length(frames)]
    if len(whole) <= MAX_MESSAGES:
        if "``" not in renderer.text:
            assert letters(whole) == visible(caption if whole else "") + visible(renderer.text)
        else:  # what stands behind a fence is its info string, which is not shown
            rest = iter(visible(caption + renderer.text))
            assert all(letter in rest for letter in letters(whole))
        assert letters(final) == (letters(whole) or visible(caption if final else "")) + visible("".join(notices))


def without_cursor(frame: Frame) -> Frame:
    """Return a frame without the cursor."""
    return Frame(frame.text.removesuffix(CURSOR).removesuffix(CURSOR.strip()), frame.rich)


def length(frames: list[Frame]) -> int:
    """Return how much of the whole the frames of a running answer show."""
    return len(letters([*frames[:-1], *map(without_cursor, frames[-1:])]))


@share_of_examples(0.5)
@given(pieces=st.lists(st.one_of(_texts, _odd_texts, _extras), max_size=12), notices=NOTICES)
def test_what_is_shown_does_not_depend_on_how_it_arrived(pieces: list[Chunk], notices: list[str]) -> None:
    at_once, one_by_one = AnswerRenderer(), AnswerRenderer()
    for piece in joined(pieces):
        at_once.push(piece)
    for piece in pieces:
        for part in piece if isinstance(piece, str) else [piece]:
            one_by_one.push(part)
            one_by_one.frames(ended=False)
    for renderer in (at_once, one_by_one):
        renderer.end()
    assert at_once.text == one_by_one.text
    assert at_once.frames(ended=True, notices=notices) == one_by_one.frames(ended=True, notices=notices)


def joined(pieces: list[Chunk]) -> list[Chunk]:
    """Return the pieces with neighbouring texts put together."""
    result: list[Chunk] = []
    for piece in pieces:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        else:
            result.append(piece)
    return result
