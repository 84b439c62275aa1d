"""Which messages are one answer, and which requests belong to it: found in logs that are filled in by hand."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.apis import Api, Apis, Outcome, Received
from sandbox.discord import Channel, Discord, Message, Person
from sandbox.discord.limits.request_log import Limited, RequestRecord, Subject
from sandbox.discord.model.interactions import Callback, Interaction, InteractionType
from sandbox.discord.operations.messaging import Draft, post
from sandbox.environment import Environment
from sandbox.page.what_happened import runs, tell
from sandbox.page.what_happened.answers import find_answer
from sandbox.page.what_happened.runs import collect_runs


@dataclass
class Scene:
    """A Discord and chat APIs that nobody listens to; each thing happens a second after the one before."""

    discord: Discord = field(default_factory=Discord)
    apis: Apis = field(default_factory=Apis)

    def __post_init__(self) -> None:
        app = self.discord.create_application()
        alice, bob = self.discord.create_user("alice"), self.discord.create_user("bob")
        guild = self.discord.create_guild("Home", alice, bob)
        guild.add_bot(app)
        general, games = guild.add_text_channel("general"), guild.add_text_channel("games")
        self.env = Environment(self.discord, self.apis, app, guild, general, games, alice, bob, Path())

    async def asks(self, person: Person, text: str, at: Channel | None = None) -> Message:
        self.discord.advance(1.0)
        return await person.say(at or self.env.general, text)

    def shows(self, text: str, answers: Message | None = None, at: Channel | None = None) -> Message:
        """Let the bot post, as its request is recorded."""
        self.discord.advance(1.0)
        channel = at or self.env.general
        message = post(channel, self.env.app.bot, Draft(text, answers=answers))
        self.wrote("POST", "/channels/{channel_id}/messages", message, text)
        return message

    def edits(self, message: Message, text: str, status: int = 200, limited: Limited | None = None) -> None:
        self.discord.advance(1.0)
        route = "/channels/{channel_id}/messages/{message_id}"
        self.wrote("PATCH", route, message, text, status, limited)

    def wrote(
        self, method: str, route: str, message: Message, text: str, status: int = 200, limited: Limited | None = None
    ) -> None:
        record = RequestRecord(method, route, route, self.discord.clock.monotonic(), {"content": text})
        record.status, record.subject, record.limited = status, Subject(message.id), limited
        self.discord.requests.add(record)

    def asked(self, api: Api, question: str, user_key: str, status: int = 200) -> Received:
        self.discord.advance(1.0)
        at = self.discord.clock.monotonic()
        received = Received(method="POST", path="/", query={}, at=at, question=question, user_key=user_key)
        received.answered.status, received.answered.outcome = status, Outcome.COMPLETE
        received.answered.arrivals, received.answered.ended_at = [(at + 0.5, 100)], at + 0.5
        received.answered.size = 100
        api.record.add(received, stray=False)
        return received

    def presses(self, person: Person, message: Message, label: str) -> Interaction:
        self.discord.advance(1.0)
        state = self.discord.state
        now = self.discord.clock.monotonic()
        data = {"custom_id": label, "component_type": 2}
        pressed = Interaction(
            state.ids.mint(), label, InteractionType.COMPONENT, self.env.app, person, message.channel, data, now
        )
        pressed.source = pressed.message = message
        pressed.response.callback = Callback.DEFERRED_UPDATE
        state.interactions[pressed.id] = pressed
        return pressed


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Give a scene whose chat APIs go by the clock of its Discord, which is wound forward."""
    scene = Scene()
    monkeypatch.setattr(runs, "time", scene.discord.clock)
    return scene


async def test_the_request_is_known_by_its_words(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, f"{env.app.bot.mention} why is the sea salty?")
    scene.asked(scene.apis.chatbase, "What is the time?", "another-conversation")
    scene.asked(scene.apis.chatbase, "Alice: why is the sea salty?", "a-conversation")
    answer = scene.shows("Because", question)
    (run,) = collect_runs(env, find_answer(answer, env.alice))
    assert [round(request.at) for request in run.requests] == [2]


async def test_the_request_is_known_by_its_user(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, f"{env.app.bot.mention} hello")
    scene.asked(scene.apis.tamako, "hello", str(env.bob.id))
    scene.asked(scene.apis.tamako, "hello", str(env.alice.id))
    answer = scene.shows("Hello!", question)
    (run,) = collect_runs(env, find_answer(answer, env.alice))
    assert [(request.api, round(request.at)) for request in run.requests] == [("Tamako", 2)]


