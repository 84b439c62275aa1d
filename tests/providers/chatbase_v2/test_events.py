"""Every event that Chatbase v2 documents, in every form and order, cut anywhere."""

import asyncio
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import ActionWanted, ErrorReported, ProviderError
from bot.domain.provider import LookingUp, Receipt
from sandbox.apis import NEW_BLOCK, Apis, Event, Reply, StreamForm, failure, finish, tool
from sandbox.apis.replies.reply import Piece
from tests.providers.chatbase_v2.heard import FRESH, hear, read
from tests.providers.conftest import Make

FORMS = [
    StreamForm(start, metadata, beside, blocks=blocks, steps=blocks, named=named, done=done)
    for start, metadata, beside, (blocks, named, done) in itertools.product(
        ("start", "message-start", ""),
        ("finish", "message-metadata", "metadata"),
        (False, True),
        ((True, False, True), (False, True, False), (True, True, True), (False, False, False)),
    )
]


async def test_every_form_tells_the_same(join: Make, apis: Apis) -> None:
    provider = join("chatbase-v2")
    apis.chatbase_v2.answers(Reply(pieces=["An ", "answer 🍕."]))
    for form in FORMS:
        apis.chatbase_v2.form = form
        heard = await hear(provider)
        conversation = apis.chatbase_v2.conversations[-1]
        assert (heard.text, heard.fault) == ("An answer 🍕.", None), form
        assert heard.receipt == Receipt(conversation.id, conversation.messages[-1].id, 1.0), form


async def test_without_metadata_there_is_no_conversation_to_go_on_with(join: Make, apis: Apis) -> None:
    apis.chatbase_v2.form = StreamForm(metadata="")
    heard = await hear(join("chatbase-v2"))
    assert heard.text
    assert heard.receipt == Receipt(answer_id=apis.chatbase_v2.conversations[0].messages[-1].id)


@pytest.mark.parametrize(
    ("pieces", "text", "lookups"),
    [
        (("One.", NEW_BLOCK, "Two."), "One.\n\nTwo.", 0),
        (("One.\n", NEW_BLOCK, "Two."), "One.\n\nTwo.", 0),
        (("One.\n\n", NEW_BLOCK, "Two."), "One.\n\nTwo.", 0),
        ((NEW_BLOCK, "One.", NEW_BLOCK, NEW_BLOCK, "Two.", NEW_BLOCK), "One.\n\nTwo.", 0),
        (("  Indented", NEW_BLOCK, "\n\nand more"), "  Indented\n\n\n\nand more", 0),
        ((*tool(), "Found."), "Found.", 1),
        ((*tool("a", "1"), *tool("b", "2"), "Found."), "Found.", 1),
        (("Let me see.", *tool(), "Found."), "Let me see.\n\nFound.", 0),
        (("Let me see.", *tool(), *tool("b", "2"), "Found.", NEW_BLOCK, "More."), "Let me see.\n\nFound.\n\nMore.", 0),
        ((Event({"type": "reasoning-delta", "delta": "secret thought"}), "An answer."), "An answer.", 0),
        ((Event({"type": "data-x", "data": {"text": "no"}}), Event({"delta": "no"}), "An answer."), "An answer.", 0),
        ((Event({"type": "source-url", "url": "https://example.com"}), "An answer."), "An answer.", 0),
        ((b": ping\n\n", b"\n", b"id: 7\nretry: 10\n\n", "An answer."), "An answer.", 0),
        (
            (b"data: \n\n", b"data: null\n\n", b"data: 5\n\n", b'data: "x"\n\n', b"data: [1]\n\n", "An answer."),
            "An answer.",
            0,
        ),
        ((b"data: not json\n\n", b"data: {\n\n", "An answer."), "An answer.", 0),
        ((Event({"type": "text-delta", "id": "x", "delta": 7}), Event({"type": ["x"]}), "An answer."), "An answer.", 0),
    ],
)
async def test_what_an_answer_is_made_of(
    join: Make, apis: Apis, pieces: Sequence[Piece], text: str, lookups: int
) -> None:
    apis.chatbase_v2.answers(Reply(pieces=pieces))
    heard = await hear(join("chatbase-v2"))
    assert (heard.text, heard.lookups, heard.fault) == (text, lookups, None)


