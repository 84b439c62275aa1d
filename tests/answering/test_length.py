"""The most messages of an answer, as a server sets it: beyond them there is the file."""

import pytest

from bot.domain.settings.server_settings import LENGTH
from bot.streaming.canvas import Frame
from bot.strings.notices import too_many_messages
from tests.fakes.harness import AskedQuestion, Harness, running_harness
from tests.fakes.interrupted_answer import InterruptedAnswer
from tests.fakes.providers_and_stores import make_page

FOUR = [make_page("one"), make_page("two"), make_page("three"), make_page("four")]
WHOLE = "".join(FOUR)


async def set_length(harness: Harness, length: str | None) -> None:
    """Set the most messages of an answer in the server of the questions."""
    await harness.server_settings.save("server", 7, 7, LENGTH, length)


def check(asking: AskedQuestion, pages: int, text: str = WHOLE) -> None:
    """Hold that so many messages show the answer, and that one more has the file with all of it."""
    frames = asking.canvas.frames
    assert len(frames) == pages + 1
    assert frames[-1].text == too_many_messages(len(text))
    assert frames[-1].file is not None
    assert frames[-1].file.text == text


@pytest.mark.parametrize("length", ["1", "3"])
async def test_beyond_it_there_is_the_file(length: str) -> None:
    async with running_harness(FOUR) as harness:
        await set_length(harness, length)
        check(await harness.answered(), int(length))


async def test_what_fits_has_no_file() -> None:
    async with running_harness(FOUR) as harness:
        await set_length(harness, "25")
        asking = await harness.answered()
        assert [len(asking.canvas.frames), asking.canvas.frames[-1].file] == [4, None]


async def test_it_is_the_servers_alone() -> None:
    async with running_harness(FOUR) as harness:
        await harness.server_settings.save("server", 8, 8, LENGTH, "1")
        assert len((await harness.answered()).canvas.frames) == 4


async def test_retries_and_versions_keep_to_it_as_it_is_then() -> None:
    async with running_harness(FOUR, ["Short."], FOUR) as harness:
        asking = await harness.answered()
        assert len(asking.canvas.frames) == 4
        await set_length(harness, "2")
        await harness.retry(asking)
        assert asking.canvas.texts == ["Short."]
        await harness.show_version(asking, 1)
        check(asking, 2)
        await harness.retry(asking)
        check(asking, 2)


async def test_what_a_restart_cut_off_is_repaired_within_it() -> None:
    async with running_harness() as harness:
        await set_length(harness, "2")
        left = InterruptedAnswer(harness)
        await left.record(WHOLE)
        left.show({1: Frame(make_page("one"))})
        await left.repair()
        assert len(left.canvas.frames) == 3
        assert left.canvas.frames[-1].file is not None
