"""Who may use an answer's buttons: its asker and people who manage messages, both in its own channel only."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.conversation.chatbots import Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.conversation.server_settings import ServerSettings
from bot.discord.recent_events import SeenEvents
from bot.domain.question import Location
from cogs.buttons import AnswerButtons, StrayPresses
from tests.fakes.interactions import FakeInteraction
from tests.fakes.providers_and_stores import FakeProvider, FakeServerSettingsStore

ASKER, OTHER = 1, 2
SERVER, CHANNEL, ELSEWHERE = 7, 55, 56
PLACE = Location(CHANNEL, CHANNEL, SERVER)
UNKNOWN = "I no longer know this button. Please write your question instead."
NOT_YOURS = "Only the person who asked, or someone with **Manage Messages**, can do that."


class Answers:
    """One answer by `ASKER` in `PLACE`, and what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failure: Exception | None = None
        self._answer = SimpleNamespace(asker=ASKER, location=PLACE, id="abc", shown=1, runs=[], run=lambda _: None)

    async def find(self, _: str) -> Any:  # noqa: ANN401 - a fake answer
        """Return the answer."""
        return self._answer

    async def question(self, *_: object) -> Any:  # noqa: ANN401 - a fake question
        """Return the answer's question."""
        return SimpleNamespace(location=PLACE)

    def running(self, _: str) -> Any:  # noqa: ANN401 - a fake run
        """Return the run that is being written."""
        return SimpleNamespace(question=self._answer)

    def stop(self, _: object) -> None:
        """Note that it was stopped."""
        self.done.append("stop")

    async def retry(self, _: object, provider: str | None, *_canvas_and_requester: object) -> None:
        """Note that it was asked again."""
        self.done.append("retry" if provider is None else "ask")

    async def show_version(self, *_: object) -> None:
        """Note that another version was shown."""
        if self.failure is not None:
            raise self.failure
        self.done.append("show")


def buttons(answers: Answers) -> AnswerButtons:
    """Return the handler of presses; its canvases are never written to."""
    store, tamako = FakeServerSettingsStore(), FakeProvider("tamako", "Tamako")
    settings = ServerSettings(store, Chatbots({"tamako": tamako}, "tamako"), lambda: None, KeptSettings(store, {}))
    canvases = SimpleNamespace(saved=lambda *_: None)
    return AnswerButtons(
        cast("Any", answers),
        settings,
        cast("Any", canvases),
        cast("Any", None),
        SeenEvents(),
        cast("Any", SimpleNamespace(check=lambda _: None)),
    )


def press(custom_id: str, user: int, channel: int = CHANNEL, server: int | None = SERVER, **rights: bool) -> Any:  # noqa: ANN401
    """Return a press on the button with this id."""
    interaction: Any = FakeInteraction(
        user=user, channel=channel, server=server, custom_id=custom_id, permissions=discord.Permissions(**rights)
    )
    interaction.message = SimpleNamespace(id=9, flags=SimpleNamespace(ephemeral="ask" in custom_id))
    return interaction


@pytest.mark.parametrize(
    ("custom_id", "action"),
    [
        ("steer:stop:abc", ["stop"]),
        ("steer:retry:abc", ["retry"]),
        ("steer:others:abc", []),
        ("steer:ask:abc:tamako", ["ask"]),
        ("steer:show:abc:2", ["show"]),
    ],
)
@pytest.mark.parametrize(
    ("user", "channel", "server", "manages", "allowed"),
    [
        (ASKER, CHANNEL, SERVER, False, True),
        (OTHER, CHANNEL, SERVER, True, True),
        (OTHER, CHANNEL, SERVER, False, False),
        (OTHER, ELSEWHERE, SERVER, True, False),
        (OTHER, ELSEWHERE, 8, True, False),
        (OTHER, CHANNEL, None, True, False),
    ],
)
async def test_who_may_use_the_buttons(
    custom_id: str, action: list[str], user: int, channel: int, server: int | None, manages: bool, allowed: bool
) -> None:
    answers, pressed = Answers(), press(custom_id, user, channel, server, manage_messages=manages)
    await buttons(answers).on_interaction(pressed)
    assert answers.done == (action if allowed else [])
    assert (pressed.private == [NOT_YOURS]) is not allowed
    assert pressed.public == []


