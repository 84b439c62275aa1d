"""What all visits share: the stage, its people, the bot's keeper and what is wrong at present."""

from dataclasses import dataclass

from sandbox.environment import Stage
from sandbox.page.bot_supervisor import BotKeeper
from sandbox.page.faults import Faults
from sandbox.page.personas import Cast


@dataclass(frozen=True, slots=True)
class House:
    """Everything behind the page."""

    stage: Stage
    cast: Cast
    keeper: BotKeeper
    faults: Faults
