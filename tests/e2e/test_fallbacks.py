"""When a chatbot is out: what people see, whom they ask, and that nobody else's server is touched."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from bot.answering.health.breaker import MAX_OUTAGES
from bot.providers.http import Http
from sandbox.apis.faults.fault import Fault
from sandbox.apis.faults.status import Status
from sandbox.discord import Channel
from tests.e2e.answer_controls import FINISHED, shown
from tests.e2e.reader import below_caption
from tests.e2e.shown_settings import shown_lines
from tests.e2e.stage import Stage, open_stage
from tests.e2e.test_servers_own_chatbots import HOSTS, OWN, abroad, bring, keys, with_both
from tests.e2e.test_why import why

__all__ = ["abroad"]

REACH = "Chatbase can't be reached right now"
BROKEN = "Chatbase is having problems (error 500)"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses between tries pass at once."""

    async def pause(_: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("bot.app.connections.Http", partial(Http, pause=pause))


@pytest.fixture
async def covered(no_pauses: None, database_url: str) -> AsyncIterator[Stage]:
    """Give a stage with the bot running, where Tamako answers if Chatbase is out."""
    async with open_stage(database_url) as stage, stage.running():
        stage.hurry()
        await stage.use(stage.admin, "settings fallback", value="tamako")
        stage.apis.tamako.answers("Here I am.")
        yield stage


def instead(reason: str) -> str:
    return f"Here I am.\n-# {reason}, so Tamako answered."


@pytest.mark.slow
async def test_whatever_the_outage_another_one_answers_and_says_why(covered: Stage) -> None:
    stage, chatbase = covered, covered.apis.chatbase
    quota = "You exceeded your current quota."
    outages: list[tuple[Fault | str, str]] = [
        ("dropped", "The connection to Chatbase dropped"),
        ("invalid-json", "Chatbase sent a reply I couldn't read"),
        ("unauthorized", "Chatbase rejected the API key"),
        (Status(500), BROKEN),
        (Status(502), "Chatbase is having problems (error 502)"),
        (Status(503), "Chatbase is having problems (error 503)"),
        (Status(402), "The Chatbase account is out of credits or its plan doesn't include this"),
        *((Status(status, quota), "The Chatbase account has used up its quota") for status in (400, 403, 429)),
    ]
    for fault, reason in outages:
        chatbase.fails(fault)
        assert (await stage.ask(stage.alice, "is anybody there?")).content == instead(reason)
        chatbase.clear()
        chatbase.answers("Back again.")
        assert (await stage.ask(stage.alice, "and now?")).content == "Back again."
    await chatbase.refuse()
    assert (await stage.ask(stage.alice, "is anybody there?")).content == instead(REACH)
    await chatbase.accept()
    assert "Here I am." not in str(chatbase.received[-1].fields["messages"]), "it is in the other one's history alone"


async def test_a_refusal_of_the_question_is_told(covered: Stage) -> None:
    for status in (400, 413, 422):
        covered.apis.chatbase.fails(Status(status, "Not about that."), times=2)
        for _ in range(2):  # more than would open the breaker, in all
            answer = await covered.ask(covered.alice, "may I?")
            assert f"(error {status})" in answer.content
            assert "answered" not in answer.content
    assert covered.apis.tamako.received == []


async def test_retry_asks_the_chosen_one_first_and_why_tells_both(covered: Stage) -> None:
    stage = covered
    stage.apis.chatbase.fails(Status(500), times=1)
    answer = await stage.use(stage.alice, "ask", question="is anybody there?")
    assert below_caption(answer.content) == instead(BROKEN)
    await shown(stage, answer, *FINISHED)
    await stage.idle()
    told = await why(stage, stage.alice, answer)
    assert told.splitlines()[:2] == ["**Tamako** answered in full.", "- **Asked first**: Chatbase, which was out"]
    stage.apis.chatbase.answers("Back again.")
    await stage.alice.press(answer, "Retry")
    await answer.wait_until("Back again.")
    await stage.idle()
    assert "Asked first" not in await why(stage, stage.alice, answer)
    assert [len(stage.apis.tamako.received), len(stage.apis.chatbase.received)] == [1, 2]


async def test_stop_and_a_restart_while_the_second_is_asked(database_url: str) -> None:
    async with open_stage(database_url) as stage:
        async with stage.running():
            stage.hurry()
            await stage.use(stage.admin, "settings fallback", value="chatbase-v2")
            stage.apis.chatbase.fails(Status(500), times=2)
            for ends in ("stopped", "restarted"):
                stream = stage.apis.find("chatbase-v2").hold()
                question = await stage.alice.say(stage.general, stage.mention("is anybody there?"))
                await stream.send("Half of")
                answer = await stage.general.next_message(by=stage.app.bot, after=question)
                await shown(stage, answer, "Stop")
                if ends == "stopped":
                    await stage.alice.press(answer, "Stop")
                    await shown(stage, answer, *FINISHED)
                    first, *lines = answer.content.splitlines()
                    assert (first, lines[0]) == ("Half of", f"-# {BROKEN}, so Chatbase v2 answered.")
                    assert lines[1] == "-# Stopped. This answer is incomplete, and I won't remember it."
                    await stage.idle()
            await stage.bot.services.answering.drain(0.05)
        stage.apis.chatbase.answers("Back again.")
        async with stage.running():
            await shown(stage, answer, *FINISHED)
            assert answer.content.startswith("Half of")
            await stage.alice.press(answer, "Retry")
            await answer.wait_until("Back again.")
            await stage.idle()


async def test_after_repeated_outages_people_are_told_at_once(stage: Stage) -> None:
    stage.hurry()
    stage.apis.chatbase.fails(Status(500))
    for _ in range(MAX_OUTAGES):
        await stage.ask(stage.alice, "is anybody there?")
    asked = len(stage.apis.chatbase.received)
    mention = await stage.ask(stage.alice, "and now?")
    assert mention.content.startswith("-# Chatbase has been failing for ")
    assert "I'm trying it again in " in mention.content
    told = await (await stage.bob.slash(stage.general, "ask", question="and now?")).next_followup()
    assert told.ephemeral
    assert "so I sent nothing." in told.content
    assert not any(message.thinking for message in stage.by_bot())
    assert len(stage.apis.chatbase.received) == asked
    report = await stage.use(stage.admin, "doctor")
    (line,) = [line for line in report.content.splitlines() if "Chatbase." in line]
    assert "so I don't ask it for now, and try it again in" in line
    await stage.use(stage.admin, "settings fallback", value="tamako")
    stage.apis.tamako.answers("Here I am.")
    answer = await stage.ask(stage.alice, "once more?")
    assert answer.content.startswith("Here I am.\n-# Chatbase has been failing for ")
    assert answer.content.endswith(", so Tamako answered.")


async def test_other_servers_and_direct_messages_have_none(covered: Stage) -> None:
    stage = covered
    stage.apis.chatbase.fails(Status(500), times=2)
    guild = stage.discord.create_guild("Away", stage.admin, stage.alice)
    guild.add_bot(stage.app)
    away = guild.add_text_channel("away")
    for channel in (away, stage.alice.dm(stage.app)):
        answer = await stage.ask(stage.alice, "is anybody there?", channel)
        assert answer.content == f"-# {BROKEN}. Please try again in a few minutes."
    assert stage.apis.tamako.received == []


@with_both
async def test_a_servers_own_key_that_is_refused_touches_no_other_server_and_a_new_one_is_tried_at_once(
    stage: Stage, abroad: Channel
) -> None:
    await bring(stage, key="no-such-key")
    for _ in range(MAX_OUTAGES):
        assert "rejected" in (await stage.ask(stage.alice, "is anybody there?")).content
    assert "has been failing for" in (await stage.ask(stage.alice, "and now?")).content
    stage.apis.chatbase.answers("Here I am.")
    assert (await stage.ask(stage.alice, "is anybody there?", abroad)).content == "Here I am."
    await bring(stage)
    assert (await stage.ask(stage.alice, "and now?")).content == "Here I am."


@with_both
async def test_a_fallback_is_asked_with_the_credentials_that_are_there_now(stage: Stage) -> None:
    await bring(stage)
    await stage.use(stage.admin, "settings provider", provider="tamako")
    told = await stage.use(stage.admin, "settings fallback", value="chatbase")
    assert "**Chatbase**" in told.content
    stage.apis.tamako.fails(Status(500))
    stage.apis.chatbase.answers("Here I am.")
    line = "-# Tamako is having problems (error 500), so Chatbase answered."
    for key in (OWN, HOSTS):
        assert (await stage.ask(stage.alice, "is anybody there?")).content == f"Here I am.\n{line}"
        assert keys(stage.apis.chatbase.received)[-1] == key
        await stage.bot.services.credentials.remove(stage.guild.id, "chatbase")


async def test_the_setting_is_said_shown_and_checked(stage: Stage) -> None:
    async def use(value: str | None) -> str:
        options: dict[str, Any] = {} if value is None else {"value": value}
        told = await stage.use(stage.admin, "settings fallback", **options)
        assert told.ephemeral
        return told.content

    said = "If a chatbot can't answer, I now ask **Tamako**, then **Stammer.ai** instead."
    assert (await use(" Tamako , stammer")).startswith(said)
    assert (await shown_lines(stage))["fallback"] == "`tamako, stammer` (set for this server)"
    for value, refusal in {
        "tamako, nobody": "There's no chatbot called `nobody` here. Available: Tamako, Chatbase,",
        "tamako, Tamako": "Tamako is on the list twice. Please name each chatbot once.",
        "tamako, chat": "More than one provider matches: Chatbase,",
    }.items():
        assert (await use(value)).startswith(refusal)
        assert (await shown_lines(stage))["fallback"] == "`tamako, stammer` (set for this server)"
    assert "⚠️ Chatbase is the one that answers here" in await use("chatbase")
    idle = (await stage.use(stage.admin, "settings show")).content.partition("**Set, but without effect here**")[2]
    assert idle.strip() == "- fallback: no other chatbot on the list is set up here."
    assert await use(None) == "If a chatbot can't answer, no other one answers instead."
    assert (await shown_lines(stage))["fallback"] == "not set (default)"
    refused = await stage.use(stage.alice, "settings fallback", force=True, value="tamako")
    assert refused.content == "You need **Manage Server** for that. Nothing was changed."


async def test_a_list_is_suggested_while_it_is_typed(stage: Stage) -> None:
    async def suggested(typed: str) -> list[str]:
        offered = await stage.admin.autocomplete(stage.general, "settings fallback", "value", typed)
        return [str(each["value"]) for each in offered]

    assert (await suggested(""))[:2] == ["tamako", "chatbase"]
    assert await suggested("stam") == ["stammer", *(f"stammer,{each}" for each in OTHERS)]
    assert await suggested("Tamako, chatbase v2, st") == [
        "tamako,chatbase-v2,stammer",
        "tamako,chatbase-v2,stammer,chatbase",
        "tamako,chatbase-v2,stammer,chatbot",
    ]
    assert await suggested("tamako,tama") == []


OTHERS = ("tamako", "chatbase", "chatbase-v2", "chatbot")
