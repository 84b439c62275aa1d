"""What a year leaves in a database: two thousand servers' answers, turns, texts, settings and totals, made in SQL.

The first `ALONE` rows are the same however many there are: those of one person, those of one channel and those of a day
that is too old by now. A database that has only these is what the others are held against.
"""

import time

from bench.scale.databases import connect
from bot.domain.fair_use.usage import KEPT_DAYS
from bot.store.open import open_store

SERVERS = 2000
OF_PERSON, OF_CHANNEL, OF_DAY = 300, 100, 2600
ALONE = OF_PERSON + OF_CHANNEL + OF_DAY
"""How many rows are one person's, one channel's, and so old that the next run of the retention erases them."""

SERVER, CHANNEL, PEOPLE, QUESTION = (
    1_100_000_000_000_000_000,
    1_110_000_000_000_000_000,
    1_120_000_000_000_000_000,
    10**18,
)
PERSON = PEOPLE - 1
BUSY_CHANNEL, ITS_SERVER = CHANNEL - 1, SERVER + SERVERS
PROVIDER = "chatbase"

_DAY = 24 * 60 * 60
_YEAR = 364 * _DAY
_RETENTION_DAYS = 365

_OF_CONVERSATION = 16
"""After how many turns a conversation goes on under a new id, by default."""

# Small servers are many and large ones few: the largest of 2,000 has one of each fifty questions.
_STAGE = f"""
CREATE TEMPORARY TABLE stage AS
WITH RECURSIVE counted(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM counted WHERE n < {{rows}}),
spread AS (
  SELECT n,
    CASE WHEN n > {OF_PERSON} AND n <= {OF_PERSON + OF_CHANNEL} THEN {SERVERS} WHEN n <= {ALONE} THEN n % 100
      WHEN n % 3 = 0 THEN n * 7919 % {SERVERS}
      ELSE (n * 7919 % {SERVERS}) * (n * 7919 % {SERVERS}) / {SERVERS} END AS s,
    CASE WHEN n <= {OF_PERSON} THEN {{now}} - {_YEAR} + n * ({_YEAR - _DAY} / {OF_PERSON})
      WHEN n <= {OF_PERSON + OF_CHANNEL} THEN {{now}} - {30 * _DAY} + n * 6000
      WHEN n <= {ALONE} THEN {{now}} - {_RETENTION_DAYS + 1} * {_DAY} + n * 20
      ELSE {{now}} - {_YEAR} + CAST(n * ({_YEAR} / {{rows}}.0) AS BIGINT) END AS at
  FROM counted
), placed AS (
  SELECT n, s, at,
    CASE WHEN n > {ALONE} AND n % 20 = 0 THEN 'private' WHEN n > {ALONE} AND n % 5 = 1 THEN 'personal' ELSE 'shared' END
      AS kind,
    CASE WHEN n <= {OF_PERSON} THEN {PERSON}
      ELSE {PEOPLE} + s * 1000 + (n * 31) % 97 END AS asker,
    CASE WHEN n > {OF_PERSON} AND n <= {OF_PERSON + OF_CHANNEL} THEN {BUSY_CHANNEL}
      ELSE {CHANNEL} + s * 100 + (n * 13) % 12 END AS channel,
    CASE WHEN n % 10 < 8 THEN '{PROVIDER}' WHEN n % 10 = 8 THEN 'tamako' ELSE 'chatbase-v2' END AS provider
  FROM spread
), shared AS (
SELECT n, {SERVER} + s AS home, at,
  CASE WHEN n > {ALONE} AND n % 25 = 3 AND at > {{now}} - {29 * _DAY} THEN NULL ELSE {SERVER} + s END AS server,
  kind, asker, channel,
  CASE WHEN channel = {BUSY_CHANNEL} THEN '{PROVIDER}' ELSE provider END AS provider,
  CASE WHEN kind = 'shared' THEN 0 ELSE asker END AS person,
  {QUESTION} + at * 10000000 + n AS question,
  CAST((n * 2654435761) % 4294967296 AS TEXT) || '-0000-4000-8000-' || CAST(n AS TEXT) AS answer
FROM placed
)
SELECT *, 'c' || CAST(channel AS TEXT) || CASE WHEN channel = {BUSY_CHANNEL} THEN '' ELSE '-' || CAST(
  ROW_NUMBER() OVER (PARTITION BY provider, channel, kind, person ORDER BY at, n) / {_OF_CONVERSATION} AS TEXT)
  END AS conversation
FROM shared
"""

_ASKED = "What was question ' || CAST(n AS TEXT) || ' about, and what would you do in my place?"
_SAID = "It is a long story, and it begins where most of them do. " * 5

