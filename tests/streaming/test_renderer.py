"""How an answer's pieces become messages: their order, their limits, and what is below the last one."""

import pytest

from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.streaming.canvas import Frame, TextFile
from bot.streaming.renderer import AnswerRenderer
from bot.streaming.segment import MAX_MESSAGES
from bot.strings.notices import file_refused, too_many_messages
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len

YES = Button("Yes", "say", "yes", token="t1")
NO = Button("No", "say", "no", token="t2")
CAT = Image("https://example.com/cat.png")
CARD = Card("A card", "with a line", "https://example.com/dog.png")
PRESSED = Card("Another card", buttons=(YES,))


def rendered(*pieces: Chunk) -> AnswerRenderer:
    """Return a complete answer."""
    renderer = AnswerRenderer()
    for piece in pieces:
        renderer.push(piece)
    renderer.end()
    return renderer


def final(*pieces: Chunk, notices: tuple[str, ...] = ()) -> list[Frame]:
    """Return the messages of a complete answer."""
    return rendered(*pieces).frames(ended=True, notices=notices)


class TestText:
    """Plain answers."""

    def test_the_cursor_is_at_the_end_of_the_last_message(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("Hello, ")
        assert renderer.frames(ended=False) == [Frame("Hello, ▌".replace(", ", ", "))]
        renderer.push("world " * 400)
        running = renderer.frames(ended=False)
        assert [frame.text.endswith(" ▌") for frame in running] == [False, True]

    def test_the_cursor_is_outside_of_what_is_closed(self) -> None:
        for text, shown in [("||se", "||se|| ▌"), ("> **q", "> q ▌"), ("see https://e.example/ab", "see ▌")]:
            renderer = AnswerRenderer()
            renderer.push(text)
            assert renderer.frames(ended=False) == [Frame(shown)]

    def test_a_spoiler_that_was_none_is_shown_in_all_messages_in_the_end(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("Look: ||" + "some hidden words " * 300)
        running = renderer.frames(ended=False)
        assert all("||" in frame.text for frame in running)
        renderer.end()
        ended = renderer.frames(ended=True)
        assert len(ended) == len(running)
        assert "".join(frame.text for frame in ended).count("||") == 1

    def test_a_picture_below_a_spoiler_does_not_show_it(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("||hidden")
        renderer.push(CAT)
        assert renderer.frames(ended=False)[0].text == "||hidden|| ▌"
        renderer.end()
        assert renderer.frames(ended=True)[0].text == "||hidden"

    def test_the_cursor_is_left_out_if_there_is_no_room_for_it(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("x" * (MAX_PAGE_UNITS - 1))
        assert renderer.frames(ended=False) == [Frame("x" * (MAX_PAGE_UNITS - 1))]

    def test_the_cursor_comes_after_a_closed_fence(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("```py\nx = 1")
        assert renderer.frames(ended=False) == [Frame("```py\nx = 1\n``` ▌")]

    @pytest.mark.parametrize(
        ("pieces", "text"),
        [
            (("\ud83d", "\ude00"), "😀"),
            (("a\ud83d", "\ude00b"), "a😀b"),
            (("\ud83d\ude00",), "😀"),
            (("\ud83d",), "\ufffd"),
            (("a\ud83d", "b"), "a\ufffdb"),
            (("\ude00\ud83d",), "\ufffd\ufffd"),
            (("\ud83d", "\ud83d", "\ude00"), "\ufffd😀"),
            (("nul\0l",), "nul\ufffdl"),
            (("\ud83d", "", "\ude00"), "😀"),
        ],
    )
    def test_characters_that_no_api_accepts_are_replaced(self, pieces: tuple[str, ...], text: str) -> None:
        renderer = rendered(*pieces)
        assert renderer.text == text
        assert renderer.frames(ended=True) == [Frame(text)]

    def test_half_an_emoji_is_not_shown(self) -> None:
        renderer = AnswerRenderer()
        renderer.push("Look: \ud83d")
        assert renderer.frames(ended=False) == [Frame("Look: ▌")]

    def test_nothing_but_white_space_is_nothing(self) -> None:
        renderer = rendered(" \n ", "\u2003")
        assert renderer.empty
        assert renderer.frames(ended=True) == []
        assert not rendered(CAT).empty


class TestNotices:
    """What the bot adds below an answer."""

    def test_they_are_below_the_last_message(self) -> None:
        frames = final("word " * 600, notices=("-# One.", "-# Two."))
        assert len(frames) == 2
        assert frames[1].text.endswith("word\n-# One.\n-# Two.")

    def test_they_are_alone_if_there_is_no_answer(self) -> None:
        assert final(notices=("-# Nothing.",)) == [Frame("-# Nothing.")]

    def test_they_get_a_message_of_their_own_if_the_last_one_is_full(self) -> None:
        assert final("x" * MAX_PAGE_UNITS, notices=("-# One.",)) == [Frame("x" * MAX_PAGE_UNITS), Frame("-# One.")]

    def test_they_are_no_part_of_a_quotation_to_the_end(self) -> None:
        assert final(">>> Quoted.", notices=("-# One.",)) == [Frame(">>> Quoted."), Frame("-# One.")]
        assert len(final("```\n>>> 1 + 1\n```", notices=("-# One.",))) == 1
        assert final("> Quoted.", notices=("-# One.",)) == [Frame("> Quoted.\n-# One.")]

    def test_they_are_above_the_buttons(self) -> None:
        assert final("Text", Buttons("", (YES,)), notices=("-# One.",)) == [
            Frame("Text\n-# One.", (Buttons("", (YES,)),))
        ]

    def test_they_go_with_a_lone_picture(self) -> None:
        assert final(CAT, notices=("-# One.",)) == [Frame("-# One.", (CAT,))]


class TestExtras:
    """Pictures, cards and buttons."""

    def test_pieces_keep_their_order(self) -> None:
        choices = Buttons("Choose:", (YES, NO))
        assert final("First.", CAT, "Second.", choices, CARD, "Third.", PRESSED, PRESSED) == [
            Frame("First.", (CAT,)),
            Frame("Second.\n\nChoose:", (choices,)),
            Frame("", (CARD,)),
            Frame("Third.", (PRESSED,)),
            Frame("", (PRESSED,)),
        ]

    def test_a_title_without_text_before_it_is_the_text(self) -> None:
        assert final(Buttons("Choose:", (YES,))) == [Frame("Choose:", (Buttons("Choose:", (YES,)),))]

    def test_white_space_after_a_picture_starts_no_message(self) -> None:
        assert final(CAT, "\n\n", CARD) == [Frame("", (CAT, CARD))]

    def test_they_are_below_the_last_page_of_their_text(self) -> None:
        frames = final("word " * 600, CAT)
        assert [frame.rich for frame in frames] == [(), (CAT,)]

    def test_a_message_takes_ten_pictures(self) -> None:
        assert [len(frame.rich) for frame in final("Many:", *[CAT] * 12)] == [10, 2]

    def test_a_message_takes_twenty_five_buttons(self) -> None:
        rows = [Buttons("", (YES,) * 10) for _ in range(3)]
        assert [len(frame.rich) for frame in final("Many:", *rows)] == [2, 1]

    def test_a_picture_does_not_slip_above_buttons_that_came_before_it(self) -> None:
        assert [frame.rich for frame in final(Buttons("", (YES,)), CAT)] == [(Buttons("", (YES,)),), (CAT,)]

    def test_refused_ones_are_left_out_and_the_others_stay(self) -> None:
        renderer = rendered("First.", CAT, "Second.", CARD)
        renderer.drop_extras((CARD,), ())
        assert renderer.frames(ended=True) == [Frame("First.", (CAT,)), Frame("Second.")]
        renderer.drop_extras((CAT,), ())
        assert renderer.frames(ended=True) == [Frame("First."), Frame("Second.")]


class TestTooLong:
    """Answers that would fill a channel."""

    TEXT = "\n\n".join(f"Paragraph {number}. " + "words " * 300 for number in range(40))

    def test_the_rest_comes_as_a_file(self) -> None:
        frames = final(self.TEXT, notices=("-# One.",))
        assert len(frames) == MAX_MESSAGES + 1
        notice = f"{too_many_messages(len(self.TEXT))}\n-# One."
        assert frames[-1] == Frame(notice, file=TextFile("answer.md", self.TEXT))
        assert all(frame.file is None for frame in frames[:-1])
        assert all(utf16_len(frame.text) <= MAX_PAGE_UNITS for frame in frames)

    def test_no_more_messages_are_started_while_it_grows(self) -> None:
        renderer = AnswerRenderer()
        renderer.push(self.TEXT)
        assert len(renderer.frames(ended=False)) == MAX_MESSAGES

    def test_a_canvas_may_take_fewer(self) -> None:
        renderer = AnswerRenderer(5)
        renderer.push(self.TEXT)
        assert len(renderer.frames(ended=False)) == 5
        *pages, last = renderer.frames(ended=True)
        assert len(pages) == 5
        assert last == Frame(too_many_messages(len(self.TEXT)), file=TextFile("answer.md", self.TEXT))

    def test_a_file_that_is_refused_is_left_out_and_missed(self) -> None:
        renderer = AnswerRenderer(5)
        renderer.push(self.TEXT)
        before = renderer.frames(ended=True)
        renderer.drop_file()
        *pages, last = renderer.frames(ended=True)
        assert pages == before[:-1]
        assert last == Frame(file_refused(len(self.TEXT)))

    def test_as_many_as_fit_need_no_file(self) -> None:
        frames = final("x" * MAX_PAGE_UNITS * MAX_MESSAGES)
        assert len(frames) == MAX_MESSAGES
        assert frames[-1].file is None


class TestCaptions:
    """The line above an answer's first message, which has room for it whatever becomes of the rest."""

    def test_it_is_alone_if_discord_takes_nothing_of_what_is_below_it(self) -> None:
        caption, picture = f"-# Ada asked: {'why ' * 40}", Image("https://example.com/a.png")
        renderer = AnswerRenderer(caption=caption)
        renderer.push(picture)
        renderer.push("word " * 1000)
        renderer.end()
        assert [frame.rich for frame in renderer.frames(ended=True)[:1]] == [(picture,)]
        renderer.drop_extras((picture,), ())
        first, *others = renderer.frames(ended=True)
        assert first.text == caption
        assert all(len(frame.text) <= 2000 for frame in others)

    @pytest.mark.parametrize("length", range(1960, 2000, 7))
    def test_the_one_without_words_fits_above_what_the_other_was_above(self, length: int) -> None:
        renderer = AnswerRenderer(caption="-# Al asked: hi", bare_caption="-# Somebody asked this")
        renderer.push("x" * length + "y" * 100)
        renderer.end()
        pages = renderer.frames(ended=True)
        renderer.shorten_caption("-# Somebody asked this")
        shortened = renderer.frames(ended=True)
        assert all(len(frame.text) <= 2000 for frame in (*pages, *shortened))
        assert [frame.text.partition("\n")[2] for frame in pages[:1]] == [
            frame.text.partition("\n")[2] for frame in shortened[:1]
        ]
