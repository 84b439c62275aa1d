"""Shows an answer with the line that says which wording of its question it answers, if Discord takes that."""

from collections.abc import Sequence

from bot.streaming.canvas import BadRequest
from bot.streaming.live_answer import LiveAnswer


async def finish_with_wording(
    live: LiveAnswer, notices: Sequence[str], wording: Sequence[str], below: Sequence[str] = ()
) -> None:
    """Show the whole answer with `notices`, the notice that quotes a `wording` if there is one, and what is `below`.

    If Discord refuses that, it may be for the quoted words, such as by AutoMod: then they are left out. Raises
    `CanvasError`.
    """
    try:
        await live.finish([*notices, *wording, *below])
    except BadRequest:
        if not wording:
            raise
        live.try_again()
        await live.finish([*notices, *below])
