"""The calls of Chatbase v2 that ask the agent nothing: lists, one conversation, feedback, a pause."""

from sandbox.apis.agents.addresses import Address, Call
from sandbox.apis.agents.checks import cut_page
from sandbox.apis.agents.unsettled import Status, Unsettled
from sandbox.apis.agents.workspace import Workspace
from sandbox.apis.transport.request_body import text_of
from sandbox.apis.transport.request_log import Received


def serve(address: Address, received: Received, workspace: Workspace, unsettled: Unsettled) -> object:
    """Do what an allowed request asks for, and return the document that answers it."""
    if address.call is Call.LIST_AGENTS:
        agents, pagination = cut_page(workspace.agents, received.query)
        return {"data": [agent.view() for agent in agents], "pagination": pagination}
    conversation = workspace.conversations[address.conversation]
    if address.call is Call.LIST_MESSAGES:
        kept = conversation.messages[:: -1 if unsettled.newest_first else 1]
        messages, pagination = cut_page(kept, received.query)
        return {"data": [message.view() for message in messages], "pagination": pagination}
    if address.call is Call.GIVE_FEEDBACK:
        message = conversation.find(address.message)
        assert message is not None
        message.feedback = text_of(received, "feedback")
        return {"data": message.view()}
    if address.call is Call.PAUSE:
        conversation.status = Status.PAUSED if received.fields["paused"] else Status.ONGOING
        return {"data": {"id": conversation.id, "status": conversation.status.value}}
    return conversation.view() if unsettled.bare_conversation else {"data": conversation.view()}