@pytest.mark.parametrize("stream", [None, "json"])
@pytest.mark.parametrize(
    ("end", "kind"), [(finish("stop"), None), (finish("error"), ErrorReported), (finish("tool-calls"), ActionWanted)]
)
async def test_how_an_answer_may_end(
    join: Make, apis: Apis, end: Event, kind: type[ProviderError] | None, stream: str | None
) -> None:
    apis.chatbase_v2.answers(Reply(pieces=["Text.", end], shape=stream))
    heard = await hear(join("chatbase-v2"))
    assert (heard.text, heard.kind) == ("Text.", kind)
    assert heard.receipt is not None
    assert heard.receipt.conversation_id == apis.chatbase_v2.conversations[0].id


@pytest.mark.parametrize("named", ["", "error"])
async def test_an_error_in_the_middle_keeps_what_came(join: Make, apis: Apis, named: str) -> None:
    told = Event({"type": "error", "errorText": "The model is overloaded."}, named)
    apis.chatbase_v2.answers(Reply(pieces=["Half an ", told, "answer"]))
    heard = await hear(join("chatbase-v2"))
    assert isinstance(heard.fault, ErrorReported)
    assert (heard.text, heard.fault.reason) == ("Half an ", "The model is overloaded.")


async def test_an_error_before_any_text(join: Make, apis: Apis) -> None:
    apis.chatbase_v2.answers(Reply(pieces=[failure("Sorry.")]))
    heard = await hear(join("chatbase-v2"))
    assert (heard.text, heard.kind) == ("", ErrorReported)
    assert len(apis.chatbase_v2.received) == 1  # nothing was asked again


async def test_each_piece_arrives_as_it_is_sent(join: Make, apis: Apis) -> None:
    held = apis.chatbase_v2.hold()
    answer = join("chatbase-v2").stream(FRESH)
    first = anext(answer)
    seen = []

    async def send() -> None:
        pieces: list[str | bytes] = [*tool(), "Hel", "lo"]
        for each in pieces:
            await held.send(each)

    sending = asyncio.create_task(send())
    piece = await first
    while piece != "lo":
        seen.append(piece)
        piece = await anext(answer)
    await sending
    assert [each for each in seen if not isinstance(each, Receipt)] == [LookingUp(), "Hel"]
    await answer.aclose()
    await held.left()  # closing the stream hangs up


TEXTS = st.sampled_from(["One ", "zwei 🍕", "\n", "three.\n\n", "&lt;"])
PIECES = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            NEW_BLOCK,
            *tool(),
            Event({"type": "start", "messageId": "m-2"}),
            Event({"type": "start-step"}),
            Event({"type": "finish-step"}),
            Event({"type": "text-start", "id": "t9"}),
            Event({"type": "text-end", "id": "t0"}),
            Event({"type": "text-delta", "id": "t9", "delta": "again"}),
            Event({"type": "metadata", "conversationId": "c-9", "usage": {"credits": 2}}),
            Event({"type": "message-metadata", "messageId": "m-9"}),
            Event({"type": "finish", "messageMetadata": {"conversationId": "c-1", "usage": None}}),
            Event({"type": "wonderful"}, "odd"),
            b": comment\r\n\r\n",
        ]
    ),
)


def frame(piece: Piece) -> bytes:
    return piece if isinstance(piece, bytes) else Event({"type": "text-delta", "delta": piece})


@given(st.lists(PIECES, max_size=8), st.data())
def test_any_order_cut_anywhere_gives_the_same(pieces: list[Piece], data: st.DataObject) -> None:
    body = b"".join(map(frame, pieces)) + b"data: [DONE]\n\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)))))
    parts = [body[start:end] for start, end in itertools.pairwise([0, *cuts, len(body)])]
    assert read(*parts) == read(body)
    assert read(*(body[at : at + 1] for at in range(len(body)))) == read(body)
    said = [piece for piece in pieces if isinstance(piece, str)]
    text = read(body)[0]
    for each in said:  # in order, and none is lost
        assert each in text
        text = text.partition(each)[2]
