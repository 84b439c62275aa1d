"""What goes along with a question: the asker's key, or the conversation so far; and how either begins afresh."""

from dataclasses import dataclass, replace
from uuid import uuid4

from bot.chat.history import Bounds, messages, select
from bot.chat.memory import Memory, Turn
from bot.chat.preferences import Setup
from bot.chat.prompts import Prompt
from bot.chat.provider import Provider
from bot.chat.questions import Place, Question

_MOST_NEW_IDS = 10_000
"""How many conversations that have an id but no turn yet are kept in mind; the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A prompt, and what the turn needs besides to be recorded: whether it begins a new conversation, and from what."""

    prompt: Prompt
    replaces: str | None = None
    kept: tuple[int, ...] = ()


class Recall:
    """Builds prompts from the memory. Every method raises `MemoryUnavailable`."""

    def __init__(self, memory: Memory, bounds: Bounds) -> None:
        self._memory = memory
        self._bounds = bounds
        self._new_ids: dict[tuple[str, int, str | None], str] = {}

    async def prompt(self, question: Question, setup: Setup) -> Recalled:
        """Return everything that the provider is to be sent for `question`."""
        provider = setup.provider
        key = await self._memory.user_key(provider.name, question.asker) if provider.remembers else str(question.asker)
        prompt = Prompt(
            text=question.compose(),
            user_key=key,
            conversation_id="",
            persona=setup.persona,
            options=setup.options,
            jump=question.jump,
        )
        return Recalled(prompt) if provider.remembers else await self._with_history(prompt, provider, question.place)

    async def _with_history(self, prompt: Prompt, provider: Provider, place: Place) -> Recalled:
        # One turn more than fits tells whether the conversation has outgrown its bounds.
        conversation = await self._memory.conversation(provider.name, place.channel, most=self._bounds.turns + 1)
        chosen, goes_on = select(conversation.turns, self._bounds)
        if goes_on and conversation.id is not None:
            return Recalled(replace(prompt, conversation_id=conversation.id, history=messages(chosen)))
        fresh = self._new_id((provider.name, place.channel, conversation.id))
        prompt = replace(prompt, conversation_id=fresh, history=messages(chosen))
        return Recalled(prompt, conversation.id, tuple(turn.id for turn in chosen))

    def _new_id(self, following: tuple[str, int, str | None]) -> str:
        """Return the id of the conversation that begins: the same one until a turn of it is recorded."""
        fresh = self._new_ids.pop(following, None) or str(uuid4())
        self._new_ids[following] = fresh
        if len(self._new_ids) > _MOST_NEW_IDS:
            del self._new_ids[next(iter(self._new_ids))]
        return fresh

    async def record(self, question: Question, setup: Setup, recalled: Recalled, answer: str) -> int | None:
        """Store a finished turn, where the provider does not do so itself; returns its id, None if none was stored."""
        if setup.provider.remembers:
            return None
        return await self._memory.record(
            Turn(
                provider=setup.provider.name,
                server=question.place.server,
                channel=question.place.channel,
                asker=question.asker,
                question=recalled.prompt.text,
                answer=answer,
                conversation_id=recalled.prompt.conversation_id,
                replaces=recalled.replaces,
                kept=recalled.kept,
            )
        )

    async def withdraw(self, turn: int) -> None:
        """Take a recorded turn back, because its answer could not be shown after all."""
        await self._memory.withdraw(turn)

    async def clear(self, provider: Provider, place: Place, user: int) -> None:
        """Begin afresh: the user's own conversation where the provider remembers, else the channel's."""
        if provider.remembers:
            await self._memory.renew_user_key(provider.name, user)
        else:
            await self._memory.clear_conversation(provider.name, place.channel)
