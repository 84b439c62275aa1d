"""`bot/strings` is the only place with sentences that a person reads in Discord or from `python -m bot check`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.strings.sentence_finder import find

ROOT = Path(__file__).resolve().parents[2]
STRINGS = ROOT / "bot" / "strings"

ALLOWED = {
    "bot/__main__.py": "the command line's own help, and start-up errors: one line on standard error",
    "bot/cli.py": "a line of the same help",
    "bot/settings/__init__.py": "start-up errors",
    "bot/discord/gateway/connection.py": "start-up errors",
    "bot/store/leases/postgres_notes.py": "SQL",
    "bot/operations/cluster/joining.py": "start-up errors, and a line of the log",
    "bot/operations/health/connections.py": "answers to programs over HTTP",
    "bot/operations/health/errors.py": "start-up errors",
    "bot/operations/health/server.py": "answers to programs over HTTP",
    "bot/operations/metrics/collector.py": "descriptions of figures for Prometheus",
    "bot/operations/metrics/counting.py": "descriptions of figures for Prometheus",
    "bot/operations/view.py": "answers to programs over HTTP",
}
"""The files whose sentences no one reads in Discord, and why."""


def sources() -> Iterator[Path]:
    for top in ("bot", "cogs"):
        yield from sorted(path for path in (ROOT / top).rglob("*.py") if not path.is_relative_to(STRINGS))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(sources()), ids=name)
def test_no_sentence_is_written_elsewhere(path: Path) -> None:
    if name(path) in ALLOWED:
        return
    assert not find(path.read_text(encoding="utf-8")), f"{name(path)}: move these to bot/strings"


@pytest.mark.parametrize("path", sorted(ALLOWED))
def test_what_is_allowed_is_still_needed(path: str) -> None:
    assert find((ROOT / path).read_text(encoding="utf-8")), f"{path} needs no exception"


@pytest.mark.parametrize(
    "source",
    [
        'text = "Nothing was changed."',
        'text = "nothing was changed."',
        'text = f"{label} is full."',
        'text = f"**{number} problems** to fix here!"',
        'text = "Asking it…"',
        'text = "-# I could not save this"',
        'text = "Back to default"',
        'text = "All is well" if well else "Discord did not let me"',
        "text = f\"{'I have none of them' if x else y}\"",
        'lines = ["- Nothing: no questions and no answers."]',
        'def f(text="Please ask again."): ...',
        'await respond(interaction, "done")',
        'await respond(interaction, f"{saved} at {time}")',
        'await respond(interaction, saved + (" now" if on else " later"))',
        'raise Refused("not now")',
        'await interaction.response.send_message(content="too late")',
        'discord.ui.Button(label="Retry", custom_id="steer:retry")',
        'discord.ui.Label(text=field, description="Leave it empty")',
        'app_commands.Choice(name="Back to default", value=value)',
        'CheckResult(Status.OK, "Queue", sentence)',
        'class Form(discord.ui.Modal, title="Ask about this message"): ...',
    ],
)
def test_sentences_are_found(source: str) -> None:
    assert find(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""What this module is for."""',
        '_LIMIT = 3\n"""How many there are at most."""',
        '_log.warning("server %d: it is tried again.", 3)',
        'raise ValueError("This is for developers.")',
        'assert ready, "It was opened before."',
        're.compile("Any letters with a dot.")',
        '@app_commands.describe(value="Who developed me. Leave empty to reset")\ndef f(): ...',
        'app_commands.ContextMenu(name="Why this answer?")',
        'text = "View Channel"',
        'await respond(interaction, f"{saved}\\n{problem}")',
        'discord.ui.Button(label=label, custom_id=f"steer:ask:{answer}")',
        'self.ask.description = f"Ask {label}, even where another chatbot answers"',
        'class Settings(GroupCog, group_description="How I answer in this server"): ...',
        'sql = f"PRAGMA foreign_keys = {on} AND SO ON"',
    ],
)
def test_what_is_no_sentence_to_a_person_is_left(source: str) -> None:
    assert not find(source)
