"""The debug panel: the chat APIs' traffic, Discord's limits, and the bot."""

from sandbox.apis import Received
from sandbox.discord.errors import Json
from sandbox.page.context import PageContext
from sandbox.page.faults import DISCORD_FAULTS, REFUSED, SLOW
from sandbox.untrusted_input import parse_id

SHOWN_SECONDS = 30
"""How far back the edits per second are counted."""

SHOWN_REQUESTS = 30
"""Of each chat API, when the panel is opened."""

SHOWN_BODY = 4000
"""Characters of an answer's body."""

SHOWN_LINES = 60

_GONE_AFTER = 15.0
"""Seconds after which a bucket that is full again is no longer shown."""


class DebugPanel:
    """One tab's panel; each `look` returns only the traffic that is new since the last one."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._env = context.env
        self._told: dict[tuple[str, int], tuple[object, ...]] = {}

    def begin(self) -> None:
        """Start afresh: the next look returns all recent traffic."""
        self._told.clear()

    def look(self) -> Json:
        """Return what the panel shows now; all secrets are blurred."""
        discord = self._env.discord
        return {
            "bot": self._context.supervisor.view(),
            "apis": [
                {
                    "name": api.name,
                    "url": api.origin,
                    "fault": self._context.faults.of_api(api.name),
                    "faults": [SLOW, REFUSED, *api.faults],
                    "total": api.record.total,
                }
                for api in self._env.apis.all
            ],
            "discord_faults": [
                {"name": name, "label": label, "on": name in self._context.faults.of_discord}
                for name, label in DISCORD_FAULTS.items()
            ],
            "buckets": self._view_buckets(),
            "edits": self._count_edits(),
            "refused": len(discord.rate_limited),
            "traffic": self._view_traffic(),
            "log": list(self._env.lines)[-SHOWN_LINES:],
        }

    def _view_buckets(self) -> list[Json]:
        discord = self._env.discord
        now = discord.clock.monotonic()
        buckets = [bucket for bucket in discord.limits.buckets.values() if bucket.reset > now - _GONE_AFTER]
        return [
            {
                "name": self._readable(bucket.name),
                "count": bucket.limit.count,
                "remaining": bucket.remaining(now),
                "window": bucket.limit.window,
                "resets_in": round(max(0.0, bucket.reset - now), 1),
            }
            for bucket in buckets
            if bucket.limit.per != "token"  # each interaction has one of its own; they are not worth a line each
        ]

    def _readable(self, name: str) -> str:
        """Return a bucket's name with the channel's name in place of its id."""
        what, _, key = name.rpartition(" in ")
        channel = self._env.discord.state.channels.get(parse_id(key) or 0)
        if channel is None:
            return name
        return f"{what}, #{channel.name}" if channel.name else f"{what}, direct message"

    def _count_edits(self) -> list[int]:
        """Return how many edits of messages came in each of the last seconds, oldest first."""
        now = self._env.discord.clock.monotonic()
        counts = [0] * SHOWN_SECONDS
        for record in self._env.discord.requests:
            age = now - record.at
            if record.method == "PATCH" and "messages/" in record.route and age < SHOWN_SECONDS:
                counts[-1 - int(age)] += 1
        return counts

    def _view_traffic(self) -> list[Json]:
        changed: list[Json] = []
        for api in self._env.apis.all:
            for received in api.received[-SHOWN_REQUESTS:]:
                answered = received.answered
                mark = (answered.status, answered.size, answered.outcome)
                key = (api.name, received.number)
                if self._told.get(key) != mark:
                    self._told[key] = mark
                    changed.append({"api": api.name, "at": received.at, **_view(received)})
        return sorted(changed, key=lambda view: float(view["at"]))


def _view(received: Received) -> Json:
    view: Json = received.blurred()
    body = view["answer"]["body"]
    if len(body) > SHOWN_BODY:
        view["answer"]["body"] = f"{body[:SHOWN_BODY]}…"
    return view
