"""The sandbox's chat APIs: local stand-ins over real HTTP, as strict as the documents say, and scriptable.

    async with Apis() as apis:                       # Apis(think=0.5, pause=0.04) for a demonstration's pace
        environment = apis.environment()             # or .environment("chatbase", "tamako")
        apis.chatbase.url                            # what CHATBASE_API_URL holds; .chatbase_v2 .tamako .stammer
                                                     # .chatbot likewise
        apis.tamako.app_secret                       # credentials are attributes: .username .app_id; .chatbase.api_key
                                                     # .chatbot_id; .chatbase_v2.api_key .agent.id;
                                                     # .stammer.api_token .chatbot_uuid;
                                                     # .chatbot.client_token .developer_token .stories[0].id

Answers. Without a script each API answers by keywords in the question: hello, table, picture, formula, code, spoiler,
quote, list, long (more than 4,000 characters), joke, "what can you do?", "what did I say before?" (from what that API
remembers of that user), anything else; in other words each time the same user asks it the same.

        apis.chatbase.answers("the same for all")    # until changed or .clear()
        apis.chatbase.answers("once", times=1)       # planned ones come first, in order
        apis.tamako.answers(lambda received: f"You said {received.question}")
        apis.chatbase.answers(Reply("text", shape="sse", pause=0.02, split=1))
        apis.chatbase.answers(Reply(pieces=["Hel", "lo", Cut.RESET]))
        apis.stammer.answers(Reply("later", shape="nothing", status=202))
        apis.chatbot.answers(Reply(fulfillment=[{"type": "text", "message": "hi"}]))
        apis.tamako.shape = TamakoShape.NEWER        # also its errors; shapes: ChatbaseShape, StammerShape, ...

Chatbase v2 keeps its conversations, and its streams are typed events:

        v2 = apis.chatbase_v2
        v2.answers(Reply(pieces=[*tool("lookupOrder"), "It is ", NEW_BLOCK, "on its way.", finish("stop")]))
        v2.answers(Reply(pieces=[Event({"type": "x"}), "text", failure("Sorry.")], shape="bare"))   # nothing around it
        v2.form = StreamForm(start="message-start", metadata="metadata", named=True, done=False)    # of all its streams
        v2.conversations[-1].messages[-1].id         # also .status = ConversationStatus.TAKEN_OVER, .user_id, .overlaps
        v2.workspace.say(conversation, "assistant", "Hi, I am Rosa.")     # as a person who has taken over would
        v2.agent.credit_limit = 3                    # .credits_used .status .suggested; v2.workspace.credits_left = 0
        v2.unsettled = replace(v2.unsettled, keeps_partial=False)         # what the document leaves open
        v2.rate_limit.count = 2
        v2.fails("CHAT_CREDITS_EXHAUSTED")           # any code of the document; names: v2.faults

In a test's hands, without sleeping (`pause` and `think` also take something to await, such as an event's `wait`):

        stream = apis.chatbase.hold()                # the next request gets its answer from here
        received = await stream.started()
        await stream.send("piece")                   # str is framed as the shape wants, bytes go out as they are
        await stream.finish()                        # or .cut(), .cut(Cut.TRUNCATE); .left() waits for a hang-up

Faults, before anything is checked, for the next N requests or until cleared (mind that aiohttp's client sends a GET a
second time by itself when its connection is dropped):

        apis.stammer.fails(Status(429, retry_after=2), times=2)    # any status, any body=, retry_after=datetime or text
        apis.stammer.fails("html")                   # names: sandbox.apis.FAULTS
        apis.chatbase.fails(ErrorEvent(payload={"code": 402}))     # told in a stream that began well
        apis.tamako.fails(ToldError(document={"error": "x"}))      # told in the body of a success
        apis.stammer.clear()                         # planned answers too
        silent = Silent()
        apis.tamako.fails(silent, times=1)           # nothing comes until silent.release()
        await apis.chatbot.refuse()                  # connections refused, open ones dropped; .accept() undoes it
        await apis.chatbot.switch("huge")            # one fault by name or "refused"; switch(None): all well

What happened:

        await apis.chatbase.wait_received(1)         # -> the newest Received
        received = apis.chatbase.received[-1]        # .fields .headers .question .user_key .refused .fault .answered
        received.answered.arrivals                   # when each part went out; .status .outcome .text .ended_at
        received.blurred()                           # as JSON values without secrets, for a page
        apis.chatbase.strays                         # requests to addresses that no document describes
        apis.chatbase.open_answers, .connections     # to see that the bot closes what it stops reading
        apis.chatbase.dashboard["conversation id"]   # what was saved; .tamako.memory.of(user key) for the others
"""

from sandbox.apis.agents.conversation import Conversation, StoredMessage
from sandbox.apis.agents.errors import ERRORS
from sandbox.apis.agents.events import NEW_BLOCK, Event, StreamForm, failure, finish, tool
from sandbox.apis.agents.faults import ErrorCode
from sandbox.apis.agents.unsettled import Status as ConversationStatus
from sandbox.apis.agents.unsettled import Unsettled
from sandbox.apis.agents.workspace import Agent
from sandbox.apis.api import Api
from sandbox.apis.chatbase import Chatbase, ChatbaseShape, Message
from sandbox.apis.chatbase_v2 import ChatbaseV2, ChatbaseV2Shape
from sandbox.apis.chatbot import ChatBot, ChatBotShape
from sandbox.apis.faults.body import (
    CutShort,
    Dropped,
    Endless,
    Huge,
    InvalidJson,
    InvalidUtf8,
    OtherCharset,
    Silent,
    WrongContentType,
)
from sandbox.apis.faults.error_in_success import ErrorEvent, ToldError, UndeclaredJson
from sandbox.apis.faults.fault import Fault
from sandbox.apis.faults.registry import FAULTS
from sandbox.apis.faults.status import EmptyBody, HtmlPage, RateLimited, Redirect, Status
from sandbox.apis.mock_apis import Apis
from sandbox.apis.replies.held_stream import ClientLeft, HeldStream
from sandbox.apis.replies.reply import Pace, Reply
from sandbox.apis.stammer import Stammer, StammerShape
from sandbox.apis.tamako import Tamako, TamakoLogin, TamakoShape
from sandbox.apis.transport.request_log import Outcome, Received, SentResponse
from sandbox.apis.transport.wire_response import Cut

__all__ = [
    "ERRORS",
    "FAULTS",
    "NEW_BLOCK",
    "Agent",
    "Api",
    "Apis",
    "ChatBot",
    "ChatBotShape",
    "Chatbase",
    "ChatbaseShape",
    "ChatbaseV2",
    "ChatbaseV2Shape",
    "ClientLeft",
    "Conversation",
    "ConversationStatus",
    "Cut",
    "CutShort",
    "Dropped",
    "EmptyBody",
    "Endless",
    "ErrorCode",
    "ErrorEvent",
    "Event",
    "Fault",
    "HeldStream",
    "HtmlPage",
    "Huge",
    "InvalidJson",
    "InvalidUtf8",
    "Message",
    "OtherCharset",
    "Outcome",
    "Pace",
    "RateLimited",
    "Received",
    "Redirect",
    "Reply",
    "SentResponse",
    "Silent",
    "Stammer",
    "StammerShape",
    "Status",
    "StoredMessage",
    "StreamForm",
    "Tamako",
    "TamakoLogin",
    "TamakoShape",
    "ToldError",
    "UndeclaredJson",
    "Unsettled",
    "WrongContentType",
    "failure",
    "finish",
    "tool",
]