async def test_a_second_try_after_a_failure_belongs_to_the_run(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, f"{env.app.bot.mention} hello there")
    scene.asked(scene.apis.stammer, "hello there", str(env.alice.id), status=503)
    scene.asked(scene.apis.stammer, "hello there", str(env.alice.id))
    scene.asked(scene.apis.stammer, "hello there", str(env.alice.id))
    answer = scene.shows("Hello!", question)
    (run,) = collect_runs(env, find_answer(answer, env.alice))
    assert [request.status for request in run.requests] == [503, 200]


async def test_pages_of_an_answer_are_one(scene: Scene) -> None:
    env = scene.env
    other = await scene.asks(env.bob, "hello")
    scene.shows("Hi Bob", other)
    question = await scene.asks(env.alice, "tell me a lot")
    first = scene.shows("one", question)
    second = scene.shows("two")
    await scene.asks(env.bob, "am I in between?")
    third = scene.shows("three", second)
    aside = scene.shows("a hint", question)
    for page in (first, second, third):
        found = find_answer(page, env.alice)
        assert found.pages == (first, second, third)
        assert found.question is question
    assert find_answer(aside, env.alice).pages == (aside,)


async def test_a_press_that_asks_again_begins_a_run_and_others_do_not(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, "a good joke")
    scene.asked(scene.apis.chatbase, "a good joke", "talk")
    answer = scene.shows("Ha", question)
    scene.presses(env.bob, answer, "◀")
    scene.presses(env.alice, answer, "Retry")
    scene.asked(scene.apis.chatbase, "a good joke", "talk")
    scene.edits(answer, "Ha ha")
    scene.discord.advance(100.0)
    first, second = collect_runs(env, find_answer(answer, env.alice))
    assert [act.text for act in first.acts] == ["Alice asks"]
    assert [act.text for act in second.acts] == ["Alice presses a menu"]
    assert [len(run.writes) for run in (first, second)] == [1, 1]
    assert not second.running


async def test_an_edited_question_begins_a_run(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, "a good jok")
    scene.asked(scene.apis.chatbase, "a good jok", "talk")
    answer = scene.shows("What?", question)
    scene.discord.advance(1.0)
    await env.alice.edit(question, "a good joke")
    scene.asked(scene.apis.chatbase, "a good joke", "talk")
    found = collect_runs(env, find_answer(answer, env.alice))
    assert [run.acts[0].text for run in found] == ["Alice asks", "Alice edits the question"]


async def test_refused_messages_of_the_answer_belong_to_it(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, "hello you")
    scene.asked(scene.apis.chatbase, "hello you", "talk")
    route = "/channels/{channel_id}/messages"
    for target in (question.id, 1):
        body = {"content": "Hi", "nonce": str(target), "message_reference": {"message_id": str(target)}}
        refused = RequestRecord("POST", route, route, scene.discord.clock.monotonic(), body)
        refused.status, refused.limited = 429, Limited(5, 5.0, 0, 2.0)
        scene.discord.requests.add(refused)
    slow = RequestRecord(
        "POST", route, route, scene.discord.clock.monotonic(), {"message_reference": {"message_id": str(question.id)}}
    )
    scene.discord.requests.add(slow)
    answer = scene.shows("Hi", question)
    scene.edits(answer, "Hi!", status=429, limited=Limited(5, 5.0, 0, 1.0))
    (run,) = collect_runs(env, find_answer(answer, env.alice))
    assert [write.status for write in run.writes] == [429, 0, 200, 429]
    assert run.shown[-1][1] == 2


async def test_nothing_told_holds_words(scene: Scene) -> None:
    env = scene.env
    question = await scene.asks(env.alice, "what is my password, xyzzy?")
    scene.asked(scene.apis.chatbase, "what is my password, xyzzy?", "talk-of-somebody")
    answer = scene.shows("plugh", question)
    for run in (None, 0, 7, -1):
        told = str(tell(env, answer, env.bob, run))
        assert "is asked" in told
        assert not any(secret in told for secret in ("xyzzy", "plugh", "talk-of-somebody", env.app.token))


async def test_an_unasked_message_is_told_too(scene: Scene) -> None:
    welcome = scene.shows("Welcome")
    told = tell(scene.env, welcome, scene.env.alice)
    assert [row["what"] for row in told["rows"]] == ["The bot writes", "shows a new message: 7 characters"]
