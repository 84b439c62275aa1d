"""Whether a message speaks to the bot, and what it asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.mentions import Asks, WantsHelp, read_message

BOT = 4711
ME = f"<@{BOT}>"


def read(
    content: str, *, prefix: str | None = "!", addressed: bool | None = None, overheard: bool = False
) -> Asks | WantsHelp | None:
    """Read a message in a server: it is addressed where it mentions the bot, unless said otherwise."""
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
        (f"{ME}, what is it?", ", what is it?"),
        (f"{ME} {ME} twice", "twice"),
        (f"  {ME}\n\nwhat\n  is it?  ", "what\n  is it?"),
        (f"{ME} ask <@12345> about <@{BOT}0>", f"ask <@12345> about <@{BOT}0>"),
        (ME, ""),
        (f" {ME} \n", ""),
    ],
)
def test_a_mention_anywhere_asks_and_is_taken_out(content: str, question: str) -> None:
    assert read(content) == Asks(question)


def test_a_direct_message_needs_no_mention() -> None:
    assert read("what is it?", prefix=None, addressed=True) == Asks("what is it?")
    assert read("", prefix=None, addressed=True) == Asks("")


@pytest.mark.parametrize("content", ["what is it?", "@bot hello", "<@12345> hello", "@everyone hello", ""])
def test_what_is_not_meant_is_left_alone(content: str) -> None:
    assert read(content) is None
    assert read(content, prefix=None) is None


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("!ask what is it?", Asks("what is it?")),
        ("!ASK what is it?", Asks("what is it?")),
        ("!ask\nwhat is it?", Asks("what is it?")),
        ("  !ask   what  is it? ", Asks("what  is it?")),
        ("!ask", Asks("")),
        ("!help", WantsHelp()),
        ("!Help me please", WantsHelp()),
        (f"{ME} !help", WantsHelp()),
        (f"!ask {ME} what is it?", Asks("what is it?")),
        ("!asking for a friend", None),
        ("!helpful", None),
        ("! ask what", None),
        ("well !ask what", None),
        ("ask what", None),
        ("!", None),
        ("!other command", None),
    ],
)
def test_text_commands(content: str, wanted: Asks | WantsHelp | None) -> None:
    assert read(content) == wanted


@pytest.mark.parametrize("prefix", [".", "?", "*", "$", "^", "(", "[a-z]", "\\", "a|b", "hey ", "Tama!", "🤖"])
def test_a_prefix_is_taken_literally(prefix: str) -> None:
    assert read(f"{prefix}ask what?", prefix=prefix) == Asks("what?")
    assert read("xask what?", prefix=prefix) is None
    assert read("ask what?", prefix=prefix) is None
    assert read("!ask what?", prefix=prefix) is None


def test_without_the_intent_there_are_no_text_commands() -> None:
    assert read("!ask what?", prefix=None) is None
    assert read(f"{ME} !ask what?", prefix=None) == Asks("!ask what?")
    assert read(f"{ME} !ask what?", prefix="") == Asks("!ask what?")


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("what is it?", Asks("what is it?", spoken_to=False)),
        ("what does <@12345> say?", Asks("what does <@12345> say?", spoken_to=False)),
        ("mail me@here.org, @everyone", Asks("mail me@here.org, @everyone", spoken_to=False)),
        ("@everyones dream", Asks("@everyones dream", spoken_to=False)),
        ("<#12345> is where?", Asks("<#12345> is where?", spoken_to=False)),
        ("!other command", Asks("!other command", spoken_to=False)),
        ("!ask what?", Asks("what?")),
        ("!help", WantsHelp()),
        (f"{ME} what?", Asks("what?")),
        (f"<@12345> {ME} what?", Asks("<@12345> what?")),
        (ME, Asks("")),
        ("<@12345> lunch?", None),
        (" <@!12345> lunch?", None),
        ("<@&12345> lunch?", None),
        ("@everyone lunch?", None),
        ("@here lunch?", None),
        ("", None),
        ("  \n", None),
    ],
)
def test_where_every_message_is_answered_those_for_others_are_not(content: str, wanted: Asks | None) -> None:
    assert read(content, overheard=True) == wanted


@given(st.text(max_size=60), st.text(min_size=1, max_size=6), st.booleans(), st.booleans())
def test_any_message_can_be_read(content: str, prefix: str, addressed: bool, overheard: bool) -> None:
    found = read(content, prefix=prefix, addressed=addressed, overheard=overheard)
    if isinstance(found, Asks):
        assert found.text == found.text.strip()
        assert found.text in content
    else:
        assert found is not None or not addressed
