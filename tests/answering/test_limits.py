"""Limits of questions, as the program meets them: what counts, for whom, and what is told once they are reached."""

import asyncio
from dataclasses import replace

from bot.domain.attachments import AttachedFile
from bot.domain.errors import DatabaseUnavailable, Unreachable
from bot.domain.fair_use.limits import LIMIT_MEMBER, LIMIT_ROLES, LIMIT_SERVER
from bot.domain.question import Question, Requester
from bot.strings.errors import explain
from bot.strings.markup import small
from tests.fakes.canvas import FakeCanvas
from tests.fakes.harness import NOON, AskedQuestion, Harness, running_harness
from tests.fakes.providers_and_stores import make_question

ALICE, BOB = 4711, 4712
UNREADABLE = AttachedFile("fake.txt", "binary")


def limit(harness: Harness, **values: str) -> None:
    """Set limits of server 7: `member`, `roles` and `server`."""
    names = {"member": LIMIT_MEMBER, "roles": LIMIT_ROLES, "server": LIMIT_SERVER}
    harness.settings.values[("server", 7)] = {names[name]: value for name, value in values.items()}


async def ask(harness: Harness, question: Question | None = None, *, privately: bool = True) -> FakeCanvas:
    """Ask, and return the canvas once that is over; refusals are `privately` told, or below the message."""
    canvas = harness.discord.canvas()
    canvas.behaviour.can_refuse = privately
    await harness.service.answer(question or make_question(), canvas)
    return canvas


def counted(harness: Harness) -> dict[str, int]:
    """Return how many questions were counted, by whose they are."""
    found: dict[str, int] = {}
    for quota, number in harness.quotas.counts.items():
        found[quota.whose] = found.get(quota.whose, 0) + number
    return found


async def test_without_a_limit_nothing_is_counted() -> None:
    async with running_harness() as harness:
        await ask(harness)
        limit(harness, roles="99:exempt")
        await ask(harness, replace(make_question(), requester=Requester(ALICE, frozenset({99}))))
        assert harness.quotas.calls == 0
        assert len(harness.stateless.prompts) == 2


async def test_who_reached_the_limit_is_told_when_it_ends_and_nothing_is_sent() -> None:
    async with running_harness() as harness:
        limit(harness, member="1/hour")
        await ask(harness)
        refused = await ask(harness)
        assert refused.refusals == [
            small(
                "You've reached your limit of 1 question an hour, which this server's admins set. "
                f"Please ask again <t:{NOON + 3600:.0f}:R>, when the next hour begins."
            )
        ]
        assert refused.calls == []
        assert len(harness.stateless.prompts) == 1
        assert (await ask(harness, make_question(asker=BOB))).texts == ["An answer."]


async def test_in_a_channel_each_person_is_told_once_in_a_window() -> None:
    async with running_harness() as harness:
        limit(harness, server="1/day")
        await ask(harness)
        told = [await ask(harness, make_question(asker=who), privately=False) for who in (ALICE, ALICE, BOB, BOB)]
        assert [bool(canvas.texts) for canvas in told] == [True, False, True, False]
        assert told[0].texts[0].startswith("-# This server has reached its limit of 1 question a day")
        assert (await ask(harness)).refusals, "by command each time"


async def test_what_is_refused_before_it_is_sent_or_cancelled_while_it_waits_does_not_count() -> None:
    async with running_harness(["First", 10.0], ["Second"]) as harness:
        limit(harness, member="9/hour", server="9/hour")
        await ask(harness, make_question(""))
        await ask(harness, replace(make_question(""), files=(UNREADABLE,)))
        harness.stateless.question_limit = 5
        await ask(harness, make_question("too long"))
        assert set(counted(harness).values()) <= {0}
        harness.stateless.question_limit = None
        first, second = harness.ask(), harness.ask()
        await asyncio.sleep(2)
        harness.answer_actions.stop(harness.active_run(second))
        await asyncio.gather(first.task, second.task)
        assert counted(harness) == {"member": 1, "server": 1}


async def test_what_was_stopped_while_its_files_were_loaded_does_not_count() -> None:
    async with running_harness() as harness:
        limit(harness, member="9/hour")
        question, canvas = replace(make_question(), files=(UNREADABLE,)), harness.discord.canvas()
        asking = AskedQuestion(question, canvas, asyncio.create_task(harness.service.answer(question, canvas)))
        await asyncio.sleep(0.5)
        harness.answer_actions.stop(harness.active_run(asking))
        await asking.task
        assert harness.stateless.prompts == []
        assert counted(harness) == {"member": 0}


async def test_each_request_to_a_provider_counts_also_one_that_fails() -> None:
    async with running_harness([Unreachable("Chatbase")], ["Text"], ["More"]) as harness:
        limit(harness, member="9/hour")
        asking = await harness.answered()
        assert counted(harness) == {"member": 1}
        await harness.retry(asking)
        await harness.retry(asking, "tamako")
        assert counted(harness) == {"member": 3}


async def test_a_fallback_counts_no_second_time() -> None:
    async with running_harness([Unreachable("Chatbase")]) as harness:
        limit(harness, member="9/hour", server="9/hour")
        harness.settings.values["server", 7]["fallback"] = "tamako"
        await harness.answered()
        assert len(harness.stateful.prompts) == 1
        assert counted(harness) == {"member": 1, "server": 1}


async def test_a_retry_counts_for_who_presses_and_the_old_answer_stays() -> None:
    async with running_harness(["First"], ["Second"]) as harness:
        limit(harness, member="1/hour", roles="5:2/hour")
        asking = await harness.answered(asker=ALICE)
        before = await harness.answer(asking)
        shown = asking.canvas.texts

        async def press(person: int, *roles: int) -> None:
            requester = Requester(person, frozenset(roles))
            await harness.answer_actions.retry(await harness.answer(asking), None, asking.canvas, requester)

        await press(ALICE)
        assert len(asking.canvas.refusals) == 1
        assert asking.canvas.texts == shown
        assert (await harness.answer(asking)).shown == before.shown
        assert harness.remembered == [("What is it?", "First")]
        await press(BOB, 5)
        assert asking.canvas.texts[0].startswith("Second")
        await press(BOB, 5)
        await press(BOB, 5)
        assert len(asking.canvas.refusals) == 2
        assert {quota.person: number for quota, number in harness.quotas.counts.items()} == {ALICE: 1, BOB: 2}


async def test_without_the_database_what_has_a_limit_is_not_asked() -> None:
    async with running_harness() as harness:
        limit(harness, member="9/hour")
        harness.quotas.down = True
        refused = await ask(harness)
        assert refused.refusals == [small(explain(DatabaseUnavailable()))]
        assert harness.stateless.prompts == []
        limit(harness)
        assert (await ask(harness)).texts == ["An answer."]


async def test_a_database_that_fails_later_keeps_nobody_from_being_told() -> None:
    async with running_harness() as harness:
        limit(harness, member="1/hour")
        await ask(harness)
        count = harness.quotas.count

        async def fail_after(quotas: object) -> object:
            harness.quotas.down = False
            found = await count(quotas)  # type: ignore[arg-type]
            harness.quotas.down = True
            return found

        harness.quotas.count = fail_after  # type: ignore[assignment,method-assign]
        told = await ask(harness, privately=False)
        assert told.texts[0].startswith("-# You've reached your limit")
