"""ChatBot.com's texts, pictures, cards and choices: what they look like in Discord."""

from collections.abc import Sequence

import pytest

from sandbox.apis import Reply
from sandbox.apis.chatbot_stories import button
from sandbox.discord import NotPossible
from tests.e2e.chatbot_answers import Item, choices, have_answered, links, looks, offered, sent
from tests.e2e.reader import below_caption
from tests.e2e.stage import Stage

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbot")


async def test_choices_stand_under_their_title_as_buttons(stage: Stage) -> None:
    welcome = await stage.ask(stage.alice, "hello")
    assert welcome.content == "Buongiorno! 🍕 Welcome to the pizzeria.\n\nWhat would you like?"
    assert offered(welcome) == ["See the menu", "Opening hours", "Website"]
    assert links(welcome) == {"Website": "https://sandbox.invalid/pizzeria"}
    with pytest.raises(NotPossible, match="link"):
        await stage.alice.press(welcome, "Website")


async def test_cards_and_pictures_are_embeds(stage: Stage) -> None:
    card: Item = {
        "type": "card",
        "title": "Margherita",
        "subtitle": "9 €",
        "imageUrl": "https://sandbox.invalid/m.png",
        "buttons": [button("postback", "Order", "order"), button("url", "More", "https://sandbox.invalid/m")],
    }
    (message,) = await have_answered(stage, {"type": "text", "message": "Look:"}, card)
    assert message.content == "Look:"
    (embed,) = message.embeds
    assert (embed["title"], embed["description"]) == ("Margherita", "9 €")
    assert embed["image"]["url"] == "https://sandbox.invalid/m.png"
    assert offered(message) == ["Order", "More"]
    (message,) = await have_answered(stage, {"type": "image", "imageUrl": "https://sandbox.invalid/oven.png"})
    assert message.content == ""
    assert [embed["image"]["url"] for embed in message.embeds] == ["https://sandbox.invalid/oven.png"]


async def test_items_come_in_order_over_several_messages(stage: Stage) -> None:
    messages = await have_answered(
        stage,
        {"type": "text", "message": "First"},
        {"type": "image", "imageUrl": "https://sandbox.invalid/1.png"},
        {"type": "text", "elements": ["Second,", "in two lines"]},
        {"type": "card", "title": "A card", "buttons": choices(2)},
        {"type": "hologram", "projector": "ceiling"},
        {"type": "quickReplies", "title": "Choose", "buttons": choices(3)},
        {"type": "cards", "elements": [{"title": "One"}, {"title": "Two"}]},
        {"type": "text", "message": "Last"},
    )
    assert [looks(message) for message in messages] == [
        ("First", [None], []),
        ("Second,\nin two lines", ["A card"], ["T0", "T1"]),
        ("Choose", [], ["T0", "T1", "T2"]),
        ("", ["One", "Two"], []),
        ("Last", [], []),
    ]
    assert [message.replied_to is not None for message in messages] == [True, *[False] * 4]
    assert [message.pinged for message in messages] == [{stage.alice}, *[set()] * 4]


async def test_cards_with_buttons_stand_apart(stage: Stage) -> None:
    menu = await stage.ask(stage.alice, "menu")
    await stage.idle()
    first, second = stage.by_bot()
    assert first is menu
    assert looks(first)[1:] == (["Margherita"], ["Order Margherita"])
    assert looks(second)[1:] == (["Quattro Stagioni"], ["Order Quattro Stagioni", "What is in it?"])


async def test_an_interactions_answer_shows_the_same(stage: Stage) -> None:
    items: Sequence[Item] = (
        {"type": "text", "message": "First"},
        {"type": "quickReplies", "title": "Choose", "buttons": choices(2)},
        {"type": "text", "message": "Last"},
    )
    by_message = await have_answered(stage, *items)
    stage.apis.chatbot.answers(Reply(fulfillment=items), times=1)
    shown = await stage.alice.slash(stage.general, "ask", question="go on")
    await stage.told(shown)
    await stage.idle()
    assert shown.message is not None
    by_slash = [shown.message, *shown.followups]
    assert [looks(message) for message in by_slash[1:]] == [looks(message) for message in by_message[1:]]
    text, *extras = looks(by_slash[0])
    assert [below_caption(str(text)), *extras] == list(looks(by_message[0]))
    await stage.told(await stage.alice.press(shown.message, "T1"))
    assert sent(stage, "query") == "v1"


