"""The debug panel's faults: each chat API's, and Discord's, until they are switched off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sandbox.apis.replies.reply import Pace
from sandbox.discord import NotPossible
from sandbox.discord.limits.faults import ANY_METHOD
from sandbox.discord.limits.rate_limits import CREATE_MESSAGES, EDIT_MESSAGES
from sandbox.environment import Environment

SLOW, REFUSED = "slow", "refused"
"""Beside the names of each API's `faults`: answers that take their time, and connections that are refused."""

SLOWLY = Pace(think=4.0, pause=0.4)
SLOW_DISCORD = 2.0
"""Seconds that a slow Discord takes longer for each message and edit."""

_MANY = 1_000_000
"""Requests that fail until the switch is turned off."""

DISCORD_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "slow": "Slow: 2 s per message",
        "errors": "Errors: every edit fails with 500",
        "limits": "Tight rate limit: 1 edit per 5 s",
        "niceties": "429 for an hour: typing and nickname",
        "halt": "429 for 10 s: everything",
    }
)
"""What can be wrong with Discord for a while, as the switches are labelled."""

_NICETIES = (("POST", "/typing"), ("PATCH", "/members/@me"))
_HOUR, _HALT = 3600.0, 10.0

_SLOWED = (("POST", "/messages"), ("PATCH", "/messages/"))


@dataclass(slots=True)
class Faults:
    """The active faults, the same for all tabs."""

    env: Environment
    of_discord: set[str] = field(default_factory=set)
    """Names out of DISCORD_FAULTS that are on."""
    _of_apis: dict[str, str] = field(default_factory=dict)
    _paces: dict[str, Pace] = field(default_factory=dict)

    def of_api(self, name: str) -> str:
        """Return the fault that a chat API has at present, empty for none."""
        return self._of_apis.get(name, "")

    async def switch_api(self, name: str, fault: str, times: int | None = None) -> None:
        """Let a chat API have this one fault, or with an empty name none; with `times`, for so many requests only."""
        api = next((api for api in self.env.apis.all if api.name == name), None)
        if api is None or fault not in ("", SLOW, REFUSED, *api.faults):
            raise NotPossible("there is no fault by that name")
        if times is not None:
            if fault in ("", SLOW, REFUSED) or not 1 <= times <= _MANY:
                raise NotPossible("only a fault of single requests can happen a number of times")
            api.fails(fault, times=times)
            return
        usual = self._paces.setdefault(name, api.pace)
        api.pace = SLOWLY if fault == SLOW else usual
        await api.switch(fault if fault not in ("", SLOW) else None)
        self._of_apis[name] = fault

    async def switch_discord(self, fault: str, *, on: bool = True) -> None:
        """Switch a fault of Discord's; `disconnect`, `cut` and `forget` happen once."""
        discord = self.env.discord
        if fault == "disconnect":
            await discord.disconnect(4000)
        elif fault == "cut":
            await discord.disconnect(None)
        elif fault == "forget":
            discord.invalidate_sessions()
        elif fault in DISCORD_FAULTS:
            (self.of_discord.add if on else self.of_discord.discard)(fault)
            self._apply()
        else:
            raise NotPossible("there is no fault by that name")

    def _apply(self) -> None:
        """Bring Discord to what the switches say."""
        discord = self.env.discord
        discord.faults.clear()
        if "slow" in self.of_discord:
            for method, route in _SLOWED:
                discord.faults.slow_down(method, route, SLOW_DISCORD)
        if "errors" in self.of_discord:
            discord.fail_next("PATCH", "/messages/", 500, times=_MANY)
        if "niceties" in self.of_discord:
            for method, route in _NICETIES:
                discord.rate_limit(method, route, _HOUR, times=_MANY)
        if "halt" in self.of_discord:
            discord.rate_limit(ANY_METHOD, "", _HALT, scope="global", times=_MANY)
        for limit in (CREATE_MESSAGES, EDIT_MESSAGES):
            count = 1 if "limits" in self.of_discord else limit.count
            discord.limits.change(limit, count=count, window=limit.window)
