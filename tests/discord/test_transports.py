"""The ways to write a message: what each sends, whom it pings, and when it gives way to the channel."""

from typing import Any, cast

import discord
import pytest

from bot.discord.allowed_mentions import ASKER_ONLY, SILENT
from bot.discord.canvases.channel_transports import ChannelTransport, MentionTransport
from bot.discord.canvases.interaction_canvas import GUEST_MESSAGES, InteractionCanvas
from bot.discord.canvases.requests import Requests
from bot.discord.canvases.surfaces import TransportSurface
from bot.discord.canvases.token_transports import ResponseTransport, WebhookTransport
from bot.discord.errors import MessageLimited, UnreadableReply
from bot.discord.rate_limits.max_wait import MAX_WAIT
from bot.discord.rate_limits.routes import channel_bucket, interaction_bucket
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.discord.recent_events import RecentMessages
from bot.domain.content import Image
from bot.streaming.canvas import (
    BadRequest,
    BlockedByRule,
    BlockedLink,
    CanvasError,
    EditLimited,
    Frame,
    HeldBack,
    MessageNotFound,
    PlaceRefused,
    Refused,
    TextFile,
    ThreadLocked,
    TokenExpired,
    Unavailable,
    Unconfirmed,
    WriteForbidden,
)
from bot.streaming.rate_limiter import RateLimiter
from tests.fakes.discord_calls import Calls, FakeChannel, FakeResponder, FakeWebhook, refusal

CHANNEL = 55
REFERENCE = discord.MessageReference(message_id=9, channel_id=CHANNEL, fail_if_not_exists=False)
HELLO, BYE = Frame("hello"), Frame("bye")


@pytest.fixture
def calls() -> Calls:
    """Return what is asked of Discord."""
    return Calls()


@pytest.fixture
async def requests() -> Requests:
    """Return the sender of requests, which holds nothing back."""
    return Requests(RateLimitTrace(RateLimiter()), RecentMessages())


def channel(requests: Requests, calls: Calls, *, pings: bool = True, replies: bool = True) -> TransportSurface:
    """Return a surface in a channel."""
    reference = REFERENCE if replies else None
    return TransportSurface(ChannelTransport(requests, FakeChannel(calls), CHANNEL, reference, pings=pings))


async def test_only_the_first_message_replies_and_pings_its_asker(requests: Requests, calls: Calls) -> None:
    surface = channel(requests, calls)
    message = None
    for _ in range(3):
        message = await surface.create(HELLO, after=message)
    assert calls.arguments("reference") == [REFERENCE, None, None]
    assert calls.arguments("allowed_mentions") == [ASKER_ONLY, SILENT, SILENT]


@pytest.mark.parametrize("author", [None, 4711])
async def test_a_page_with_another_message_above_it_replies_to_the_one_before(
    requests: Requests, calls: Calls, author: int | None
) -> None:
    surface = channel(requests, calls)
    first = await surface.create(HELLO, after=None)
    requests.recent_messages.add(CHANNEL, first + 1, author)
    await surface.create(HELLO, after=first)
    reference = calls.arguments("reference")[1]
    assert (reference.message_id, reference.channel_id, reference.fail_if_not_exists) == (first, CHANNEL, False)
    assert calls.arguments("allowed_mentions")[1] == SILENT


async def test_a_message_that_was_deleted_or_is_elsewhere_keeps_no_pages_apart(
    requests: Requests, calls: Calls
) -> None:
    surface = channel(requests, calls)
    first = await surface.create(HELLO, after=None)
    requests.recent_messages.add(CHANNEL, first + 1, 4711)
    requests.recent_messages.add(CHANNEL + 1, first + 2, 4711)
    requests.recent_messages.remove(CHANNEL, [first + 1])
    await surface.create(HELLO, after=first)
    assert calls.arguments("reference")[1] is None


async def test_a_notice_replies_and_pings_nobody(requests: Requests, calls: Calls) -> None:
    surface = channel(requests, calls, pings=False)
    message = await surface.create(HELLO, after=None)
    await surface.edit(message, BYE, first=True)
    assert calls.arguments("reference") == [REFERENCE, None]
    assert calls.arguments("allowed_mentions") == [SILENT, SILENT]


async def test_every_edit_says_whom_it_may_mention(requests: Requests, calls: Calls) -> None:
    surface = channel(requests, calls)
    for first in (True, False):
        await surface.edit(1, HELLO, first=first)
    assert calls.arguments("allowed_mentions") == [ASKER_ONLY, SILENT]
    webhook = WebhookTransport(requests, cast("Any", FakeWebhook(calls)), "a-token")
    await webhook.edit(1, None, HELLO, first=True)
    assert calls.arguments("allowed_mentions")[-1] == SILENT


