"""What a provider is told of a question, and what the bot says about itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import BuiltPrompt, RemoteConversation
from bot.domain.provider import Message, Prompt
from bot.domain.question import MAX_QUOTE_CHARS, Location, Quote, Thread
from bot.domain.settings.server_settings import EffectiveSetting
from bot.strings.help import Reach, Rights, full_help, only_attachments, reach_in, short_help
from bot.strings.history import describe_cleared, describe_prompt
from bot.strings.settings import describe_settings
from tests.fakes.providers_and_stores import FakeProvider, make_location, make_question

CHATBASE = FakeProvider()
TAMAKO = FakeProvider(name="tamako", label="Tamako", remembers="people")
KEEPER = FakeProvider(name="chatbase-v2", label="Chatbase v2", remembers="conversations")


class TestComposing:
    """A question with all that belongs to it."""

    def test_a_plain_question_is_sent_as_it_was_written(self) -> None:
        assert make_question("  What\n *is* it? ").compose() == "  What\n *is* it? "

    def test_a_quote_comes_first_and_what_could_not_be_read_last(self) -> None:
        question = replace(make_question("Why?"), quote=Quote("Ada", "One.\n\nTwo."), attachments=("a.png", "b.pdf"))
        assert question.compose() == (
            "Ada wrote:\n> One.\n> \n> Two.\n\nWhy?\n\n[attachment not read: a.png]\n\n[attachment not read: b.pdf]"
        )

    def test_a_quote_whose_text_the_bot_may_not_see_is_left_out(self) -> None:
        assert replace(make_question("Why?"), quote=Quote("Ada", "")).compose() == "Why?"

    def test_a_quote_alone_is_a_question_too(self) -> None:
        assert replace(make_question(""), quote=Quote("Ada", "Why?")).compose() == "Ada wrote:\n> Why?"

    @pytest.mark.parametrize(
        ("quote", "heading"),
        [
            (Quote("Ada", "Look.", "forward"), "Ada forwarded"),
            (Quote("", "Look.", "forward"), "Forwarded message"),
            (Quote("", "Look.", "system"), "System message"),
        ],
    )
    def test_what_is_quoted_is_said(self, quote: Quote, heading: str) -> None:
        assert replace(make_question("Why?"), quote=quote).compose() == f"{heading}:\n> Look.\n\nWhy?"

    def test_a_provider_is_told_of_a_thread_before_all_else(self) -> None:
        thread = Thread("Bread", is_post=True, starter=Quote("Bob", "It burns."))
        assert thread.context == "Forum post: Bread\n\nBob wrote:\n> It burns.\n\n"
        assert Thread("aside").context == "Thread: aside\n\n"
        assert replace(make_question("Why?"), thread=thread).compose() == "Why?"

    @given(st.text(max_size=40), st.none() | st.text(max_size=1500), st.integers(0, 1300))
    def test_a_thread_is_shortened_to_the_room_there_is(self, title: str, starter: str | None, room: int) -> None:
        thread = Thread(title, is_post=True, starter=None if starter is None else Quote("Bob", starter))
        shorter = thread.fitting(lambda context: len(context) <= room)
        if shorter is None:
            assert len(replace(thread, starter=None).context) > room
        else:
            assert len(shorter.context) <= room
            assert shorter.title == title
            assert (shorter == thread) == (len(thread.context) <= room)

    def test_only_words_make_a_question(self) -> None:
        assert make_question("Why?").has_words
        assert replace(make_question(""), quote=Quote("Ada", "Look.")).has_words
        assert not replace(make_question(""), quote=Quote("Ada", ""), attachments=("a.png",)).has_words

    def test_a_question_of_nothing_is_nothing(self) -> None:
        assert make_question("").compose() == ""

    @pytest.mark.parametrize(
        ("length", "shown"), [(MAX_QUOTE_CHARS, MAX_QUOTE_CHARS), (MAX_QUOTE_CHARS + 1, MAX_QUOTE_CHARS)]
    )
    def test_a_long_quote_is_shortened_and_that_is_marked(self, length: int, shown: int) -> None:
        text = replace(make_question(""), quote=Quote("Ada", "x" * length)).compose()
        assert text.count("x") == shown
        assert text.endswith(" […]") == (length > shown)


class TestGuide:
    """What the bot says about itself."""

    def test_the_short_help_names_who_answers_and_how_to_ask(self) -> None:
        here, direct = short_help("Chatbase", reach="mention"), short_help("Chatbase", reach="direct")
        assert "Mention me" in here
        assert "Mention me" not in direct
        assert all("Chatbase" in text and "`/ask`" in text and "`/help`" in text for text in (here, direct))

    @pytest.mark.parametrize(
        ("location", "auto_reply", "reach"),
        [
            (make_location(), False, "mention"),
            (make_location(), True, "message"),
            (make_location(server=None), False, "direct"),
            (replace(make_location(), is_user_install=True), False, "command"),
            (replace(make_location(server=None), is_user_install=True), False, "command"),
        ],
    )
    def test_how_to_ask_depends_on_the_place(self, location: Location, auto_reply: bool, reach: Reach) -> None:
        assert reach_in(location, auto_reply=auto_reply) == reach
        full = full_help("Chatbase", ["chatbase"], prefix=None, reach=reach)
        assert "`/ask`" in full
        assert "/settings" not in full
        assert ("mention me" in full.lower()) == (reach in ("mention", "message"))
        assert ("Edit your message" in full) == (reach != "command")
        assert "**Retry**" in full

    def test_attachments_alone_are_answered(self) -> None:
        assert "attachments" in only_attachments()

    def test_the_whole_help_lists_what_is_configured(self) -> None:
        names = ["tamako", "chatbase", "stammer"]
        text = full_help("Tamako", names, prefix="?", reach="mention", rights=Rights(manages=True))
        assert text.startswith("**Tamako answers here.**")
        assert "`/tamako ask`, `/chatbase ask` or `/stammer ask`" in text
        assert "`?ask`" in text
        assert "Mention me" in text
        assert "/settings" in text
        assert len(text) <= 2000

    def test_the_hosts_privacy_policy_is_named_and_fits_however_long_its_address_is(self) -> None:
        names, address = ["tamako", "chatbase", "chatbase-v2", "stammer", "chatbot"], "https://host.example/" + "a" * 99
        rights = Rights(manages=True)
        text = full_help("ChatBot.com", names, prefix="?" * 10, reach="mention", rights=rights, policy=address)
        assert f"[Privacy policy](<{address}>)" in text
        assert len(text) <= 2000
        assert "olicy" not in full_help("Tamako", names, prefix=None, reach="mention", rights=rights)

    @pytest.mark.parametrize(("prefix", "shown"), [("`", "`` `ask``"), ("||", "`||ask`"), ("a`b", "``a`bask``")])
    def test_a_prefix_is_shown_as_it_is_typed(self, prefix: str, shown: str) -> None:
        text = full_help("Tamako", ["tamako"], prefix=prefix, reach="mention")
        assert f"- Or use `/ask` or {shown}.\n" in text

    def test_without_the_intent_no_text_command_is_promised(self) -> None:
        text = full_help("Tamako", ["tamako"], prefix=None, reach="direct")
        assert "`/tamako ask` asks" in text
        assert "None" not in text
        assert "Just write me a message." in text


class TestReports:
    """What the bot tells about settings and memory."""

    def test_settings_stand_line_by_line_with_where_they_come_from(self) -> None:
        text = describe_settings(
            {
                "provider": EffectiveSetting("tamako", "channel"),
                "name": EffectiveSetting("A `very`\nodd name", "server"),
                "chatbase_model": EffectiveSetting(None, "default"),
                "stammer_system_prompt": EffectiveSetting("x" * 1000, "server"),
            }
        )
        provider, name, model, prompt = text.splitlines()
        assert provider == "- **provider**: `tamako` (set for this channel)"
        assert name == "- **name**: `A ˋveryˋ odd name` (set for this server)"
        assert model == "- **chatbase model**: not set (default)"
        assert "`" + "x" * 80 + "…`" in prompt

    def test_history_is_shown_as_it_would_be_sent(self) -> None:
        prompt = Prompt("", "4711", "c-1", (Message("user", "One?"), Message("assistant", "Yes.")))
        summary, text = describe_prompt(CHATBASE, BuiltPrompt(prompt))
        assert "2 messages (8 characters)" in summary
        assert "`c-1`" in summary
        assert "Chatbase" in summary
        assert text == "**user:** One?\n**assistant:** Yes."

    def test_an_empty_history_is_said(self) -> None:
        summary, text = describe_prompt(CHATBASE, BuiltPrompt(Prompt("", "4711", "c-1")))
        assert summary.startswith("Nothing yet")
        assert text == ""

    def test_a_provider_that_remembers_is_sent_the_key_alone(self) -> None:
        summary, text = describe_prompt(TAMAKO, BuiltPrompt(Prompt("", "4711.2", "")))
        assert "`4711.2`" in summary
        assert text == ""

    def test_a_conversation_that_the_provider_keeps_is_named_with_its_beginning(self) -> None:
        prompt = Prompt("", "4711", "c-1", (Message("user", "One?"), Message("assistant", "Yes.")))
        kept = BuiltPrompt(prompt, remote=RemoteConversation("c-1", "a-1", 1_700_000_000))
        summary, text = describe_prompt(KEEPER, kept)
        assert summary.startswith(
            "Chatbase v2 keeps this conversation itself, since <t:1700000000:f>, under the id `c-1`."
        )
        assert text == ""
        odd = replace(kept, remote=RemoteConversation("a` **b**", "a-1", 1_700_000_000))
        assert "under the id `aˋ **b**`." in describe_prompt(KEEPER, odd)[0]
        summary, text = describe_prompt(KEEPER, BuiltPrompt(replace(prompt, conversation_id="")))
        assert "2 messages (8 characters)" in summary
        assert "as a new conversation" in summary
        assert text == "**user:** One?\n**assistant:** Yes."

    def test_a_fresh_start_says_whose_conversation_it_was(self) -> None:
        assert "keeps the old one" in describe_cleared(KEEPER, is_shared=True)
        assert "keeps" not in describe_cleared(CHATBASE, is_shared=True)
        assert describe_cleared(TAMAKO, is_shared=False).startswith("Your conversation with Tamako")
        assert describe_cleared(CHATBASE, is_shared=False).startswith("Your conversation with Chatbase")
        assert describe_cleared(CHATBASE, is_shared=True).startswith("This channel's conversation with Chatbase")
