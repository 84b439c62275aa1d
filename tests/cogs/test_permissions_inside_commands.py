"""Permissions that depend on what a command finds: whose answer it is, and whether a conversation is shared."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.conversation.answer_config import AnswerConfig
from bot.conversation.chatbots import Available, Chatbots
from bot.discord.interactions import Refused
from bot.domain.answer import Answer
from bot.domain.cluster.signals import NO_SIGNALS
from bot.domain.conversation import BuiltPrompt
from bot.domain.personal_data import Erased
from bot.domain.provider import Choice, Memory, Option, Persona, Prompt
from bot.domain.question import Location
from cogs.answer_details import Why
from cogs.ask_about_message import AskAboutThis
from cogs.history import History
from cogs.privacy import Privacy
from cogs.settings.provider_options import ProviderOptions
from tests.fakes.interactions import FakeInteraction
from tests.fakes.providers_and_stores import FakeProvider

ASKER, OTHER = 1, 2
NO_CHATBOTS: Any = SimpleNamespace(chatbots=Chatbots({}, None))
MESSAGE: Any = SimpleNamespace(id=5)


class Conversations:
    """Server settings with one provider, and a prompt builder that notes what it cleared and showed."""

    def __init__(self, *, remembers: Memory) -> None:
        self.used: list[str] = []
        provider: Any = SimpleNamespace(label="Tamako", remembers=remembers)
        self._config = AnswerConfig(provider, Persona(), {})

    async def answer_config(self, _: object) -> AnswerConfig:
        """Return who answers."""
        return self._config

    async def prompt(self, *_: object) -> BuiltPrompt:
        """Return an empty prompt."""
        self.used.append("show")
        return BuiltPrompt(Prompt("", "1", "a"))

    async def clear(self, *_: object) -> None:
        """Note that the conversation was cleared."""
        self.used.append("clear")


def use(command: str, conversations: Conversations, interaction: FakeInteraction) -> Any:  # noqa: ANN401 - a coroutine
    """Use `/history` without the checks that run before it: it has none."""
    cog = History(cast("Any", conversations), cast("Any", conversations))
    return getattr(cog, command).callback(cog, interaction)


@pytest.mark.parametrize(
    ("command", "permission", "name"),
    [("clear", "manage_messages", "Manage Messages"), ("show", "read_message_history", "Read Message History")],
)
async def test_a_shared_conversation_needs_a_permission(command: str, permission: str, name: str) -> None:
    conversations = Conversations(remembers="nothing")
    others = discord.Permissions.all()
    others.update(**{permission: False})
    with pytest.raises(Refused, match=f"You need \\*\\*{name}\\*\\*"):
        await use(command, conversations, FakeInteraction(permissions=others))
    assert conversations.used == []
    allowed = FakeInteraction(permissions=discord.Permissions(**{permission: True}))
    await use(command, conversations, allowed)
    assert conversations.used == [command]
    assert (len(allowed.private), allowed.public) == (1, [])


@pytest.mark.parametrize("command", ["show", "clear"])
@pytest.mark.parametrize(("server", "remembers"), [(None, "nothing"), (None, "people"), (7, "people")])
async def test_ones_own_conversation_needs_none(command: str, server: int | None, remembers: Memory) -> None:
    conversations = Conversations(remembers=remembers)
    await use(command, conversations, FakeInteraction(server=server))
    assert conversations.used == [command]


@pytest.mark.parametrize(
    ("user", "server", "manages", "allowed"),
    [
        (ASKER, 7, False, True),
        (ASKER, None, False, True),
        (OTHER, 7, True, True),
        (OTHER, 7, False, False),
        (OTHER, None, True, False),
    ],
)
async def test_who_may_see_how_an_answer_came_about(
    user: int, server: int | None, manages: bool, allowed: bool
) -> None:
    async def answer_in(_: int) -> Answer:
        return Answer("a", 1, True, Location(55, 55, server), ASKER, 1)

    cog = Why(cast("Any", None), cast("Any", SimpleNamespace(answer_in=answer_in)), NO_CHATBOTS)
    rights = discord.Permissions(manage_guild=manages, manage_messages=True)
    interaction: Any = FakeInteraction(user=user, server=server, permissions=rights)
    if allowed:
        await cog.why(interaction, MESSAGE)
        assert len(interaction.private) == 1
    else:
        with pytest.raises(Refused, match=r"^Only the person who asked, or someone with \*\*Manage Server\*\*"):
            await cog.why(interaction, MESSAGE)


@pytest.mark.parametrize("location", [Location(55, 55, 8), Location(56, 56, 7), Location(55, 55, None)])
async def test_an_answer_of_another_place_has_none_either(location: Location) -> None:
    async def answer_in(_: int) -> Answer:
        return Answer("a", 1, True, location, ASKER, 1)

    cog = Why(cast("Any", None), cast("Any", SimpleNamespace(answer_in=answer_in)), NO_CHATBOTS)
    rights = discord.Permissions(manage_guild=True)
    with pytest.raises(Refused, match=r"^That isn't one of my answers"):
        await cog.why(cast("Any", FakeInteraction(user=ASKER, permissions=rights)), MESSAGE)


async def test_a_message_that_is_no_answer_has_no_details() -> None:
    async def answer_in(_: int) -> None:
        return None

    cog = Why(cast("Any", None), cast("Any", SimpleNamespace(answer_in=answer_in)), NO_CHATBOTS)
    with pytest.raises(Refused, match=r"^That isn't one of my answers"):
        await cog.why(cast("Any", FakeInteraction()), MESSAGE)


@pytest.mark.parametrize(("user", "erased"), [(ASKER, [ASKER]), (OTHER, [])])
async def test_only_its_owner_can_press_an_erase_button(user: int, erased: list[int]) -> None:
    done: list[int] = []

    async def erase(person: int) -> Erased:
        done.append(person)
        return Erased(0, 0, 0)

    bot = SimpleNamespace(dispatch=lambda *_: None)
    cog = Privacy(cast("Any", bot), cast("Any", SimpleNamespace(erase=erase)), NO_SIGNALS)
    pressed: Any = FakeInteraction(user=user, custom_id=f"erase:{ASKER}")
    await cog.on_interaction(pressed)
    assert done == erased
    assert len(pressed.private) == len(erased) ^ 1


@pytest.mark.parametrize(("manages", "member", "suggested"), [(True, True, 1), (False, True, 0), (True, False, 0)])
async def test_stories_are_suggested_to_admins_only(manages: bool, member: bool, suggested: int) -> None:
    class Stories(FakeProvider):
        async def choices(self, _option: str) -> list[Choice]:
            return [Choice("f" * 24, "Help desk")]

    async def available(_: Location) -> Available:
        providers = {"chatbot": Stories("chatbot", "ChatBot.com", options=[Option("story")])}
        return Chatbots(providers, "chatbot").available(7, {})

    nothing = cast("Any", None)
    cog = ProviderOptions(
        cast("Any", SimpleNamespace(available=available)), nothing, nothing, has_message_content=False
    )
    typing: Any = FakeInteraction(permissions=discord.Permissions(manage_guild=manages), member=member)
    assert len(await cast("Any", cog).suggest_stories(typing, "help")) == suggested


async def test_a_form_from_before_a_restart_is_refused_privately() -> None:
    cog = AskAboutThis(cast("Any", SimpleNamespace(tree=None)), cast("Any", None))
    sent: Any = FakeInteraction()
    sent.type, sent.data = discord.InteractionType.modal_submit, {"custom_id": "about:1"}
    for _ in range(2):  # Discord may deliver it twice
        await cog.on_interaction(sent)
    assert [text.startswith("I no longer know which message") for text in sent.private] == [True]
    assert sent.public == []
