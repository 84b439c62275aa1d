"""What somebody said who opted out, in a conversation that its provider keeps: others do not ask on in it."""

from tests.answering.test_remote_conversations import text
from tests.fakes.harness import Harness, running_harness


async def opted_out(harness: Harness, person: int) -> None:
    """Have a person opt out of having their messages passed on."""
    await harness.server_settings.save_opt_out(person, out=True)


def told(harness: Harness) -> list[str]:
    """Return what each question went along with at the provider, without the speakers' names."""
    held = [
        harness.keeping.conversations[f"c{number}"]
        for number in sorted(int(name[1:]) for name in harness.keeping.conversations)
    ]
    return [", ".join(each.rpartition(": ")[2] for each in asked) for asked in held]


async def test_what_somebody_said_who_opted_out_is_left_behind_once_another_asks() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("Mine?", asker=1)
        await harness.answered("Yours?", asker=2)
        await opted_out(harness, 1)
        answer = await harness.answered("And now?", asker=2)
        assert harness.keeping.sent[2] == ("", None)
        assert text(answer) == "a3: Yours?, And now?", "neither a name nor a notice tells of the other"
        await harness.answered("Still?", asker=2)
        assert harness.keeping.sent[3] == ("c3", None), "it is left behind once"


async def test_what_somebody_asks_who_opted_out_goes_on_for_them_and_not_for_others() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await opted_out(harness, 1)
        for asker, question in ((2, "a"), (1, "b"), (1, "c"), (2, "d"), (2, "e"), (1, "f"), (3, "g")):
            await harness.answered(question, asker=asker)
        assert [sent for sent, _ in harness.keeping.sent] == ["", "c1", "c1", "", "c4", "c4", ""]
        assert told(harness) == ["a, b, c", "a, d, e, f", "a, d, e, g"]


async def test_of_two_who_opted_out_each_is_told_their_own() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await opted_out(harness, 1)
        await opted_out(harness, 2)
        for asker, question in ((3, "a"), (1, "b"), (2, "c"), (2, "d")):
            await harness.answered(question, asker=asker)
        assert told(harness) == ["a, b", "a, c, d"]


async def test_retrying_after_somebody_opted_out_asks_without_their_turns() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.answered("Mine?", asker=1)
        answer = await harness.answered("Yours?", asker=2)
        await opted_out(harness, 1)
        await harness.retry(answer)
        assert harness.keeping.sent[2] == ("", None)
        assert text(answer) == "a3: Yours?"
        assert text(await harness.answered("And now?", asker=2)) == "a4: Yours?, And now?"
        assert text(await harness.answered("Still?", asker=2)) == "a5: Yours?, And now?, Still?"
        assert harness.keeping.sent[4] == ("c4", None)


async def test_members_with_conversations_of_their_own_lose_none_when_one_opts_out() -> None:
    async with running_harness(default="chatbase-v2") as harness:
        await harness.settings.save("server", 7, 7, "conversation", "personal")
        for asker in (1, 2):
            await harness.answered(asker=asker)
        await opted_out(harness, 1)
        for asker in (1, 2):
            await harness.answered(asker=asker)
        assert harness.keeping.sent[2:] == [("c1", None), ("c2", None)]
