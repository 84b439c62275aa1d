"""What is sent with a question: the asker's key, or the conversation so far; and how to clear either."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from bot.conversation.history import Bounds, select_turns, to_messages
from bot.conversation.question_text import add_remembered_files, compose_spoken, compose_within
from bot.conversation.server_settings import AnswerConfig
from bot.conversation.speakers import Speaker, clean_name
from bot.domain.conversation import BuiltPrompt, Conversation, NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.opening import Context, ContextQuery
from bot.domain.provider import Prompt, Provider
from bot.domain.question import Question, Quote
from bot.domain.runtime.bounded_dict import BoundedDict
from bot.domain.stores import ConversationStore

_MAX_NEW_IDS = 10_000
"""How many conversations that have an id but no turn yet are kept in memory; the oldest are forgotten."""


_MAX_TOLD = 10_000
"""How many pairs of person and thread are kept in memory: the threads that a provider which remembers people knows of.

After a restart, each person's next question in a thread tells of it once more.
"""

ReadStarter = Callable[[int], Awaitable[Quote | None]]
"""Returns what the thread or forum post with this id begins with, None if that cannot be read; raises nothing."""


async def _read_nothing(_: int) -> None:
    """Return that nothing can be read."""


class PromptBuilder:
    """Builds prompts and turns. What is asynchronous uses the database, and raises `DatabaseUnavailable`.

    A conversation's first question in a thread tells of the thread; `read_starter` reads a forum post's first message,
    `read_answer` the answer that the bot started a thread for. What people who `opted_out` said is sent only with
    their own questions.
    """

    def __init__(
        self,
        conversations: ConversationStore,
        bounds: Bounds,
        read_starter: ReadStarter = _read_nothing,
        read_answer: ReadStarter = _read_nothing,
        opted_out: Callable[[int], bool] = lambda _: False,
    ) -> None:
        self._conversations = conversations
        self._bounds = bounds
        self._read_starter = read_starter
        self._read_answer = read_answer
        self._opted_out = opted_out
        self._new_ids = BoundedDict[tuple[str, ConversationKey, str | None], str](_MAX_NEW_IDS)
        self._told = BoundedDict[tuple[str, str, int], None](_MAX_TOLD)

    def key(self, question: Question, config: AnswerConfig) -> ConversationKey:
        """Return which conversation a question belongs to; one that is asked again stays in the one it was in."""
        kind = question.kind or question.location.kind(is_personal=config.is_personal)
        return ConversationKey.of(question.location.channel, kind, question.asker)

    def without_known(self, question: Question, config: AnswerConfig) -> Question:
        """Return the question without an answer that it quotes, if that goes along with the conversation anyway."""
        is_foreign = config.provider.remembers == "people" or not self.key(question, config).is_shared
        is_answer = question.quote is not None and question.quote.kind == "answer"
        return replace(question, quote=None) if is_answer and not is_foreign else question

    def context_query(self, question: Question, config: AnswerConfig) -> ContextQuery:
        """Return which context `prompt` needs."""
        provider = config.provider
        # One turn more than fits shows whether the conversation has outgrown its bounds.
        max_turns = None if provider.remembers == "people" else self._bounds.turns + 1
        return ContextQuery(provider.name, self.key(question, config), question.asker, max_turns)

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
            is_first = (config.provider.name, context, question.location.channel) not in self._told
        else:
            built = self._with_history(prompt, config, question, context, retry_of_turn)
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
        elif thread.starter is None and not built.renewals:  # else it was cleared, perhaps
            thread = replace(thread, starter=await self._read_answer(post))
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
            query.provider, query.key, most=query.max_turns, before=retry_of_turn
        )

    def _with_history(
        self,
        prompt: Prompt,
        config: AnswerConfig,
        question: Question,
        conversation: Conversation,
        retry_of_turn: int | None,
    ) -> BuiltPrompt:
        speaker = Speaker(question.asker, clean_name(question.name))
        title = "" if question.thread is None else replace(question.thread, starter=None).context
        turns = [turn for turn in conversation.turns if turn.asker == question.asker or not self._opted_out(turn.asker)]
        selected = select_turns(turns, self._bounds, speaker, title)
        spoken = compose_spoken(replace(question, files=()), config.provider.takes, selected.speaker)
        built = BuiltPrompt(
            replace(prompt, text=spoken.text, history=to_messages(selected.turns)),
            left_out=2 * (len(turns) - len(selected.turns)),
            renewals=None if conversation.id is None else conversation.renewals,
            speaker=selected.speaker,
        )
        are_all = selected.are_all and len(conversation.turns) <= self._bounds.turns
        if conversation.id is not None and (are_all or retry_of_turn is not None):
            prompt = replace(built.prompt, conversation_id=conversation.id)
            return replace(built, prompt=prompt, retry_of_turn=retry_of_turn)
        new_id = self._new_id((config.provider.name, self.key(question, config), conversation.id))
        return replace(
            built,
            prompt=replace(built.prompt, conversation_id=new_id),
            replaces=conversation.id,
            carried_turns=tuple(turn.id for turn in selected.turns),
            newest_seen=max((turn.id for turn in conversation.turns), default=None),
        )

    def _new_id(self, following: tuple[str, ConversationKey, str | None]) -> str:
        """Return the id of a new conversation: the same one until there is a turn of it, and never again after that."""
        new_id = self._new_ids[following] = self._new_ids.get(following) or str(uuid4())
        return new_id

    def turn(self, question: Question, config: AnswerConfig, built_prompt: BuiltPrompt, answer: str) -> NewTurn | None:
        """Return a finished turn to store, None if the provider keeps the conversation itself."""
        if config.provider.remembers == "people":
            prompt = built_prompt.prompt
            self._told[config.provider.name, prompt.user_key, question.location.channel] = None
            return None
        key = self.key(question, config)
        self._new_ids.pop((config.provider.name, key, built_prompt.replaces), None)
        return NewTurn(
            provider=config.provider.name,
            server=question.location.server,
            key=key,
            asker=question.asker,
            question=add_remembered_files(compose_within(question, config.provider.takes), question.files),
            answer=answer,
            conversation_id=built_prompt.prompt.conversation_id,
            replaces=built_prompt.replaces,
            kept=built_prompt.carried_turns,
            newest_seen=built_prompt.newest_seen,
            renewals=built_prompt.renewals,
            id=built_prompt.retry_of_turn,
            position=question.id,
            name=clean_name(question.name),
        )

    async def clear(self, question: Question, config: AnswerConfig) -> None:
        """Clear the asker's conversation if the provider keeps it, else the one that the question belongs to."""
        if config.provider.remembers == "people":
            await self._conversations.renew_user_key(config.provider.name, question.asker)
        else:
            key = self.key(question, config)
            self._new_ids.pop((config.provider.name, key, None), None)
            await self._conversations.clear_conversation(config.provider.name, key)
