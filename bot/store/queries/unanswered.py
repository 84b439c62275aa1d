"""What catching up asks of the answers: who was answered since, and in which direct messages somebody wrote."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, func, select

from bot.store.queries.answers import of_bot
from bot.store.tables import answers

_LATEST_DIRECT = 1000
"""How many of the latest answers in direct messages are looked at, however many there are."""


def load_latest_questions(
    connection: Connection, bot: int, channel: int, askers: Collection[int], since: int
) -> Mapping[int, int]:
    """Return the id of the latest question in a channel that the bot answered, for those of `askers` with one."""
    latest = (
        select(answers.c.asker, func.max(answers.c.question).label("question"))
        .where(answers.c.asker.in_(askers), answers.c.question >= since, answers.c.channel == channel, of_bot(bot))
        .group_by(answers.c.asker)
    )
    return {row.asker: row.question for row in connection.execute(latest)}


def load_direct_messages(connection: Connection, bot: int, limit: int) -> Sequence[int]:
    """Return the direct messages in which somebody wrote to the bot, the latest first."""
    latest = (
        select(answers.c.channel, answers.c.question)
        # Commands leave answers also in conversations of which the bot is no part.
        .where(answers.c.server.is_(None), answers.c.by_message == 1, of_bot(bot))
        .order_by(answers.c.server.desc(), answers.c.asked_at.desc())  # the order of the index
        .limit(_LATEST_DIRECT)
        .subquery()
    )
    channels = select(latest.c.channel).group_by(latest.c.channel).order_by(func.max(latest.c.question).desc())
    return list(connection.scalars(channels.limit(limit)))
