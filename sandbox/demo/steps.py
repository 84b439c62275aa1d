"""The steps of the scripted conversation: one for each thing that the bot can do, with its checks."""

from sandbox.demo.driver import Answer, CheckFailed, expect
from sandbox.demo.script import Script, Step, received_by
from sandbox.discord import Person

CURSOR_AND_FENCE = 8
"""The most characters that a frame adds to a running answer's text: a closed code fence, a sign that it goes on."""

MIN_FRAMES = 4


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
    expect("what Chatbase was asked", received_by(answer).fields, received_by(again).fields)
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
    expect("what Stammer.ai was sent", sent, dict(received_by(answer).fields))
    return "Stammer.ai got the question and bob's own user key"


async def ask_agent(script: Script) -> str:
    """Use `/chatbase-v2 ask`, see that something is looked up, and go on in the conversation that Chatbase keeps."""
    env, v2 = script.env, script.env.apis.chatbase_v2
    first = await script.driver.ask(env.alice, env.general, "chatbase-v2 ask", asks=v2, question="Where is my order?")
    sent = received_by(first).fields
    expect("the conversation that the first question names", None, sent.get("conversationId"))
    if not any("looking something up" in frame.content.lower() for frame in first.frames):
        raise CheckFailed("what is shown while a tool is used", "that something is looked up", first.content.text)
    question = "What did I ask before?"
    second = await script.driver.ask(env.bob, env.general, "chatbase-v2 ask", asks=v2, question=question)
    (conversation,) = v2.conversations
    expect("the conversation that the second question names", conversation.id, received_by(second).user_key)
    if "Where is my order?" not in second.content.text:
        raise CheckFailed("the answer", "one that quotes “Where is my order?”", second.content.text)
    again = await script.driver.press(env.bob, second.messages[-1], "Retry", asks=v2, asked=question)
    expect("the conversation in which the answer is given again", conversation.id, received_by(again).user_key)
    expect("how many messages Chatbase keeps of two questions", 4, len(conversation.messages))
    return (
        "Chatbase keeps the channel's conversation: it was sent nothing but each new question, and the answer to retry"
    )


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
    expect("what ChatBot.com was sent", sent, dict(received_by(answer).fields))
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
        (received_by(answer).question, received_by(answer).user_key),
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
    expect("the fault that Chatbase had", "500", str(received_by(answer).answered.status))
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
    v2, question = env.apis.chatbase_v2, "What did I say before the restart?"
    kept = await script.driver.ask(env.alice, env.general, "chatbase-v2 ask", asks=v2, question=question)
    expect("the conversation at Chatbase v2", [received_by(kept).user_key], [each.id for each in v2.conversations])
    turns = len(script.turns[env.general]) // 2 - 1
    return f"{turns} earlier turns were sent along from the database, and Chatbase v2 its conversation's id"


STEPS = (
    Step("A mention; the answer grows while Chatbase is writing", stream),
    Step("A follow-up question", remember),
    Step("Another answer to the same question", retry),
    Step("Asking Tamako by its own command", ask_tamako),
    Step("Asking Stammer.ai by its own command", ask_stammer),
    Step("Chatbase v2, which keeps the conversation itself", ask_agent),
    Step("A spoiler, twice", hide),
    Step("ChatBot.com, with quick replies", offer_replies),
    Step("Pressing a quick reply", press),
    Step("An admin chooses another provider for one channel", choose_provider),
    Step("A member tries the same", refuse_setting),
    Step("A direct message", talk_alone),
    Step("Chatbase fails once", survive_fault),
    Step("Restarting the bot", restart),
)


def _expect_tamako(answer: Answer, asker: Person, developer: str) -> None:
    sent = received_by(answer).fields
    expect("`user`, as Tamako was sent it", str(asker.id), sent["user"])
    expect("`userid`, as Tamako was sent it", str(asker.id).zfill(18), sent["userid"])
    expect("`dev`, as Tamako was sent it", developer, sent["dev"])


def _agreement(text: str, whole: str) -> int:
    """Return how many characters the two have in common from their beginning on."""
    pairs = enumerate(zip(text, whole, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(text), len(whole)))
