"""What the handlers in `cogs/` get: the parts of the program that they may use."""

from dataclasses import dataclass

from bot.answering.answer_actions import AnswerActions
from bot.answering.service import AnsweringService
from bot.answering.suggestions import Suggestions
from bot.conversation.prompt_builder import PromptBuilder
from bot.conversation.server_settings import ServerSettings
from bot.domain.cluster.signals import Signals
from bot.domain.runtime.database_health import DatabaseHealth
from bot.domain.secrets.credentials import CredentialStore
from bot.domain.secrets.forms import CredentialForms
from bot.domain.stores import AnswerStore
from bot.domain.welcome import WelcomeStore
from bot.limits.usage_reports import UsageReports
from bot.operations.recovery_watch import RecoveryWatch
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService


@dataclass(frozen=True, slots=True)
class Services:
    """The program, as the handlers see it."""

    answering: AnsweringService
    settings: ServerSettings
    prompts: PromptBuilder
    suggestions: Suggestions
    answers: AnswerStore
    actions: AnswerActions
    recovery: RecoveryWatch
    privacy: PrivacyService
    retention: RetentionJob
    welcomes: WelcomeStore
    usage: UsageReports
    credentials: CredentialStore
    credential_forms: CredentialForms
    health: DatabaseHealth
    signals: Signals
    privacy_url: str | None
    """The host's privacy policy."""
