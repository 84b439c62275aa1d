"""What a chatbot of Chatbase v2 tells beside its answers: credits and scores, its name, and what it suggests to ask."""

import pytest

from tests.e2e.stage import Stage
from tests.e2e.test_why import why

pytestmark = pytest.mark.environment(DEFAULT_PROVIDER="chatbase-v2")


async def test_why_tells_credits_and_the_score_or_that_it_is_not_known(brisk: Stage) -> None:
    stage, v2 = brisk, brisk.apis.chatbase_v2
    answer = await stage.ask(stage.alice, "hello")
    await stage.idle()
    told = await why(stage, stage.alice, answer)
    assert told.startswith("**Chatbase v2** answered in full.\n")
    assert told.endswith("\n- **Credits**: 1\n- **Score**: 0.87 of 1")
    v2.fails("INTERNAL_SERVER_ERROR", times=1)
    assert (await why(stage, stage.admin, answer)).endswith("\n- **Credits**: 1\n- **Score**: not known")
    asked = len(v2.received)
    assert "Only the person who asked" in await why(stage, stage.bob, answer)
    assert len(v2.received) == asked


async def test_the_doctor_names_the_chatbot_and_its_credits(stage: Stage) -> None:
    stage.apis.chatbase_v2.agent.credits_used = 40
    report = await stage.told(await stage.admin.slash(stage.general, "doctor"))
    assert "**Chatbase v2.** It accepts my API key. The chatbot is `Basil`. Credits: 40 used, 9960 left." in (
        report.content
    )
