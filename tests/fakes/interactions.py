"""An interaction without a Discord: who used what where, with which rights, and what they were told."""

from itertools import count
from types import SimpleNamespace
from typing import Any

import discord

_ids = count(1_000)


class FakeInteraction:
    """As much of a discord.py interaction as handlers use. With a `custom_id` it is a press on that button.

    `private` and `public` have what was sent to the caller alone and to everybody. If `failure` is set, sending raises
    it. `member` tells whether the bot is in the server.
    """

    def __init__(
        self,
        *,
        user: int = 1,
        channel: int = 55,
        server: int | None = 7,
        permissions: discord.Permissions | None = None,
        custom_id: str | None = None,
        member: bool = True,
    ) -> None:
        self.id = next(_ids)
        self.type = discord.InteractionType.application_command
        self.data: dict[str, Any] = {}
        if custom_id is not None:
            self.type, self.data = discord.InteractionType.component, {"custom_id": custom_id}
        self.user = SimpleNamespace(id=user, display_name=f"person {user}")
        self.channel, self.channel_id, self.guild_id = object(), channel, server
        self.permissions = permissions or discord.Permissions.none()
        self.context = SimpleNamespace(private_channel=False)
        self.client = SimpleNamespace(get_guild=lambda _: object() if member else None)
        self.message = None
        self.namespace = SimpleNamespace()
        self.extras: dict[str, object] = {}
        self.private: list[str] = []
        self.public: list[str] = []
        self.acknowledged = self.deferred_privately = False
        self.failure: Exception | None = None
        self._member = member
        self.response = SimpleNamespace(
            is_done=lambda: self.acknowledged,
            defer=self._defer,
            send_message=self._send,
            edit_message=self._edit,
        )
        self.followup = SimpleNamespace(send=self._send)

    def is_guild_integration(self) -> bool:
        """Return whether the application is installed in the server."""
        return self._member

    async def edit_original_response(self, **_: object) -> None:
        """Change the response."""

    async def _defer(self, *, ephemeral: bool = False, **_: object) -> None:
        if self.failure is not None:
            raise self.failure
        self.acknowledged, self.deferred_privately = True, ephemeral

    async def _send(self, text: str, *, ephemeral: bool = False, **_: object) -> None:
        if self.failure is not None:
            raise self.failure
        self.acknowledged = True
        (self.private if ephemeral else self.public).append(text)

    async def _edit(self, **_: object) -> None:
        self.acknowledged = True
