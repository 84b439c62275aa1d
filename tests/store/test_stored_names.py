"""What is stored keeps its words: no class or field gets another name without a migration for the rows that have it.

Everything here is written out. A test that takes these words from the program would follow each change of a name.
"""

import json
from dataclasses import fields, replace
from typing import get_args

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.answering.stored_answers import read_pieces, read_question, write_pieces, write_question
from bot.domain import errors
from bot.domain.answer import Answer, Outcome, RunMetrics, State
from bot.domain.content import Action, Button, Buttons, Card, Chunk, Image
from bot.domain.question import WITHHELD, Caption, Location, Question, Quote, Thread
from bot.domain.settings.server_settings import AUTO_REPLY, ON, OPT_OUT, RETENTION, Scope, option_setting
from bot.privacy.export import export_user_data
from bot.store.addresses.urls import parse_url
from bot.store.engine import open_engine
from bot.store.open import open_store
from bot.store.tables import metadata
from bot.store.upgrade import alembic_config
from bot.strings.commands import SETTING_TITLES
from tests.store.samples import CHANNEL

ERRORS = {
    *("TextRefused", "NothingToRead", "TakenOver", "ActionWanted"),
    *("QuotaUsedUp", "Blocked", "WrongAddress", "ProxyRefused", "TlsFailed", "RequestTooLarge"),
    *("StatusError", "ApiTimeout", "CrowdedQueue"),
    *("AnswerError", "Refusal", "QuestionTooLong", "EmptyQuestion", "QueueFull", "AskerQueueFull", "AlreadyAnswering"),
    *("NotStored", "Cancelled", "ShuttingDown", "NotConfigured", "DatabaseUnavailable", "Interrupted", "Stopped"),
    *("QuestionEdited", "QuestionDeleted", "OutOfTime", "InternalError", "ProviderError", "Unreachable", "IdleTimeout"),
    *("TotalTimeout", "Unauthorized", "PaymentRequired", "Forbidden", "NotFound", "RateLimited", "Rejected"),
    *("ErrorReported", "ServerFault", "InvalidResponse", "TooLarge", "ConnectionLost", "NoReply", "NoAnswerYet"),
    *("ActionWanted", "TakenOver", "NoChatbot", "CredentialsUnreadable", "AddressNotOffered"),
    *("ProviderOut", "LimitReached"),
}

RENAMED = {
    "NothingAsked": "EmptyQuestion", "TooManyWaiting": "AskerQueueFull", "AlreadyAsked": "AlreadyAnswering",
    "Forgotten": "NotStored", "MemoryUnavailable": "DatabaseUnavailable", "Superseded": "QuestionEdited",
    "Withdrawn": "QuestionDeleted", "Fault": "InternalError", "Silent": "IdleTimeout", "TooSlow": "TotalTimeout",
    "Unreadable": "InvalidResponse", "CutShort": "ConnectionLost", "NotReady": "NoAnswerYet",
}  # fmt: skip
"""What errors were called until the third version of the schema."""

KEPT = ["Unreachable", "RateLimited", "Rejected", "Interrupted", None]

QUESTION = Question(
    id=1,
    location=Location(CHANNEL, CHANNEL, None),
    asker=5,
    by_message=True,
    text="why?",
    quote=Quote("ann", "said"),
    attachments=("a.txt",),
    provider=None,
    jump="block",
    caption=Caption("ann", "why?", "https://discord.com/1", is_choice=True),
    name="cat",
)
STORED_QUESTION = (
    '{"text": "why?", "quote": {"author": "ann", "text": "said"}, "attachments": ["a.txt"], "jump": "block", '
    '"caption": {"asker": "ann", "text": "why?", "link": "https://discord.com/1", "is_choice": true}, "name": "cat"}'
)
FORWARD = Quote("bob", "said", "forward")
STORED_IN_THREAD = (
    '{"quote": {"author": "bob", "text": "said", "kind": "forward"}, "thread": {"title": "title", "is_post": true, '
    '"starter": {"author": "bob", "text": "said", "kind": "forward"}, "is_told": true}}'
)
PIECES: list[Chunk] = [
    "Hi",
    Image("u"),
    Card("t", "s", "i", (Button("b", "link", "v"),)),
    Buttons("", (Button("c", "say", "w", "k"),)),
]
STORED_PIECES = (
    '["Hi", {"Image": {"url": "u"}}, '
    '{"Card": {"title": "t", "subtitle": "s", "image_url": "i", '
    '"buttons": [{"title": "b", "action": "link", "value": "v", "token": ""}]}}, '
    '{"Buttons": {"title": "", "buttons": [{"title": "c", "action": "say", "value": "w", "token": "k"}]}}]'
)


def test_an_error_that_gets_another_name_needs_a_migration() -> None:
    classes = (value for value in vars(errors).values() if isinstance(value, type))
    assert {each.__name__ for each in classes if issubclass(each, errors.AnswerError)} == ERRORS
    assert set(RENAMED.values()) <= ERRORS
    assert not set(RENAMED) & ERRORS


def test_states_outcomes_actions_and_scopes() -> None:
    assert get_args(State) == ("open", "recorded", "done")
    assert get_args(Outcome) == ("whole", "partial", "failed", "stopped", "interrupted", "lost")
    assert get_args(Action) == ("say", "jump", "link")
    assert get_args(Scope) == ("server", "channel", "person")


def test_names_of_settings() -> None:
    assert set(SETTING_TITLES) == {"provider", "name", "gender", "prefix", "developer"}
    assert (AUTO_REPLY, ON, RETENTION, OPT_OUT) == ("auto-reply", "on", "retention", "opt-out")
    assert option_setting("stammer", "model") == "stammer_model"


