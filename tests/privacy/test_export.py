"""The files that people are handed: readable JSON, ordered, bounded, and with no field that is not explained."""

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.answering.stored_answers import write_pieces, write_question
from bot.domain.content import Action, Button, Buttons, Card, Chunk, Image
from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import SavedCredentials, StoredCount
from bot.domain.question import Caption, Quote
from bot.privacy import export
from bot.privacy.export import export_user_data
from tests.fakes.personal_data_store import FakePersonalDataStore, a_run, a_turn
from tests.fakes.providers_and_stores import make_question

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
PERSON = 2**63 - 1
COUNT = StoredCount("member", 7, 3600, 7200, 3, 5, told=False)


async def write(personal_data: FakePersonalDataStore) -> list[bytes]:
    return [file async for file in export_user_data(personal_data, PERSON, {"tamako": f"{PERSON}.1"}, 1_800_000_000.9)]


async def entries(personal_data: FakePersonalDataStore) -> list[dict[str, Any]]:
    """Return the entries of all files in order."""
    return [entry for file in await write(personal_data) for entry in json.loads(file)["kept"]]


async def test_a_file_says_what_it_is_and_whose() -> None:
    (file,) = await write(FakePersonalDataStore())
    document = json.loads(file)
    assert document.pop("about").startswith("What this bot keeps about you.")
    assert document == {
        "person": "9223372036854775807",
        "made_at": "2027-01-15T08:00:00Z",
        "keys": {"tamako": "9223372036854775807.1"},
        "opted_out": False,
        "file": 1,
        "kept": [],
    }


async def test_an_answer_is_handed_over_with_everything_about_it() -> None:
    (entry,) = await entries(FakePersonalDataStore(kept_runs=[a_run(60)]))
    assert entry == {
        "kind": "answer",
        "server": None,
        "channel": "9223372036854775807",
        "whose": "shared",
        "asked_by": {"message": "60"},
        "asked_at": "1970-01-01T00:01:00Z",
        "answer_id": "answer-60",
        "messages": ["61"],
        "version": 1,
        "shown": True,
        "provider": "tamako",
        "began_at": "1970-01-01T00:01:00Z",
        "state": "done",
        "outcome": "whole",
        "error": None,
        "figures": {
            "waited": None,
            "first_text": None,
            "total": 5,
            "edits": 0,
            "retries": 0,
            "history_sent": 0,
            "history_left_out": 0,
        },
        "provider_told": {"conversation_id": "a-conversation", "answer_id": "an-answer", "credits": 2.5},
        "question": {"text": "why?"},
        "answer": ["An answer."],
        "notices": ["a notice"],
    }


async def test_a_turn_is_handed_over_with_everything_about_it() -> None:
    (entry,) = await entries(FakePersonalDataStore(kept_turns=[a_turn(60, text="é 🙂 \u2028 \x00")]))
    assert entry == {
        "kind": "turn",
        "server": "7",
        "channel": "1",
        "whose": "shared",
        "provider": "chatbase",
        "conversation": "id",
        "recorded_at": "1970-01-01T00:01:00Z",
        "hidden": False,
        "name": "Ada",
        "question": "question 60",
        "answer": "é 🙂 \u2028 \x00",
    }


@pytest.mark.parametrize(
    ("wording", "shown"), [(None, None), ("not JSON", "not JSON"), (r'["half \ud83d of it"]', ["half ? of it"])]
)
async def test_a_wording_that_cannot_be_read_is_handed_over_as_it_is(wording: str | None, shown: object) -> None:
    (entry,) = await entries(FakePersonalDataStore(kept_runs=[a_run(1, wording=wording)]))
    assert entry["answer"] == shown


async def test_what_no_key_reads_is_handed_over_without_its_words_and_says_so() -> None:
    turn = replace(a_turn(60), question=None, answer=None, name=None)
    run = replace(a_run(50), question=None, wording=None, notices=(), unreadable=True)
    of_turn, of_run = await entries(FakePersonalDataStore(kept_turns=[turn], kept_runs=[run]))
    assert (of_turn["unreadable"], of_turn["question"], of_turn["answer"], of_turn["name"]) == (True, None, None, None)
    assert (of_run["unreadable"], of_run["question"], of_run["answer"], of_run["notices"]) == (True, None, None, [])
    assert '`"unreadable": true`' in DOCUMENTED.read_text(encoding="utf-8")


