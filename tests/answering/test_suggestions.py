"""What chatbots suggest to ask: fetched once in a while, never waited for long, and found again by its button."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.answering.suggestions import KEPT_SECONDS, MAX_SUGGESTIONS, PATIENCE, RETRY_SECONDS, Suggestions
from bot.conversation.chatbots import Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.conversation.server_settings import ServerSettings
from bot.domain.content import Button
from bot.domain.errors import ServerFault
from bot.domain.provider import Provider
from bot.domain.secrets.credentials import CredentialId
from tests.fakes.providers_and_stores import FakeProvider, FakeServerSettingsStore, make_location
from tests.virtual_time import run_virtual

HERE = make_location()
LONG = "Could you tell me, in as many words as you like, how bread is baked in a wood-fired oven of brick?"


@dataclass(eq=False)
class Suggesting(FakeProvider):
    """A chat API that suggests what it is given, after some seconds, or fails."""

    questions: Sequence[str] = ("What is baked?", LONG)
    seconds: float = 0.0
    fails: bool = False
    asked: list[float] = field(default_factory=list)

    async def suggestions(self) -> Sequence[str]:
        self.asked.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise ServerFault(self.label, 500)
        return self.questions


def open_suggestions(*providers: Provider) -> Suggestions:
    known: Mapping[str, Provider] = {provider.name: provider for provider in providers}
    store = FakeServerSettingsStore()
    settings = ServerSettings(store, Chatbots(known, next(iter(known), None)), lambda: None, KeptSettings(store, {}))
    return Suggestions(settings)


async def titles(suggestions: Suggestions, provider: Provider) -> list[str]:
    return [button.title for button in await suggestions.buttons(provider, CredentialId(provider.name))]


def test_they_are_fetched_once_however_many_ask_at_once() -> None:
    async def scene() -> None:
        provider = Suggesting(seconds=0.5)
        suggestions = open_suggestions(provider)
        shown = await asyncio.gather(*(titles(suggestions, provider) for _ in range(5)))
        assert shown == [["What is baked?", LONG]] * 5
        await asyncio.sleep(KEPT_SECONDS - 1)
        provider.questions = ["What else?"]
        assert await titles(suggestions, provider) == ["What is baked?", LONG]
        assert len(provider.asked) == 1
        await asyncio.sleep(1)
        assert await titles(suggestions, provider) == ["What else?"]

    run_virtual(scene())


def test_a_slow_or_broken_api_is_done_without_and_tried_again_later() -> None:
    async def scene() -> None:
        for provider in (Suggesting(seconds=60), Suggesting(fails=True)):
            suggestions, now = open_suggestions(provider), asyncio.get_running_loop().time
            begun = now()
            assert await asyncio.gather(*(titles(suggestions, provider) for _ in range(3))) == [[], [], []]
            assert now() - begun <= PATIENCE
            assert len(provider.asked) == 1
            provider.seconds, provider.fails = 0.0, False
            assert await titles(suggestions, provider) == []
            await asyncio.sleep(RETRY_SECONDS)
            assert await titles(suggestions, provider) == ["What is baked?", LONG]
            provider.fails = True
            await asyncio.sleep(KEPT_SECONDS)
            assert await titles(suggestions, provider) == ["What is baked?", LONG], "better old ones than none"

    run_virtual(scene())


async def test_at_most_two_rows_are_shown_and_a_provider_without_any_shows_none() -> None:
    provider, other = Suggesting(questions=[f"{n}?" for n in range(30)]), FakeProvider(name="tamako")
    suggestions = open_suggestions(provider, other)
    shown = await suggestions.buttons(provider, CredentialId(provider.name))
    assert [button.title for button in shown] == [f"{n}?" for n in range(MAX_SUGGESTIONS)]
    assert len({button.token for button in shown}) == MAX_SUGGESTIONS
    assert await suggestions.buttons(other, CredentialId(other.name)) == []


async def test_a_button_is_found_after_a_restart() -> None:
    provider = Suggesting(name="chatbase-v2")
    short, long = await open_suggestions(provider).buttons(provider, CredentialId(provider.name))
    restarted = open_suggestions(provider)
    provider.fails = True
    found = await restarted.find(short.token, short.title, HERE)
    assert found is not None
    assert (found.provider, found.button.action, found.button.value) == ("chatbase-v2", "say", "What is baked?")
    assert len(provider.asked) == 1, "its label says it all"
    label = f"{LONG[:79]}…"
    assert await restarted.find(long.token, label, HERE) is None
    provider.fails = False
    found = await open_suggestions(provider).find(long.token, label, HERE)
    assert found is not None
    assert found.button.value == LONG
    provider.questions = ["And so on…"]
    found = await open_suggestions(provider).find("suggested:0:chatbase-v2", "And so on…", HERE)
    assert found is not None
    assert found.button.value == "And so on…"


async def test_of_two_that_begin_alike_the_pressed_one_is_found() -> None:
    provider = Suggesting(questions=[f"{LONG} In Rome?", "What is baked?", f"{LONG} In Ulm?"])
    suggestions, label = open_suggestions(provider), f"{LONG[:79]}…"
    for button in await suggestions.buttons(provider, CredentialId(provider.name)):
        found = await suggestions.find(button.token, label if len(button.title) > 80 else button.title, HERE)
        assert found is not None
        assert found.button.value == button.title
    moved = await suggestions.find("suggested:1:chatbase", label, HERE)
    assert moved is not None
    assert moved.button.value == f"{LONG} In Rome?"


async def test_other_tokens_and_labels_are_no_suggestions() -> None:
    suggestions = open_suggestions(Suggesting())
    button = Button("x", "say", "x")
    for token in ("", "an-answer:1:0", "suggested", "suggested:0:", "suggested:0:Chat base", "suggested:100:chatbase"):
        assert await suggestions.find(token, button.title, HERE) is None
    assert await suggestions.find("suggested:0:chatbase", "", HERE) is None
    gone = await suggestions.find("suggested:0:tamako", "Who are you?", HERE)
    assert gone is not None
    assert gone.provider == "tamako"
