"""ChatBot.com: which token goes where, the fields of a query, its rich answers, its two statuses, its stories."""

from dataclasses import replace

import pytest

from bot.domain.content import Button, Buttons, Card, Image
from bot.domain.errors import (
    ErrorReported,
    InvalidResponse,
    NoReply,
    NotFound,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    ServerFault,
    Unauthorized,
)
from bot.domain.provider import Choice, OffersChoices, Piece
from sandbox.apis import Apis, ChatBotShape, Reply
from tests.providers.conftest import PROMPT, Make, ask
from tests.providers.wire import WireServer, reply

ANSWER = reply({"result": {"fulfillment": [{"type": "text", "message": "Hello"}]}, "status": {"code": 200}})
STORY = "5f1a2b3c4d5e6f7081920a0b"
OTHER_STORY = "60c1d2e3f405162738495a6b"


async def test_sends_a_query(make: Make, server: WireServer) -> None:
    server.play(ANSWER)
    await ask(make("chatbot", CHATBOT_API_URL=f"{server.url}/base/"))
    (heard,) = server.heard
    assert (heard.method, heard.target) == ("POST", "/base/query")
    assert heard.headers["authorization"] == "Bearer s3cret-client-token"
    assert heard.json() == {"query": PROMPT.text, "sessionId": PROMPT.user_key}


async def test_a_jump_is_sent_instead_of_the_text(make: Make, server: WireServer) -> None:
    server.play(ANSWER)
    await ask(make("chatbot", CHATBOT_STORY_ID=STORY), replace(PROMPT, text="x" * 300, jump="hours"))
    assert server.heard[0].json() == {"goto": "hours", "sessionId": PROMPT.user_key, "storyId": STORY}


async def test_the_servers_story_wins(make: Make, server: WireServer) -> None:
    server.play(ANSWER)
    chatbot = make("chatbot", CHATBOT_STORY_ID=STORY)
    assert [(option.name, option.default) for option in chatbot.options] == [("story", STORY)]
    await ask(chatbot, replace(PROMPT, options={"story": OTHER_STORY}))
    assert server.heard[0].json()["storyId"] == OTHER_STORY


async def test_the_developer_token_is_used_only_where_the_clients_is_no_use(make: Make, server: WireServer) -> None:
    server.play(ANSWER, reply([]), ANSWER)
    both = make("chatbot", CHATBOT_DEVELOPER_TOKEN="s3cret-developer")
    await ask(both)
    assert await both.check() is None
    await ask(make("chatbot", CHATBOT_CLIENT_TOKEN="", CHATBOT_DEVELOPER_TOKEN="s3cret-developer"))
    tokens = [heard.headers["authorization"].partition("-")[2] for heard in server.heard]
    assert tokens == ["client-token", "developer", "developer"]
    assert server.heard[1].target == "/v2/stories"


async def collect(join: Make, question: str, story: str = STORY) -> list[Piece]:
    return [piece async for piece in join("chatbot").stream(replace(PROMPT, text=question, options={"story": story}))]


async def test_rich_answers_of_the_stand_in(join: Make) -> None:
    welcome = await collect(join, "hello")
    assert welcome[0] == "Buongiorno! 🍕 Welcome to the pizzeria."
    assert welcome[1] == Buttons(
        "What would you like?",
        (
            Button("See the menu", "say", "menu"),
            Button("Opening hours", "jump", "hours"),
            Button("Website", "link", "https://sandbox.invalid/pizzeria"),
        ),
    )
    menu = await collect(join, "menu")
    assert menu[0] == "Fresh from the oven.\nTwo to choose from today:"
    cards = [piece for piece in menu if isinstance(piece, Card)]
    assert [card.title for card in cards] == ["Margherita", "Quattro Stagioni"]
    assert all(card.image_url and card.subtitle and card.buttons for card in cards)
    oven = await collect(join, "oven")
    assert isinstance(oven[0], Image)
    help_desk = await collect(join, "hello", OTHER_STORY)
    assert isinstance(help_desk[1], Buttons)
    assert [button.value for button in help_desk[1].buttons] == ["My order", "A refund", "A human"]


async def test_a_buttons_jump_leads_on(join: Make, apis: Apis) -> None:
    answer = await ask(join("chatbot"), replace(PROMPT, text="Opening hours", jump="hours"))
    assert answer == "We are open from noon to 11 pm, every day but Monday."
    with pytest.raises(NotFound):
        await ask(join("chatbot"), replace(PROMPT, jump="nowhere"))


async def test_a_blank_line_stands_between_two_texts(join: Make, apis: Apis) -> None:
    items = [{"type": "text", "message": "One"}, {"type": "image", "imageUrl": "https://x.example/1"}]
    apis.chatbot.answers(Reply(fulfillment=[*items, {"type": "delay"}, {"type": "text", "message": "Two"}]))
    assert await ask(join("chatbot")) == "One\n\nTwo"
    assert await collect(join, "x") == ["One", Image("https://x.example/1"), "\n\nTwo"]


@pytest.mark.parametrize("shape", [ChatBotShape.MESSAGE, ChatBotShape.ELEMENTS])
async def test_both_spellings_of_text(join: Make, apis: Apis, shape: ChatBotShape) -> None:
    apis.chatbot.answers(Reply("Hello", shape=shape))
    assert await ask(join("chatbot")) == "Hello"


