"""What the conformance tests send and expect; a further provider adds a line to two of these tables."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from bot.domain.errors import (
    ConnectionLost,
    ErrorReported,
    Forbidden,
    IdleTimeout,
    InvalidResponse,
    NoReply,
    NotFound,
    PaymentRequired,
    ProviderError,
    RateLimited,
    Rejected,
    ServerFault,
    TooLarge,
    Unauthorized,
    WrongAddress,
)
from bot.providers import PROVIDERS
from bot.providers.settings import ProviderSettings
from tests.providers.wire import CHUNKED, End, Step, chunk, head, reply

ENVIRONMENTS = {
    "tamako": {
        "TAMAKO_USERNAME": "user-4711",
        "TAMAKO_APP_ID": "app-id-4711",
        "TAMAKO_APP_SECRET": "s3cret/tamako+key",
    },
    "chatbase": {"CHATBASE_API_KEY": "s3cret-chatbase-key", "CHATBASE_CHATBOT_ID": "bot-4711"},
    "chatbase-v2": {"CHATBASE_V2_API_KEY": "s3cret-chatbase-v2-key", "CHATBASE_V2_AGENT_ID": "agent-4711"},
    "stammer": {
        "STAMMER_API_TOKEN": "s3cret-stammer-token",
        "STAMMER_CHATBOT_UUID": "12345678-1234-5678-1234-567812345678",
    },
    "chatbot": {"CHATBOT_CLIENT_TOKEN": "s3cret-client-token"},
}
"""The least that configures each provider."""

ANSWERS: Mapping[str, object] = {
    "tamako": {"response": "Hello"},
    "chatbase": {"text": "Hello"},
    "chatbase-v2": {"data": {"id": "m-1", "role": "assistant", "parts": [{"type": "text", "text": "Hello"}]}},
    "stammer": {"data": {"answer": "Hello"}},
    "chatbot": {"result": {"fulfillment": [{"type": "text", "message": "Hello"}]}, "status": {"code": 200}},
}
"""A plain answer in each provider's own shape."""

FIELDS = ["response", "message", "error", "text", "data", "answer", "detail", "result", "fulfillment", "type", "status"]
FIELDS += ["code", "buttons", "title", "value", "elements", "parts", "metadata"]

FAULTS: Mapping[str, tuple[tuple[Step, ...], type[ProviderError]]] = {
    "400": ((reply({"message": "Bad request."}, 400),), Rejected),
    "401": ((reply({"message": "Invalid key."}, 401),), Unauthorized),
    "402": ((reply({"message": "No credits."}, 402),), PaymentRequired),
    "403": ((reply({"message": "Not your plan."}, 403),), Forbidden),
    "404": ((reply({"message": "No such chatbot."}, 404),), NotFound),
    "418": ((reply("<html>", 418, Content_Type="text/html"),), Rejected),
    "429": ((reply("", 429, Retry_After="60"),), RateLimited),
    "500": ((reply({"message": "Oops."}, 500),), ServerFault),
    "502 html": ((reply("<html>", 502, Content_Type="text/html"),), ServerFault),
    "503": ((reply("", 503),), ServerFault),
    "200 html": ((reply("<!DOCTYPE html><html>", 200, Content_Type="text/html"),), InvalidResponse),
    "told": ((reply({"error": {"message": "Overloaded."}}),), ErrorReported),
    "told as text": ((reply(b'\xef\xbb\xbf\n {"error": "Overloaded."}', Content_Type="text/html"),), ErrorReported),
    "told 401": ((reply({"error": {"code": "401", "message": "Invalid key."}}),), Unauthorized),
    "told 402": ((reply({"message": "No credits.", "statusCode": 402}),), PaymentRequired),
    "told 429": ((reply({"type": "error", "error": {"code": 429}}, 201),), RateLimited),
    "told 500": (
        (reply({"error": "Internal Server Error"}, Content_Type="application/json;charset=UTF-8"),),
        ServerFault,
    ),
    "redirect": ((reply("", 307, Location="/elsewhere"),), WrongAddress),
    "empty": ((reply(b""),), NoReply),
    "204": ((head(204),), NoReply),
    "no json": ((reply(b'{"text": ', Content_Type="application/json"),), InvalidResponse),
    "no object": ((reply(["Hello"]),), InvalidResponse),
    "deep": ((reply(b"[" * 500_000, Content_Type="application/json"),), InvalidResponse),
    "no http": ((b"nonsense\r\n\r\n",), InvalidResponse),
    "dropped": ((), ConnectionLost),
    "reset": ((End.RESET,), ConnectionLost),
    "cut": ((head(Content_Type="application/json", Content_Length="99"), b'{"text": "Hel'), ConnectionLost),
    "cut chunk": ((CHUNKED, chunk("Hel"), b"99\r\nlo"), ConnectionLost),
    "reset in the middle": ((CHUNKED, chunk("Hel"), End.RESET), ConnectionLost),
    "silent": ((End.SILENCE,), IdleTimeout),
    "silent in the middle": ((CHUNKED, chunk("Hel"), End.SILENCE), IdleTimeout),
    "20 MB": ((reply(b" " * 20_000_000),), TooLarge),
}


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield chunk("and on and on " * 500)
        await asyncio.sleep(0)


def read_settings(environment: Mapping[str, str]) -> dict[str, ProviderSettings]:
    """Read every provider's settings, configured or not, by its name; raises `pydantic.ValidationError`."""
    return {kind.name: kind.settings_type.from_environment(environment) for kind in PROVIDERS}
