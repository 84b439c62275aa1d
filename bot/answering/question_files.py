"""The files of a question that is being asked: loaded once its turn has come, then a part of the question."""

from dataclasses import replace

from bot.answering.active_runs import RunningRun
from bot.answering.stored_answers import write_question
from bot.conversation.question_text import TextWithFiles, add_files
from bot.domain.attachments import FileLoader
from bot.domain.errors import NothingToRead
from bot.domain.provider import Prompt
from bot.domain.question import mark_unread


class QuestionFiles:
    """Loads the files of one run. `question` is the run's, with what was loaded."""

    def __init__(self, loader: FileLoader, run: RunningRun) -> None:
        self.question = run.question
        self.label = run.config.provider.label
        self.missing: tuple[str, ...] = ()
        """The names of files that Discord did not give."""
        self.sent = TextWithFiles("")
        """What the provider gets of a question with files."""
        self._loader = loader
        self._run = run

    async def complete(self, prompt: Prompt) -> Prompt:
        """Return `prompt` with what is in the files; raises `NothingToRead` if nothing is and it asks nothing else."""
        not_text: tuple[str, ...] = ()
        if any(file.text is None for file in self.question.files):
            not_text = await self._load()
        if self._asks_nothing():
            raise NothingToRead
        if not self.question.files:
            return prompt
        takes = self._run.config.provider.takes
        named = "\n\n".join([prompt.text, *map(mark_unread, not_text)]).strip()
        self.sent = add_files(named if takes(named) else prompt.text, self.question.files, takes)
        if not self.sent.text:
            raise NothingToRead
        return replace(prompt, text=self.sent.text)

    def _asks_nothing(self) -> bool:
        """Return whether there is neither text, nor a button's step, nor a file with a text."""
        question = self.question
        is_empty = question.jump is None and not question.compose(with_names=False)
        return is_empty and not any(file.text for file in question.files)

    async def _load(self) -> tuple[str, ...]:
        """Load the files, record what came of it, and return the names of those that are no text."""
        loaded = await self._loader.load(self.question.files)
        attachments = (*self.question.attachments, *loaded.not_text)
        self.question = replace(self.question, files=loaded.files, attachments=attachments)
        self.missing = tuple(file.name for file in loaded.files if file.text is None)
        self._run.recorder.update_question(write_question(self.question))
        return loaded.not_text
