"""The moments of an answer at which a process may be killed; each function brings one about, and it stays so."""

from sandbox.discord.limits.request_holds import Hold
from tests.e2e.reader import prose
from tests.e2e.stage import WAITS
from tests.process.kill_scenarios import BEFORE, INTERRUPTED, UNANSWERED, Scenario


async def waiting_in_line(scenario: Scenario) -> None:
    """Have another answer written first; a moment later the asker is told so."""
    await scenario.begin()
    await scenario.say()
    scenario.shows = f"{scenario.word} begins {INTERRUPTED} {UNANSWERED}"


async def is_told_to_wait(scenario: Scenario) -> None:
    """Wait until that has happened."""
    await scenario.reads(WAITS)


async def before_the_chat_api_is_asked(scenario: Scenario) -> None:
    """Have the question acknowledged, which the bot does not know yet."""
    held = scenario.env.discord.hold(
        lambda record: not held.kept and record.path.endswith("/callback"), carried_out=True
    )
    await scenario.say()
    await held.arrived()


async def before_the_first_text(scenario: Scenario) -> None:
    """Have the chat API asked, and silent."""
    await scenario.ask()


async def first_message_on_its_way(scenario: Scenario) -> None:
    """Have the first message sent, which does not reach Discord."""
    held = scenario.hold("begins")
    await scenario.ask()
    await scenario.stream.send(f"{scenario.word} begins")
    await held.arrived()


async def first_message_being_created(scenario: Scenario) -> None:
    """Have Discord take the first message, which the bot does not know."""
    held = scenario.hold("begins", carried_out=True)
    await scenario.ask()
    await scenario.stream.send(f"{scenario.word} begins")
    await held.arrived()


async def between_edits(scenario: Scenario) -> None:
    """Have the beginning read."""
    await scenario.begin()


async def second_page_being_created(scenario: Scenario) -> None:
    """Have Discord take the second message, which the bot does not know."""
    await scenario.begin()
    held = scenario.hold("goes on", carried_out=True)
    await scenario.stream.send(f"{prose(1500, scenario.word)} {prose(500, scenario.word)} {scenario.word} goes on")
    await held.arrived()


async def last_edit_on_its_way(scenario: Scenario) -> None:
    """Have the last edit sent, which does not reach Discord."""
    await scenario.begin()
    held = scenario.hold("ends", final=True)
    await scenario.end()
    await held.arrived()
    scenario.is_whole()


async def last_edit_being_made(scenario: Scenario) -> Hold:
    """Have Discord take the last edit, which the bot does not know."""
    await scenario.begin()
    held = scenario.hold("ends", final=True, carried_out=True)
    await scenario.end()
    await held.arrived()
    scenario.is_whole()
    return held


async def asked_again_and_silent(scenario: Scenario) -> None:
    """Have what was answered asked again, and nothing of the new answer there yet."""
    scenario.shows = f"{scenario.shows} {BEFORE}"
    scenario.stream = scenario.env.apis.chatbase.hold()
    await scenario.asker.press(scenario.messages[-1], "Retry", wait=False)
    await scenario.stream.started()
    await scenario.reads("Asking")


async def asked_again_and_begun(scenario: Scenario) -> None:
    """Have the new answer written over the one from before."""
    await asked_again_and_silent(scenario)
    await scenario.send("says something else")


async def last_edit_of_a_second_version(scenario: Scenario) -> None:
    """Have the last edit of the new answer sent, which does not reach Discord."""
    await asked_again_and_begun(scenario)
    held = scenario.hold("really ends", final=True)
    await scenario.stream.send(f" and {scenario.word} really ends")
    await scenario.stream.finish()
    await held.arrived()
    scenario.shows = f"{scenario.word} says something else and {scenario.word} really ends"
    scenario.turns = [scenario.shows]
