"""A database that version 0.1.0 left behind when it was killed: today's program goes on from there.

`tests/data/README.md` says what is in it and how it was made.
"""

import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.apis.chatbase import messages_of
from sandbox.discord import Channel, Message, Person
from tests.e2e.answer_controls import FINISHED, built_prompt, controls, version
from tests.e2e.chatbot_answers import offered, sent
from tests.e2e.reader import words
from tests.e2e.stage import Stage, open_stage
from tests.e2e.waiting import until

DATA = Path(__file__).parents[1] / "data"


@dataclass
class Old:
    """What was there: the bot's messages by the names that the data gives them."""

    stage: Stage
    messages: dict[str, Message]


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Old]:
    """Give a stage with the old messages, on the old database, whose ids are now those of this stage."""
    path = tmp_path / "switchboard.db"
    async with open_stage(f"sqlite:///{path}") as stage:
        stage.hurry()
        seen = json.loads((DATA / "f1091b2.json").read_text(encoding="utf-8"))
        dump = (DATA / "f1091b2.sql").read_text(encoding="utf-8")
        messages: dict[str, Message] = {}
        ids = _known_ids(stage, seen["ids"])
        for name, one in seen["messages"].items():
            channel = stage.bob.dm(stage.app) if one["channel"] == "dm" else getattr(stage, one["channel"])
            question = await _ask(stage, channel, one)
            messages[name] = await _post(stage, channel, one, question)
            ids[one["id"]] = messages[name].id
            if question is not None:
                ids[one["question"]] = question.id
        for before, after in ids.items():
            dump = dump.replace(str(before), str(after))
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(dump)
            _bring_forward(connection, int(time.time()) - seen["made_at"])
        yield Old(stage, messages)


def _known_ids(stage: Stage, old: dict[str, int]) -> dict[int, int]:
    """Return the id that each one has now, by the one that it had."""
    people: dict[str, Any] = {name: getattr(stage, name) for name in old if name != "dm"}
    return {old[name]: one.id for name, one in (people | {"dm": stage.bob.dm(stage.app)}).items()}


async def _ask(stage: Stage, channel: Channel, one: dict[str, Any]) -> Message | None:
    """Have a person write the message that was answered; None if there is none."""
    if one["by"] not in ("alice", "bob"):
        return None
    person: Person = getattr(stage, one["by"])
    _, _, text = one["asked"].partition("> ")
    return await person.say(channel, stage.mention(text) if text else one["asked"])


async def _post(stage: Stage, channel: Channel, one: dict[str, Any], question: Message | None) -> Message:
    """Have the bot write what it showed, as any program could."""
    body = {key: one[key] for key in ("content", "embeds", "components")} | {"allowed_mentions": {"parse": []}}
    if question is not None:
        body["message_reference"] = {"message_id": str(question.id)}
    headers = {"Authorization": f"Bot {stage.app.token}"}
    address = f"{stage.discord.api_url}/channels/{channel.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session, session.post(address, json=body) as response:
        assert response.status == 200, await response.text()
        return channel.messages[int((await response.json())["id"])]


def _bring_forward(connection: sqlite3.Connection, seconds: int) -> None:
    """Have everything happen so much later, so that nothing is too old to be kept."""
    columns = {"answers": "asked_at", "runs": "began_at", "turns": "recorded_at", "conversations": "used_at"}
    for table, column in columns.items():
        connection.execute(f"UPDATE {table} SET {column} = {column} + ?", (seconds,))
    connection.commit()


async def test_what_was_cut_off_is_marked_and_can_be_asked_again(old: Old) -> None:
    stage, cut_off, waiting = old.stage, old.messages["cut off"], old.messages["waiting"]
    async with stage.running():
        await stage.discord.wait_for(lambda: controls(cut_off) == FINISHED and controls(waiting) == FINISHED)
        assert cut_off.content == (
            "Once upon a time\n-# Interrupted: I was restarted while writing this. Press **Retry**, or ask again."
        )
        assert waiting.content == "-# I was restarted before I could answer this. Press **Retry**, or ask again."
        stage.apis.chatbase.answers("And they all lived on.", times=1)
        await stage.alice.press(cut_off, "Retry")
        await stage.discord.wait_for(lambda: cut_off.content == "And they all lived on.")
        await stage.idle()
        assert stage.apis.chatbase.received[-1].question == "tell me a long story"


