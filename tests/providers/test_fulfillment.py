"""ChatBot.com's fulfillment items in each spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.providers.chatbot_fulfillment import MAX_BUTTONS, MAX_RICH_PIECES, read_item, read_items
from tests.providers.json_strategies import wild_json

URL = "https://pictures.example/1.png"


@pytest.mark.parametrize(
    ("item", "pieces"),
    [
        ({"type": "text", "message": "Hi"}, ["Hi"]),
        ({"type": "text", "elements": ["One", 2, "Three"]}, ["One\nThree"]),
        ({"type": "text", "messages": [{"message": "One"}, {"message": "Two"}]}, ["One", "Two"]),
        ({"type": "text", "message": " "}, []),
        ({"type": "image", "imageUrl": URL}, [Image(URL)]),
        ({"type": "image", "imageUrl": "javascript:alert(1)"}, []),
        (
            {"type": "quickReplies", "title": "Which?", "replies": ["A", "B"]},
            [Buttons("Which?", (Button("A", "say", "A"), Button("B", "say", "B")))],
        ),
        (
            {"type": "quickReply", "buttons": [{"type": "postback", "title": "A", "value": "a"}, "B", 7]},
            [Buttons("", (Button("A", "say", "a"), Button("B", "say", "B")))],
        ),
        (
            {"type": "quickReplies", "messages": [{"title": "Which?", "replies": ["A"]}]},
            [Buttons("Which?", (Button("A", "say", "A"),))],
        ),
        ({"type": "quickReplies", "title": "Only a title"}, ["Only a title"]),
        (
            {
                "type": "button",
                "title": "T",
                "buttons": [
                    {"type": "goto", "title": "Go", "value": "hours"},
                    {"type": "url", "title": "Open", "value": URL},
                    {"type": "url", "title": "Bad", "value": "javascript:alert(1)"},
                    {"type": "url", "title": URL},
                    {"type": "phone", "title": "Call", "value": "123"},
                    {"title": "Say", "value": "said"},
                    {"type": "postback", "value": "untitled"},
                    {"type": ["postback"], "title": "Wild"},
                ],
            },
            [
                Buttons(
                    "T",
                    (
                        Button("Go", "jump", "hours"),
                        Button("Open", "link", URL),
                        Button("Say", "say", "said"),
                        Button("untitled", "say", "untitled"),
                        Button("Wild", "say", "Wild"),
                    ),
                )
            ],
        ),
        (
            {"type": "card", "title": "T", "subtitle": "S", "imageUrl": URL, "buttons": ["A"]},
            [Card("T", "S", URL, (Button("A", "say", "A"),))],
        ),
        ({"type": "cards", "elements": [{"title": "1"}, 2, {"title": "3"}]}, [Card("1"), Card("3")]),
        ({"type": "card", "imageUrl": "file:///x"}, []),
        ({"type": "delay", "message": "x"}, []),
        ({"message": "x"}, []),
        ({"type": {"type": "text"}, "message": "x"}, []),
        ("text", []),
        (None, []),
    ],
)
def test_reads_each_spelling(item: object, pieces: list[Chunk]) -> None:
    assert list(read_item(item)) == pieces


kinds = st.sampled_from(["text", "image", "quickReplies", "quickReply", "button", "card", "cards", "?"])
fields = ["message", "messages", "elements", "imageUrl", "title", "subtitle", "buttons", "replies", "type", "value"]


@given(kinds, st.dictionaries(st.sampled_from(fields), wild_json(fields)))
def test_never_fails_whatever_the_types(kind: str, item: dict[str, object]) -> None:
    for piece in read_item({**item, "type": kind}):
        assert not isinstance(piece, Card | Buttons) or all(button.title and button.value for button in piece.buttons)


def test_buttons_without_end_become_as_many_as_an_answer_can_show() -> None:
    items = [{"type": "buttons", "title": "Which?", "replies": ["x"] * 200} for _ in range(5)]
    pieces = list(read_items([*items, {"type": "text", "message": "That is all."}]))
    assert sum(len(piece.buttons) for piece in pieces if isinstance(piece, Buttons)) == MAX_BUTTONS
    assert pieces[-1] == "That is all."


def test_pictures_without_end_keep_the_texts() -> None:
    items = [{"type": "image", "imageUrl": URL}] * 5000
    *pictures, text = read_items([*items, {"type": "text", "message": "That is all."}])
    assert len(pictures) == MAX_RICH_PIECES
    assert text == "That is all."
