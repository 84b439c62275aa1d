"""What people and servers are called, and what settings hold, whatever it is made of: shown in short steps."""

import re
from collections.abc import Callable
from time import thread_time

import pytest

from bot.domain.settings.server_settings import EffectiveSetting
from bot.strings.markup import as_code, small, to_plain
from bot.strings.settings import describe_settings
from bot.text.mentions import on_one_line, without_mention
from tests.text.hostile_strings import UNITS, of_size

_BOT = re.compile("<@!?1>")
READERS: dict[str, Callable[[str], str]] = {
    "as code": lambda text: as_code(text, 100),
    "as plain text": lambda text: to_plain(text, 100),
    "as small print": small,
    "on one line": on_one_line,
    "settings": lambda text: describe_settings({"system-prompt": EffectiveSetting(text, "server")}),
    "without a mention": lambda text: without_mention(text, _BOT),
}
MAX_PER_CHARACTER = 20e-6
SIZES = {"without a mention": (2_000, 20_000)}
"""Discord's longest message has 4,000 characters."""


@pytest.mark.parametrize("reader", READERS)
def test_each_character_takes_a_moment(reader: str) -> None:
    for name, unit in UNITS.items():
        for size in SIZES.get(reader, (10_000, 100_000, 1_000_000)):
            text = of_size(unit, size)
            before = thread_time()
            READERS[reader](text)
            spent = thread_time() - before
            assert spent <= 0.002 + MAX_PER_CHARACTER * size, f"{spent * 1000:.0f} ms for {size} characters: {name}"
