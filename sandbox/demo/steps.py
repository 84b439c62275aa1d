"""The scenes of the scripted conversation: one for each thing that the bot can do, each with what it has to prove."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.apis import Received
from sandbox.demo.driver import Dialogue, Shown, Wrong, expect
from sandbox.discord import Channel, Message, Person

SIGN_AND_FENCE = 8
"""The most characters that a frame adds to a running answer's text: a closed code fence, a sign that it goes on."""

FEWEST_FRAMES = 4


class Play:
    """What the scenes share: the dialogue, and what was said in each channel to Chatbase, which remembers nothing."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.stage = dialogue.stage
        self.turns: dict[Channel, list[dict[str, str]]] = {}
        self.conversation_ids: dict[Channel, object] = {}
        self.quick_replies: Message | None = None

    async def ask_chatbase(self, person: Person, channel: Channel, text: str) -> Shown:
        """Ask by message, and check that Chatbase was sent the channel's conversation so far under one id."""
        shown = await self.dialogue.say(person, channel, self._addressed(channel, text), asks=self.stage.apis.chatbase)
        sent = _received(shown).fields
        earlier = self.turns.setdefault(channel, [])
        question = {"role": "user", "content": text}
        expect("the messages that Chatbase was sent", [*earlier, question], sent["messages"])
        expect("`stream`, as Chatbase was sent it", True, sent["stream"])
        known = self.conversation_ids.setdefault(channel, sent.get("conversationId"))
        expect("the conversation's id, as Chatbase was sent it", known, sent.get("conversationId"))
        if not known or list(self.conversation_ids.values()).count(known) > 1:
            raise Wrong("the conversation's id, as Chatbase was sent it", "one for each channel", known)
        earlier += [question, {"role": "assistant", "content": shown.said.text}]
        return shown

    async def fail_to_ask_chatbase(self, person: Person, channel: Channel, text: str) -> Shown:
        """Ask by message while Chatbase is out of order."""
        addressed = self._addressed(channel, text)
        return await self.dialogue.say_in_vain(person, channel, addressed, asks=self.stage.apis.chatbase)

    def _addressed(self, channel: Channel, text: str) -> str:
        return text if channel.guild is None else f"{self.stage.app.bot.mention} {text}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A step of the play: `play` returns in a few words what was proved, or raises `Wrong`."""

    title: str
    play: Callable[[Play], Awaitable[str]]


async def stream(play: Play) -> str:
    """Mention the bot, and see the answer grow."""
    stage = play.stage
    shown = await play.ask_chatbase(
        stage.alice, stage.general, "Write a small Python function that counts words, please"
    )
    whole, texts = shown.said.text, [frame.content for frame in shown.frames]
    lengths = [_agreement(text, whole) for text in texts]
    expect("how much of the final text each frame shows", sorted(lengths), lengths)
    if len(set(lengths)) < FEWEST_FRAMES:
        raise Wrong("how many frames there were, each longer than the one before", f"{FEWEST_FRAMES} or more", lengths)
    for text, length in zip(texts, lengths, strict=True):
        if len(text) - length > SIGN_AND_FENCE or text.count("```") % 2:
            raise Wrong("a frame", "a beginning of the final text, with its code fence closed", text)
    expect("who was pinged", {stage.alice.name}, {user.name for user in shown.messages[0].pinged})
    return f"the message grew in {len(texts)} frames into exactly what Chatbase sent"


async def remember(play: Play) -> str:
    """Ask what only somebody can answer who knows the conversation."""
    first = play.turns.get(play.stage.general, [{"content": ""}])[0]["content"]
    shown = await play.ask_chatbase(play.stage.alice, play.stage.general, "And what did I say before?")
    if first not in shown.said.text:
        raise Wrong("the answer", f"one that quotes “{first}”", shown.said.text)
    return "Chatbase keeps nothing, so the bot sent the conversation along"


async def retry(play: Play) -> str:
    """Have a question answered once more, in place."""
    stage = play.stage
    shown = await play.ask_chatbase(stage.alice, stage.general, "What should I call my cat?")
    stage.apis.chatbase.answers("Call it Semicolon; it never quite ends anything.", times=1)
    again = await play.dialogue.press(stage.alice, shown.messages[-1], "Retry", asks=stage.apis.chatbase)
    expect("what Chatbase was asked", _received(shown).fields, _received(again).fields)
    play.turns[stage.general][-1]["content"] = again.said.text
    expect("how many messages show it", 1, len(again.messages))
    return "the new version took the old one's place, there and in the conversation; the arrows lead back"


async def ask_tamako(play: Play) -> str:
    """Use `/tamako ask`."""
    stage = play.stage
    shown = await play.dialogue.ask(
        stage.alice, stage.general, "tamako ask", asks=stage.apis.tamako, question="Hello, who are you?"
    )
    _expect_tamako(shown, stage.alice, stage.app.owner.name)
    return "a command asks its own provider, whatever the channel's is"


async def ask_stammer(play: Play) -> str:
    """Use `/stammer ask`."""
    stage = play.stage
    question = "Give me a few tips for a tidy desk"
    shown = await play.dialogue.ask(stage.bob, stage.general, "stammer ask", asks=stage.apis.stammer, question=question)
    sent = {"chatbot_uuid": stage.apis.stammer.chatbot_uuid, "query": question, "user_key": str(stage.bob.id)}
    expect("what Stammer.ai was sent", sent, dict(_received(shown).fields))
    return "Stammer.ai was sent the question and bob's own key"


