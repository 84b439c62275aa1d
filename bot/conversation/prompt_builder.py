"""What is sent with a question: the asker's key, or the conversation so far; and how to clear either."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from bot.conversation.answer_config import AnswerConfig
from bot.conversation.history import Bounds, select_turns, spoken_as, to_messages
from bot.conversation.question_text import add_remembered_files, compose_spoken, compose_within
from bot.conversation.remote import at_provider
from bot.conversation.speakers import Speaker, clean_name
from bot.domain.conversation import BuiltPrompt, Conversation, NewTurn, Retried
from bot.domain.conversation_key import ConversationKey
from bot.domain.opening import Context, ContextQuery
from bot.domain.provider import Prompt, Provider, Receipt
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
        retried: Retried | None = None,
        holder: str | None = None,
    ) -> BuiltPrompt:
        """Return everything to send to the provider for `question`; the `context` is read unless it is given.

        Turns that are later than one that is `retried` are not sent. If the provider keeps conversations, the run
        `holder` holds this one from then on, unless it is None.
        """
        if context is None:
            holder = holder if config.provider.remembers == "conversations" else None
            context = await self._read(self.context_query(question, config), retried, holder)
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
            built = self._with_history(prompt, config, question, context, retried)
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

    async def _read(self, query: ContextQuery, retried: Retried | None, holder: str | None) -> Context:
        provider, key, most = query.provider, query.key, query.max_turns
        if most is None:
            return await self._conversations.user_key(provider, query.asker)
        before = None if retried is None else retried.turn
        if holder is None:
            return await self._conversations.conversation(provider, key, most=most, before=before)
        return await self._conversations.hold(provider, key, holder, most=most, before=before)

    def _with_history(
        self,
        prompt: Prompt,
        config: AnswerConfig,
        question: Question,
        conversation: Conversation,
        retried: Retried | None,
    ) -> BuiltPrompt:
        speaker = Speaker(question.asker, clean_name(question.name))
        title = "" if question.thread is None else replace(question.thread, starter=None).context
        told = conversation.without(lambda person: person != question.asker and self._opted_out(person))
        selected = select_turns(told.turns, self._bounds, speaker, title)
        goes_on = told.is_in_step(None if retried is None else retried.answer)
        if goes_on:
            selected = replace(selected, speaker=spoken_as(told.turns, speaker))
        spoken = compose_spoken(replace(question, files=()), config.provider.takes, selected.speaker)
        built = BuiltPrompt(
            replace(prompt, text=spoken.text, history=to_messages(selected.turns)),
            left_out=2 * (len(told.turns) - len(selected.turns)),
            renewals=None if conversation.id is None else conversation.renewals,
            speaker=selected.speaker,
        )
        are_all = selected.are_all and len(conversation.turns) <= self._bounds.turns
        if config.provider.remembers == "conversations":
            # Those that are not told of stay behind, so that they do not hold up the one that begins at the provider.
            are_all = are_all and told is conversation
        if conversation.id is not None and (goes_on or are_all or retried is not None):
            turn = None if retried is None else retried.turn
            built = replace(built, conversation_id=conversation.id, retry_of_turn=turn)
        else:
            built = replace(
                built,
                conversation_id=self._new_id((config.provider.name, self.key(question, config), conversation.id)),
                replaces=conversation.id,
                carried_turns=tuple(turn.id for turn in selected.turns),
                newest_seen=max((turn.id for turn in conversation.turns), default=None),
            )
        if config.provider.remembers == "conversations":
            is_shared = self.key(question, config).is_shared
            return at_provider(built, told, retried, goes_on=goes_on, is_personal=not is_shared)
        return replace(built, prompt=replace(built.prompt, conversation_id=built.conversation_id))

    def _new_id(self, following: tuple[str, ConversationKey, str | None]) -> str:
        """Return the id of a new conversation: the same one until there is a turn of it, and never again after that."""
        new_id = self._new_ids[following] = self._new_ids.get(following) or str(uuid4())
        return new_id

    def turn(
        self,
        question: Question,
        config: AnswerConfig,
        built_prompt: BuiltPrompt,
        answer: str,
        receipt: Receipt | None = None,
        holder: str | None = None,
    ) -> NewTurn | None:
        """Return a finished turn to store, None if the provider remembers people; `receipt` is what it told.

        `holder` is the run that held the conversation.
        """
        if config.provider.remembers == "people":
            prompt = built_prompt.prompt
            self._told[config.provider.name, prompt.user_key, question.location.channel] = None
            return None
        key, receipt = self.key(question, config), receipt or Receipt()
        self._new_ids.pop((config.provider.name, key, built_prompt.replaces), None)
        return NewTurn(
            provider=config.provider.name,
            server=question.location.server,
            key=key,
            asker=question.asker,
            question=add_remembered_files(compose_within(question, config.provider.takes), question.files),
            answer=answer,
            conversation_id=built_prompt.conversation_id,
            replaces=built_prompt.replaces,
            kept=built_prompt.carried_turns,
            newest_seen=built_prompt.newest_seen,
            renewals=built_prompt.renewals,
            id=built_prompt.retry_of_turn,
            position=question.id,
            name=clean_name(question.name),
            holder=holder if config.provider.remembers == "conversations" else None,
            receipt=receipt,
            is_told_of_all=built_prompt.goes_on(receipt) or not built_prompt.later_turns,
            quoted=question.quoted,
        )

    async def release(self, question: Question, config: AnswerConfig, holder: str) -> None:
        """Have a run hold its conversation no more, as if the question had not been asked."""
        if config.provider.remembers == "conversations":
            await self._conversations.release(config.provider.name, self.key(question, config), holder)

    async def clear(self, question: Question, config: AnswerConfig) -> None:
        """Clear the asker's conversation if the provider keeps it, else the one that the question belongs to."""
        if config.provider.remembers == "people":
            await self._conversations.renew_user_key(config.provider.name, question.asker)
        else:
            key = self.key(question, config)
            self._new_ids.pop((config.provider.name, key, None), None)
            await self._conversations.clear_conversation(config.provider.name, key)
