"""Streaming as a reader sees it: at once, growing, over several messages, whole at the end; and never anything else."""

from collections.abc import Callable

import pytest

from bot.discord.canvases import interaction_canvas
from sandbox.apis import Reply
from sandbox.discord import Interaction, Message
from tests.e2e.reader import bare, bare_text, check_frames, prose, words
from tests.e2e.stage import SIGN, Stage

SHAPES = ["raw", "sse", "sse-text", "sse-delta", "sse-undeclared", "json"]


async def asked(stage: Stage, text: str = "go on") -> Message:
    """Ask in the general channel and return the question."""
    return await stage.alice.say(stage.general, stage.mention(text))


async def whole(stage: Stage, text: str) -> list[Message]:
    """Wait until the bot is done and return its messages, which hold this text and nothing else."""
    await stage.discord.wait_for(lambda: bare(stage.by_bot()) == bare_text(text), 45)
    await stage.idle()
    messages = stage.by_bot()
    check_frames(messages)
    return messages


async def test_the_first_text_is_shown_at_once_and_the_end_as_soon_as_it_comes(stage: Stage) -> None:
    stream = stage.apis.chatbase.hold()
    question = await asked(stage)
    await stream.send("He")
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    assert answer.content == f"He{SIGN}"
    await stream.send("llo")
    await stream.finish()
    assert (await stage.finished(answer)).content == "Hello"
    assert [frame.content for frame in answer.frames] == [f"He{SIGN}", "Hello"]


async def test_frames_grow_and_close_their_fences(brisk: Stage) -> None:
    steps = [
        ("Look:\n", "Look:"),
        ("```py", None),  # nothing to show until the block has content
        ("thon\na = 1\n", "Look:\n```python\na = 1\n```"),
        ("b = ``", "Look:\n```python\na = 1\nb =\n```"),  # backticks are held back: they may become a fence
        ("c``;\n", "Look:\n```python\na = 1\nb = ``c``;\n```"),
        ("```\nThat is **th", "Look:\n```python\na = 1\nb = ``c``;\n```\nThat is th"),  # bold only once it is closed
        ("at**.", "Look:\n```python\na = 1\nb = ``c``;\n```\nThat is **that**."),
    ]
    stream = brisk.apis.chatbase.hold()
    question = await asked(brisk)
    for piece, shown in steps:
        await stream.send(piece)
        answer = await brisk.general.next_message(by=brisk.app.bot, after=question)
        if shown is not None:
            await answer.wait_until(f"{shown}{SIGN}")
    await stream.finish()
    assert (await brisk.finished(answer)).content == "".join(piece for piece, _ in steps)
    check_frames([answer])


async def test_a_long_answer_continues_in_messages_that_stream_too_and_only_the_first_pings(brisk: Stage) -> None:
    stream = brisk.apis.chatbase.hold()
    question = await asked(brisk)
    text = prose(5000)
    for start in range(0, len(text), 250):
        await stream.send(text[start : start + 250])
        sent = bare_text(text[: start + 250])
        await brisk.discord.wait_for(lambda sent=sent: bare(brisk.by_bot()).removesuffix(SIGN.strip()) == sent)  # type: ignore[misc]
    await stream.finish()
    first, *others = await whole(brisk, text)
    assert len(others) >= 2
    assert all(len(message.frames) >= 3 for message in [first, *others])
    assert first.replied_to is question
    assert first.pinged == {brisk.alice}
    assert [(message.replied_to, message.pinged) for message in others] == [(None, frozenset())] * len(others)


async def test_code_blocks_are_closed_and_reopened_between_messages(brisk: Stage) -> None:
    code = "\n".join(f"value_{number} = {number} * {number}" for number in range(300))
    text = f"This does it:\n```python\n{code}\n```\nDone."
    brisk.apis.chatbase.answers(Reply(text, split=60))
    await brisk.answer(await asked(brisk))
    await brisk.idle()
    messages = brisk.by_bot()
    assert len(messages) >= 3
    assert bare(messages) == bare_text(text)
    assert all(message.content.count("```") == 2 for message in messages)
    assert all(message.content.startswith("```python\n") for message in messages[1:])
    check_frames(messages)


async def test_thirty_thousand_characters_arrive_whole(brisk: Stage) -> None:
    text = prose(30_000)
    brisk.apis.chatbase.answers(Reply(text, split=700))
    await asked(brisk)
    messages = await whole(brisk, text)
    assert 15 <= len(messages) <= 25
    assert not any(message.attachments for message in messages)


async def test_sixty_thousand_characters_end_in_a_file_that_holds_all_of_them(brisk: Stage) -> None:
    text = prose(60_000)
    brisk.apis.chatbase.answers(Reply(text, split=1500))
    question = await asked(brisk)
    await brisk.discord.wait_for(lambda: brisk.by_bot() and brisk.by_bot()[-1].attachments, 45)
    await brisk.idle()
    *shown, last = brisk.by_bot()
    assert len(shown) == 25
    assert bare_text(text).startswith(bare(shown))
    assert last.content.startswith("-# This answer is too long to post here (6")
    assert [(file.filename, file.data.decode()) for file in last.attachments] == [("answer.md", text)]
    assert [message.replied_to for message in (*shown, last)] == [question, *[None] * 25]
    brisk.apis.chatbase.answers("and now?")
    assert (await brisk.ask(brisk.bob, "what did you say?")).content == "and now?"


