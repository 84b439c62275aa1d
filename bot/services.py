"""What stands behind every door: the parts of the program that Discord's side of it may use."""

from dataclasses import dataclass

from bot.answering.answer_actions import Steering
from bot.answering.crash_recovery import Recovery
from bot.answering.service import Service
from bot.conversation.prompt_builder import Recall
from bot.conversation.server_settings import Preferences
from bot.domain.stores import Journal
from bot.privacy.retention import Caretaker
from bot.privacy.service import Privacy


@dataclass(frozen=True, slots=True)
class Desk:
    """The program, as the doors see it."""

    service: Service
    preferences: Preferences
    recall: Recall
    journal: Journal
    steering: Steering
    recovery: Recovery
    privacy: Privacy
    caretaker: Caretaker
