"""The files of a question that is being asked: loaded once its turn has come, then a part of the question."""

from dataclasses import replace

from bot.answering.active_runs import RunningRun
from bot.answering.stored_answers import write_question
from bot.conversation.question_text import TextWithFiles, compose_spoken
from bot.domain.attachments import FileLoader
from bot.domain.errors import NothingToRead
from bot.domain.provider import Prompt


class QuestionFiles:
    """Loads the files of one run. `question` is the run's, with what was loaded; `speaker` the name that it carries."""

    def __init__(self, loader: FileLoader, run: RunningRun, speaker: str | None) -> None:
        self.question = run.question
        self.label = run.config.provider.label
        self.missing: tuple[str, ...] = ()
        """The names of files that Discord did not give."""
        self.sent = TextWithFiles("")
        """What the provider gets of a question with files."""
        self._loader = loader
        self._run = run
        self._speaker = speaker

    async def complete(self, prompt: Prompt) -> Prompt:
        """Return `prompt` with what is in the files; raises `NothingToRead` if nothing is and it asks nothing else."""
        if any(file.text is None for file in self.question.files):
            await self._load()
        question, takes = self.question, self._run.config.provider.takes
        self.sent = compose_spoken(question, takes, self._speaker)
        has_text = question.has_words or any(file.text for file in question.files)
        if question.jump is None and not (has_text and self.sent.text):
            raise NothingToRead
        return replace(prompt, text=self.sent.text)

    async def _load(self) -> None:
        """Load the files, and record what came of it."""
        loaded = await self._loader.load(self.question.files)
        attachments = (*self.question.attachments, *loaded.not_text)
        self.question = replace(self.question, files=loaded.files, attachments=attachments)
        self.missing = tuple(file.name for file in loaded.files if file.text is None)
        self._run.recorder.update_question(write_question(self.question))