async def test_a_story_may_have_nothing_to_say(join: Make, apis: Apis) -> None:
    apis.chatbot.answers(Reply(fulfillment=[]))
    with pytest.raises(NoReply):
        await ask(join("chatbot"))
    apis.chatbot.answers(Reply(fulfillment=[{"type": "unknown", "message": "x"}]))
    with pytest.raises(NoReply):
        await ask(join("chatbot"))


async def test_a_picture_alone_is_an_answer(join: Make, apis: Apis) -> None:
    apis.chatbot.answers(Reply(fulfillment=[{"type": "image", "imageUrl": "https://x.example/1"}]))
    assert await collect(join, "x") == [Image("https://x.example/1")]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(401, Unauthorized), ("404", NotFound), (429, RateLimited), (500, ServerFault), (400, Rejected), (0, Rejected)],
)
async def test_the_status_in_the_body_counts_too(
    make: Make, server: WireServer, code: object, kind: type[ProviderError]
) -> None:
    server.play(
        reply({"timestamp": "t", "status": {"code": code, "type": "bad_request"}, "result": {"fulfillment": []}})
    )
    with pytest.raises(ProviderError) as caught:
        await ask(make("chatbot"))
    assert type(caught.value) is kind
    assert getattr(caught.value, "reason", "bad_request") == "bad_request"
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("document", "kind", "reason"),
    [
        ({"error": "Story is paused"}, ErrorReported, "Story is paused"),
        ({"error": {"code": 402, "message": "No plan"}}, PaymentRequired, None),
        ({"message": "No plan", "statusCode": 402}, PaymentRequired, None),
        ({"message": "Unauthorized", "success": False}, Unauthorized, None),
        ({"status": "error", "message": "Story is paused"}, ErrorReported, "Story is paused"),
        ({"status": {"code": 200, "type": "success"}, "error": "Story is paused"}, ErrorReported, "Story is paused"),
    ],
)
async def test_an_error_in_any_other_shape_is_told_too(
    make: Make, server: WireServer, document: object, kind: type[ProviderError], reason: str | None
) -> None:
    chatbot = make("chatbot", CHATBOT_DEVELOPER_TOKEN="s3cret-developer")
    for ask_it in (ask(chatbot), chatbot.check()):
        server.play(reply(document, Content_Type="text/html; charset=utf-8"))
        with pytest.raises(ProviderError) as caught:
            await ask_it
        assert type(caught.value) is kind
        assert getattr(caught.value, "reason", None) == reason


@pytest.mark.parametrize("status", [None, "success", {}, {"code": True}, {"code": None}, {"code": "x"}])
async def test_an_odd_status_does_not_hide_the_answer(make: Make, server: WireServer, status: object) -> None:
    server.play(reply({"result": {"fulfillment": [{"type": "text", "message": "Hello"}]}, "status": status}))
    assert await ask(make("chatbot")) == "Hello"


@pytest.mark.parametrize("document", [{}, {"result": []}, {"result": {}}, {"result": {"fulfillment": {}}}])
async def test_an_answer_without_fulfillment_is_unreadable(make: Make, server: WireServer, document: object) -> None:
    server.play(reply(document))
    with pytest.raises(InvalidResponse):
        await ask(make("chatbot"))


async def test_the_stand_ins_refusals(join: Make, apis: Apis) -> None:
    with pytest.raises(Unauthorized):
        await ask(join("chatbot", CHATBOT_CLIENT_TOKEN="wrong"))
    with pytest.raises(Rejected) as caught:
        await ask(join("chatbot"), replace(PROMPT, user_key="1"))
    assert (caught.value.status, caught.value.reason) == (400, "bad_request")
    apis.chatbot.answers(Reply("", shape=ChatBotShape.STATUS_IN_BODY))
    with pytest.raises(ServerFault):
        await ask(join("chatbot"))


async def test_lists_the_stories(join: Make) -> None:
    chatbot = join("chatbot")
    assert isinstance(chatbot, OffersChoices)
    assert await chatbot.choices("story") == (Choice(STORY, "Pizzeria"), Choice(OTHER_STORY, "Help desk"))
    assert await chatbot.choices("model") == ()
    assert await chatbot.check() is None
    with pytest.raises(Unauthorized):
        await join("chatbot", CHATBOT_DEVELOPER_TOKEN="wrong").check()


@pytest.mark.parametrize(
    "wrap", [lambda stories: stories, lambda stories: {"stories": stories}, lambda stories: {"data": stories}]
)
async def test_older_servers_list_their_stories_elsewhere(make: Make, server: WireServer, wrap: object) -> None:
    assert callable(wrap)
    stories = [{"id": "a", "name": "A"}, {"id": "b"}, {"name": "C"}, {"id": 7}, "x"]
    server.play(reply({"status": {"code": 404}}, 404), reply(wrap(stories)))
    chatbot = make("chatbot", CHATBOT_DEVELOPER_TOKEN="s3cret-developer")
    assert isinstance(chatbot, OffersChoices)
    assert await chatbot.choices("story") == (Choice("a", "A"), Choice("b", "b"))
    assert [heard.target for heard in server.heard] == ["/v2/stories", "/stories"]


async def test_a_list_of_stories_that_is_none_is_unreadable(make: Make, server: WireServer) -> None:
    server.play(reply({"stories": 7}))
    with pytest.raises(InvalidResponse):
        await make("chatbot", CHATBOT_DEVELOPER_TOKEN="s3cret-developer").check()


async def test_without_the_developer_token_nothing_is_listed(make: Make, server: WireServer) -> None:
    chatbot = make("chatbot")
    assert isinstance(chatbot, OffersChoices)
    assert await chatbot.choices("story") == ()
    assert server.connections == []
