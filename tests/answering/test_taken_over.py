"""A process that another one took for ended, and that wakes up: its answers end as the other one marked them."""

import asyncio

from bot.strings.notices import cut_off, repeat_cut_off
from tests.fakes.harness import AskedQuestion, Harness, running_harness


async def take_over(harness: Harness, asking: AskedQuestion) -> None:
    """Have another process take over what is not done of an answer."""
    for run in harness.answer_store.runs[(await harness.answer(asking)).id]:
        if run.state != "done":
            run.owner = "another"


async def test_an_answer_is_shown_as_interrupted_and_can_be_asked_again() -> None:
    async with running_harness(["Some ", 5.0, "words."], ["Again."]) as harness:
        asking = harness.ask()
        await asyncio.sleep(3)
        await take_over(harness, asking)
        await asking.task
        assert asking.canvas.texts == [f"Some words.\n{cut_off(begun=True)}"]
        assert asking.version_nav is None
        assert harness.remembered == []
        [run] = (await harness.answer(asking)).runs
        assert run.state == "open", "the other one says when it is done"


async def test_a_new_version_gives_way_to_the_one_before() -> None:
    async with running_harness(["One."], ["Two ", 5.0, "words."]) as harness:
        asking = await harness.answered()
        retrying = asyncio.create_task(harness.retry(asking))
        await asyncio.sleep(3)
        await take_over(harness, asking)
        await retrying
        assert asking.canvas.texts == [f"One.\n{repeat_cut_off()}"]
        assert [text for _, text in harness.remembered] == ["One."]
