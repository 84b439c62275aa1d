"""A question with its files, which are shortened before it would be too long."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.question_text import (
    MAX_REMEMBERED_FILE_CHARS,
    TextWithFiles,
    add_files,
    add_remembered_files,
    compose_within,
)
from bot.domain.attachments import AttachedFile
from bot.domain.provider import is_within
from bot.domain.question import MIN_CONTEXT_CHARS, Question, Quote
from tests.fakes.providers_and_stores import make_question

TEXT = st.text(st.sampled_from("ab \n"), max_size=60)


def with_files(*texts: str | None, question: str = "why?") -> Question:
    """Return a question with files of these texts."""
    files = tuple(AttachedFile(f"{number}.txt", text=text) for number, text in enumerate(texts))
    return replace(make_question(question), files=files)


def compose_for(question: Question, takes: Callable[[str], bool]) -> TextWithFiles:
    """Return what a provider gets of a question."""
    return add_files(compose_within(question, takes), question.files, takes)


def test_files_come_first_and_say_where_they_end() -> None:
    question = replace(with_files("one\ntwo", None, "three"), quote=Quote("Ada", "Look."), attachments=("a.png",))
    assert compose_for(question, lambda _: True).text == (
        "[attached file: 0.txt]\none\ntwo\n[end of 0.txt]\n\n[attached file: 2.txt]\nthree\n[end of 2.txt]\n\n"
        "Ada wrote:\n> Look.\n\nwhy?\n\n[attachment not read: a.png]"
    )


def test_a_file_alone_is_the_question() -> None:
    assert compose_for(with_files("one", question=""), lambda _: True).text == (
        "[attached file: 0.txt]\none\n[end of 0.txt]"
    )


def test_the_first_files_stay_whole_and_the_next_is_cut() -> None:
    question = with_files("a" * 100, "b" * 1000, "c" * 50)
    composed = compose_for(question, lambda text: is_within(text, 500))
    assert (composed.shortened, composed.left_out) == (("1.txt",), ("2.txt",))
    assert composed.text.count("a" * 100) == 1
    assert len(composed.text) == 500
    assert composed.text.endswith("b\n[1.txt goes on, but the rest does not fit]\n\nwhy?")


def test_without_any_room_the_question_is_sent_alone() -> None:
    question = replace(with_files("a" * 100, question="q" * 250), attachments=("a-very-long-name.png",))
    composed = compose_for(question, lambda text: is_within(text, 256))
    assert (composed.text, composed.left_out) == ("q" * 250, ("0.txt",))


@given(
    st.lists(TEXT, max_size=4), TEXT, st.lists(st.sampled_from(["a.png", "b.zip"]), max_size=3).map(tuple), st.data()
)
def test_it_fits_whenever_the_question_does_and_loses_nothing_unsaid(
    texts: list[str], asked: str, names: tuple[str, ...], data: st.DataObject
) -> None:
    question = replace(with_files(*texts, question=asked), attachments=names)
    limit = data.draw(st.integers(len(asked), 400))
    composed = compose_for(question, lambda text: is_within(text, limit))
    assert len(composed.text) <= limit
    assert asked in composed.text
    said = {*composed.shortened, *composed.left_out}
    for file in question.files:
        assert not file.text or file.name in said or f"]\n{file.text}\n[end of {file.name}]" in composed.text


@pytest.mark.parametrize(("length", "whole"), [(9_000, True), (MAX_REMEMBERED_FILE_CHARS + 1, False)])
def test_the_history_keeps_a_bounded_part(length: int, whole: bool) -> None:
    text = add_remembered_files("why?", with_files("x" * length).files)
    assert (text.count("x" * length) == 1) == whole
    assert len(text) <= MAX_REMEMBERED_FILE_CHARS + len("why?")
    assert text.endswith("\n\nwhy?")


def test_a_quoted_message_is_shortened_before_a_question_is_too_long() -> None:
    question = replace(make_question("why?"), quote=Quote("Ada", "y" * 900), attachments=("a.txt",))
    composed = compose_within(question, lambda text: len(text) <= 300)
    assert len(composed) == 300
    assert composed.startswith("Ada wrote:\n> yyy")
    assert composed.endswith(" […]\n\nwhy?")
    assert compose_within(question, lambda text: len(text) <= 5000) == question.compose()
    least = compose_within(question, lambda _: False)
    assert least.count("y") == MIN_CONTEXT_CHARS + 1  # and that of the question