@pytest.mark.parametrize("provider", ["tamako", "stammer", "chatbot"])
async def test_an_answer_that_comes_whole_is_shown_whole_over_several_messages(brisk: Stage, provider: str) -> None:
    text = prose(4500)
    getattr(brisk.apis, provider).answers(text)
    shown = await brisk.told(await brisk.alice.slash(brisk.general, f"{provider} ask", question="tell me all"))
    await whole(brisk, text)
    assert not any(SIGN in frame.content for frame in shown.frames)


@pytest.mark.slow  # it waits for a window of five seconds
async def test_slash_answers_continue_in_follow_ups_within_discords_limits(stage: Stage) -> None:
    text = prose(9000)
    stage.apis.chatbase.answers(Reply(text, split=300, pause=0.05))
    asking = await stage.alice.slash(stage.general, "ask", question="tell me all")
    messages = await whole(stage, text)
    assert messages == [asking.message, *asking.followups]
    assert len(messages) >= 5
    assert all(message.pinged == frozenset() and not message.ephemeral for message in messages)


class Hours:
    """The hands of the canvases' clock, which a test winds forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def after(self, clock: Callable[[], float]) -> Callable[[], float]:
        """Return a clock that is as far ahead as this one."""
        return lambda: clock() + self.ahead


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    """Give the hands of the clock by which canvases know how old an interaction is."""
    hands, begin = Hours(), interaction_canvas.InteractionCanvas.__init__

    def wound(self: interaction_canvas.InteractionCanvas, *arguments: object, **options: object) -> None:
        begin(self, *arguments, **options)  # type: ignore[arg-type]
        self._response._clock = hands.after(self._response._clock)

    monkeypatch.setattr(interaction_canvas.InteractionCanvas, "__init__", wound)
    return hands


@pytest.mark.parametrize("minutes", [14.5, 20])
async def test_an_answer_older_than_its_interaction_goes_on_in_the_channel(
    brisk: Stage, hours: Hours, minutes: float
) -> None:
    stream = brisk.apis.chatbase.hold()
    asking = await brisk.alice.slash(brisk.general, "ask", question="take a quarter of an hour", wait=False)
    text = prose(5000)
    await stream.send(text[:2500])
    await asking.next_followup()
    brisk.discord.advance(minutes * 60)
    hours.ahead = minutes * 60
    await stream.send(text[2500:])
    await stream.finish()
    first, second, *others = await whole(brisk, text)
    assert asking.message is first
    assert asking.followups == [second]
    assert others
    assert all(message.pinged == frozenset() for message in others)


async def test_an_old_interaction_whose_first_text_comes_late_is_answered_in_the_channel(
    brisk: Stage, hours: Hours
) -> None:
    stream = brisk.apis.chatbase.hold()
    asking = await brisk.alice.slash(brisk.general, "ask", question="think long", wait=False)
    await stream.started()
    await brisk.discord.wait_for(lambda: asking.answered)
    brisk.discord.advance(16 * 60)
    hours.ahead = 16 * 60
    await stream.send("At last.")
    await stream.finish()
    answer = await brisk.discord.wait_for(lambda: next((each for each in brisk.by_bot() if each.content), None))
    assert words(await brisk.finished(answer)) == "At last."


@pytest.mark.parametrize("shape", SHAPES)
async def test_any_shape_cut_anywhere_looks_the_same(brisk: Stage, shape: str) -> None:
    text = "Grüße 👩‍👩‍👧‍👦 an 日本 🇫🇷!\n\n- **fett** `code`\n- data: nichts\n\n```js\nlet x = '🧵'\n```\nEnde…"
    brisk.apis.chatbase.answers(Reply(text, shape=shape, split=1))
    await asked(brisk)
    (answer,) = await whole(brisk, text)
    assert answer.content == text
    assert all("�" not in frame.content for frame in answer.frames)


@pytest.mark.parametrize("shape", ["raw", "sse", "sse-delta"])
async def test_a_character_in_two_halves_is_shown_once_it_is_whole(brisk: Stage, shape: str) -> None:
    stream = brisk.apis.chatbase.hold(shape=shape)
    question = await asked(brisk)
    await stream.send("A thread: ")
    answer = await brisk.general.next_message(by=brisk.app.bot, after=question)
    whole_frame = {"raw": "🧵", "sse": "data: 🧵\n\n", "sse-delta": 'data: {"type":"text-delta","delta":"🧵"}\n\n'}
    frame = whole_frame[shape].encode()
    middle = frame.index("🧵".encode()) + 2
    await stream.send(frame[:middle])
    await stream.send(frame[middle:])
    await stream.send(" is here.")
    await stream.finish()
    assert (await brisk.finished(answer)).content == "A thread: 🧵 is here."
    assert all("�" not in each.content for each in answer.frames)


async def test_an_interaction_may_be_asked_in_a_direct_message(brisk: Stage) -> None:
    text = prose(3000)
    brisk.apis.chatbase.answers(Reply(text, split=200))
    chat = brisk.alice.dm(brisk.app)
    asking: Interaction = await brisk.alice.slash(chat, "ask", question="tell me all")
    await brisk.discord.wait_for(lambda: bare(brisk.by_bot(chat)) == bare_text(text))
    await brisk.idle()
    assert brisk.by_bot(chat) == [asking.message, *asking.followups]
