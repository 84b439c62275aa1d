"""The files of a question that is being asked: loaded once its turn has come, then a part of the question."""

from dataclasses import replace

from bot.answering.active_runs import RunningRun
from bot.answering.stored_answers import write_question
from bot.conversation.question_text import QuestionForProvider, compose_for
from bot.domain.attachments import FileLoader
from bot.domain.errors import NothingToRead
from bot.domain.provider import Prompt


class QuestionFiles:
    """Loads the files of one run. `question` is the run's, with what was loaded."""

    def __init__(self, loader: FileLoader, run: RunningRun) -> None:
        self.question = run.question
        self.missing: tuple[str, ...] = ()
        """The names of files that Discord did not give."""
        self.composed = QuestionForProvider("")
        """The question as the provider got it."""
        self.label = run.config.provider.label
        self._loader = loader
        self._run = run

    async def complete(self, prompt: Prompt) -> Prompt:
        """Return `prompt` with what is in the files; raises `NothingToRead` if there is no other question."""
        files = self.question.files
        if not files:
            return prompt
        if any(file.text is None for file in files):
            loaded = await self._loader.load(files)
            attachments = (*self.question.attachments, *loaded.not_text)
            self.question = replace(self.question, files=loaded.files, attachments=attachments)
            self.missing = tuple(file.name for file in loaded.files if file.text is None)
            self._run.recorder.update_question(write_question(self.question))
        if not self.question.compose(with_names=False) and not any(file.text for file in self.question.files):
            raise NothingToRead
        self.composed = compose_for(self.question, self._run.config.provider.takes)
        return replace(prompt, text=self.composed.text)
