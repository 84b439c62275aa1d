"""Reading what the browser asks for: nothing is taken on trust, and nothing is reached that the person cannot see."""

import base64
from dataclasses import dataclass
from typing import Any, Self, cast

from sandbox.discord import Channel, Interaction, Message, NotVisible, Person, Role, User
from sandbox.discord.errors import Json
from sandbox.untrusted_input import parse_id, parse_json


class InvalidRequest(Exception):
    """The request is not one that the page would make."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of one person.

    Each reader raises `InvalidRequest`, or `NotVisible` for what that person cannot see.
    """

    body: Json
    person: Person

    @classmethod
    def read(cls, text: str, person: Person) -> Self:
        """Return the request in a WebSocket message."""
        try:
            body = parse_json(text)
        except ValueError:
            raise InvalidRequest("this is not JSON") from None
        if not isinstance(body, dict):
            raise InvalidRequest("a request has to be a JSON object")
        return cls(body, person)

    @property
    def number(self) -> int | None:
        """By which the browser knows the answer again."""
        number = self.body.get("id")
        return number if isinstance(number, int) else None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text."""
        return cast("str", self._typed(name, str, default))

    def flag(self, name: str) -> bool:
        """Return a yes or no; left out means no."""
        return cast("bool", self._typed(name, bool, False))

    def count(self, name: str) -> int | None:
        """Return a whole number, None when it is left out."""
        return None if self.body.get(name) is None else self._typed(name, int, None)

    def values(self, name: str) -> Json:
        """Return an object; left out means empty."""
        return cast("Json", self._typed(name, dict, {}))

    def items(self, name: str) -> list[object]:
        """Return a list; left out means empty."""
        return cast("list[object]", self._typed(name, list, []))

    def files(self) -> list[tuple[str, bytes]]:
        """Return the files that come along: their names and contents."""
        return [read_file(file) for file in self.items("files")]

    def key(self, name: str) -> int:
        """Return an id; 0, which nothing has, for a text that is none."""
        return _key(self.text(name))

    def channel(self) -> Channel:
        """Return the channel that is named."""
        found = self.person.state.channels.get(self.key("channel"))
        if found is None or not found.readable_by(self.person):
            raise NotVisible("there is no such channel")
        return found

    def message(self, name: str = "message") -> Message:
        """Return the message that is named."""
        channel = self.channel()
        found = channel.messages.get(self.key(name))
        if found is None or not found.visible_to(self.person):
            raise NotVisible("this message was deleted")
        return found

    def interaction(self) -> Interaction:
        """Return the person's own interaction that is named."""
        found = self.person.state.interactions.get(self.key("interaction"))
        if found is None or found.user is not self.person:
            raise NotVisible("no form is open")
        return found

    def named(self, key: object) -> User | Role | Channel:
        """Return the account, role or channel with this id."""
        number, state = _key(str(key)), self.person.state
        roles = {role.id: role for guild in state.guilds.values() for role in guild.roles.values()}
        found = state.users.get(number) or roles.get(number) or state.channels.get(number)
        if found is None:
            raise NotVisible("there is no account, role or channel with this id")
        return found

    def _typed(self, name: str, kind: type, default: Any) -> Any:  # noqa: ANN401 - as JSON is
        value = self.body.get(name, default)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise InvalidRequest(f"“{name}” is missing or has the wrong type")
        return value


def read_file(file: object) -> tuple[str, bytes]:
    """Return a file's name and content, which comes in base64. Raises `InvalidRequest`."""
    match file:
        case {"name": str(name), "data": str(data)}:
            try:
                return name, base64.b64decode(data, validate=True)
            except ValueError:  # a wrong alphabet, also with letters beyond ASCII
                pass
    raise InvalidRequest("this is not a file")


def _key(text: str) -> int:
    return parse_id(text) or 0