def test_questions_and_pieces_as_json() -> None:
    answer = Answer("id", 1, by_message=True, location=QUESTION.location, asker=5, shown=0)
    assert write_question(QUESTION) == STORED_QUESTION
    assert read_question(STORED_QUESTION, answer, None) == QUESTION
    about = '{"about": {"link": "https://discord.com/1", "asked": "why?"}}'  # of versions before captions
    assert read_question(about, answer, None).caption == Caption("", "why?", "https://discord.com/1")
    in_thread = replace(QUESTION, quote=FORWARD, thread=Thread("title", is_post=True, starter=FORWARD, is_told=True))
    assert json.loads(write_question(in_thread)) == json.loads(STORED_QUESTION) | json.loads(STORED_IN_THREAD)
    assert read_question(write_question(in_thread), answer, None) == in_thread
    quoting = replace(QUESTION, quote=replace(FORWARD, author_id=7))
    stored = {"author": "bob", "text": "said", "kind": "forward", "author_id": "7"}
    assert json.loads(write_question(quoting)) == json.loads(STORED_QUESTION) | {"quote": stored}
    assert read_question(write_question(quoting), answer, None) == quoting
    assert json.loads(write_question(replace(QUESTION, quote=WITHHELD)))["quote"]["kind"] == "withheld"
    for newest in ("or what?", ""):
        asked_again = replace(QUESTION, newest=newest)
        assert json.loads(write_question(asked_again)) == json.loads(STORED_QUESTION) | {"newest": newest}
        assert read_question(write_question(asked_again), answer, None) == asked_again
    assert write_pieces(PIECES) == STORED_PIECES
    assert read_pieces(STORED_PIECES) == PIECES


def test_tables_and_columns() -> None:
    assert {table.name: " ".join(column.name for column in table.columns) for table in metadata.sorted_tables} == {
        "answers": "id question by_message asker server channel settings_channel asked_at shown bot kind",
        "conversations": "provider channel id used_at kind person renewals remote_id remote_answer remote_since holder",
        "credentials": "server provider field value saved_at saved_by",
        "daily_times": "server provider day moment bucket answers",
        "daily_usage": "server provider day questions answered failed stopped characters credits",
        "facts": "name value",
        "preferences": "scope target name server value",
        "processes": "id bot cluster clusters shard_count shards state joined_at",
        "question_counts": "whose server person begins_at ends_at questions max_questions told",
        "servers": "bot server left_at",
        "session_turns": "bot bucket holder ends_at",
        "user_keys": "provider user_id renewals",
        "welcomes": "bot server channel message posted_at tried chosen nonce",
        "answer_messages": "message answer position",
        "runs": (
            "answer number provider state outcome began_at token waited_ms first_text_ms total_ms edits retries "
            "history_sent history_left_out error turn follows owner "
            "remote_id remote_answer credits"
        ),
        "turns": (
            "id provider channel conversation_id server asker question answer recorded_at hidden "
            "kind person position name copied_for remote_answer quoted"
        ),
        "texts": "answer number question content notices",
    }


def test_figures_are_exported_by_the_names_of_their_fields() -> None:
    names = ["waited", "first_text", "total", "edits", "retries", "history_sent", "history_left_out"]
    assert [each.name for each in fields(RunMetrics)] == names


def _store_errors(connection: Connection, stored: list[str | None]) -> None:
    connection.execute(
        text("INSERT INTO answers (id, question, by_message, asker, channel, settings_channel, asked_at, shown)"
             " VALUES ('kept', 1, 1, 5, 6, 6, 1, 0)")
    )  # fmt: skip
    connection.execute(
        text("INSERT INTO runs (answer, number, provider, state, outcome, began_at, edits, retries, history_sent,"
             " history_left_out, error, follows) VALUES ('kept', :number, 'chatbot', 'done', 'failed', 1, 0, 0, 0, 0,"
             " :error, 0)"),
        [{"number": number, "error": error} for number, error in enumerate(stored, 1)],
    )  # fmt: skip


@pytest.fixture
def url(empty_url: str) -> str:
    """Give the URL of an empty database."""
    return empty_url


async def test_the_fourth_version_gives_stored_errors_their_new_names(url: str) -> None:
    stored, wanted = [*RENAMED, *KEPT], [*RENAMED.values(), *KEPT]
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine:
        await engine.run(lambda db: command.upgrade(alembic_config(db), "0003"), writes=True)
        await engine.run(lambda db: _store_errors(db, stored), writes=True)
        async with open_store(url) as store:
            found = await store.answers.answer("kept")
        assert found is not None
        assert [run.error for run in found.runs] == wanted

        await engine.run(lambda db: command.downgrade(alembic_config(db), "0003"), writes=True)
        errors_of = text("SELECT error FROM runs ORDER BY number")
        assert await engine.run(lambda db: list(db.scalars(errors_of)), writes=False) == stored


async def test_export_fields(url: str) -> None:
    async with open_engine(parse_url(url), max_wait=5, enforce_links=False) as engine, open_store(url) as store:
        await engine.run(lambda db: _store_errors(db, ["RateLimited"]), writes=True)
        found = [file async for file in export_user_data(store.personal_data, 5, {"tamako": "5"}, 1.0)]
    [document] = [json.loads(file) for file in found]
    assert " ".join(document) == "about person made_at keys opted_out file kept"
    assert " ".join(document["kept"][0]) == (
        "kind server channel whose asked_by asked_at answer_id messages version shown provider began_at state outcome "
        "error figures provider_told question answer notices"
    )
