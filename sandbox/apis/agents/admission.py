"""Whether Chatbase v2 allows a request: its agent, its fields, and the conversation that it is about."""

from sandbox.apis.agents.addresses import Address, Call
from sandbox.apis.agents.checks import FIELDS, check_fields, check_page
from sandbox.apis.agents.conversation import Conversation
from sandbox.apis.agents.errors import refuse
from sandbox.apis.agents.unsettled import Status, Unsettled
from sandbox.apis.agents.workspace import Workspace
from sandbox.apis.replies.refusal import Refusal
from sandbox.apis.transport.request_body import read_object, text_of
from sandbox.apis.transport.request_log import Received


def check_call(address: Address, received: Received, workspace: Workspace, unsettled: Unsettled) -> None:
    """Raise Refusal if the document does not allow the request, whose key is right."""
    agent = workspace.find_agent(address.agent)
    if agent is None and address.call is not Call.LIST_AGENTS:
        raise refuse("AGENT_NOT_FOUND")
    _check_fields(address, received)
    conversation = _find_conversation(address, received, workspace, unsettled)
    if conversation is not None:
        _check_message(address, received, conversation)
    if agent is None or not address.call.asks:
        return
    if conversation is not None and conversation.status is not Status.ONGOING:
        if conversation.status not in unsettled.silent_when:
            raise _refuse_conversation("CHAT_CONVERSATION_NOT_ONGOING", unsettled)
    elif (code := workspace.exhausted(agent)) is not None:
        raise refuse(code)


def _check_fields(address: Address, received: Received) -> None:
    if address.call not in FIELDS:
        paged = address.call in (Call.LIST_AGENTS, Call.LIST_MESSAGES)
        check_page(received.query, paged=paged)
        return
    declared = received.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if declared != "application/json" or read_object(received) is not None:
        raise refuse("VALIDATION_INVALID_JSON")
    check_fields(address.call, received.fields)


def _find_conversation(
    address: Address, received: Received, workspace: Workspace, unsettled: Unsettled
) -> Conversation | None:
    """Return the conversation that the request names, None if it names none."""
    if not received.user_key:
        return None
    conversation = workspace.conversations.get(received.user_key)
    if conversation is None:
        code = unsettled.unknown_conversation if address.call.asks else "RESOURCE_NOT_FOUND"
        raise _refuse_conversation(code, unsettled)
    if conversation.agent_id != address.agent:
        code = "CHAT_CONVERSATION_MISMATCH" if address.call.asks else "RESOURCE_NOT_FOUND"
        raise _refuse_conversation(code, unsettled)
    return conversation


def _check_message(address: Address, received: Received, conversation: Conversation) -> None:
    """Raise Refusal unless the message that a call is about is an assistant's, with a question before it if need be."""
    if address.call not in (Call.RETRY, Call.GIVE_FEEDBACK):
        return
    retry = address.call is Call.RETRY
    message = conversation.find((text_of(received, "messageId") or "") if retry else address.message)
    if message is None:
        raise refuse("CHAT_RETRY_MESSAGE_NOT_FOUND" if retry else "RESOURCE_MESSAGE_NOT_FOUND")
    if message.role != "assistant":
        raise refuse("RESOURCE_MESSAGE_NOT_ASSISTANT")
    if retry and not conversation.before(message.id):
        raise refuse("CHAT_RETRY_NO_USER_MESSAGE")


def _refuse_conversation(code: str, unsettled: Unsettled) -> Refusal:
    open_status = code.startswith("CHAT_CONVERSATION_")
    return refuse(code, status=unsettled.conversation_status if open_status else None)
