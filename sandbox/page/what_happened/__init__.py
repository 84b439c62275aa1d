"""What happened to one answer, told from what the sandbox's Discord and chat APIs saw on the wire.

    tell(env, message, viewer)          # the newest run, as JSON: a sentence, lanes for the picture, rows for the table
    tell(env, message, viewer, run=0)   # the first one

No text of any message is in it, and no secret: only who did what when, how long texts were, and what was answered.
"""

from sandbox.discord import Message, Person
from sandbox.discord.errors import Json
from sandbox.environment import Environment
from sandbox.page.what_happened.answers import find_answer
from sandbox.page.what_happened.lanes import draw_lanes
from sandbox.page.what_happened.rows import tell_rows
from sandbox.page.what_happened.runs import collect_runs
from sandbox.page.what_happened.summary import summarise

__all__ = ["tell"]


def tell(env: Environment, message: Message, viewer: Person, run: int | None = None) -> Json:
    """Return what happened to the answer that this message belongs to; the viewer has to see the message."""
    runs = collect_runs(env, find_answer(message, viewer))
    number = len(runs) - 1 if run is None or not 0 <= run < len(runs) else run
    chosen = runs[number]
    return {
        "runs": [each.acts[0].text for each in runs],
        "run": number,
        "running": chosen.running,
        "length": round(chosen.length, 3),
        "summary": summarise(chosen),
        "lanes": draw_lanes(chosen),
        "rows": tell_rows(chosen),
    }
