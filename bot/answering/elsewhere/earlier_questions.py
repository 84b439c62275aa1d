"""The order of one person's questions across processes: one waits for those before it that a predecessor answers."""

import asyncio

from bot.answering.active_runs import QueuedRun
from bot.answering.elsewhere.runs_elsewhere import LOOK_SECONDS, RunsElsewhere
from bot.answering.queue.queue_notice import QueueNotice
from bot.domain.conversation_key import is_shared
from bot.domain.errors import DatabaseUnavailable
from bot.domain.question import Question
from bot.domain.stores import AnswerStore, OpenAnswer

MAX_WAIT_SECONDS = 180.0
"""How long a question waits at most. A predecessor's time for its answers is over long before, if nobody set a longer
one; and that it was killed is noticed within a minute."""

HEAD_START_SECONDS = 0.25
"""How long a question is left to a predecessor that may hear of it as well: many times what claiming it takes."""


class EarlierQuestions:
    """Has questions wait; without predecessors, that costs nothing."""

    def __init__(self, answer_store: AnswerStore, elsewhere: RunsElsewhere) -> None:
        self._answer_store = answer_store
        self._elsewhere = elsewhere

    def may_be(self, question: Question) -> bool:
        """Return whether a predecessor may still answer an earlier question than this one, without a look."""
        return bool(self._elsewhere.older(question.location.server))

    async def give_way(self, question: Question) -> None:
        """Let a predecessor that hears of a question, too, claim it before this process does.

        In the moment in which both hear of everything, each would otherwise answer some of one person's questions, and
        a predecessor does not wait for those that its successor answers.
        """
        if self._elsewhere.are_hearing(question.location.server):
            await asyncio.sleep(HEAD_START_SECONDS)

    async def wait(self, run: QueuedRun, notice: QueueNotice) -> None:
        """Wait until no predecessor answers an earlier question of the asker in the channel.

        In a shared conversation that its provider keeps, it is everybody's. The asker is told if it takes long, and the
        history is read after that. Raises what the run is refused with meanwhile.
        """
        if self.may_be(run.question):
            run.forget_context()
            await run.ticket.unless_rejected(self._wait(run, notice))

    async def _wait(self, run: QueuedRun, notice: QueueNotice) -> None:
        clock = asyncio.get_running_loop().time
        until = clock() + MAX_WAIT_SECONDS
        while self.may_be(run.question) and clock() < until:
            try:
                ahead = await self._find(run)
            except DatabaseUnavailable:
                await asyncio.sleep(LOOK_SECONDS)
            else:
                if not ahead:
                    return
                notice.set_position(len(ahead))
                notice.watch(run.recorder, run.request.asked_at)
                await self._elsewhere.look_again("wait", *ahead[0])

    async def _find(self, run: QueuedRun) -> list[OpenAnswer]:
        question, config = run.question, run.config
        kind = question.kind or question.location.kind(is_personal=config.is_personal)
        is_everybodys = config.provider.remembers == "conversations" and is_shared(kind)
        asker = None if is_everybodys else question.asker
        writers = self._elsewhere.older(question.location.server)
        return list(await self._answer_store.open_answers(question.location.channel, asker, writers))