async def test_more_buttons_than_a_message_holds_go_on_in_the_next(stage: Stage) -> None:
    messages = await have_answered(
        stage,
        {"type": "quickReplies", "title": "Choose", "buttons": choices(55)},
        {"type": "text", "message": "That was all."},
    )
    assert [len(offered(message)) for message in messages] == [20, 20, 15, 0]
    assert [message.content for message in messages] == ["Choose", "", "", "That was all."]
    assert [name for message in messages for name in offered(message)] == [f"T{location}" for location in range(55)]
    await stage.told(await stage.alice.press(messages[2], "T54"))
    assert sent(stage, "query") == "v54"


async def test_cards_of_more_text_than_a_message_holds_go_on_in_the_next(stage: Stage) -> None:
    cards = [{"title": f"C{number}", "subtitle": "x" * 900} for number in range(12)]
    messages = await have_answered(stage, {"type": "cards", "elements": cards})
    assert [embed["title"] for message in messages for embed in message.embeds] == [f"C{n}" for n in range(12)]
    assert not any(message.content for message in messages)


async def test_long_titles_are_shortened_and_say_their_whole_value(stage: Stage) -> None:
    (message,) = await have_answered(
        stage,
        {"type": "quickReplies", "title": "Choose", "buttons": [button("postback", "t" * 120, "v" * 256)]},
    )
    assert offered(message) == ["t" * 79 + "…"]
    await stage.told(await stage.alice.press(message, "t" * 79 + "…"))
    assert sent(stage, "query") == "v" * 256
    (message,) = await have_answered(stage, {"type": "card", "title": "c" * 300, "subtitle": "s" * 5000})
    assert message.embeds[0]["title"] == "c" * 255 + "…"
    assert len(message.embeds[0]["description"]) == 4096


async def test_a_title_over_a_message_has_its_buttons_under_the_last(stage: Stage) -> None:
    title = "word " * 500
    messages = await have_answered(stage, {"type": "quickReplies", "title": title, "buttons": choices(1)})
    assert " ".join(message.content for message in messages).split() == title.split()
    assert [offered(message) for message in messages] == [[], ["T0"]]


async def test_links_lead_to_the_web_and_nowhere_else(stage: Stage) -> None:
    addresses = {
        "good": "https://sandbox.invalid/good?a=b#c",
        "plain": "http://sandbox.invalid/",
        "script": "javascript:alert(1)",
        "shouted": "JaVaScRiPt:alert(1)",
        "data": "data:text/html,hello",
        "file": "file:///etc/passwd",
        "discord": "discord://-/users/1",
        "none": "",
        "spaced": "https://sandbox.invalid/a b",
        "hostless": "https:///path",
        "broken": "https://[sandbox/",
        "long": f"https://sandbox.invalid/{'x' * 600}",
    }
    message, _ = await have_answered(
        stage,
        {
            "type": "quickReplies",
            "title": "Where to?",
            "buttons": [button("url", title, address) for title, address in addresses.items()],
        },
        {"type": "image", "imageUrl": "javascript:alert(1)"},
        {"type": "card", "title": "Card", "imageUrl": "data:image/png;base64,AAAA"},
    )
    assert links(message) == {title: addresses[title] for title in ("good", "plain")}
    assert all(address not in str(shown.embeds) for shown in stage.by_bot() for address in ("javascript", "data:"))


async def test_an_answer_with_nothing_in_it_is_told(stage: Stage) -> None:
    nothing: list[list[Item]] = [[], [{"type": "hologram"}], [{"type": "text", "message": " "}], [{"type": "cards"}]]
    for items in nothing:
        (message,) = await have_answered(stage, *items)
        assert message.content == "-# ChatBot.com returned an empty answer. Try rephrasing your question."