async def test_a_reply_without_read_message_history_becomes_a_message(requests: Requests, calls: Calls) -> None:
    calls.failures = [refusal(403, 160002)]
    assert await channel(requests, calls).create(HELLO, after=None)
    assert calls.arguments("reference") == [REFERENCE, None]
    assert calls.arguments("allowed_mentions") == [ASKER_ONLY, SILENT]


async def test_any_other_refusal_of_a_reply_is_final(requests: Requests, calls: Calls) -> None:
    calls.failures = [refusal(403, 50013)]
    with pytest.raises(WriteForbidden):
        await channel(requests, calls).create(HELLO, after=None)
    assert len(calls.made) == 1


async def test_a_mention_pings_one_person_by_name(requests: Requests, calls: Calls) -> None:
    surface = TransportSurface(MentionTransport(requests, FakeChannel(calls), CHANNEL, 4711))
    await surface.create(Frame("ready, @everyone"), after=None)
    assert calls.arguments("content") == ["<@4711> ready, @everyone"]
    (mentions,) = calls.arguments("allowed_mentions")
    assert mentions.to_dict() == {"parse": [], "users": [4711], "replied_user": True}


async def test_an_edit_sends_only_what_has_changed_below_the_text(requests: Requests, calls: Calls) -> None:
    surface = channel(requests, calls)
    picture = (Image("https://example.org/a.png"),)
    message = await surface.create(Frame("one", picture), after=77)
    await surface.edit(message, Frame("two", picture), first=False)
    await surface.edit(message, Frame("three"), first=False)
    await surface.edit(message, Frame("four", file=TextFile("a.md", "all of it")), first=False)
    await surface.edit(message, Frame("five"), first=False)
    new, same, without, with_file, without_file = (arguments for _, _, arguments in calls.made)
    assert len(new["embeds"]) == 1
    assert set(same) == {"content", "allowed_mentions"}
    assert without["embeds"] == []
    assert [file.filename for file in with_file["attachments"]] == ["a.md"]
    assert without_file["attachments"] == []


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (refusal(403, 50013), WriteForbidden),
        (refusal(404, 10008), MessageNotFound),
        (refusal(400, 50035), BadRequest),
        (refusal(400, 50083), ThreadLocked),
        (refusal(401, 50027), TokenExpired),
        (refusal(401, 0), Refused),
        (refusal(403, 0), Refused),
        (refusal(404, 0), Refused),
        (refusal(403, 50007), Refused),
        (refusal(403, 50001), WriteForbidden),
        (refusal(403, 160005), ThreadLocked),
        (refusal(400, 160005), ThreadLocked),
        (refusal(400, 200000), BlockedByRule),
        (refusal(400, 200001), BlockedByRule),
        (refusal(400, 240000), BlockedLink),
        (refusal(404, 10015), TokenExpired),
        (refusal(400, 50008), PlaceRefused),
        (refusal(400, 40058), PlaceRefused),
        (refusal(400, 160006), PlaceRefused),
        (refusal(400, 40004), Unavailable),
        (refusal(403, 40333), Unavailable),
        (refusal(400, 130000), Unavailable),
        (refusal(400, 30046), EditLimited),
        (MessageLimited(30046), EditLimited),
        (UnreadableReply(), Unconfirmed),
        (refusal(429, 0), Unavailable),
        (refusal(502, 0), Unavailable),
        (discord.RateLimited(MAX_WAIT + 1), HeldBack),
        (OSError(), Unavailable),
        (TimeoutError(), Unavailable),
    ],
)
async def test_what_a_refusal_means(
    requests: Requests, calls: Calls, failure: Exception, error: type[CanvasError]
) -> None:
    calls.failures = [failure] * 4
    surface = channel(requests, calls, replies=False)
    for request in (surface.create(HELLO, after=None), surface.edit(1, HELLO, first=True), surface.delete(1)):
        with pytest.raises(CanvasError) as raised:
            await request
        assert type(raised.value) is error


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def response(requests: Requests, calls: Calls, clock: Clock, *, only: bool = False) -> ResponseTransport:
    """Return the response to an interaction, whose token is used for a minute."""
    interaction = cast("Any", FakeResponder(calls, FakeChannel(calls)))
    return ResponseTransport(requests, interaction, until=60.0, clock=clock, only=only)


async def test_a_response_is_filled_first_and_followed_up(requests: Requests, calls: Calls) -> None:
    transport = response(requests, calls, Clock())
    await transport.defer()
    surface = TransportSurface(ChannelTransport(requests, FakeChannel(calls), CHANNEL), transport)
    first, second = await surface.create(HELLO, after=None), await surface.create(HELLO, after=77)
    for message in (first, second):
        await surface.edit(message, BYE, first=message == first)
        await surface.delete(message)
    assert first == 77
    assert calls.verbs == [
        ("defer", None),
        ("edit response", 77),
        ("follow up", None),
        ("edit response", 77),
        ("delete response", 77),
        ("edit by token", second),
        ("delete by token", second),
    ]
    assert set(calls.arguments("allowed_mentions")) == {None, SILENT}
    assert surface.bucket("edit", first=True) == interaction_bucket("a-token")


