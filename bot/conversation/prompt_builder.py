"""What is sent with a question: the asker's key, or the conversation so far; and how to clear either."""

from dataclasses import replace
from uuid import uuid4

from bot.conversation.history import Bounds, select_turns, to_messages
from bot.conversation.question_text import add_remembered_files, compose_within
from bot.conversation.server_settings import AnswerConfig
from bot.domain.bounded_dict import BoundedDict
from bot.domain.conversation import BuiltPrompt, Conversation, NewTurn
from bot.domain.opening import Context, ContextQuery
from bot.domain.provider import Prompt, Provider
from bot.domain.question import Location, Question
from bot.domain.stores import ConversationStore

_MAX_NEW_IDS = 10_000
"""How many conversations that have an id but no turn yet are kept in memory; the oldest are forgotten."""


class PromptBuilder:
    """Builds prompts and turns. What is asynchronous uses the database, and raises `DatabaseUnavailable`."""

    def __init__(self, conversations: ConversationStore, bounds: Bounds) -> None:
        self._conversations = conversations
        self._bounds = bounds
        self._new_ids = BoundedDict[tuple[str, int, str | None], str](_MAX_NEW_IDS)

    def context_query(self, question: Question, config: AnswerConfig) -> ContextQuery:
        """Return which context `prompt` needs."""
        provider, location = config.provider, question.location
        # One turn more than fits shows whether the conversation has outgrown its bounds.
        max_turns = None if provider.keeps_history else self._bounds.turns + 1
        return ContextQuery(provider.name, location.conversation, question.asker, max_turns)

    async def prompt(
        self,
        question: Question,
        config: AnswerConfig,
        context: Context | None = None,
        *,
        retry_of_turn: int | None = None,
    ) -> BuiltPrompt:
        """Return everything to send to the provider for `question`; the `context` is read unless it is given.

        `retry_of_turn` is the id of the turn that the question had before: then later turns are not sent.
        """
        if context is None:
            context = await self._read(self.context_query(question, config), retry_of_turn)
        prompt = Prompt(
            text=compose_within(question, config.provider.takes),
            user_key=context if isinstance(context, str) else str(question.asker),
            conversation_id="",
            persona=config.persona,
            options=config.options,
            jump=question.jump,
        )
        if isinstance(context, str):
            return BuiltPrompt(prompt)
        return self._with_history(prompt, config.provider, question.location, context, retry_of_turn)

    async def _read(self, query: ContextQuery, retry_of_turn: int | None) -> Context:
        if query.max_turns is None:
            return await self._conversations.user_key(query.provider, query.asker)
        return await self._conversations.conversation(
            query.provider, query.channel, most=query.max_turns, before=retry_of_turn
        )

    def _with_history(
        self,
        prompt: Prompt,
        provider: Provider,
        location: Location,
        conversation: Conversation,
        retry_of_turn: int | None,
    ) -> BuiltPrompt:
        chosen, goes_on = select_turns(conversation.turns, self._bounds)
        left_out = 2 * (len(conversation.turns) - len(chosen))
        prompt = replace(prompt, history=to_messages(chosen))
        if conversation.id is not None and (goes_on or retry_of_turn is not None):
            prompt = replace(prompt, conversation_id=conversation.id)
            return BuiltPrompt(prompt, left_out=left_out, retry_of_turn=retry_of_turn)
        prompt = replace(prompt, conversation_id=self._new_id((provider.name, location.conversation, conversation.id)))
        return BuiltPrompt(prompt, conversation.id, tuple(turn.id for turn in chosen), left_out)

    def _new_id(self, following: tuple[str, int, str | None]) -> str:
        """Return the id of a new conversation: the same one until a turn of it is stored."""
        new_id = self._new_ids[following] = self._new_ids.get(following) or str(uuid4())
        return new_id

    def turn(self, question: Question, config: AnswerConfig, built_prompt: BuiltPrompt, answer: str) -> NewTurn | None:
        """Return a finished turn to store, None if the provider keeps the conversation itself."""
        if config.provider.keeps_history:
            return None
        return NewTurn(
            provider=config.provider.name,
            server=question.location.server,
            channel=question.location.conversation,
            asker=question.asker,
            question=add_remembered_files(compose_within(question, config.provider.takes), question.files),
            answer=answer,
            conversation_id=built_prompt.prompt.conversation_id,
            replaces=built_prompt.replaces,
            kept=built_prompt.carried_turns,
            id=built_prompt.retry_of_turn,
        )

    async def clear(self, provider: Provider, location: Location, user: int) -> None:
        """Clear the user's conversation if the provider keeps it, else the channel's."""
        if provider.keeps_history:
            await self._conversations.renew_user_key(provider.name, user)
        else:
            await self._conversations.clear_conversation(provider.name, location.conversation)
