"""Whether a message speaks to the bot, and what it asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.reading.addressing import HelpRequest, QuestionText, read_message

BOT = 4711
ME = f"<@{BOT}>"


def read(
    content: str, *, prefix: str | None = "!", addressed: bool | None = None, overheard: bool = False
) -> QuestionText | HelpRequest | None:
    """Read a message in a server: it is addressed if it mentions the bot, unless said otherwise."""
    mentioned = ME in content or f"<@!{BOT}>" in content
    spoken_to = mentioned if addressed is None else addressed
    return read_message(content, bot=BOT, prefix=prefix, addressed=spoken_to, overheard=overheard)


@pytest.mark.parametrize(
    ("content", "question"),
    [
        (f"{ME} what is it?", "what is it?"),
        (f"what is it? {ME}", "what is it?"),
        (f"what {ME} is it?", "what is it?"),
        (f"{ME}what is it?", "what is it?"),
        (f"<@!{BOT}> what is it?", "what is it?"),
        (f"{ME}, what is it?", "what is it?"),
        (f"{ME} {ME} twice", "twice"),
        (f"  {ME}\n\nwhat\n  is it?  ", "what\n  is it?"),
        (f"{ME} ask <@12345> about <@{BOT}0>", f"ask <@12345> about <@{BOT}0>"),
        (ME, ""),
        (f" {ME} \n", ""),
    ],
)
def test_a_mention_anywhere_asks_and_is_taken_out(content: str, question: str) -> None:
    assert read(content) == QuestionText(question)


def test_a_direct_message_needs_no_mention() -> None:
    assert read("what is it?", prefix=None, addressed=True) == QuestionText("what is it?")
    assert read("", prefix=None, addressed=True) == QuestionText("")


@pytest.mark.parametrize("content", ["what is it?", "@bot hello", "<@12345> hello", "@everyone hello", ""])
def test_what_is_not_meant_is_left_alone(content: str) -> None:
    assert read(content) is None
    assert read(content, prefix=None) is None


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("!ask what is it?", QuestionText("what is it?")),
        ("!ASK what is it?", QuestionText("what is it?")),
        ("!ask\nwhat is it?", QuestionText("what is it?")),
        ("  !ask   what  is it? ", QuestionText("what  is it?")),
        ("!ask", QuestionText("")),
        ("!help", HelpRequest()),
        ("!Help me please", HelpRequest()),
        (f"{ME} !help", HelpRequest()),
        (f"!ask {ME} what is it?", QuestionText("what is it?")),
        ("!asking for a friend", None),
        ("!helpful", None),
        ("! ask what", None),
        ("well !ask what", None),
        ("ask what", None),
        ("!", None),
        ("!other command", None),
    ],
)
def test_text_commands(content: str, wanted: QuestionText | HelpRequest | None) -> None:
    assert read(content) == wanted


@pytest.mark.parametrize("prefix", [".", "?", "*", "$", "^", "(", "[a-z]", "\\", "a|b", "hey ", "Tama!", "🤖"])
def test_a_prefix_is_taken_literally(prefix: str) -> None:
    assert read(f"{prefix}ask what?", prefix=prefix) == QuestionText("what?")
    assert read("xask what?", prefix=prefix) is None
    assert read("ask what?", prefix=prefix) is None
    assert read("!ask what?", prefix=prefix) is None


def test_without_the_intent_there_are_no_text_commands() -> None:
    assert read("!ask what?", prefix=None) is None
    assert read(f"{ME} !ask what?", prefix=None) == QuestionText("!ask what?")
    assert read(f"{ME} !ask what?", prefix="") == QuestionText("!ask what?")


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("what is it?", QuestionText("what is it?", spoken_to=False)),
        ("what does <@12345> say?", QuestionText("what does <@12345> say?", spoken_to=False)),
        ("mail me@here.org, @everyone", QuestionText("mail me@here.org, @everyone", spoken_to=False)),
        ("@everyones dream", QuestionText("@everyones dream", spoken_to=False)),
        ("<#12345> is where?", QuestionText("<#12345> is where?", spoken_to=False)),
        ("!other command", QuestionText("!other command", spoken_to=False)),
        ("!ask what?", QuestionText("what?")),
        ("!help", HelpRequest()),
        (f"{ME} what?", QuestionText("what?")),
        (f"<@12345> {ME} what?", QuestionText("<@12345> what?")),
        (ME, QuestionText("")),
        ("<@12345> lunch?", None),
        (" <@!12345> lunch?", None),
        ("<@&12345> lunch?", None),
        ("@everyone lunch?", None),
        ("@here lunch?", None),
        ("", None),
        ("  \n", None),
    ],
)
def test_where_every_message_is_answered_those_for_others_are_not(content: str, wanted: QuestionText | None) -> None:
    assert read(content, overheard=True) == wanted


@given(st.text(max_size=60), st.text(min_size=1, max_size=6), st.booleans(), st.booleans())
def test_any_message_can_be_read(content: str, prefix: str, addressed: bool, overheard: bool) -> None:
    found = read(content, prefix=prefix, addressed=addressed, overheard=overheard)
    if isinstance(found, QuestionText):
        assert found.text == found.text.strip()
        assert found.text in content
    else:
        assert found is not None or not addressed
