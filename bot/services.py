"""What stands behind every door: the parts of the program that Discord's side of it may use."""

from dataclasses import dataclass

from bot.answering.answer_actions import AnswerActions
from bot.answering.crash_recovery import CrashRecovery
from bot.answering.service import AnsweringService
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.domain.stores import AnswerStore
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService


@dataclass(frozen=True, slots=True)
class Services:
    """The program, as the doors see it."""

    service: AnsweringService
    preferences: ServerSettings
    recall: PromptBuilder
    journal: AnswerStore
    steering: AnswerActions
    recovery: CrashRecovery
    privacy: PrivacyService
    caretaker: RetentionJob
