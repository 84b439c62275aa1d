"""Mentions, emoji and times as people read them, and a text without the bot's own mention."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.mentions import find_outside_code, with_names, without_mention

BOT, ROLE = 4711, 99
ME = f"<@{BOT}>"
MENTION = re.compile(f"<@!?{BOT}>|<@&{ROLE}>")


class Server:
    """A server with one of each."""

    def user(self, user_id: int) -> str | None:
        """Return what somebody is called."""
        return {1: "Ann <@2>"}.get(user_id)

    def role(self, role_id: int) -> str | None:
        """Return a role's name."""
        return {2: "mods", 5: "two\n\n  lines"}.get(role_id)

    def channel(self, channel_id: int) -> str | None:
        """Return a channel's name."""
        return {3: "general"}.get(channel_id)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("did <@1> or <@!1> post in <#3> about <@&2>?", "did @Ann <@2> or @Ann <@2> post in #general about @mods?"),
        ("<@7>, <@&7> and <#7>", "@unknown user, @unknown role and #unknown channel"),
        ("<@&5>.", "@two lines."),
        ("<:party:123><a:dance_2:4>", ":party::dance_2:"),
        ("</ask:5>, </settings provider:5>", "/ask, /settings provider"),
        ("<t:0>", "1970-01-01 00:00 UTC"),
        ("<t:1700000000:R> <t:1700000000:F>", "2023-11-14 22:13 UTC 2023-11-14 22:13 UTC"),
        ("<t:1700000000:t> <t:1700000000:T> <t:-1:d>", "22:13 UTC 22:13:20 UTC 1969-12-31"),
        ("<t:9999999999999> <t:1:x> <t:>", "<t:9999999999999> <t:1:x> <t:>"),
        ("<id:customize>, <id:browse>, <id:linked-roles:7>", "Channels & Roles, Browse Channels, Linked Roles"),
        ("`<@1>` ``<#3> ` `` ```py\n<@&2>\n``` <@1>", "`<@1>` ``<#3> ` `` ```py\n<@&2>\n``` @Ann <@2>"),
        ("\\`<@&2>\\` \\```<@&2>``` `\\`<@&2>`", "\\`@mods\\` \\```@mods``` `\\`@mods`"),
        ("\\<@1> \\\\<@1>", "\\<@1> \\\\@Ann <@2>"),
        ("@everyone <https://example.com> 1 <@ 2> <3 x", "@everyone <https://example.com> 1 <@ 2> <3 x"),
        ("an open ` and <#3>", "an open ` and #general"),
    ],
)
def test_a_text_is_read_as_discord_draws_it(written: str, read: str) -> None:
    assert with_names(written, Server()) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"{ME}, hello", "hello"),
        (f"{ME} , hello", "hello"),
        (f"{ME}: hello", "hello"),
        (f"{ME}! hello", "hello"),
        (f"<@!{BOT}>，你好", "你好"),
        (f"<@&{ROLE}> hello", "hello"),
        (f"{ME} !help", "!help"),
        (f"{ME}!help", "!help"),
        (f"{ME} :) hello", ":) hello"),
        (f"{ME}?", "?"),
        (f"{ME}!", ""),
        (f"hello {ME}!", "hello!"),
        (f"hello, {ME}!", "hello!"),
        (f"hello, {ME}", "hello"),
        (f"what do you think, {ME}?", "what do you think?"),
        (f"so, {ME}, what is it?", "so, what is it?"),
        (f"hey {ME}, what is it?", "hey, what is it?"),
        (f"first, {ME} tell me", "first, tell me"),
        (f"hey {ME} what", "hey what"),
        (f"hey {ME} {ME} what", "hey what"),
        (f"hey{ME}what", "heywhat"),
        (f"({ME} knows)", "(knows)"),
        (f"one\n{ME}, two\n  {ME} three", "one\ntwo\nthree"),
        (f"> {ME} quoted", "> quoted"),
        (f"> {ME}, quoted", "> quoted"),
        (f"one\n- {ME}: two\n2. {ME}, three", "one\n- two\n2. three"),
        (f"# {ME}, title", "# title"),
        (f"Hello. {ME}, what?", "Hello. what?"),
        (f"Thanks! {ME}: and now?", "Thanks! and now?"),
        (f"谢谢。{ME}，还有呢？", "谢谢。还有呢？"),
        (f"¿{ME}, qué hora es?", "¿qué hora es?"),
        (f"「{ME}、こんにちは」", "「こんにちは」"),
        (f'he said "{ME}, hi"', 'he said "hi"'),
        (f"{ME}:你好", "你好"),
        (f"مرحبا {ME}، كيف الحال", "مرحبا، كيف الحال"),
        (f"هل تسمعني {ME}؟", "هل تسمعني؟"),
        (f"नमस्ते {ME}।", "नमस्ते।"),
        (f"**{ME}**, hello", "hello"),
        (f"hey **_{ME}_**, what || {ME} || is", "hey, what || || is"),
        (f"||{ME}|| hello", "hello"),
        (f"**{ME}, hello**", "**hello**"),
        (f"please, __{ME}: help__ (**{ME} now**)", "please, __help__ (**now**)"),
        (f"**so**{ME}, what?", "**so**, what?"),
        (f"2 *{ME}** 3", "2 *** 3"),
        (f"see {ME}`code`", "see `code`"),
        (f"`{ME}` is you, {ME}?", f"`{ME}` is you?"),
        (f"```\n{ME}, x\n``` {ME}", f"```\n{ME}, x\n```"),
        (f"\\{ME} stays", f"\\{ME} stays"),
        (f"<@{BOT}0> and <@&{BOT}> stay", f"<@{BOT}0> and <@&{BOT}> stay"),
    ],
)
def test_the_bots_mention_goes_with_its_comma_and_stays_in_code(written: str, read: str) -> None:
    assert without_mention(written, MENTION) == read


PIECES = st.sampled_from([ME, f"<@&{ROLE}>", "`", "```", "\\", " ", "\n", ",", "!", "a", "word", "<@1>", "(", "<t:0>"])
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_nothing_but_mentions_blanks_and_commas_is_taken_out(text: str) -> None:
    left = without_mention(text, MENTION)
    assert left == left.strip()

    def bare(text: str) -> str:
        return re.sub(rf"{MENTION.pattern}|[\s,!]", "", text)

    assert bare(left) == bare(text)


@given(TEXTS)
def test_without_a_mention_a_text_stays_as_it_is(text: str) -> None:
    if not any(find_outside_code(text, MENTION)):
        assert without_mention(text, MENTION) == text.strip()


@pytest.mark.parametrize(
    "piece",
    [ME, f"{ME} ", f"**{ME}**", f" > {ME}", f"`{ME}", f", {ME}", f"\\{ME}", " ", "`", "``` ", "\\", "</aa ", "<t:1"],
)
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        begun = time.process_time()
        without_mention(text, MENTION)
        with_names(text, Server())
        return time.process_time() - begun

    # A dozen times the length of a message; what grows with its square would take seconds.
    assert seconds(50_000) < 0.5