async def test_both_kinds_come_together_the_newest_first() -> None:
    personal_data = FakePersonalDataStore(
        kept_turns=[a_turn(number) for number in (1, 2, 6, 7, 8, 30)], kept_runs=[a_run(number) for number in (0, 5, 9)]
    )
    times = [entry.get("asked_at") or entry["recorded_at"] for entry in await entries(personal_data)]
    assert [int(time[-3:-1]) for time in times] == [30, 9, 8, 7, 6, 5, 2, 1, 0]


async def test_no_file_is_larger_than_the_limit_unless_one_entry_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_FILE_BYTES", 2000)
    texts = ["€" * 100, "€" * 300, "€" * 3000, "x"]
    personal_data = FakePersonalDataStore(kept_turns=[a_turn(number, text=texts[number % 4]) for number in range(20)])
    files = [json.loads(file) for file in await write(personal_data)]
    assert [file["file"] for file in files] == list(range(1, len(files) + 1))
    kept = [[entry["question"] for entry in file["kept"]] for file in files]
    assert [question for page in kept for question in page] == [f"question {number}" for number in range(19, -1, -1)]
    sizes = [len(json.dumps(file["kept"], ensure_ascii=False).encode()) for file in files]
    assert all(size <= 2002 or len(page) == 1 for size, page in zip(sizes, kept, strict=True))
    assert min(len(page) for page in kept) == 1
    assert max(len(page) for page in kept) > 2


async def test_a_count_is_handed_over_between_what_was_asked_before_and_after_its_window_began() -> None:
    kept = FakePersonalDataStore(kept_runs=[a_run(3000), a_run(4000)], kept_counts=[COUNT])
    after, count, before = await entries(kept)
    assert (after["answer_id"], before["answer_id"]) == ("answer-4000", "answer-3000")
    assert count == {
        "kind": "count",
        "limit": "member",
        "server": "7",
        "begins_at": "1970-01-01T01:00:00Z",
        "ends_at": "1970-01-01T02:00:00Z",
        "questions": 3,
        "max_questions": 5,
        "told": False,
    }


async def test_a_database_that_fails_is_told() -> None:
    with pytest.raises(DatabaseUnavailable):
        await write(FakePersonalDataStore(down=True))


async def test_the_documentation_explains_each_field() -> None:
    kept = FakePersonalDataStore(
        kept_turns=[a_turn(1)],
        kept_runs=[a_run(1)],
        kept_counts=[COUNT],
        kept_credentials=[SavedCredentials(7, "stammer", 2000)],
    )
    (file,) = await write(kept)
    document = json.loads(file)
    text = DOCUMENTED.read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    fields = {field for entry in document["kept"] for field in entry}
    assert explained == {*document, *fields}
    figures = next(entry["figures"] for entry in document["kept"] if entry["kind"] == "answer")
    told = next(entry["provider_told"] for entry in document["kept"] if entry["kind"] == "answer")
    assert all(f"`{name}`" in text for name in {**figures, **told})


async def test_the_documentation_explains_all_that_a_question_and_an_answer_are_made_of() -> None:
    question = replace(
        make_question(), quote=Quote("a", "b"), attachments=("c",), jump="d", caption=Caption("e", "f", "g")
    )
    button = Button("Yes", "say", "yes", "answer-1:1:0")
    pieces: list[Chunk] = ["text", Image("url"), Card("title", "text", "url", (button,)), Buttons("title", (button,))]
    run = replace(a_run(1), question=write_question(question), wording=write_pieces(pieces))
    (entry,) = await entries(FakePersonalDataStore(kept_runs=[run]))
    assert entry["answer"][-1]["Buttons"]["buttons"] == [asdict(button)]
    text = DOCUMENTED.read_text(encoding="utf-8")
    names = {*names_in(entry["question"]), *names_in(entry["answer"]), *get_args(Action)}
    assert len(names) >= 20
    assert not {name for name in names if f"`{name}`" not in text}


def names_in(value: object) -> set[str]:
    """Return the names of all fields of a JSON value, at any depth."""
    if isinstance(value, list):
        return {name for each in value for name in names_in(each)}
    return {*value, *names_in([*value.values()])} if isinstance(value, dict) else set()
