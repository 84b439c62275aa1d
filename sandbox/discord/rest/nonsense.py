"""Sends an answer that is not Discord's own."""

from aiohttp import web

from sandbox.discord.limits.nonsense import Nonsense


async def send(request: web.Request, nonsense: Nonsense, headers: dict[str, str]) -> web.StreamResponse:
    """Answer a request with `nonsense`, and close the connection if it is to break off."""
    response = web.StreamResponse(headers=headers | {"Content-Type": nonsense.content_type})
    response.content_length = len(nonsense.body) + nonsense.breaks_off
    await response.prepare(request)
    await response.write(nonsense.body)
    if nonsense.breaks_off and request.transport is not None:
        request.transport.close()
    return response