async def test_versions_are_shown_and_added_to(old: Old) -> None:
    stage, answer = old.stage, old.messages["versions"]
    async with stage.running():
        await stage.alice.press(answer, "◀")
        assert (await version(stage, answer, "1/2")).content == "It eats insects."
        assert (await built_prompt(stage))[:4] == [
            "What is a gecko?",
            "A gecko is a small lizard.",
            "And what does it eat?",
            "It eats insects.",
        ]
        names = [message.content.partition(": ")[0] for message in messages_of(stage.apis.chatbase.received[-1])]
        assert names[::2] == ["Someone", "Someone", "Admin"], "there were no names to store"
        await stage.alice.press(answer, "▶")
        assert (await version(stage, answer, "2/2")).content == "It eats crickets."
        stage.apis.chatbase.answers("It eats flies.", times=1)
        await stage.alice.press(answer, "Retry")
        assert (await version(stage, answer, "3/3")).content == "It eats flies."
        assert (await built_prompt(stage))[:4][-1] == "It eats flies."


async def test_buttons_of_answers_work(old: Old) -> None:
    stage = old.stage
    async with stage.running():
        hours = await stage.told(await stage.bob.press(old.messages["menu"], "Opening hours"))
        assert words(hours).startswith("We are open")
        assert sent(stage, "goto") == "hours"
        assert offered(old.messages["pressed, page 2"]) == ["Order Quattro Stagioni", "What is in it?"]
        await stage.told(await stage.alice.press(old.messages["pressed, page 2"], "Order Quattro Stagioni"))
        assert sent(stage, "query") == "order quattro stagioni"
        assert sent(stage, "sessionId") == f"{stage.alice.id}.1", "the key that /history clear renewed"


async def test_settings_are_in_force(old: Old) -> None:
    stage = old.stage
    async with stage.running():
        shown = (await stage.use(stage.admin, "settings show")).content
        assert "`?`" in shown
        assert "300 days" in shown
        await stage.ask(stage.bob, "hello", stage.other)
        assert sent(stage, "query") == "hello"


@pytest.mark.parametrize("key", ["stammer", "tamako", "private"])
async def test_each_providers_answer_can_be_asked_again(old: Old, key: str) -> None:
    stage, answer = old.stage, old.messages[key]
    async with stage.running():
        before = answer.content
        await stage.bob.press(answer, "Retry")
        await version(stage, answer, "2/2")
        await stage.bob.press(answer, "◀")
        assert (await version(stage, answer, "1/2")).content == before


async def test_errors_have_todays_names_and_the_export_holds_everything(old: Old) -> None:
    stage = old.stage
    async with stage.running():
        await until(lambda: any("are dealt with" in line for line in stage.log.events()))
        why = await stage.told(await stage.bob.use_menu(old.messages["failed"], "Why this answer?"))
        assert "`InvalidResponse`" in why.content
        (file,) = (await stage.use(stage.bob, "privacy export")).attachments
        kept = json.loads(file.data)["kept"]
        answers = [one for one in kept if one["kind"] == "answer"]
        assert [(one["provider"], one["outcome"], one["error"]) for one in answers] == [
            ("chatbase", "interrupted", "Interrupted"),
            ("chatbase", "whole", None),
            ("stammer", "failed", "InvalidResponse"),
            ("stammer", "whole", None),
            ("tamako", "whole", None),
        ]
        assert answers[1]["question"] == {"text": "A question in private?"}
        assert answers[1]["messages"] == [str(old.messages["private"].id)]
        assert [one["answer"] for one in kept if one["kind"] == "turn"] == ["This stays between us."]
