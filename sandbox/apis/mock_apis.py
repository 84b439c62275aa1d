"""The stand-ins together: opened, closed, and handed to a bot as environment variables."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from sandbox.apis.api import Api
from sandbox.apis.chatbase import Chatbase
from sandbox.apis.chatbase_v2 import ChatbaseV2
from sandbox.apis.chatbot import ChatBot
from sandbox.apis.replies.reply import Pace
from sandbox.apis.stammer import Stammer
from sandbox.apis.tamako import Tamako
from sandbox.apis.transport.conditions import Pause


class Apis:
    """`async with Apis() as apis:` all of them accept connections."""

    def __init__(self, *, think: Pause = 0.0, pause: Pause = 0.0, port: int = 0) -> None:
        """Prepare all of them.

        `think` is the pause before an answer, `pause` the one between the pieces of a stream, in seconds. Each API
        has a port of its own, so that one can refuse connections alone: `port` and those after it, or (0) any
        free ones. Entering raises OSError when one is taken.
        """
        pace = Pace(think, pause)
        ports = [port + place if port else 0 for place in range(5)]
        self.tamako = Tamako(pace, ports[0])
        self.chatbase = Chatbase(pace, ports[1])
        self.chatbase_v2 = ChatbaseV2(pace, ports[2])
        self.stammer = Stammer(pace, ports[3])
        self.chatbot = ChatBot(pace, ports[4])
        self._opened = AsyncExitStack()

    @property
    def all(self) -> tuple[Api, ...]:
        """All of them, in the order of DEFAULT_PROVIDER."""
        return (self.tamako, self.chatbase, self.chatbase_v2, self.stammer, self.chatbot)

    def find(self, name: str) -> Api:
        """Return the API of this name, such as `chatbase-v2`; raises KeyError if there is none."""
        return {api.name: api for api in self.all}[name]

    def environment(self, *names: str) -> dict[str, str]:
        """Return the environment variables that point a bot at the named APIs, or at all.

        Raises KeyError for a name that is not one of `tamako`, `chatbase`, `chatbase-v2`, `stammer`, `chatbot`.
        """
        chosen = [self.find(name) for name in names] or self.all
        return {variable: value for api in chosen for variable, value in api.environment().items()}

    def clear(self) -> None:
        """Forget all planned answers and faults; what was recorded and remembered stays."""
        for api in self.all:
            api.clear()

    async def __aenter__(self) -> Self:
        for api in self.all:
            self._opened.push_async_callback(api.close)
        try:
            for api in self.all:
                await api.accept()
        except BaseException:
            await self._opened.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()
