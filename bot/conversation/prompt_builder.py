"""What is sent with a question: the asker's key, or the conversation so far; and how to clear either."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from bot.conversation.history import Bounds, select_turns, to_messages
from bot.conversation.question_text import add_remembered_files, compose_within
from bot.conversation.server_settings import AnswerConfig
from bot.domain.conversation import BuiltPrompt, Conversation, NewTurn
from bot.domain.opening import Context, ContextQuery
from bot.domain.provider import Prompt, Provider
from bot.domain.question import Location, Question, Quote
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.stores import ConversationStore

_MAX_NEW_IDS = 10_000
"""How many conversations that have an id but no turn yet are kept in memory; the oldest are forgotten."""


_MAX_TOLD = 10_000
"""How many pairs of person and thread are kept in memory: the threads that a provider which remembers people knows of.

After a restart, each person's next question in a thread tells of it once more.
"""

ReadStarter = Callable[[int], Awaitable[Quote | None]]
"""Returns the first message of the forum post with this id, None if it cannot be read; raises nothing."""


async def _read_nothing(_: int) -> None:
    """Return that no post's first message can be read."""


class PromptBuilder:
    """Builds prompts and turns. What is asynchronous uses the database, and raises `DatabaseUnavailable`.

    A conversation's first question in a thread tells of the thread; `read_starter` reads what a forum post begins with.
    """

    def __init__(
        self, conversations: ConversationStore, bounds: Bounds, read_starter: ReadStarter = _read_nothing
    ) -> None:
        self._conversations = conversations
        self._bounds = bounds
        self._read_starter = read_starter
        self._new_ids = BoundedDict[tuple[str, int, str | None], str](_MAX_NEW_IDS)
        self._told = BoundedDict[tuple[str, str, int], None](_MAX_TOLD)

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
            built = BuiltPrompt(prompt)
            is_first = (config.provider.name, context, question.location.conversation) not in self._told
        else:
            built = self._with_history(prompt, config.provider, question.location, context, retry_of_turn)
            is_first = not built.prompt.history and not built.left_out
        return await self._in_thread(built, question, config.provider) if is_first else built

    async def _in_thread(self, built: BuiltPrompt, question: Question, provider: Provider) -> BuiltPrompt:
        """Add the thread to a conversation's first question, as much of it as the provider takes."""
        thread = question.thread
        if thread is None or question.jump is not None:
            return built
        post = question.location.channel
        # The post's first message, which has the post's id, may be the question itself, or what it quotes.
        if thread.is_post and thread.starter is None and question.id != post:
            starter = await self._read_starter(post)
            said = (question.text, question.quote.text if question.quote is not None else "")
            thread = replace(thread, starter=None if starter is not None and starter.text in said else starter)
        text = built.prompt.text
        told = thread.fitting(lambda context: provider.takes(context + text))
        if told is None:
            return built
        prompt = replace(built.prompt, text=told.context + text)
        return replace(built, prompt=prompt, thread=replace(told, is_told=True))

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
            prompt = built_prompt.prompt
            self._told[config.provider.name, prompt.user_key, question.location.conversation] = None
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
