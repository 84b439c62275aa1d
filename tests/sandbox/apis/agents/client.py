"""A client that sends one call at a time to the Chatbase v2 stand-in, right or wrong in any place."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp

from sandbox.apis import ChatbaseV2, Conversation, StoredMessage
from tests.sandbox.apis.sample_requests import Response


class Client:
    """Sends requests with the right key for the first agent, unless told otherwise."""

    def __init__(self, api: ChatbaseV2, http: aiohttp.ClientSession) -> None:
        self.api = api
        self.http = http

    def open(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = "",
        params: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - as aiohttp's are
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send a request; `key` empty: the right one, None: no header at all."""
        headers = {} if key is None else {"Authorization": f"Bearer {key or self.api.api_key}"}
        if body is not None:
            more["json"] = body
        return self.http.request(method, f"{self.api.url}{path}", headers=headers, params=params, **more)

    async def __call__(self, method: str, path: str, body: object = None, **more: Any) -> Response:  # noqa: ANN401
        async with self.open(method, path, body, **more) as response:
            return Response(response.status, response.headers, await response.read())

    async def chat(self, message: str = "hello", *, agent: str = "", **fields: object) -> Response:
        """Ask for one document unless `stream` is among the fields."""
        path = f"/agents/{agent or self.api.agent.id}/chat"
        return await self("POST", path, {"message": message, "stream": False, **fields})

    async def retry(
        self, conversation: Conversation, message_id: str, *, agent: str = "", **fields: object
    ) -> Response:
        """Have a message given again, as one document unless `stream` is among the fields."""
        path = f"{self.path(conversation, agent)}/retry"
        return await self("POST", path, {"messageId": message_id, "stream": False, **fields})

    def path(self, conversation: Conversation, agent: str = "") -> str:
        """Return a conversation's address."""
        return f"/agents/{agent or self.api.agent.id}/conversations/{conversation.id}"

    def feedback_path(self, conversation: Conversation, message: StoredMessage) -> str:
        """Return the address at which a message is judged."""
        return f"{self.path(conversation)}/messages/{message.id}/feedback"


def code_of(response: Response) -> tuple[int, object]:
    """Return an error's status and code, after checking that it is told as documented."""
    error: Any = response.json["error"]
    assert response.json.keys() == {"error"}
    assert error.keys() - {"details"} == {"code", "message"}
    assert isinstance(error["message"], str)
    assert response.headers["x-request-id"].startswith("req_")
    assert response.headers["Content-Type"] == "application/json"
    return response.status, error["code"]
