"""What the body of a question to Chatbase's API v1 has to be (provider-docs/chatbase.txt)."""

from collections.abc import Mapping

from sandbox.apis.replies.refusal import Refusal


def check_fields(fields: Mapping[str, object]) -> None:
    """Raise Refusal for a field that is missing, unknown, empty or of the wrong kind."""
    known = {"messages", "chatbotId", "stream", "temperature", "conversationId", "model"}
    unknown = sorted(fields.keys() - known)
    if unknown:
        raise Refusal(400, f"Unknown field: {', '.join(unknown)}")
    for name in ("messages", "chatbotId"):
        if name not in fields:
            raise Refusal(400, f"Missing field: {name}")
    for name in ("chatbotId", "conversationId", "model"):
        if name in fields and not (isinstance(fields[name], str) and fields[name]):
            raise Refusal(400, f"{name} must be a non-empty string")
    if "stream" in fields and not isinstance(fields["stream"], bool):
        raise Refusal(400, "stream must be a boolean")
    temperature = fields.get("temperature", 0)
    if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not 0 <= temperature <= 1:
        raise Refusal(400, "temperature must be a number between 0 and 1")
    check_messages(fields["messages"])


def check_messages(sent: object) -> None:
    """Raise Refusal unless these are messages and the last one is the user's."""
    if not isinstance(sent, list) or not sent:
        raise Refusal(400, "messages must be a non-empty array")
    for place, message in enumerate(sent):
        if not isinstance(message, dict) or message.keys() != {"role", "content"}:
            raise Refusal(400, f"messages[{place}] must have role and content, and nothing else")
        if message["role"] not in ("user", "assistant"):
            raise Refusal(400, f"messages[{place}].role must be user or assistant")
        if not isinstance(message["content"], str) or not message["content"]:
            raise Refusal(400, f"messages[{place}].content must be a non-empty string")
    if sent[-1]["role"] != "user":
        raise Refusal(400, "The last message must be the user's")
