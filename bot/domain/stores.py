"""What the bot itself remembers from one start to the next, as the program asks it of a database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from bot.domain.answer import Answer, RunMetrics, RunResult, RunStart, SaveResult, StoredTexts, TurnUpdate
from bot.domain.conversation import Conversation, NewTurn
from bot.domain.conversation_key import ConversationKey
from bot.domain.opening import Opened, Opening, SettingsPlace
from bot.domain.settings.server_settings import Scope, StoredSettings


class MetadataStore(Protocol):
    """Short texts, each under a name. Every method raises `DatabaseUnavailable`."""

    async def get(self, name: str) -> str | None:
        """Return what is stored under `name`, None if nothing is."""
        ...

    async def set(self, name: str, value: str) -> None:
        """Store `value` under `name`, instead of what was there."""
        ...


class ConversationStore(Protocol):
    """The database port. Every method raises `DatabaseUnavailable` when the database does not answer."""

    async def conversation(
        self, provider: str, key: ConversationKey, *, most: int, before: int | None = None
    ) -> Conversation:
        """Return the current conversation with at most the `most` latest turns; a bounded read.

        `before` is the id of a turn: only what comes before it is returned, and nothing if it is gone.
        """
        ...

    async def hold(
        self, provider: str, key: ConversationKey, holder: str, *, most: int, before: int | None = None
    ) -> Conversation:
        """Return the same, and have the run `holder` hold it until its turn is stored: for what a provider keeps.

        If it `is_held` by another, this run holds it instead, and what the provider keeps of it is given up.
        """
        ...

    async def release(self, provider: str, key: ConversationKey, holder: str) -> None:
        """Have a run hold it no more that left nothing of its question with the provider."""
        ...

    async def clear_conversation(self, provider: str, key: ConversationKey) -> None:
        """Erase the turns of a place with the provider, and begin a new conversation under a new id."""
        ...

    async def begin_with(self, channel: int, answer: str) -> bool:
        """Have the conversation in `channel`, a thread that was started for an answer, begin with the answer's turn.

        The conversation is of the kind, and with the provider, that the turn's own is. What becomes of the answer
        becomes of this turn too: another version, an erasure. Returns False, and stores nothing, if the answer has no
        turn that is seen, or if the conversation in `channel` was cleared already.
        """
        ...

    async def take_back(self, channel: int, answer: str) -> None:
        """Have no conversation in `channel` begin with the answer's turn, since no thread was started."""
        ...

    async def user_key(self, provider: str, user: int) -> str:
        """Return the key that names the user to the provider: the id's digits, once renewed with `.` and a counter."""
        ...

    async def renew_user_key(self, provider: str, user: int) -> str:
        """Count the user's key up, so that the provider begins afresh, and return the new one."""
        ...


class OpenAnswer(NamedTuple):
    """The id of an answer that is being written, and that of its question."""

    answer: str
    question: int


class RunOpener(Protocol):
    """The database port for what a question needs first."""

    async def open(self, place: SettingsPlace | None, plan: Callable[[StoredSettings], Opening | None]) -> Opened:
        """Read what is set in `place` and the context that `plan` asks for, and begin the run.

        All is one transaction. `plan` says what to do with the settings; it may be called in another thread, and must
        not raise. The run is not begun if `plan` returns None, if the database does not take it, or if that has one
        writer at a time and somebody else is writing. Raises `AlreadyClaimed` as `AnswerStore.begin` returns False, and
        `DatabaseUnavailable` if nothing can be read.
        """
        ...


