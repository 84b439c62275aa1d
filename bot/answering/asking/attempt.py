"""One provider's try at the answer of a run: what it is asked with, and what came of it."""

from dataclasses import dataclass, field, replace

from bot.answering.active_runs import RunningRun
from bot.answering.question_files import QuestionFiles
from bot.answering.stored_answers import find_retried, write_question
from bot.conversation.answer_config import AnswerConfig
from bot.conversation.prompt_builder import PromptBuilder
from bot.domain.answer import StoredTexts
from bot.domain.attachments import FileLoader
from bot.domain.conversation import BuiltPrompt
from bot.domain.errors import AnswerError
from bot.domain.provider import Prompt, Receipt


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """How one provider's try ended: after `error`, None if its answer is whole.

    It was not even `asked` if it is left alone after repeated outages. `receipt` is what it told of the answer. If the
    question `is_sent`, `characters` are how many it wrote.
    """

    config: AnswerConfig
    error: AnswerError | None
    receipt: Receipt = field(default_factory=Receipt)
    asked: bool = True
    is_sent: bool = False
    characters: int = 0


class Attempt:
    """A try at `run`, whose provider is the one that is asked; `prompt` is empty until it is built.

    One that `is_fallback` builds it when the question's turn comes in its conversation with this provider.
    """

    def __init__(
        self,
        run: RunningRun,
        prompt_builder: PromptBuilder,
        loader: FileLoader,
        replaced: StoredTexts | None,
        *,
        is_fallback: bool = False,
    ) -> None:
        self.run = self._given = run
        self.prompt = BuiltPrompt(Prompt("", "", ""))
        self.files = QuestionFiles(loader, run, None)
        self._prompt_builder = prompt_builder
        self._loader = loader
        self._replaced = replaced
        self._is_fallback = is_fallback

    async def build(self) -> None:
        """Build the prompt, and record the question as it is put to this provider; raises `DatabaseUnavailable`."""
        run, request, config = self.run, self.run.request, self.run.config
        retried = find_retried(request.earlier, self._replaced, request.question, config.provider.name)
        asked = self._prompt_builder.without_known(request.question, config)
        self.prompt = await self._prompt_builder.prompt(
            asked, config, run.context, retried=retried, holder=request.run_id
        )
        if self.prompt.thread is not None:
            asked = replace(asked, thread=self.prompt.thread)
        if asked is not request.question:
            self.run = replace(run, request=replace(request, question=asked))
            run.recorder.update_question(write_question(asked))
        self.files = QuestionFiles(self._loader, self.run, self.prompt.speaker)

    async def prepare(self) -> Prompt:
        """Return the whole prompt, with what is in the question's files.

        Raises `NothingToRead`, and `DatabaseUnavailable` for a fallback.
        """
        run, config = self.run, self.run.config
        if self._is_fallback:
            if config.provider.remembers == "conversations":
                await run.ticket.enter((config.provider.name, self._prompt_builder.key(run.question, config)))
            await self.build()
        return await self.files.complete(self.prompt.prompt)

    def instead(self, config: AnswerConfig) -> "Attempt":
        """Return the try of a fallback at the same question, and record that it is asked instead.

        Files that were loaded need not be loaded again. What else this provider was told is not for another one.
        """
        run, request, loaded = self._given, self._given.request, self.files.question
        question = replace(
            request.question,
            files=loaded.files,
            attachments=loaded.attachments,
            chosen=request.question.chosen or run.config.provider.name,
        )
        run.recorder.change_provider(config.provider.name, write_question(question))
        run = replace(run, config=config, context=None, request=replace(request, question=question))
        return Attempt(run, self._prompt_builder, self._loader, self._replaced, is_fallback=True)

    async def release(self) -> None:
        """Have the run hold its conversation with this provider no more; raises `DatabaseUnavailable`."""
        await self._prompt_builder.release(self.run.question, self.run.config, self.run.request.run_id)
