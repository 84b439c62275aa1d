"""Questions and answers as stored JSON: reading returns exactly what was written."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.stored_answers import read_button, read_pieces, read_question, write_pieces, write_question
from bot.domain.answer import Answer
from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.domain.question import Location, Question, Quote, Thread
from bot.streaming.renderer import AnswerRenderer
from tests.examples import share_of_examples
from tests.fakes.providers_and_stores import make_question


def whole(text: str) -> str:
    """Return `text` in which halves of a surrogate pair that meet are one character; others stay alone."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


AWKWARD = st.sampled_from(['"', "\\", "`", "<@1>", "[", "{}", "\n", "\r", "\t", "\0", " ▌", "\ud83d", "\ude00", "🙂"])
HALVES = st.lists(AWKWARD | st.characters(), max_size=8).map("".join)
"""Texts in which even a character may be broken in two, as a stream may break it."""
WILD = HALVES.map(whole)
PLACES = st.builds(Location, st.integers(1, 9), st.integers(1, 9), st.none() | st.integers(1, 9))
QUOTES = st.builds(Quote, WILD, WILD, st.sampled_from(["message", "forward", "system", "empty"]))
QUESTIONS = st.builds(
    Question,
    id=st.integers(1, 2**63),
    location=PLACES,
    asker=st.integers(1, 2**63),
    text=WILD,
    quote=st.none() | QUOTES,
    attachments=st.lists(WILD, max_size=3).map(tuple),
    provider=st.none() | st.sampled_from(["chatbase", "tamako"]),
    jump=st.none() | WILD.filter(bool),
    by_message=st.booleans(),
    thread=st.none() | st.builds(Thread, WILD, st.booleans(), st.none() | QUOTES, st.booleans()),
)
BUTTONS = st.lists(st.builds(Button, WILD, st.sampled_from(["say", "jump", "link"]), WILD, WILD), max_size=3).map(tuple)
RICH = st.one_of(st.builds(Image, WILD), st.builds(Card, WILD, WILD, WILD, BUTTONS), st.builds(Buttons, WILD, BUTTONS))
PIECES = st.lists(HALVES | HALVES | RICH, max_size=5)


def answer_to(question: Question) -> Answer:
    """Return what is stored of the question's answer."""
    return Answer("an-id", question.id, question.by_message, question.location, question.asker, shown=0)


def joined(pieces: list[Chunk]) -> list[Chunk]:
    """Return `pieces` with texts that follow one another as one."""
    all_joined: list[Chunk] = []
    for piece in pieces:
        if isinstance(piece, str) and all_joined and isinstance(all_joined[-1], str):
            all_joined[-1] += piece
        else:
            all_joined.append(piece)
    return [whole(piece) if isinstance(piece, str) else piece for piece in all_joined]


def could_be_stored(written: str) -> bool:
    """Tell whether any database takes it: characters that can be seen, and no others."""
    return written.isascii() and written.isprintable()


@given(QUESTIONS)
def test_a_question_is_read_as_it_was_written(question: Question) -> None:
    written = write_question(question)
    assert could_be_stored(written)
    assert read_question(written, answer_to(question), question.provider) == question


def test_a_question_is_asked_of_whom_the_reader_says() -> None:
    question = replace(make_question(), provider="tamako")
    written = write_question(question)
    assert read_question(written, answer_to(question), "chatbase").provider == "chatbase"
    assert read_question(written, answer_to(question), None).provider is None


@share_of_examples(0.3)
@given(PIECES)
def test_an_answer_is_read_as_it_was_written_and_looks_the_same(pieces: list[Chunk]) -> None:
    written = write_pieces(pieces)
    assert could_be_stored(written)
    read = list(read_pieces(written))
    assert read == joined(pieces)
    before, after = draft_of(pieces), draft_of(read)
    assert (after.text, after.empty) == (before.text, before.empty)
    shown = [(frame.text.split(), frame.rich) for frame in before.frames(ended=True)]
    assert [(frame.text.split(), frame.rich) for frame in after.frames(ended=True)] == shown


def draft_of(pieces: list[Chunk]) -> AnswerRenderer:
    """Return the answer that `pieces` make."""
    draft = AnswerRenderer()
    for piece in pieces:
        draft.push(piece)
    draft.end()
    return draft


@share_of_examples(0.5)
@given(PIECES, WILD.filter(bool))
def test_a_button_is_read_by_its_token_alone(pieces: list[Chunk], other: str) -> None:
    written = write_pieces(pieces)
    buttons = [button for piece in pieces if isinstance(piece, Card | Buttons) for button in piece.buttons]
    for button in buttons:
        assert read_button(written, button.token) == next(each for each in buttons if each.token == button.token)
    if other not in {button.token for button in buttons}:
        assert read_button(written, other) is None


def test_a_text_that_looks_like_a_button_is_none() -> None:
    token = "answer:1:0"
    lookalike = f'{{"title": "t", "action": "say", "value": "v", "token": "{token}"}}'
    hidden = Buttons(lookalike, (Button(lookalike, "say", lookalike, "answer:1:1"),))
    assert read_button(write_pieces([lookalike, hidden]), token) is None
    real = Button(lookalike, "say", '{"title": "', token)
    assert read_button(write_pieces([lookalike, hidden, Card(lookalike, lookalike, "", (real,))]), token) == real
