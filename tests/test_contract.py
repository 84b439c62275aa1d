"""What the program offers is in the contract. The contract may name more: what later issues bring."""

import re

from bot.providers import PROVIDERS
from bot.settings import Settings


def _variables() -> set[str]:
    """Return every environment variable that the code reads."""
    kinds = [kind.settings_type for kind in PROVIDERS]
    return {name.upper() for name in Settings.model_fields} | {
        kind.variable(name) for kind in kinds for name in kind.model_fields
    }


PROXIES = {"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"}
"""Variables of every program, which the contract does not name."""


def test_each_setting_is_in_the_contract(contract: str) -> None:
    environment = contract.partition("## Environment")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", environment))
    assert "CHATBASE_V2_API_KEY" in named, "the pattern must read names with digits"
    assert _variables() - PROXIES <= named