async def test_an_old_token_gives_way_to_the_channel(requests: Requests, calls: Calls) -> None:
    clock = Clock()
    transport = response(requests, calls, clock)
    await transport.defer()
    surface = TransportSurface(ChannelTransport(requests, FakeChannel(calls), CHANNEL), transport)
    first = await surface.create(HELLO, after=None)
    await surface.typing()
    clock.now = 60.0
    await surface.edit(first, BYE, first=True)
    await surface.create(HELLO, after=77)
    await surface.delete(first)
    await surface.typing()
    assert calls.verbs[2:] == [("edit", 77), ("send", None), ("delete", 77), ("type", None)]
    assert surface.bucket("edit", first=True) == channel_bucket("edit", CHANNEL)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (discord.RateLimited(MAX_WAIT + 1), HeldBack),
        (refusal(404, 10015), TokenExpired),
        (refusal(401, 50027), TokenExpired),
    ],
)
@pytest.mark.parametrize("only", [False, True])
async def test_a_token_that_discord_refuses_gives_way_too(
    requests: Requests, calls: Calls, only: bool, failure: Exception, kind: type[CanvasError]
) -> None:
    transport = response(requests, calls, Clock(), only=only)
    await transport.defer()
    calls.failures = [failure]
    with pytest.raises(CanvasError) as raised:
        await transport.create(HELLO, after=None)
    assert type(raised.value) is (kind if only else Unavailable)
    assert transport.reaches(None) is only


async def test_a_token_that_is_the_only_way_is_used_to_the_end(requests: Requests, calls: Calls) -> None:
    clock = Clock()
    transport = response(requests, calls, clock, only=True)
    await transport.defer()
    clock.now = 1e6
    assert transport.reaches(None)


async def test_an_interaction_that_came_too_late_is_answered_in_the_channel(requests: Requests, calls: Calls) -> None:
    canvas = InteractionCanvas(requests, cast("Any", FakeResponder(calls, FakeChannel(calls))))
    calls.failures = [refusal(404, 10062)]
    await canvas.begin()
    await canvas.create(HELLO, after=None)
    assert calls.verbs == [("defer", None), ("send", None)]
    assert await canvas.refuse("No.")
    assert calls.made[-1][0] == "respond"


async def test_a_guest_writes_by_token_or_not_at_all(requests: Requests, calls: Calls) -> None:
    canvas = InteractionCanvas(requests, cast("Any", FakeResponder(calls, FakeChannel(calls))), guest=True)
    assert canvas.max_messages == GUEST_MESSAGES
    assert canvas.deadline is not None
    for request in (canvas.create(HELLO, after=None), canvas.edit(1, HELLO, first=True), canvas.delete(1)):
        with pytest.raises(TokenExpired):
            await request
    with pytest.raises(TokenExpired):
        canvas.ping_surface()
    await canvas.typing()
    assert calls.made == []
    await canvas.begin()
    assert await canvas.create(HELLO, after=None) == 77


async def test_a_public_response_goes_before_a_private_refusal(requests: Requests, calls: Calls) -> None:
    canvas = InteractionCanvas(requests, cast("Any", FakeResponder(calls, FakeChannel(calls))))
    await canvas.begin()
    with pytest.MonkeyPatch.context() as patch:
        sent: list[object] = []

        async def follow_up(text: str, **arguments: object) -> None:
            sent.append((text, arguments))

        patch.setattr(canvas._interaction.followup, "send", follow_up)
        assert await canvas.refuse("No.")
    assert calls.verbs[-1] == ("delete response", 77)
    assert sent == [("No.", {"ephemeral": True, "allowed_mentions": SILENT})]


@pytest.mark.parametrize("is_private", [True, False])
async def test_a_saved_token_reaches_what_it_has_read_and_written(
    requests: Requests, calls: Calls, is_private: bool
) -> None:
    calls.is_private = is_private
    transport = WebhookTransport(requests, cast("Any", FakeWebhook(calls)), "a-token")
    assert not transport.reaches(None)
    found = await transport.fetch_response()
    assert found is not None
    written = await transport.create(HELLO, after=77)
    assert calls.made[-1][2]["ephemeral"] is is_private
    assert all(transport.reaches(message) for message in (None, 77, written))
    assert not transport.reaches(1)
    await transport.edit(77, None, HELLO, first=True)
    await transport.delete(written)
    assert calls.verbs[2:] == [("edit by token", "@original"), ("delete by token", written)]


@pytest.mark.parametrize("failure", [refusal(401, 50027), refusal(404, 10008)])
async def test_a_saved_token_that_is_over_reaches_nothing(requests: Requests, calls: Calls, failure: Exception) -> None:
    transport = WebhookTransport(requests, cast("Any", FakeWebhook(calls)), "a-token")
    calls.failures = [failure]
    assert await transport.fetch_response() is None
    assert not transport.reaches(None)
