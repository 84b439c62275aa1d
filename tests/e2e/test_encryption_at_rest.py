"""With SECRET_KEY, no words, names or tokens are in the database, its log or a backup. And what a wrong key does."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.crypto.keys import new_key
from bot.crypto.opening import open_cipher
from bot.store.addresses.urls import SqliteFile
from bot.store.maintenance.backup import back_up
from bot.store.open import open_store
from bot.store.tables import metadata
from sandbox.apis.chatbase import messages_of
from sandbox.discord import Message, Person
from tests.databases import execute
from tests.e2e.answer_controls import told_alone
from tests.e2e.chatbot_answers import one_button, press_in_vain
from tests.e2e.reader import unnamed
from tests.e2e.stage import Stage, open_stage

TYPED = (
    "does moss grow on the north side",
    "only where shade keeps it damp",
    "my uncle swears by the east wall",
    "garden-wall-in-march.png",
    "moss-diary.txt",
    "day one was rather dry",
    "speak like a patient gardener",
    "tell me of lichen then",
    "Zephyrine",
    "Mossbot",
    "a-key-of-the-servers-own",
)
"""What people and admins typed, and what they were answered."""


@pytest.fixture
def key() -> str:
    """Give a fresh key."""
    return new_key()


@pytest.fixture
async def resting(database_url: str) -> AsyncIterator[Stage]:
    """Give a stage whose bot does not run yet, and will see what people quote."""
    async with open_stage(database_url, MESSAGE_CONTENT_INTENT="true") as opened:
        yield opened


async def converse(stage: Stage) -> str:
    """Have somebody and an admin type it all; return the token of an interaction that is being answered."""
    zephyrine = stage.discord.create_user("zephyrine")
    stage.guild.add_member(zephyrine)
    await stage.use(stage.admin, "settings system-prompt", provider="stammer", value=TYPED[6])
    await stage.use(stage.admin, "settings name", value=TYPED[9])
    stage.apis.chatbase.answers(TYPED[1], times=1)
    quoted = await stage.bob.say(stage.general, TYPED[2])
    files = [(TYPED[3], b"\x89PNG"), (TYPED[4], TYPED[5].encode())]
    asked = await zephyrine.say(stage.general, stage.mention(TYPED[0]), attachments=files, reply_to=quoted)
    await stage.answer(asked)
    stage.apis.chatbot.answers(one_button(TYPED[7]), times=1)
    await stage.use(zephyrine, "chatbot ask", question="what else?")
    await stage.idle()
    stream = stage.apis.chatbase.hold()
    held = await zephyrine.slash(stage.general, "chatbase ask", question="and now?")
    await stream.send("It ")
    await (await held.wait_until()).wait_until(shows="It")
    async with open_store(stage.database, cipher=open_cipher(stage.changed.get("SECRET_KEY"))) as stores:
        if "SECRET_KEY" in stage.changed:
            await stores.credentials.save(stage.guild.id, "chatbase", {"api_key": TYPED[10]}, stage.admin.id)
        else:
            await stores.server_settings.save("server", 1, 1, "gender", TYPED[10])
    return held.token


def in_file(url: str) -> Callable[[str], bool]:
    """Return what tells whether a SQLite file, its log or a backup of it holds some words."""
    path = Path(url.removeprefix("sqlite:///"))
    backup = path.with_name("backup.db")
    back_up(SqliteFile(path), backup)
    assert backup.stat().st_size
    log = Path(f"{path}-wal")
    assert log.stat().st_size, "there is something in the log to look at"
    held = b"".join(each.read_bytes() for each in (path, log, backup))
    return lambda words: words.encode() in held


def in_rows(url: str) -> Callable[[str], bool]:
    """Return what tells whether any row of any table holds some words."""
    tables = " UNION ALL ".join(f"SELECT {table}::text FROM {table}" for table in metadata.tables)
    held = [row[0] for row in execute(url, tables)]
    return lambda words: any(words in row for row in held)


@pytest.mark.parametrize("is_encrypted", [True, False])
async def test_what_people_type_is_nowhere_with_a_key_and_all_there_without(
    resting: Stage, key: str, *, is_encrypted: bool
) -> None:
    stage = resting
    stage.changed |= {"SECRET_KEY": key} if is_encrypted else {}
    async with stage.running():
        token = await converse(stage)
        look = in_file if stage.database.startswith("sqlite") else in_rows
        holds = look(stage.database)
        found = {words for words in (*TYPED, token) if holds(words)}
    assert found == (set() if is_encrypted else {*TYPED, token})


async def told_before(stage: Stage, asker: Person, text: str) -> list[str]:
    """Ask, and return what Chatbase was sent before that, oldest first."""
    stage.apis.chatbase.answers("noted", times=1)
    await stage.ask(asker, text)
    await stage.idle()
    sent = [unnamed(message.content) for message in messages_of(stage.apis.chatbase.received[-1])]
    assert sent.pop() == text
    return sent


async def retry_in_vain(stage: Stage, message: Message) -> None:
    """Have Alice press Retry, and hold that she alone is told that it cannot be asked again."""
    told = await told_alone(stage, await stage.alice.press(message, "Retry"))
    assert "no longer" in told


async def test_with_a_wrong_key_history_begins_afresh_and_with_the_right_one_it_is_back(
    resting: Stage, key: str
) -> None:
    stage = resting
    stage.changed["SECRET_KEY"] = key
    async with stage.running():
        assert await told_before(stage, stage.alice, "the first word is heron") == []
        answer = stage.by_bot()[-1]
        stage.apis.chatbot.answers(one_button("tell me of lichen then"), times=1)
        offering = await stage.use(stage.alice, "chatbot ask", question="what else?")
        await stage.idle()
    stage.changed["SECRET_KEY"] = new_key()
    async with stage.running():
        assert await told_before(stage, stage.alice, "the next word is otter") == []
        assert await told_before(stage, stage.bob, "and then badger") == ["the next word is otter", "noted"]
        await press_in_vain(stage, offering)
        await retry_in_vain(stage, answer)
    stage.changed["SECRET_KEY"] = key
    async with stage.running():
        assert (await told_before(stage, stage.alice, "which was first?")) == ["the first word is heron", "noted"]
        pressed = await stage.told(await stage.bob.press(offering, "Yes"))
        assert "tell me of lichen then" in str(stage.apis.chatbot.received[-1].question)
        assert not pressed.ephemeral
    assert not any("heron" in line for line in stage.log.events())
