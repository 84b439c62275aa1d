"""The stand-in for Tamako's chat API (provider-docs/tamako.txt): GET, all in the query string."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from sandbox.apis.api import Api
from sandbox.apis.canned_answers import Persona, answer
from sandbox.apis.memory import Memory
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.replies.reply import Pace, Reply
from sandbox.apis.transport.request_log import Received, Secrets

REQUIRED = ("message", "user")
OPTIONAL = ("name", "gender", "dev", "prefix")
NEWER = ("userid",)


class TamakoLogin(StrEnum):
    """What a server wants to know its client by: each generation had its own (reference/providers.md)."""

    APP = "app"
    """`username`, `appid`, `appsecret`, as documented."""
    SERVICE = "service"
    """`prvid`, `svcid`, `svcsecret`."""
    NONE = "none"


class TamakoShape(StrEnum):
    """How an answer looks."""

    DOCUMENTED = "documented"
    """`{"api","args","response"}`; `args` holds the secret."""
    NEWER = "newer"
    """`{"Api","Type","input","userid","message"}`, as renamed servers answer."""


class Tamako(Api):
    """Remembers each `user`. Strict: unknown, doubled and (if required) empty parameters are refused."""

    name: ClassVar[str] = "tamako"
    path: ClassVar[str] = "/api/chat"
    routes: ClassVar[frozenset[tuple[str, str]]] = frozenset({("GET", path)})
    shapes: ClassVar[type[StrEnum]] = TamakoShape
    retry_after: ClassVar[str] = "14:59"
    secret_fields: ClassVar[frozenset[str]] = frozenset({"appsecret", "appid", "svcsecret", "svcid"})

    def __init__(self, pace: Pace | None = None, port: int = 0) -> None:
        super().__init__(pace, port)
        self.username = "sandbox-user"
        self.app_id = "sandbox-app-4711"
        self.app_secret = "sandbox-tamako-secret"  # noqa: S105 - worth nothing anywhere
        self.login = TamakoLogin.APP
        self.shape = TamakoShape.DOCUMENTED
        """Of answers that do not say it and of errors. A newer server reads `userid` and not `user`."""
        self.error_status: int | None = None
        """The document names no status for its two errors; None: 401 for wrong authorisation, 400 for the rest."""
        self.memory = Memory()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The app's id and secret."""
        return (self.app_secret, self.app_id)

    def environment(self) -> dict[str, str]:
        """Return what points a bot here."""
        names = {
            TamakoLogin.APP: ("TAMAKO_USERNAME", "TAMAKO_APP_ID", "TAMAKO_APP_SECRET"),
            TamakoLogin.SERVICE: ("TAMAKO_PRVID", "TAMAKO_SVCID", "TAMAKO_SVCSECRET"),
            TamakoLogin.NONE: (),
        }[self.login]
        return {"TAMAKO_API_URL": self.url, **dict(zip(names, self._credentials().values(), strict=False))}

    def read(self, received: Received) -> None:
        """Take all from the query string."""
        received.fields = received.query
        received.question = received.query.get("message")
        received.user_key = received.query.get("user") or received.query.get("userid")
        sent = tuple(received.query.get(name, "") for name in self.secret_fields)
        received.secrets = Secrets(self.secret_fields, sent)

    def check(self, received: Received) -> None:
        """Refuse wrong credentials first, then missing, unknown and malformed parameters."""
        sent = received.query
        newer = self.shape is TamakoShape.NEWER
        credentials = self._credentials()
        required = [
            *credentials,
            *(name for name in REQUIRED if not (newer and name == "user")),
            *(NEWER if newer else ()),
        ]
        given = {name: sent.get(name) for name in credentials}
        if all(given.values()) and given != credentials:
            raise self._refusal(401, "null", "Invalid credentials!", received)
        missing = [name for name in required if not sent.get(name)]
        if missing:
            raise self._refusal(400, "missing_arguements", f"Missing: {', '.join(missing)}", received)
        unknown = sorted(sent.keys() - {*credentials, *REQUIRED, *OPTIONAL, *NEWER})
        if unknown:
            raise self._refusal(400, "unknown_arguements", f"Unknown: {', '.join(unknown)}", received)
        if received.repeated:
            raise self._refusal(400, "repeated_arguements", f"Repeated: {', '.join(received.repeated)}", received)
        if "userid" in sent and not re.search(r"[0-9]{18}", sent["userid"]):
            raise Refusal(400, "Invalid user id!", {"message": "Invalid user id!"})

    def compose(self, received: Received) -> Reply:
        """Answer in the persona that the request asks for."""
        persona = Persona(received.query.get("name", "Tamako"), received.query.get("dev", "Bear#3437"), voice=1)
        earlier = self.memory.of(received.user_key or "")
        said = answer(received.question or "", earlier, persona, self._run_of(received))
        # The server strips Discord mentions from its replies.
        return Reply(re.sub(r"<(?:@[!&]?|#)[0-9]+>", "", said))

    def remember(self, received: Received) -> None:
        """Keep the question under the user's key."""
        self.memory.add(received.user_key or "", received.question or "")

    def document(self, text: str, reply: Reply, received: Received, /) -> object:
        """Return the answer in the documented or the newer shape."""
        if (reply.shape or self.shape) == TamakoShape.NEWER:
            return {
                "Api": "Tamako API",
                "Type": "Chat API",
                "input": received.question,
                "userid": received.query.get("userid"),
                "message": text,
            }
        return {**self._echo(received), "response": text}

    def error(self, status: int, text: str, received: Received, /) -> Mapping[str, object]:
        """Return an error of the documented or the newer shape."""
        if self.shape is TamakoShape.NEWER:
            return {"details": f"HTTP {status}", "error": True, "message": text}
        return {**self._echo(received), "error": "null" if status == 401 else text}

    def _credentials(self) -> dict[str, str]:
        """Return the parameters of the login, with their right values."""
        names = {
            TamakoLogin.APP: ("username", "appid", "appsecret"),
            TamakoLogin.SERVICE: ("prvid", "svcid", "svcsecret"),
            TamakoLogin.NONE: (),
        }[self.login]
        return dict(zip(names, (self.username, self.app_id, self.app_secret), strict=False))

    def _refusal(self, status: int, documented: str, newer: str, received: Received) -> Refusal:
        """Return the refusal in the shape and with the status that this server uses."""
        if self.shape is TamakoShape.NEWER:
            return Refusal(status, newer)
        return Refusal(self.error_status or status, newer, {**self._echo(received), "error": documented})

    def _echo(self, received: Received) -> dict[str, object]:
        """Return what documented answers repeat of the request: even the secret, but neither dev nor prefix."""
        sent = received.query
        return {
            "api": "TamakoBot API",
            "args": {
                "username": sent.get("username"),
                "appid": sent.get("appid"),
                "appsecret": sent.get("appsecret"),
                "userid": sent.get("user"),
                "gender": sent.get("gender", "female"),
                "name": sent.get("name", "Tamako"),
                "incoming_message": sent.get("message"),
            },
        }
