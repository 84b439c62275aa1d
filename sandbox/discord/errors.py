"""Discord's errors: its JSON codes with their HTTP statuses, and the nested tree of an invalid form.

Codes and texts: Discord's reference, "Opcodes and Status Codes" and "Error Messages".
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of refusal: HTTP status, Discord's JSON code, and its sentence."""

    status: int
    code: int
    message: str


UNAUTHORIZED = Problem(401, 0, "401: Unauthorized")
NOT_FOUND = Problem(404, 0, "404: Not Found")
UNKNOWN_APPLICATION = Problem(404, 10002, "Unknown Application")
UNKNOWN_CHANNEL = Problem(404, 10003, "Unknown Channel")
UNKNOWN_GUILD = Problem(404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = Problem(404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = Problem(404, 10008, "Unknown Message")
UNKNOWN_USER = Problem(404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = Problem(404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = Problem(404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = Problem(404, 10063, "Unknown application command")
TOO_MANY_PINS = Problem(400, 30003, "Maximum number of pins reached for the channel (250)")
TOO_MANY_COMMANDS = Problem(400, 30032, "Maximum number of application commands reached (100).")
TOO_LARGE = Problem(413, 40005, "Request entity too large")
ALREADY_ACKNOWLEDGED = Problem(400, 40060, "Interaction has already been acknowledged.")
TOO_MANY_FOLLOW_UPS = Problem(400, 40094, "This interaction has hit the maximum number of follow up messages")
MISSING_ACCESS = Problem(403, 50001, "Missing Access")
NOT_IN_A_DM = Problem(403, 50003, "Cannot execute action on a DM channel")
NOT_THE_AUTHOR = Problem(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = Problem(400, 50006, "Cannot send an empty message")
CANNOT_DM = Problem(403, 50007, "Cannot send messages to this user")
NOT_A_TEXT_CHANNEL = Problem(400, 50008, "Cannot send messages in a non-text channel")
MISSING_PERMISSIONS = Problem(403, 50013, "Missing Permissions")
INVALID_CHANNEL_TYPE = Problem(400, 50024, "Cannot execute action on this channel type")
INVALID_WEBHOOK_TOKEN = Problem(401, 50027, "Invalid Webhook Token")
INVALID_RECIPIENTS = Problem(400, 50033, "Invalid Recipient(s)")
INVALID_FORM = Problem(400, 50035, "Invalid Form Body")
THREAD_ARCHIVED = Problem(400, 50083, "Thread is archived")
INVALID_JSON = Problem(400, 50109, "The request body contains invalid JSON.")
REPLY_WITHOUT_HISTORY = Problem(403, 160002, "Cannot reply without permission to read message history")
THREAD_EXISTS = Problem(400, 160004, "A thread has already been created for this message")
THREAD_LOCKED = Problem(403, 160005, "Thread is locked")
BLOCKED_BY_AUTOMOD = Problem(400, 200000, "Message was blocked by automatic moderation")


class ApiError(Exception):
    """A refusal as Discord's REST API gives it."""

    def __init__(self, problem: Problem, errors: Json | None = None) -> None:
        super().__init__(f"{problem.code}: {problem.message}")
        self.problem = problem
        self.errors = errors

    def body(self) -> Json:
        """Return the JSON body of the answer."""
        body: Json = {"message": self.problem.message, "code": self.problem.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body

    def errors_by_path(self) -> dict[str, list[str]]:
        """Return the codes of an invalid form's faults by dotted path, for example `embeds.0.title`."""
        found: dict[str, list[str]] = {}
        nodes: list[tuple[str, Json]] = [("", self.errors or {})]
        while nodes:
            path, node = nodes.pop()
            for key, value in node.items():
                if key == "_errors":
                    found[path] = [str(error["code"]) for error in value]
                else:
                    nodes.append((f"{path}.{key}" if path else key, value))
        return found


class FormErrors:
    """What is wrong with a request's body, gathered field by field."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def __bool__(self) -> bool:
        return bool(self._tree)

    def add(self, path: Path, code: str, message: str) -> None:
        """Note a fault at `path`, for example `("embeds", 0, "title")`."""
        node = self._tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        """Note that a field that must be there is not."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def too_long(self, path: Path, limit: int) -> None:
        """Note that a text or list is over its limit."""
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: Path, minimum: int, maximum: int) -> None:
        """Note that a text or list is outside its bounds."""
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {minimum} and {maximum} in length.")

    def not_a_choice(self, path: Path, choices: str) -> None:
        """Note that a value is not one of those allowed."""
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")

    def wrong_type(self, path: Path, value: object, wanted: str) -> None:
        """Note that a value cannot be read as what the field holds."""
        kind = type(value).__name__
        self.add(path, f"{wanted.upper()}_TYPE_CONVERT", f"Could not interpret a value of type {kind} as {wanted}.")

    def raise_if_any(self) -> None:
        """Raise ApiError 50035 with the tree, if anything was noted."""
        if self._tree:
            raise self.refusal()

    def refusal(self) -> ApiError:
        """Return ApiError 50035 with what was noted."""
        return ApiError(INVALID_FORM, self._tree)
