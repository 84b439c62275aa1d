"""What a message says, whatever kind of message it is, and whom its text names."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.discord.reading.addressing import own_role_in
from bot.discord.reading.quotes import Reader, quoted_by
from bot.discord.reading.threads import read_starter, thread_of
from bot.discord.reading.words import words_of
from bot.discord.recent_events import is_early
from bot.domain.question import Quote, Thread

BOT, SERVER, CHANNEL, PERSON = 4711, 7, 55, 8
NOBODY: Any = SimpleNamespace(user=lambda _: None, role=lambda _: None, channel=lambda _: None)


class FakeState:
    """As much of discord.py's connection as messages use."""

    self_id = BOT
    _messages = None

    def store_user(self, data: Any, *, cache: bool = True) -> discord.User:  # noqa: ANN401
        """Return a person."""
        return discord.User(state=cast("Any", self), data=data)

    def _get_guild(self, _: int | None) -> None:
        return None


def person(user_id: int = PERSON, name: str = "ada") -> dict[str, Any]:
    """Return a user as Discord sends it."""
    return {"id": str(user_id), "username": name, "discriminator": "0", "avatar": None, "global_name": name.title()}


def message(**parts: Any) -> discord.Message:  # noqa: ANN401
    """Return a direct message as discord.py makes it of what Discord sends."""
    data = {
        "id": "99",
        "type": 0,
        "content": "",
        "channel_id": str(CHANNEL),
        "author": person(),
        "embeds": [],
        "attachments": [],
        "components": [],
        "mentions": [],
        "mention_roles": [],
        "edited_timestamp": None,
        "timestamp": "2026-01-01T00:00:00+00:00",
    }
    channel: Any = SimpleNamespace(id=CHANNEL, type=discord.ChannelType.private)
    return discord.Message(state=cast("Any", FakeState()), channel=channel, data=cast("Any", data | parts))


BUTTON = {"type": 2, "style": 1, "label": "Yes", "custom_id": "y"}
MENU = {"type": 3, "custom_id": "m", "placeholder": "Size", "options": [{"label": "Small", "value": "s"}]}
THUMBNAIL = {"type": 11, "media": {"url": "https://e.com/a.png"}, "description": "a moon"}
V2 = [
    {"type": 10, "content": "# Offer"},
    {
        "type": 17,
        "components": [
            {"type": 9, "components": [{"type": 10, "content": "Two for one"}], "accessory": THUMBNAIL},
            {"type": 12, "items": [{"media": {"url": "https://e.com/b.png"}, "description": "a sun"}]},
            {"type": 14},
            {"type": 1, "components": [BUTTON, {"type": 2, "style": 5, "url": "https://e.com"}]},
            {"type": 1, "components": [MENU]},
        ],
    },
]
EMBED = {
    "title": "Title",
    "description": "Text",
    "fields": [{"name": "Size", "value": "5 MB"}],
    "footer": {"text": "in May"},
}
POLL = {
    "question": {"text": "Red?"},
    "answers": [{"answer_id": 1, "poll_media": {"text": "Yes"}}, {"answer_id": 2, "poll_media": {"text": "No"}}],
    "expiry": "2026-01-02T00:00:00+00:00",
    "allow_multiselect": False,
    "layout_type": 1,
}
RESULT = {
    "type": "poll_result",
    "fields": [{"name": "poll_question_text", "value": "Red?"}, {"name": "victor_answer_text", "value": "Yes"}],
}
SNAPSHOT = {
    "type": 0,
    "content": "forwarded",
    "embeds": [EMBED],
    "attachments": [],
    "components": [],
    "timestamp": "2026-01-01T00:00:00+00:00",
    "edited_timestamp": None,
    "flags": 0,
    "sticker_items": [{"id": "1", "name": "Wave", "format_type": 1}],
}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, ""),
        ({"content": "text", "embeds": [EMBED]}, "text\nTitle\nText\nSize: 5 MB\nin May"),
        ({"embeds": [{"author": {"name": "The crew"}, "image": {"url": "https://e.com/a.png"}}]}, "The crew"),
        ({"components": V2}, "# Offer\nTwo for one\na moon\na sun\n[Yes]\nSize\n- Small"),
        ({"poll": POLL}, "Red?\n- Yes\n- No"),
        ({"sticker_items": [{"id": "1", "name": "Wave", "format_type": 1}]}, "[sticker: Wave]"),
        ({"message_snapshots": [{"message": SNAPSHOT}]}, "forwarded\nTitle\nText\nSize: 5 MB\nin May\n[sticker: Wave]"),
        ({"type": 6}, "ada pinned a message to this channel."),
        ({"type": 18, "content": "aside"}, "ada started a thread: **aside**. See all **threads**."),
        ({"type": 18}, "ada started a thread. See all **threads**."),
        ({"type": 46, "embeds": [RESULT]}, "Red?\nYes"),
        ({"type": 46}, ""),
        (
            {"type": 12, "content": "news"},
            "ada has added news to this channel. Its most important updates will show up here.",
        ),
        ({"type": 1}, ""),
        ({"type": 999, "content": "of a later kind"}, "of a later kind"),
    ],
)
def test_every_kind_of_message_has_its_words(parts: dict[str, Any], words: str) -> None:
    assert words_of(message(**parts)) == words


