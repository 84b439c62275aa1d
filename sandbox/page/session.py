"""One tab's session: the account that the visitor uses, and what it sees."""

import asyncio

from sandbox.discord import Change, Channel, Message, User
from sandbox.discord.errors import Json
from sandbox.page.context import PageContext
from sandbox.page.debug_panel import DebugPanel
from sandbox.page.views import name_of, view_everything, view_message

_PLACES = ("guild.", "member.", "role.", "channel.", "thread.")


class Session:
    """Who the visitor is, and whether the side panel is open: `watching` is set then."""

    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.person = context.personas.all[0].person
        self.debug_panel = DebugPanel(context)
        self.watching = asyncio.Event()

    def everything(self) -> Json:
        """Return all that the person knows of."""
        return view_everything(self.person, self.context.personas, self.context.env.discord) | {
            "bot": self.context.supervisor.view()
        }

    def opened(self, channel: Channel) -> Json:
        """Return the id of a channel that the person has just made, and everything, so that the tab knows of it."""
        return {"channel": str(channel.id), "everything": self.everything()}

    def view(self, change: Change) -> Json | None:
        """Return the event that tells the tab of a change, or None if the person may not see it."""
        match change.kind, change.subject:
            case (("message.create" | "message.edit"), Message() as message) if message.visible_to(self.person):
                return {"event": "message", "message": view_message(message, self.person)}
            case "message.delete", Message() as message if message.channel.readable_by(self.person):
                return {"event": "gone", "channel": str(message.channel.id), "id": str(message.id)}
            case "typing.start", (Channel() as channel, User() as user) if channel.readable_by(self.person):
                name = name_of(user, channel.guild)
                return {"event": "typing", "channel": str(channel.id), "user": str(user.id), "name": name}
            case (("bot.state" | "gateway.ready" | "gateway.resumed" | "gateway.closed"), _):
                return {"event": "bot", "bot": self.context.supervisor.view()}
            case kind, _ if kind.startswith(_PLACES):
                return {"event": "everything", "everything": self.everything()}
            case _:
                return None
