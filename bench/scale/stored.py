"""What a million stored turns change: each piece of work with the database, beside the same on an empty one."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from statistics import median

from bench.scale.year import BUSY_CHANNEL, ITS_SERVER, PERSON, PROVIDER, QUESTION
from bot.conversation.chatbots import Chatbots
from bot.conversation.server_settings import ServerSettings
from bot.domain.conversation_key import ConversationKey
from bot.limits.meter import Meter
from bot.limits.usage_reports import UsageReports
from bot.privacy.retention import RetentionJob
from bot.privacy.service import PrivacyService
from bot.store.open import open_store
from bot.store.ports.base import Stores

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that a piece of work took, and of this process's processor time, SQLite's threads included."""

    wall: float
    processor: float


async def measure(url: str, *, rounds: int) -> Mapping[str, Cost]:
    """Return what each piece of work costs on a database that `bench.scale.year` made; what erases comes last."""
    async with open_store(url) as stores:
        settings = await ServerSettings.load(stores.server_settings, Chatbots({}, None))
        found = {name: await _median(work, rounds) for name, work in _reading(stores, settings).items()}
        privacy = PrivacyService(stores.personal_data, settings, {})
        retention = RetentionJob(stores.personal_data, settings, stores.usage)
        once: dict[str, Work] = {
            "/privacy export of 300 questions": lambda: _export(privacy),
            "the retention's daily run": retention.run_once,
            "the retention's next run": retention.run_once,
            "/privacy forget of 300 questions": lambda: privacy.erase(PERSON),
        }
        return found | {name: await _median(work, 1) for name, work in once.items()}


def _reading(stores: Stores, settings: ServerSettings) -> Mapping[str, Work]:
    reports = UsageReports(Meter(stores.usage), stores.usage, {PROVIDER: "Chatbase"})
    key = ConversationKey(BUSY_CHANNEL)
    return {
        "reading a history": lambda: stores.conversations.conversation(PROVIDER, key, most=21),
        "settings for a question": lambda: stores.server_settings.load(ITS_SERVER, BUSY_CHANNEL),
        "/usage": lambda: reports.report(ITS_SERVER, 30),
        "/privacy": lambda: PrivacyService(stores.personal_data, settings, {}).account(PERSON, ITS_SERVER),
        "looking for cut-off answers": stores.answers.unfinished_owners,
        "settings kept in memory": settings.reload,
        "direct messages to catch up with": lambda: stores.answers.direct_messages(25),
        "latest questions to catch up with": lambda: stores.answers.latest_questions(BUSY_CHANNEL, [PERSON], QUESTION),
    }


async def _median(work: Work, rounds: int) -> Cost:
    walls, processors = [], []
    for _ in range(rounds):
        began, spent = time.perf_counter(), time.process_time()
        await work()
        walls.append(time.perf_counter() - began)
        processors.append(time.process_time() - spent)
    return Cost(median(walls), median(processors))


async def _export(privacy: PrivacyService) -> None:
    async with aclosing(await privacy.export(PERSON)) as files:
        async for _ in files:
            pass
