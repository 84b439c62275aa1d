"""The steps of the scripted conversation: one for each thing that the bot can do, with its checks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.apis import Received
from sandbox.demo.driver import Answer, CheckFailed, Driver, expect
from sandbox.discord import Channel, Message, Person

CURSOR_AND_FENCE = 8
"""The most characters that a frame adds to a running answer's text: a closed code fence, a sign that it goes on."""

MIN_FRAMES = 4


class Script:
    """What the steps share: the driver, and each channel's conversation with Chatbase, which has no memory."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.env = driver.env
        self.turns: dict[Channel, list[dict[str, str]]] = {}
        self.conversation_ids: dict[Channel, object] = {}
        self.quick_replies: Message | None = None

    async def ask_chatbase(self, person: Person, channel: Channel, text: str) -> Answer:
        """Ask by message, and check that Chatbase was sent the channel's conversation so far under one id."""
        answer = await self.driver.say(person, channel, self._addressed(channel, text), asks=self.env.apis.chatbase)
        sent = _received(answer).fields
        earlier = self.turns.setdefault(channel, [])
        question = {"role": "user", "content": text}
        expect("the messages that Chatbase was sent", [*earlier, question], sent["messages"])
        expect("`stream`, as Chatbase was sent it", True, sent["stream"])
        known = self.conversation_ids.setdefault(channel, sent.get("conversationId"))
        expect("the conversation's id, as Chatbase was sent it", known, sent.get("conversationId"))
        if not known or list(self.conversation_ids.values()).count(known) > 1:
            raise CheckFailed("the conversation's id, as Chatbase was sent it", "one for each channel", known)
        earlier += [question, {"role": "assistant", "content": answer.content.text}]
        return answer

    async def fail_to_ask_chatbase(self, person: Person, channel: Channel, text: str) -> Answer:
        """Ask by message while Chatbase is out of order."""
        addressed = self._addressed(channel, text)
        return await self.driver.say_expecting_error(person, channel, addressed, asks=self.env.apis.chatbase)

    def _addressed(self, channel: Channel, text: str) -> str:
        return text if channel.guild is None else f"{self.env.app.bot.mention} {text}"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the script: `run` returns in a few words what was proved, or raises `CheckFailed`."""

    title: str
    run: Callable[[Script], Awaitable[str]]


async def stream(script: Script) -> str:
    """Mention the bot, and see the answer grow."""
    env = script.env
    answer = await script.ask_chatbase(
        env.alice, env.general, "Write a small Python function that counts words, please"
    )
    whole, texts = answer.content.text, [frame.content for frame in answer.frames]
    lengths = [_agreement(text, whole) for text in texts]
    expect("how much of the final text each frame shows", sorted(lengths), lengths)
    if len(set(lengths)) < MIN_FRAMES:
        raise CheckFailed(
            "how many frames there were, each longer than the one before", f"{MIN_FRAMES} or more", lengths
        )
    for text, length in zip(texts, lengths, strict=True):
        if len(text) - length > CURSOR_AND_FENCE or text.count("```") % 2:
            raise CheckFailed("a frame", "a beginning of the final text, with its code fence closed", text)
    expect("who was pinged", {env.alice.name}, {user.name for user in answer.messages[0].pinged})
    return f"the message grew in {len(texts)} frames into exactly what Chatbase sent"


async def remember(script: Script) -> str:
    """Ask what only somebody can answer who knows the conversation."""
    first = script.turns.get(script.env.general, [{"content": ""}])[0]["content"]
    answer = await script.ask_chatbase(script.env.alice, script.env.general, "And what did I say before?")
    if first not in answer.content.text:
        raise CheckFailed("the answer", f"one that quotes “{first}”", answer.content.text)
    return "Chatbase has no memory, so the bot sent the conversation with the question"


async def retry(script: Script) -> str:
    """Have a question answered once more, in place."""
    env = script.env
    answer = await script.ask_chatbase(env.alice, env.general, "What should I call my cat?")
    again = await script.driver.press(env.alice, answer.messages[-1], "Retry", asks=env.apis.chatbase)
    expect("what Chatbase was asked", _received(answer).fields, _received(again).fields)
    if again.content.text == answer.content.text:
        raise CheckFailed("the second answer", "one in other words", again.content.text)
    script.turns[env.general][-1]["content"] = again.content.text
    expect("how many messages show it", 1, len(again.messages))
    return "the new answer replaced the old one, in the message and in the conversation; the arrows lead back"


async def ask_tamako(script: Script) -> str:
    """Use `/tamako ask`."""
    env = script.env
    answer = await script.driver.ask(
        env.alice, env.general, "tamako ask", asks=env.apis.tamako, question="Hello, who are you?"
    )
    _expect_tamako(answer, env.alice, env.app.owner.name)
    return "/tamako asks Tamako, whichever chatbot answers in the channel"


async def ask_stammer(script: Script) -> str:
    """Use `/stammer ask`."""
    env = script.env
    question = "Give me a few tips for a tidy desk"
    answer = await script.driver.ask(env.bob, env.general, "stammer ask", asks=env.apis.stammer, question=question)
    sent = {"chatbot_uuid": env.apis.stammer.chatbot_uuid, "query": question, "user_key": str(env.bob.id)}
    expect("what Stammer.ai was sent", sent, dict(_received(answer).fields))
    return "Stammer.ai got the question and bob's own user key"


async def hide(script: Script) -> str:
    """Ask for words that are hidden."""
    env = script.env
    answers = [
        await script.driver.ask(
            env.alice, env.general, "stammer ask", asks=env.apis.stammer, question="A spoiler, please"
        )
        for _ in range(2)
    ]
    texts = [answer.content.text for answer in answers]
    expect("how many marks of a spoiler there are", [2, 2], [text.count("||") for text in texts])
    expect("how many wordings there were", 2, len(set(texts)))
    return "each time other words, which hide until they are clicked on"


async def offer_replies(script: Script) -> str:
    """Use `/chatbot ask`, and be offered quick replies."""
    env = script.env
    answer = await script.driver.ask(env.alice, env.general, "chatbot ask", asks=env.apis.chatbot, question="Hello")
    sent = {"query": "Hello", "sessionId": str(env.alice.id), "storyId": env.apis.chatbot.stories[0].id}
    expect("what ChatBot.com was sent", sent, dict(_received(answer).fields))
    script.quick_replies = answer.messages[-1]
    return f"{len(answer.content.buttons)} buttons, as ChatBot.com has them"


async def press(script: Script) -> str:
    """Press one of the quick replies."""
    if script.quick_replies is None:
        raise CheckFailed("the quick replies of the step before", "to be there", "nothing")
    env = script.env
    answer = await script.driver.press(
        env.bob, script.quick_replies, "See the menu", asks=env.apis.chatbot, chooses=True
    )
    expect(
        "what ChatBot.com was asked",
        ("menu", str(env.bob.id)),
        (_received(answer).question, _received(answer).user_key),
    )
    return f"{len(answer.content.cards)} cards with a picture each"


async def choose_provider(script: Script) -> str:
    """Use `/settings provider` for one channel, and mention the bot there."""
    env = script.env
    order = await script.driver.order(env.alice, env.general, "settings provider", provider="tamako", channel=env.games)
    expect("that only alice sees the bot's answer", True, order.ephemeral)
    answer = await script.driver.say(env.bob, env.games, f"{env.app.bot.mention} Tell me a joke", asks=env.apis.tamako)
    _expect_tamako(answer, env.bob, env.app.owner.name)
    return "Tamako now answers in #games"


async def refuse_setting(script: Script) -> str:
    """Use the same command as a member who may not."""
    env = script.env
    order = await script.driver.order(
        env.bob, env.general, "settings provider", force=True, provider="chatbot", channel=env.games
    )
    expect("that only bob sees the bot's answer", True, order.ephemeral)
    if "Manage Server" not in order.content.text:
        raise CheckFailed("the answer", "one that names the permission Manage Server", order.content.text)
    return "bob is not allowed to do that, and is told why"


async def talk_alone(script: Script) -> str:
    """Write a direct message."""
    env = script.env
    await script.ask_chatbase(env.bob, env.bob.dm(env.app), "Good evening! What did I say before?")
    return "the conversation in #general stayed in #general"


async def survive_fault(script: Script) -> str:
    """Ask while Chatbase is out of order, and ask again."""
    env = script.env
    env.apis.chatbase.fails("server-error", times=1)
    answer = await script.fail_to_ask_chatbase(env.bob, env.general, "Do you know a joke?")
    expect("the fault that Chatbase had", "500", str(_received(answer).answered.status))
    if "Chatbase" not in answer.content.text or "500" not in answer.content.text:
        raise CheckFailed("what bob was told", "a sentence that names Chatbase and its status 500", answer.content.text)
    await script.ask_chatbase(env.alice, env.general, "A joke for me as well, please")
    return "bob was told what happened, the conversation stayed as it was, and the next question was answered"


async def restart(script: Script) -> str:
    """Stop the bot, start it again, and ask what was said before."""
    env, console = script.env, script.driver.console
    code = await env.stop_bot()
    console.line(f"   The bot was stopped (exit code {code}) and is starting again…")
    seconds = await env.start_bot()
    console.line(f"   Ready after {seconds:.1f} s.")
    expect("the bot's exit code", 0, code)
    await script.ask_chatbase(env.alice, env.general, "What did I say before the restart?")
    return f"{len(script.turns[env.general]) // 2 - 1} earlier turns were sent along from the database"


STEPS = (
    Step("A mention; the answer grows while Chatbase is writing", stream),
    Step("A follow-up question", remember),
    Step("Another answer to the same question", retry),
    Step("Asking Tamako by its own command", ask_tamako),
    Step("Asking Stammer.ai by its own command", ask_stammer),
    Step("A spoiler, twice", hide),
    Step("ChatBot.com, with quick replies", offer_replies),
    Step("Pressing a quick reply", press),
    Step("An admin chooses another provider for one channel", choose_provider),
    Step("A member tries the same", refuse_setting),
    Step("A direct message", talk_alone),
    Step("Chatbase fails once", survive_fault),
    Step("Restarting the bot", restart),
)


def _received(answer: Answer) -> Received:
    assert answer.received is not None
    return answer.received


def _expect_tamako(answer: Answer, asker: Person, developer: str) -> None:
    sent = _received(answer).fields
    expect("`user`, as Tamako was sent it", str(asker.id), sent["user"])
    expect("`userid`, as Tamako was sent it", str(asker.id).zfill(18), sent["userid"])
    expect("`dev`, as Tamako was sent it", developer, sent["dev"])


def _agreement(text: str, whole: str) -> int:
    """Return how many characters the two have in common from their beginning on."""
    pairs = enumerate(zip(text, whole, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(text), len(whole)))