@pytest.mark.parametrize(("channel", "server"), [(ELSEWHERE, SERVER), (CHANNEL, 8), (CHANNEL, None), (ELSEWHERE, None)])
@pytest.mark.parametrize(
    "custom_id", ["steer:stop:abc", "steer:retry:abc", "steer:others:abc", "steer:ask:abc:tamako", "steer:show:abc:2"]
)
async def test_not_even_its_asker_can_use_them_elsewhere(custom_id: str, channel: int, server: int | None) -> None:
    answers, pressed = Answers(), press(custom_id, ASKER, channel, server, manage_messages=True)
    await buttons(answers).on_interaction(pressed)
    assert (answers.done, pressed.private, pressed.public) == ([], [UNKNOWN], [])


@pytest.mark.parametrize("number", ["0", "01", "-1", "9999999999", "9" * 32, "before", "x", "_", "1-"])
async def test_a_page_that_is_not_there_is_refused_quietly(number: str, caplog: pytest.LogCaptureFixture) -> None:
    answers, pressed = Answers(), press(f"steer:show:abc:{number}", ASKER)
    await buttons(answers).on_interaction(pressed)
    assert (answers.done, pressed.private) == ([], [UNKNOWN])
    assert not [each for each in caplog.records if each.levelname not in ("DEBUG", "INFO")]


@pytest.mark.parametrize("custom_id", ["steer:page:abc", "steer:show:abc"])
async def test_a_control_that_does_nothing_says_so(custom_id: str) -> None:
    answers, pressed = Answers(), press(custom_id, ASKER)
    await buttons(answers).on_interaction(pressed)
    assert (answers.done, pressed.private) == ([], [UNKNOWN])


async def test_another_provider_is_chosen_below_ones_own_menu_only() -> None:
    answers, pressed = Answers(), press("steer:ask:abc:tamako", ASKER)
    pressed.message.flags.ephemeral = False
    await buttons(answers).on_interaction(pressed)
    assert (answers.done, pressed.private) == ([], [UNKNOWN])


@pytest.mark.parametrize(
    "custom_id",
    [
        *(
            "",
            "steer",
            "steer:",
            "steer:stop",
            "steer:stop:",
            "steer:stop:abc:",
            "steer:explode:abc",
            "xsteer:stop:abc",
        ),
        *("steer:show:abc:\u0663", "steer:show:\u0430bc:1", f"steer:stop:{'a' * 65}", f"steer:ask:abc:{'a' * 33}"),
        *("reply:", "reply:\u0430bc:1:0", "reply:a b", f"reply:{'a' * 95}", "erase:", "erase:x", "erase:\u0661"),
        *(f"erase:{'1' * 21}", "about:", "about:x", "about:\u0661", f"about:{'1' * 21}", "steer:stop:abc\n"),
    ],
)
async def test_an_id_that_the_bot_never_made_is_refused_quietly(custom_id: str) -> None:
    handler, pressed = StrayPresses(SeenEvents()), press(custom_id, ASKER)
    for _ in range(2):
        await handler.on_interaction(pressed)
    assert pressed.private == [UNKNOWN]


@pytest.mark.parametrize("custom_id", ["steer:stop:abc", "steer:show:a-_c:9", "reply:abc:1:0", "erase:1", "about:1"])
async def test_ids_that_it_made_are_left_to_others(custom_id: str) -> None:
    pressed = press(custom_id, ASKER)
    await StrayPresses(SeenEvents()).on_interaction(pressed)
    assert pressed.private == []


async def test_a_press_that_discord_delivers_twice_counts_once() -> None:
    answers, pressed = Answers(), press("steer:retry:abc", ASKER)
    handler = buttons(answers)
    for _ in range(2):
        await handler.on_interaction(pressed)
    assert answers.done == ["retry"]


@pytest.mark.parametrize(
    "custom_id", ["reply:abc", "erase:1", "steer:explode:abc", "xsteer:stop:abc", "steer:stop:abc:"]
)
async def test_other_buttons_are_left_alone(custom_id: str) -> None:
    answers, pressed = Answers(), press(custom_id, ASKER)
    await buttons(answers).on_interaction(pressed)
    assert (answers.done, pressed.private, pressed.acknowledged) == ([], [], False)


async def test_a_failure_of_the_bot_is_explained_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    answers, pressed = Answers(), press("steer:show:abc:2", ASKER)
    answers.failure = RuntimeError("for a reason that nobody foresaw")
    await buttons(answers).on_interaction(pressed)
    assert [text.startswith("Something went wrong") for text in pressed.private] == [True]
    assert f"interaction {pressed.id} failed" in caplog.text
