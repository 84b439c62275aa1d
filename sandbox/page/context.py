"""What all tabs share: the environment, the people to choose from, the bot's supervisor, and the active faults."""

from dataclasses import dataclass

from sandbox.environment import Environment
from sandbox.page.bot_supervisor import BotSupervisor
from sandbox.page.faults import Faults
from sandbox.page.personas import Personas


@dataclass(frozen=True, slots=True)
class PageContext:
    """Everything behind the page."""

    env: Environment
    personas: Personas
    supervisor: BotSupervisor
    faults: Faults
