"""Every column of text is encrypted, or in clear for a reason that is written down here."""

from bot.domain.secrets.credentials import credential_cell
from bot.domain.settings import server_settings
from bot.domain.settings.server_settings import PERSONA_LIMITS, option_setting
from bot.store.columns import SafeText
from bot.store.encrypted_columns import CLEAR_SETTINGS, CREDENTIAL, ENCRYPTED_COLUMNS, SETTING
from bot.store.tables import metadata

CLEAR = {
    "name of one of the program's providers": {
        *("conversations.provider", "turns.provider", "user_keys.provider", "runs.provider", "credentials.provider"),
        *("daily_usage.provider", "daily_times.provider"),
    },
    "random id of the program's own, which names nobody": {
        *("conversations.id", "conversations.holder", "turns.conversation_id", "turns.copied_for", "answers.id"),
        *("runs.answer", "runs.owner", "texts.answer", "answer_messages.answer", "welcomes.nonce"),
    },
    "id that a provider gave, which opens nothing without the credentials, and which SQL compares": {
        *("conversations.remote_id", "conversations.remote_answer", "turns.remote_answer"),
        *("runs.remote_id", "runs.remote_answer"),
    },
    "one of a few words of the program's own": {
        *("conversations.kind", "turns.kind", "answers.kind", "runs.state", "runs.outcome", "runs.error"),
        *("preferences.scope", "preferences.name", "credentials.field", "question_counts.whose", "daily_times.moment"),
    },
    "ids of Discord's": {"turns.quoted"},
    "note of the program to itself: times, fingerprints, names of its keys": {
        *("facts.name", "facts.value"),
        *("processes.id", "processes.shards", "processes.state", "session_turns.holder"),
    },
}

WORDS = {
    *PERSONA_LIMITS,
    *(option_setting("p", option) for option in ("system-prompt", "model", "temperature", "story")),
}
"""Settings that somebody typed, or that belong to an account with a provider."""


def test_every_column_of_text_is_encrypted_or_clear_for_a_reason() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SafeText)
    }
    encrypted = {f"{column.table}.{column.name}" for column in ENCRYPTED_COLUMNS}
    assert encrypted.isdisjoint(set().union(*CLEAR.values()))
    assert texts == encrypted.union(*CLEAR.values())


def test_no_column_holds_text_in_another_way() -> None:
    others = {type(column.type).__name__ for table in metadata.sorted_tables for column in table.columns}
    assert others <= {"SafeText", "BigInteger", "Integer", "Double"}


def test_a_row_is_named_by_columns_that_are_there_and_not_encrypted() -> None:
    for each in ENCRYPTED_COLUMNS:
        names = {*each.row_key, *([each.kind] if each.kind else [])}
        assert names <= set(metadata.tables[each.table].c.keys())
        assert not names & {other.name for other in ENCRYPTED_COLUMNS if other.table == each.table}


def test_a_rows_cell_is_the_one_that_its_value_was_encrypted_for() -> None:
    row = {"scope": "channel", "target": 5, "name": "prefix", "server": 4, "value": "?"}
    assert SETTING.cell(row) == ("preferences", "value", "channel/5/prefix")
    credential = {"server": 4, "provider": "chatbase", "field": "api_key", "value": "key"}
    assert CREDENTIAL.cell(credential) == credential_cell(4, "chatbase", "api_key")


def test_settings_that_somebody_typed_are_encrypted_and_what_limits_the_bot_is_not() -> None:
    assert all(SETTING.is_meant({"name": name}) for name in WORDS)
    limiting = {
        *(server_settings.OPT_OUT, server_settings.CHANNELS, server_settings.LISTED, server_settings.ROLES),
        *(server_settings.RETENTION, server_settings.AUTO_REPLY),
    }
    assert not any(SETTING.is_meant({"name": name}) for name in limiting)
    assert SETTING.is_meant({"name": "a-setting-of-tomorrow"})
    assert limiting <= CLEAR_SETTINGS
