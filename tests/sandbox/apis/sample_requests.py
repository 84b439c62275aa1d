"""Correct requests to each stand-in, in which a test changes what it is about."""

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.apis import Api, Apis

USER = "123456789012345678"


class LeftOut:
    """Has a name of its own, so that parallel test processes call their tests the same."""

    def __repr__(self) -> str:
        return "LEFT_OUT"


LEFT_OUT = LeftOut()
"""A field's value that means: do not send it."""

NAMES = ("tamako", "chatbase", "chatbase-v2", "stammer", "chatbot")


@dataclass(frozen=True)
class Response:
    """An answer read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> dict[str, object]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


class Asker:
    """Asks each API; keyword arguments replace fields, LEFT_OUT leaves them out."""

    def __init__(self, apis: Apis, http: aiohttp.ClientSession) -> None:
        self.apis = apis
        self.http = http

    def open(
        self, name: str, question: str = "hello", /, **fields: object
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send a question to the API of this name; the response is not read yet."""
        if name == "tamako":
            return self.http.get(self.apis.tamako.url, params=self._tamako(question, fields))
        url, token, body = getattr(self, f"_{name.replace('-', '_')}")(question, fields)
        return self.http.post(url, json=body, headers={"Authorization": token})

    async def __call__(self, name: str, question: str = "hello", /, **fields: object) -> Response:
        """Send a question and read the whole answer."""
        async with self.open(name, question, **fields) as response:
            return Response(response.status, response.headers, await response.read())

    async def said(self, name: str, question: str, /, **fields: object) -> str:
        """Return the answer's text alone."""
        response = await self(name, question, **fields)
        assert response.status == 200, response.text
        document = response.json
        match name:
            case "tamako":
                return str(document["response"])
            case "chatbase":
                return str(document["text"])
            case "chatbase-v2":
                return "".join(part["text"] for part in document["data"]["parts"])  # type: ignore[index]
            case "stammer":
                return str(document["data"]["answer"])  # type: ignore[index]
            case _:
                items = document["result"]["fulfillment"]  # type: ignore[index]
                return "\n".join(item["message"] for item in items if item["type"] == "text")

    def _tamako(self, question: str, fields: Mapping[str, object]) -> dict[str, str]:
        tamako = self.apis.tamako
        full = {
            "username": tamako.username,
            "appid": tamako.app_id,
            "appsecret": tamako.app_secret,
            "message": question,
            "user": USER,
        }
        return {name: str(value) for name, value in changed(full, fields).items()}

    def _chatbase(self, question: str, fields: Mapping[str, object]) -> tuple[str, str, object]:
        chatbase = self.apis.chatbase
        full = {"messages": [{"role": "user", "content": question}], "chatbotId": chatbase.chatbot_id}
        return chatbase.url, f"Bearer {chatbase.api_key}", changed(full, fields)

    def _chatbase_v2(self, question: str, fields: Mapping[str, object]) -> tuple[str, str, object]:
        v2 = self.apis.chatbase_v2
        return (
            f"{v2.url}/agents/{v2.agent.id}/chat",
            f"Bearer {v2.api_key}",
            changed({"message": question, "stream": False}, fields),
        )

    def _stammer(self, question: str, fields: Mapping[str, object]) -> tuple[str, str, object]:
        stammer = self.apis.stammer
        full = {"chatbot_uuid": stammer.chatbot_uuid, "query": question, "user_key": USER}
        return stammer.url, f"Token {stammer.api_token}", changed(full, fields)

    def _chatbot(self, question: str, fields: Mapping[str, object]) -> tuple[str, str, object]:
        chatbot = self.apis.chatbot
        full = {"query": question, "sessionId": USER, "storyId": chatbot.stories[0].id}
        return f"{chatbot.url}/query", f"Bearer {chatbot.client_token}", changed(full, fields)


def events_in(body: str) -> list[dict[str, Any]]:
    """Return the events of a stream without `event:` lines that was ended by `[DONE]`."""
    *frames, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def said_in(body: str) -> str:
    """Return the text of a stream of typed events."""
    return "".join(each["delta"] for each in events_in(body) if each["type"] == "text-delta")


def changed(full: Mapping[str, object], fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields with the test's own put in."""
    return {name: value for name, value in {**full, **fields}.items() if value is not LEFT_OUT}


STREAMS = {"stream": "chatbase", "events": "chatbase-v2"}
WAYS = [*NAMES, *STREAMS]
"""Each API by name, and both of Chatbase's once more with their streams."""


class Way:
    """One API, asked in one way."""

    def __init__(self, ask: Asker, way: str) -> None:
        self.name = STREAMS.get(way, way)
        self.fields = {"stream": True} if way in STREAMS else {}
        self.streams = way in STREAMS
        self.typed = way == "events"
        self.api: Api = ask.apis.find(self.name)
        self._ask = ask

    async def ask(self) -> Response:
        return await self._ask(self.name, **self.fields)

    def open(self) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._ask.open(self.name, **self.fields)