async def offer_replies(play: Play) -> str:
    """Use `/chatbot ask`, and be offered quick replies."""
    stage = play.stage
    shown = await play.dialogue.ask(
        stage.alice, stage.general, "chatbot ask", asks=stage.apis.chatbot, question="Hello"
    )
    sent = {"query": "Hello", "sessionId": str(stage.alice.id), "storyId": stage.apis.chatbot.stories[0].id}
    expect("what ChatBot.com was sent", sent, dict(_received(shown).fields))
    play.quick_replies = shown.messages[-1]
    return f"{len(shown.said.buttons)} buttons, as ChatBot.com has them"


async def press(play: Play) -> str:
    """Press one of the quick replies."""
    if play.quick_replies is None:
        raise Wrong("the quick replies of the step before", "to be there", "nothing")
    stage = play.stage
    shown = await play.dialogue.press(stage.bob, play.quick_replies, "See the menu", asks=stage.apis.chatbot)
    expect(
        "what ChatBot.com was asked",
        ("menu", str(stage.bob.id)),
        (_received(shown).question, _received(shown).user_key),
    )
    return f"{len(shown.said.cards)} cards with a picture each"


async def choose_provider(play: Play) -> str:
    """Use `/settings provider` for one channel, and mention the bot there."""
    stage = play.stage
    order = await play.dialogue.order(
        stage.alice, stage.general, "settings provider", provider="tamako", channel=stage.games
    )
    expect("that only alice sees the bot's answer", True, order.ephemeral)
    shown = await play.dialogue.say(
        stage.bob, stage.games, f"{stage.app.bot.mention} Tell me a joke", asks=stage.apis.tamako
    )
    _expect_tamako(shown, stage.bob, stage.app.owner.name)
    return "in #games it is Tamako who answers now"


async def refuse_setting(play: Play) -> str:
    """Use the same command as a member who may not."""
    stage = play.stage
    order = await play.dialogue.order(
        stage.bob, stage.general, "settings provider", force=True, provider="chatbot", channel=stage.games
    )
    expect("that only bob sees the bot's answer", True, order.ephemeral)
    if "Manage Server" not in order.said.text:
        raise Wrong("the answer", "one that names the permission Manage Server", order.said.text)
    return "bob may not do that, and is told why"


async def talk_alone(play: Play) -> str:
    """Write a direct message."""
    stage = play.stage
    await play.ask_chatbase(stage.bob, stage.bob.dm(stage.app), "Good evening! What did I say before?")
    return "the conversation in #general is not known here"


async def survive_fault(play: Play) -> str:
    """Ask while Chatbase is out of order, and ask again."""
    stage = play.stage
    stage.apis.chatbase.fails("server-error", times=1)
    shown = await play.fail_to_ask_chatbase(stage.bob, stage.general, "Do you know a joke?")
    expect("the fault that Chatbase had", "500", str(_received(shown).answered.status))
    if "Chatbase" not in shown.said.text or "500" not in shown.said.text:
        raise Wrong("what bob was told", "a sentence that names Chatbase and its status 500", shown.said.text)
    await play.ask_chatbase(stage.alice, stage.general, "A joke for me as well, please")
    return "told in a sentence, left nothing in the conversation, and the next question was answered"


async def restart(play: Play) -> str:
    """Stop the bot, start it again, and ask what was said before."""
    stage, paper = play.stage, play.dialogue.paper
    code = await stage.stop_bot()
    paper.line(f"   The bot is stopped and ended with exit code {code}; it starts again …")
    seconds = await stage.start_bot()
    paper.line(f"   … and is ready after {seconds:.1f} s.")
    expect("the bot's exit code", 0, code)
    await play.ask_chatbase(stage.alice, stage.general, "What did I say before the restart?")
    return f"{len(play.turns[stage.general]) // 2 - 1} earlier turns were sent along from the database"


SCENES = (
    Scene("A mention, answered by Chatbase while it is still writing", stream),
    Scene("A follow-up question", remember),
    Scene("Another answer to the same question", retry),
    Scene("Tamako, asked by its own command", ask_tamako),
    Scene("Stammer.ai, asked by its own command", ask_stammer),
    Scene("ChatBot.com, with quick replies", offer_replies),
    Scene("A press on a quick reply", press),
    Scene("An admin chooses another provider for one channel", choose_provider),
    Scene("A member tries that too", refuse_setting),
    Scene("A direct message", talk_alone),
    Scene("Chatbase is out of order for a moment", survive_fault),
    Scene("The bot is restarted", restart),
)


def _received(shown: Shown) -> Received:
    assert shown.received is not None
    return shown.received


def _expect_tamako(shown: Shown, asker: Person, developer: str) -> None:
    sent = _received(shown).fields
    expect("`user`, as Tamako was sent it", str(asker.id), sent["user"])
    expect("`userid`, as Tamako was sent it", str(asker.id).zfill(18), sent["userid"])
    expect("`dev`, as Tamako was sent it", developer, sent["dev"])


def _agreement(text: str, whole: str) -> int:
    """Return how many characters the two have in common from their beginning on."""
    pairs = enumerate(zip(text, whole, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(text), len(whole)))
