"""What all visits share: the stage, its people, the bot's keeper and what is wrong at present."""

from dataclasses import dataclass

from sandbox.environment import Stage
from sandbox.page.cast import Cast
from sandbox.page.faults import Faults
from sandbox.page.keeper import BotKeeper


@dataclass(frozen=True, slots=True)
class House:
    """Everything behind the page."""

    stage: Stage
    cast: Cast
    keeper: BotKeeper
    faults: Faults