_TABLES = (
    """INSERT INTO conversations (provider, channel, id, used_at, kind, person, renewals, remote_id, remote_since)
SELECT provider, channel, conversation, at, kind, person, 0,
  CASE WHEN provider = 'chatbase-v2' THEN 'remote' END, CASE WHEN provider = 'chatbase-v2' THEN at END
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY provider, channel, kind, person ORDER BY at DESC, n DESC) AS latest
  FROM stage) AS ranked WHERE latest = 1""",
    f"""INSERT INTO turns (id, provider, channel, conversation_id, server, asker, question, answer, recorded_at,
  hidden, kind, person, position, name, quoted)
SELECT n, provider, channel, conversation, server, asker, '{_ASKED}', '{_SAID}', at,
  0, kind, person, question, 'Sam', '' FROM stage""",
    """INSERT INTO answers (id, question, by_message, asker, server, channel, settings_channel, asked_at, shown, bot,
  kind)
SELECT answer, question, 1, asker, server, channel, channel, at, 1, {bot}, kind FROM stage""",
    """INSERT INTO runs (answer, number, provider, state, outcome, began_at, waited_ms, first_text_ms, total_ms, edits,
  retries, history_sent, history_left_out, turn, follows, owner)
SELECT answer, 1, provider, 'done', 'whole', at, 2, 600 + n % 900, 4000 + n % 5000, 5, 0, 20, 0, n, 0, '0123456789abcde'
FROM stage""",
    f"""INSERT INTO texts (answer, number, question, content, notices)
SELECT answer, 1, '{{{{"text": "{_ASKED}"}}}}', '["{_SAID}"]', '[]' FROM stage""",
    "INSERT INTO answer_messages (message, answer, position) SELECT question + 5000000, answer, 0 FROM stage",
    f"""INSERT INTO preferences (scope, target, name, server, value)
SELECT DISTINCT 'server', home, 'retention', home, '{_RETENTION_DAYS}' FROM stage
UNION ALL SELECT DISTINCT 'server', home, 'provider', home, 'chatbase' FROM stage WHERE home % 3 = 0
UNION ALL SELECT DISTINCT 'server', home, 'prefix', home, '?' FROM stage WHERE home % 20 = 0
UNION ALL SELECT DISTINCT 'channel', channel, 'auto-reply', home, 'on' FROM stage WHERE channel % 100 = 3
UNION ALL SELECT DISTINCT 'channel', channel, 'conversation', home, 'personal' FROM stage WHERE channel % 100 = 5
UNION ALL SELECT DISTINCT 'person', asker, 'opt-out', 0, 'on' FROM stage WHERE asker % 100 = 96""",
    """INSERT INTO credentials (server, provider, field, value, saved_at, saved_by)
SELECT home, 'tamako', 'api_key', 'enc', MIN(at), MIN(asker) FROM stage WHERE home % 10 = 0 GROUP BY home""",
    f"""INSERT INTO daily_usage (server, provider, day, questions, answered, failed, stopped, characters, credits)
SELECT home, provider, at / {_DAY}, COUNT(*), COUNT(*), 0, 0, COUNT(*) * 300, 0 FROM stage
WHERE at > {{now}} - {KEPT_DAYS * _DAY} GROUP BY home, provider, at / {_DAY}""",
    f"""INSERT INTO daily_times (server, provider, day, moment, bucket, answers)
SELECT home, provider, at / {_DAY}, moment, 40 + n % 6, COUNT(*)
FROM stage CROSS JOIN (SELECT 'first_text' AS moment UNION ALL SELECT 'end') AS moments
WHERE at > {{now}} - {KEPT_DAYS * _DAY} GROUP BY home, provider, at / {_DAY}, moment, 40 + n % 6""",
    f"""INSERT INTO question_counts (whose, server, person, begins_at, ends_at, questions, max_questions, told)
SELECT 'member', home, asker, {{now}} - 3600, {{now}} + 3600, COUNT(*), 50, 0 FROM stage WHERE at > {{now}} - {_DAY}
GROUP BY home, asker""",
)


_BEFORE = {
    "sqlite": ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000", "BEGIN"),
    # Without this, PostgreSQL checks each row's links.
    "postgresql": ("SET session_replication_role = replica", "SET work_mem = '256MB'"),
}
_AFTER = {
    "sqlite": ("DROP TABLE stage", "COMMIT"),
    "postgresql": (
        "SELECT setval(pg_get_serial_sequence('turns', 'id'), (SELECT MAX(n) FROM stage))",
        "VACUUM ANALYZE",
    ),
}
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
}


async def make(url: str, *, rows: int, bot: int) -> float:
    """Make the tables at `url` with so many answers of the bot with this id; return how many seconds that took."""
    begun = time.monotonic()
    async with open_store(url):
        pass
    dialect = url.partition(":")[0]
    async with connect(url) as execute:
        for statement in _BEFORE[dialect]:
            await execute(statement)
        indexes = await execute(_INDEXES[dialect])
        for name, _ in indexes:
            await execute(f"DROP INDEX {name}")
        values = {"rows": rows, "now": int(time.time()), "bot": bot}
        for statement in (_STAGE, *_TABLES):
            await execute(statement.format(**values))
        for _, definition in indexes:
            await execute(definition)
        for statement in _AFTER[dialect]:
            await execute(statement)
    return time.monotonic() - begun
