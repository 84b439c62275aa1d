"""A process that is killed: what was recorded is there, and nothing keeps a process from ending."""

import signal
import subprocess
import sys
from pathlib import Path

from bot.domain.conversation_key import ConversationKey
from bot.store.open import open_store
from tests.store.samples import CHANNEL

RECORDER = """
import asyncio, sys
from bot.store.open import open_store
from tests.store.samples import make_turn, record

async def main(url):
    async with open_store(url) as store:
        for number in range(100_000):
            await record(store, make_turn(number))
            print(number, flush=True)

asyncio.run(main(sys.argv[1]))
"""

LEAVER = """
import asyncio, sqlite3, sys
from bot.store.open import open_store
from tests.store.samples import make_turn, record

async def main(path):
    async with open_store("sqlite:///" + path, max_wait=4) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        call = asyncio.create_task(record(store, make_turn()))
        done, _ = await asyncio.wait([call], timeout=0.2)
        assert not done
    other.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_kill_loses_no_recorded_turn(url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", RECORDER, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(30):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        recorded = 30 + len(process.stdout.readlines())
    assert process.returncode == -signal.SIGKILL
    async with open_store(url) as store:
        turns = (await store.conversations.conversation("chatbase", ConversationKey(CHANNEL), most=100_000)).turns
    # One more may have been committed without the chance to say so.
    assert len(turns) in {recorded, recorded + 1}
    assert [turn.question for turn in turns] == [f"question {number}" for number in range(len(turns))]


def test_a_call_in_flight_does_not_keep_a_process_alive(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", LEAVER, str(tmp_path / "switchboard.db")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=45)
    assert (ran.returncode, ran.stderr) == (0, "")
