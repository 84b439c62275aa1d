"""The pages of an answer are found together, whatever else is written in the channel meanwhile."""

from tests.e2e.answer_steps import begin
from tests.e2e.stage import Stage

PAGE = " ".join(["word"] * 350)


async def test_a_page_replies_to_the_page_before_if_somebody_wrote_in_between(brisk: Stage) -> None:
    stage = brisk
    stream, _, first = await begin(stage)
    await stream.send(f" {PAGE}")
    await stage.bob.say(stage.general, "me too")
    await stage.use(stage.bob, "help")  # answered after that was taken note of
    await stream.send(f" {PAGE} {PAGE}")
    await stream.finish()
    await stage.idle()
    shown, second, third = (each for each in stage.by_bot() if not each.ephemeral)
    assert (shown, second.replied_to) == (first, first)
    assert not second.pinged
    assert third.replied_to is None
