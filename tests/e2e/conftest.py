"""Fixtures: a stage with the bot running, also without rate limits to wait for, and one on each database."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.privacy.retention import RetentionJob
from bot.streaming import bucket_queues
from tests.e2e.stage import Stage, open_stage
from tests.e2e.waiting import Hours
from tests.loop_meter import measure_steps, slowness

ON_BOTH = (
    "test_answer_threads",
    "test_auto_reply",
    "test_buttons",
    "test_catching_up",
    "test_changed_questions",
    "test_conversations",
    "test_encryption_at_rest",
    "test_handover",
    "test_history",
    "test_limits",
    "test_opt_out",
    "test_persona_settings",
    "test_privacy",
    "test_remote_conversations",
    "test_retention",
    "test_retry_faults",
    "test_servers_own_chatbots",
    "test_settings",
    "test_shards",
    "test_shared_limit",
    "test_setup",
    "test_several_askers",
    "test_speakers",
    "test_stopping",
    "test_two_processes",
    "test_usage",
    "test_user_keys",
    "test_versions",
    "test_welcome",
)
"""Files whose tests `make slow` runs once more, on PostgreSQL: what is stored for people, and what they see of it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the tests of these files run on each database, on PostgreSQL as slow ones."""
    if "database_url" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        databases = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
        metafunc.parametrize("database_url", databases, indirect=True)


MAX_STEP = 0.05
"""Seconds of processor time that one step of the bot may take at a stretch. What is made to do harm takes 20 ms."""


@pytest.fixture(autouse=True)
def short_steps() -> Iterator[None]:
    """Fail a test in which the bot held the event loop for too long."""
    with measure_steps() as meter:
        yield
    if meter.seconds > MAX_STEP:
        assert meter.seconds <= MAX_STEP * slowness(), f"{meter.seconds * 1000:.0f} ms at a stretch in {meter.what}"


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """Give the environment variables that a test changes with `@pytest.mark.environment(NAME="value")`."""
    marker = request.node.get_closest_marker("environment")
    return dict(marker.kwargs) if marker else {}


@pytest.fixture
async def stage(database_url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage with the bot running."""
    async with open_stage(database_url, **environment) as opened, opened.running():
        yield opened


@pytest.fixture
def brisk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Give a stage on which Discord allows so much that frames follow each other within milliseconds."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    stage.hurry()
    return stage


@pytest.fixture
async def timeless(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Stage, Hours]]:
    """Give a stage like the brisk one, whose bot does not run yet, and the hands of its clock."""
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    async with open_stage(database_url) as opened:
        opened.hurry()
        yield opened, Hours(opened, monkeypatch)


@pytest.fixture
def erased(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[int]:
    """Give what holds each server that was left, once everything of it is erased."""
    done, left = asyncio.Queue[int](), RetentionJob.left

    async def watched(self: RetentionJob, bot: int, server: int) -> None:
        await left(self, bot, server)
        done.put_nowait(server)

    monkeypatch.setattr(RetentionJob, "left", watched)
    return done


@pytest.fixture
async def any_stage(url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage with the bot running, on one database after the other."""
    async with open_stage(url, **environment) as opened, opened.running():
        yield opened


@pytest.fixture
async def resting_stage(url: str, environment: dict[str, str]) -> AsyncIterator[Stage]:
    """Give a stage whose bot does not run yet, on one database after the other; for tests that restart it."""
    async with open_stage(url, **environment) as opened:
        yield opened
