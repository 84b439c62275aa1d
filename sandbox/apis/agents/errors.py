"""Every error that Chatbase v2 documents (reference/provider-docs/chatbase-v2.md), with its status and body."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.apis.replies.refusal import Refusal

ERRORS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "VALIDATION_INVALID_BODY": (400, "The request is not valid."),
        "VALIDATION_INVALID_JSON": (400, "The request body is not valid JSON."),
        "CHAT_RETRY_NO_USER_MESSAGE": (400, "There is no user message before this message."),
        "AUTH_MISSING_API_KEY": (401, "The API key is missing."),
        "AUTH_INVALID_API_KEY": (401, "The API key is not valid."),
        "AUTH_EXPIRED_API_KEY": (401, "The API key has expired."),
        "CHAT_CREDITS_EXHAUSTED": (402, "The workspace has used up its message credits."),
        "CHAT_AGENT_CREDITS_EXHAUSTED": (402, "The agent has used up its message credits."),
        "SUBSCRIPTION_API_RESTRICTED_PLAN": (403, "The plan does not include the API."),
        "AUTH_INSUFFICIENT_PERMISSIONS": (403, "The API key may not do this."),
        "CHAT_MODEL_NOT_ALLOWED": (403, "The plan does not include the agent's model."),
        "AGENT_NOT_FOUND": (404, "There is no such agent."),
        "RESOURCE_NOT_FOUND": (404, "There is no such resource."),
        "RESOURCE_MESSAGE_NOT_FOUND": (404, "There is no such message."),
        "CHAT_RETRY_MESSAGE_NOT_FOUND": (404, "The message to retry is not in this conversation."),
        "CHAT_CONVERSATION_MISMATCH": (400, "The conversation belongs to another agent."),
        "CHAT_CONVERSATION_NOT_ONGOING": (400, "The conversation is not ongoing."),
        "RESOURCE_MESSAGE_NOT_ASSISTANT": (422, "The message is not the assistant's."),
        "RATE_LIMIT_TOO_MANY_REQUESTS": (429, "Too many requests."),
        "INTERNAL_SERVER_ERROR": (500, "An internal error occurred."),
        "SERVICE_UNDER_MAINTENANCE": (503, "The service is under maintenance."),
    }
)
"""Status and text by code. The status of the two CHAT_CONVERSATION codes is not documented: `Unsettled` has it."""


def find_code(status: int) -> str:
    """Return the first code with this status, or what comes nearest to it."""
    general = "INTERNAL_SERVER_ERROR" if status >= 500 else "VALIDATION_INVALID_BODY"
    return next((code for code, (documented, _) in ERRORS.items() if documented == status), general)


def error_document(code: str, text: str = "", details: Mapping[str, str] | None = None) -> Mapping[str, object]:
    """Return the body that tells of an error; no text: the usual one."""
    told: dict[str, object] = {"code": code, "message": text or ERRORS[code][1]}
    return {"error": told | ({"details": dict(details)} if details else {})}


def refuse(
    code: str,
    *,
    status: int | None = None,
    details: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """Return the refusal; `details` says by field what is wrong with it."""
    usual, text = ERRORS[code]
    why = "; ".join([code, *(f"{name}: {wrong}" for name, wrong in (details or {}).items())])
    return Refusal(status or usual, why, error_document(code, text, details), headers)