class AnswerStore(Protocol):
    """The database port. Every method is one transaction, and raises `DatabaseUnavailable`."""

    async def begin(self, asked: RunStart) -> bool:
        """Store that a run begins; the first of an answer brings the answer itself.

        If the run is stored already and still open, it asks what `asked` says from now on. Returns False, and stores
        nothing, if the bot has another answer to the same message or interaction, or another process this very run.
        """
        ...

    async def change_question(self, answer: str, number: int, wording: str) -> None:
        """Store what a run that is still open asks now; one that was erased in the meantime is not brought back."""
        ...

    async def set_messages(self, answer: str, messages: Sequence[int], before: Sequence[int]) -> None:
        """Store which messages show the answer now, instead of those that are stored `before`."""
        ...

    async def end(self, answer: str, number: int, ended: RunResult, turn: NewTurn | None) -> SaveResult:
        """Store how a run ended and its turn, both or neither; the run is recorded then, and not yet done.

        A run that is a version is the one that is shown from now on. A turn with an id takes the place of the turn with
        that id; without a `turn`, a version takes the answer's turn out of the history. Nothing is stored
        of a run that another process took over, or of an answer that was erased in the meantime.
        """
        ...

    async def mark_done(
        self, answer: str, number: int, messages: Sequence[int], metrics: RunMetrics, before: Sequence[int]
    ) -> None:
        """Store that a run is done and `messages` show it, instead of those `before`; its token is dropped."""
        ...

    async def mark_lost(self, answer: str, number: int) -> None:
        """Store that a run could not be shown: it is done with the outcome "lost", no version, and its turn taken back.

        The answer shows what it showed before.
        """
        ...

    async def show(self, answer: str, number: int, reworded: TurnUpdate | None) -> None:
        """Store that version `number` is shown now; the history keeps it as `reworded`, or nothing of the answer."""
        ...

    async def answer(self, answer: str) -> Answer | None:
        """Return the answer with this id, None if it is not known."""
        ...

    async def answer_to(self, question_id: int) -> Answer | None:
        """Return the answer to the message or interaction with this id, None if there is none."""
        ...

    async def answer_in(self, message: int) -> Answer | None:
        """Return the answer that the message with this id shows a part of, None if it shows none."""
        ...

    async def latest_questions(self, channel: int, askers: Collection[int], since: int) -> Mapping[int, int]:
        """Return the id of the latest question of each of `askers` in a channel that has an answer, by asker.

        Questions with ids below `since` do not count; an asker without another one is left out.
        """
        ...

    async def open_answers(self, channel: int, asker: int | None, owners: Collection[str]) -> Sequence[OpenAnswer]:
        """Return the answers in a channel that the processes `owners` still write or show, the oldest question's first.

        Those to one `asker`, or to everybody if that is None.
        """
        ...

    async def direct_messages(self, limit: int) -> Sequence[int]:
        """Return at most `limit` direct messages in which somebody wrote to the bot, the latest first."""
        ...

    async def wording(self, answer: str, number: int) -> StoredTexts | None:
        """Return the texts of a run, None if they are not kept."""
        ...

    async def unfinished_owners(self) -> Collection[str]:
        """Return the other owners of runs that are not done; "" for those from before runs had owners."""
        ...

    async def take_over(self, owners: Collection[str]) -> Sequence[Answer]:
        """Become the owner of what `owners` have not done, and return those answers with those runs only, oldest first.

        If several processes try, each run is taken by one. Its owner of before can store nothing of it any more.
        """
        ...

    async def erase(self, answer: str) -> None:
        """Erase the answer with its runs, texts and turn."""
        ...


class ServerSettingsStore(Protocol):
    """The database port for settings. Every method raises `DatabaseUnavailable` when the database does not answer."""

    async def load(self, server: int | None, channel: int) -> StoredSettings:
        """Return what is set for the server and for the channel."""
        ...

    async def save(self, scope: Scope, server: int, target: int, name: str, value: str | None) -> None:
        """Set `name` for the server or channel `target`, which belongs to `server`; None takes the value away."""
        ...

    async def value(self, scope: Scope, target: int, name: str) -> str | None:
        """Return the value of one setting of a server, channel or person; None if it is not set."""
        ...

    async def list_values(self, name: str, scope: Scope = "server") -> Mapping[int, str]:
        """Return the value of one setting for each server, or each channel, that has it, by id."""
        ...
