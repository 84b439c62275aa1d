"""The moments of an answer at which a process may be killed; each function brings one about, and it stays so."""

from sandbox.discord.limits.request_holds import Hold
from tests.e2e.reader import prose
from tests.e2e.stage import WAITS
from tests.process.kill_scenarios import BEFORE, INTERRUPTED, UNANSWERED, Scenario


async def waiting_in_line(scene: Scenario) -> None:
    """Have another answer written first; a moment later the asker is told so."""
    await scene.begin()
    await scene.say()
    scene.shows = f"{scene.word} begins {INTERRUPTED} {UNANSWERED}"


async def is_told_to_wait(scene: Scenario) -> None:
    """Wait until that has happened."""
    await scene.reads(WAITS)


async def before_the_chat_api_is_asked(scene: Scenario) -> None:
    """Have the question acknowledged, which the bot does not know yet."""
    held = scene.env.discord.hold(lambda record: not held.kept and record.path.endswith("/callback"), carried_out=True)
    await scene.say()
    await held.arrived()


async def before_the_first_text(scene: Scenario) -> None:
    """Have the chat API asked, and silent."""
    await scene.ask()


async def first_message_on_its_way(scene: Scenario) -> None:
    """Have the first message sent, which does not reach Discord."""
    held = scene.hold("begins")
    await scene.ask()
    await scene.stream.send(f"{scene.word} begins")
    await held.arrived()


async def first_message_being_created(scene: Scenario) -> None:
    """Have Discord take the first message, which the bot does not know."""
    held = scene.hold("begins", carried_out=True)
    await scene.ask()
    await scene.stream.send(f"{scene.word} begins")
    await held.arrived()


async def between_edits(scene: Scenario) -> None:
    """Have the beginning read."""
    await scene.begin()


async def second_page_being_created(scene: Scenario) -> None:
    """Have Discord take the second message, which the bot does not know."""
    await scene.begin()
    held = scene.hold("goes on", carried_out=True)
    await scene.stream.send(f"{prose(1500, scene.word)} {prose(500, scene.word)} {scene.word} goes on")
    await held.arrived()


async def last_edit_on_its_way(scene: Scenario) -> None:
    """Have the last edit sent, which does not reach Discord."""
    await scene.begin()
    held = scene.hold("ends", final=True)
    await scene.end()
    await held.arrived()
    scene.is_whole()


async def last_edit_being_made(scene: Scenario) -> Hold:
    """Have Discord take the last edit, which the bot does not know."""
    await scene.begin()
    held = scene.hold("ends", final=True, carried_out=True)
    await scene.end()
    await held.arrived()
    scene.is_whole()
    return held


async def asked_again_and_silent(scene: Scenario) -> None:
    """Have what was answered asked again, and nothing of the new answer there yet."""
    scene.shows = f"{scene.shows} {BEFORE}"
    scene.stream = scene.env.apis.chatbase.hold()
    await scene.asker.press(scene.messages[-1], "Retry", wait=False)
    await scene.stream.started()
    await scene.reads("Asking")


async def asked_again_and_begun(scene: Scenario) -> None:
    """Have the new answer written over the one from before."""
    await asked_again_and_silent(scene)
    await scene.send("says something else")


async def last_edit_of_a_second_version(scene: Scenario) -> None:
    """Have the last edit of the new answer sent, which does not reach Discord."""
    await asked_again_and_begun(scene)
    held = scene.hold("really ends", final=True)
    await scene.stream.send(f" and {scene.word} really ends")
    await scene.stream.finish()
    await held.arrived()
    scene.shows = f"{scene.word} says something else and {scene.word} really ends"
    scene.turns = [scene.shows]
