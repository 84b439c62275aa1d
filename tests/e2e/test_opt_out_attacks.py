"""Ways in which words of somebody who opted out could still reach a chatbot with other people's questions."""

import pytest

from sandbox.discord import Message, Person
from tests.e2e.stage import Stage
from tests.e2e.test_opt_out import SECRET, opt_out, sent


async def test_their_name_is_no_speakers_name(stage: Stage) -> None:
    carol = stage.discord.create_user("carol")
    stage.guild.add_member(carol)
    for person, text in ((stage.alice, SECRET), (stage.bob, "I have a dog"), (carol, "I have a bird")):
        await stage.ask(person, text)
    assert "Alice" in sent(stage)
    await opt_out(stage, stage.alice)
    await stage.ask(carol, "who has what?")
    assert "I have a dog" in sent(stage)
    assert "Alice" not in sent(stage)
    assert "Mog" not in sent(stage)


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_a_thread_that_others_began_at_their_message(stage: Stage) -> None:
    said = await stage.alice.say(stage.general, SECRET)
    thread = await stage.bob.start_thread(stage.general, "About pets", message=said)
    await opt_out(stage, stage.alice)
    await stage.ask(stage.bob, "what is this about?", thread)
    assert "About pets" in sent(stage)
    assert "Mog" not in sent(stage)


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
async def test_a_thread_that_is_called_like_their_message(stage: Stage) -> None:
    """As Discord's client proposes."""
    said = await stage.alice.say(stage.general, SECRET)
    thread = await stage.alice.start_thread(stage.general, SECRET, message=said)
    await opt_out(stage, stage.alice)
    await stage.ask(stage.bob, "what is this about?", thread)
    assert "Mog" not in sent(stage)


@pytest.mark.parametrize("provider", ["chatbase-v2", "stammer", "tamako", "chatbot"])
async def test_a_conversation_that_the_chatbot_keeps_begins_again_without_them(stage: Stage, provider: str) -> None:
    api = next(each for each in stage.apis.all if each.name == provider)

    async def ask(person: Person, text: str) -> str:
        await stage.use(person, f"{provider} ask", question=text)
        return str(api.received[-1].user_key)

    await ask(stage.bob, "I have a dog")
    with_alice = await ask(stage.alice, SECRET)
    await opt_out(stage, stage.alice)
    assert await ask(stage.bob, "who has what?") != with_alice
    assert "Mog" not in str(api.received[-1].fields)


@pytest.mark.environment(MESSAGE_CONTENT_INTENT="true")
@pytest.mark.parametrize("provider", ["chatbase", "chatbase-v2"])
async def test_an_earlier_question_of_somebody_else_that_quoted_them(stage: Stage, provider: str) -> None:
    api = next(each for each in stage.apis.all if each.name == provider)

    async def ask(text: str, about: Message | None = None) -> str:
        """Have bob ask, and return all that was sent."""
        asked = await stage.bob.say(stage.general, stage.mention(text), reply_to=about)
        await stage.answer(asked)
        return str(api.received[-1].fields)

    await stage.use(stage.admin, "settings provider", provider=provider)
    await ask("I have a dog")
    said = await stage.alice.say(stage.general, SECRET)
    assert "Mog" in await ask("what do you make of that?", said)
    await opt_out(stage, stage.alice)
    without = await ask("and what about mine?")
    assert "I have a dog" in without
    assert "Mog" not in without
