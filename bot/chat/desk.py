"""What stands behind every door: the parts of the program that Discord's side of it may use."""

from dataclasses import dataclass

from bot.chat.caretaker import Caretaker
from bot.chat.privacy import Privacy
from bot.chat.recovery import Recovery
from bot.chat.service import Service
from bot.chat.steering import Steering
from bot.conversation.prompt_builder import Recall
from bot.conversation.server_settings import Preferences
from bot.domain.stores import Journal


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
