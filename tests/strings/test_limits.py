"""What is said of limits: to those who reached one, and to admins who set them."""

import pytest

from bot.domain.errors import LimitReached
from bot.domain.fair_use.limits import MAX_LIMIT, MAX_LIMITED_ROLES, NO_LIMITS, Limit, ServerLimits
from bot.domain.fair_use.quotas import Quota, Whose
from bot.strings.admins.limits import describe_role_limits, limits_now
from bot.strings.errors import explain
from bot.strings.markup import small
from bot.text.pagination import MAX_PAGE_UNITS

SETUP = "An admin can lift this limit with `/setup`: it doesn't hold for a chatbot of the server's own."


@pytest.mark.parametrize(
    ("whose", "questions", "hours", "said"),
    [
        (
            "member",
            5,
            1,
            (
                "You've reached your limit of 5 questions an hour, which this server's admins set. "
                "Please ask again <t:3600:R>, when the next hour begins."
            ),
        ),
        (
            "member",
            1,
            24,
            (
                "You've reached your limit of 1 question a day, which this server's admins set. "
                "Please ask again <t:86400:R>, when the next day begins (UTC)."
            ),
        ),
        (
            "server",
            200,
            24,
            (
                "This server has reached its limit of 200 questions a day, which its admins set. "
                "Please ask again <t:86400:R>, when the next day begins (UTC)."
            ),
        ),
        (
            "shared-person",
            20,
            24,
            (
                "You've reached the limit of 20 questions a day, which the bot's host set for each person. "
                "Please ask again <t:86400:R>, when the next day begins (UTC)."
            ),
        ),
        (
            "shared-server",
            20,
            24,
            (
                "This server has reached the limit of 20 questions a day, which the bot's host set for each server. "
                "Please ask again <t:86400:R>, when the next day begins (UTC)."
            ),
        ),
    ],
)
def test_who_reaches_a_limit_reads_which_who_set_it_and_when_it_ends(
    whose: Whose, questions: int, hours: int, said: str
) -> None:
    quota = Quota(whose, 1, 2, 0, hours * 3600, questions)
    assert explain(LimitReached(quota, 2)) == said
    assert explain(LimitReached(quota, 2, can_set_up=True)) == f"{said} {SETUP}"
    assert small(said).count("\n") == 0


def test_an_admin_reads_all_that_holds_now() -> None:
    assert list(limits_now(NO_LIMITS)) == ["No limit is set in this server now."]
    limits = ServerLimits(
        Limit(5, "hour"), Limit(200, "day"), {1: Limit(1, "day"), 2: None, 3: Limit(9, "hour"), 4: None}
    )
    assert "\n".join(limits_now(limits)) == (
        "The limits in this server are now:\n"
        "- Each member: 5 questions an hour\n"
        "- <@&2>, <@&4>: exempt\n"
        "- <@&3>: 9 questions an hour\n"
        "- <@&1>: 1 question a day\n"
        "- The whole server: 200 questions a day\n"
        "Members with one of these roles have its limit instead. With several, the highest counts.\n"
        "The server's limit holds for exempt roles too."
    )
    assert list(limits_now(ServerLimits(server=Limit(2, "day")))) == [
        "The limits in this server are now:",
        "- Each member: no limit",
        "- The whole server: 2 questions a day",
    ]


def test_many_roles_fit_one_message() -> None:
    alike = dict.fromkeys(range(2**63, 2**63 + MAX_LIMITED_ROLES), Limit(MAX_LIMIT, "day"))
    unlike = {role: Limit(MAX_LIMIT - number, "day") for number, role in enumerate(alike)}
    for roles in (alike, unlike):
        assert len(describe_role_limits(roles)) < MAX_PAGE_UNITS / 2
        assert max(map(len, limits_now(ServerLimits(roles=roles)))) < MAX_PAGE_UNITS / 2
    assert describe_role_limits({}) == ""
