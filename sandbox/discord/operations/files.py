"""Files of messages: kept in memory, served back over HTTP."""

import mimetypes
import re
from urllib.parse import quote

from sandbox.discord.model.channels import Channel
from sandbox.discord.model.messages import Attachment

_UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)


def keep_file(
    channel: Channel, filename: str, data: bytes, content_type: str | None = None, description: str | None = None
) -> Attachment:
    """Store a file for a message in this channel; its name is made safe for a URL as Discord does."""
    state = channel.state
    name = _UNSAFE.sub("_", filename).strip("_.") or "file"
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    key = state.ids.mint()
    url = f"{state.base_url}/attachments/{channel.id}/{key}/{quote(name)}"
    kind = content_type if content_type and content_type != "application/octet-stream" else guessed
    file = Attachment(key, name, data, url, kind, state.clock, description)
    state.attachments[key] = file
    return file