def test_the_buttons_of_the_bots_own_answers_are_left_out() -> None:
    row = {"type": 1, "components": [BUTTON]}
    assert words_of(message(content="text", components=[row]), buttons=False) == "text"


def test_the_controls_of_a_forwarded_answer_are_left_out() -> None:
    control = BUTTON | {"label": "Retry", "custom_id": "steer:retry:a-b_1"}
    row = {"type": 1, "components": [BUTTON, control]}
    assert words_of(message(message_snapshots=[{"message": SNAPSHOT | {"embeds": [], "components": [row]}}])) == (
        "forwarded\n[Yes]\n[sticker: Wave]"
    )


REPLY = {"type": 19, "message_reference": {"type": 0, "channel_id": str(CHANNEL), "message_id": "98"}}


def raw(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the message that is replied to, as Discord sends it."""
    data = {"id": "98", "type": 0, "content": "", "channel_id": str(CHANNEL), "author": person(9, "bob")}
    lists: dict[str, Any] = {"embeds": [], "attachments": [], "components": [], "mentions": [], "mention_roles": []}
    return data | lists | {"edited_timestamp": None, "timestamp": "2026-01-01T00:00:00+00:00"} | parts


@pytest.mark.parametrize(
    ("parts", "quote"),
    [
        ({}, None),
        (REPLY | {"referenced_message": raw(content=f"<@{BOT}>, look")}, Quote("Bob", "look")),
        (REPLY | {"referenced_message": raw(content="mine", author=person(BOT, "bot"))}, None),
        (REPLY | {"referenced_message": raw()}, Quote("Bob", "", "empty")),
        (
            REPLY | {"referenced_message": raw(content="x", author=person(9, "bob wrote:\n\nnot a name"))},
            Quote("Bob Wrote: Not A Name", "x"),
        ),
        (
            REPLY | {"referenced_message": raw(message_snapshots=[{"message": SNAPSHOT | {"embeds": []}}])},
            Quote("Bob", "forwarded\n[sticker: Wave]", "forward"),
        ),
        (REPLY | {"referenced_message": None}, Quote("", "")),
        (REPLY, Quote("", "")),
        (
            {
                "message_reference": {"type": 1, "channel_id": "1", "message_id": "2"},
                "message_snapshots": [{"message": SNAPSHOT | {"embeds": [], "sticker_items": []}}],
            },
            Quote("", "forwarded", "forward"),
        ),
    ],
)
def test_what_a_message_replies_to_or_forwards_is_quoted(parts: dict[str, Any], quote: Quote | None) -> None:
    assert quoted_by(message(**parts), NOBODY, Reader(BOT, shows_all=False)).quote == quote


def test_only_the_role_that_discord_gave_the_bot_is_its_own() -> None:
    def mentioning(*bots: int | None) -> Any:  # noqa: ANN401
        roles = [SimpleNamespace(id=number, tags=SimpleNamespace(bot_id=bot)) for number, bot in enumerate(bots)]
        return SimpleNamespace(role_mentions=[SimpleNamespace(id=9, tags=None), *roles], content="", guild=None)

    assert own_role_in(mentioning(), BOT) is None
    assert own_role_in(mentioning(None, 12), BOT) is None
    assert own_role_in(mentioning(12, BOT), BOT) == 1


def a_thread(parent: object) -> discord.Thread:
    """Return a thread as discord.py knows it."""
    thread = discord.Thread.__new__(discord.Thread)
    thread.id, thread.name, thread.parent_id, thread.owner_id = CHANNEL, "Bread", 1, 7
    thread.guild = cast("Any", SimpleNamespace(get_channel=lambda _: parent))
    return thread


def test_a_threads_title_is_read_and_whether_it_is_a_post() -> None:
    forum = discord.ForumChannel.__new__(discord.ForumChannel)
    assert thread_of(a_thread(forum)) == Thread("Bread", is_post=True)
    assert thread_of(a_thread(None)) == Thread("Bread")
    assert thread_of(object()) is None
    assert thread_of(a_thread(None), lambda person: person == 7) is None


async def test_a_posts_first_message_that_cannot_be_read_is_left_out() -> None:
    client: Any = SimpleNamespace(get_channel=lambda _: None, user=SimpleNamespace(id=BOT))
    assert await read_starter(client, cast("Any", None), CHANNEL) is None

    async def refuse(_: float, request: Any) -> None:  # noqa: ANN401
        request.close()
        raise TimeoutError

    client.get_channel = lambda _: a_thread(None)
    assert await read_starter(client, cast("Any", SimpleNamespace(within=refuse)), CHANNEL) is None


def test_two_minutes_are_early() -> None:
    written = message().created_at
    assert is_early(written + timedelta(seconds=120), written)
    assert not is_early(written + timedelta(seconds=121), written)
