"""What each thing that is looked at means, and that whatever is wrong comes with a way to mend it."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from bot.answering.health.breaker import OpenStatus
from bot.answering.health.provider_health import HealthStatus
from bot.diagnostics import rules as say
from bot.diagnostics.outages import left_alone
from bot.diagnostics.permissions import ADMINISTRATOR, INVITED, WANTED, Kind, Permission
from bot.diagnostics.report import CheckResult, Status, to_message
from bot.domain import errors
from bot.domain.access import EVERYBODY
from bot.domain.runtime.database_health import DatabaseFault, Soundness
from bot.strings.diagnostics import COMMANDS, INTENT
from bot.strings.errors import explain
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len
from tests.fakes.providers_and_stores import FakeProvider

KINDS: tuple[Kind, ...] = ("text", "thread", "voice")
LINK = f"https://discord.com/oauth2/authorize?client_id={'9' * 20}&scope=bot&permissions={INVITED}&guild_id={'9' * 20}"
BITS = {permission.title: 1 << permission.bit for permission in WANTED}


def without(*titles: str) -> int:
    """Return all permissions but these."""
    return INVITED & ~sum(BITS[title] for title in titles)


def names(finding: CheckResult) -> list[str]:
    """Return the permissions that a finding names."""
    return finding.sentence.split("**")[1::2]


def test_the_titles_are_discords_own() -> None:
    assert {permission.in_roles: permission.bit for permission in WANTED} == {
        "View Channels": 10,
        "Send Messages": 11,
        "Send Messages in Threads": 38,
        "Embed Links": 14,
        "Attach Files": 15,
        "Read Message History": 16,
        "Connect": 20,
        "Change Nickname": 26,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("granted", [INVITED, ADMINISTRATOR])
def test_with_all_permissions_all_is_well(kind: Kind, granted: int) -> None:
    (finding,) = say.permissions_result(kind, granted, granted)
    assert finding.level is Status.OK


@pytest.mark.parametrize(
    ("kind", "missing", "level"),
    [
        ("text", "View Channel", Status.ERROR),
        ("text", "Send Messages", Status.ERROR),
        ("text", "Send Messages in Threads", Status.WARNING),
        ("text", "Embed Links", Status.WARNING),
        ("text", "Attach Files", Status.WARNING),
        ("text", "Read Message History", Status.WARNING),
        ("text", "Change Nickname", Status.WARNING),
        ("text", "Connect", Status.OK),
        ("thread", "View Channel", Status.ERROR),
        ("thread", "Send Messages", Status.OK),
        ("thread", "Send Messages in Threads", Status.ERROR),
        ("voice", "Send Messages", Status.ERROR),
        ("voice", "Send Messages in Threads", Status.OK),
        ("voice", "Connect", Status.ERROR),
    ],
)
def test_what_a_place_needs(kind: Kind, missing: str, level: Status) -> None:
    (finding,) = say.permissions_result(kind, without(missing), INVITED)
    assert finding.level is level
    assert names(finding) == ([] if level is Status.OK else [missing])


def test_what_the_channel_denies_is_mended_there_and_what_no_role_grants_by_the_link() -> None:
    granted = without("Send Messages", "Change Nickname")
    wrong, warning = say.permissions_result("text", granted, without("Change Nickname"))
    assert (wrong.level, names(wrong)) == (Status.ERROR, ["Send Messages"])
    assert "this channel's settings" in wrong.remedy
    assert (warning.level, names(warning)) == (Status.WARNING, ["Change Nickname"])
    assert "Roles" in warning.remedy
    assert "invite link" in warning.remedy


def test_in_a_thread_the_settings_are_its_channels() -> None:
    (finding,) = say.permissions_result("thread", without("Send Messages in Threads"), INVITED)
    assert "the thread's channel" in finding.remedy


def test_a_role_calls_one_permission_by_another_name_than_a_channel() -> None:
    (finding,) = say.permissions_result("text", without("View Channel"), without("View Channel"))
    assert names(finding) == ["View Channels"]


def test_what_goes_with_another_permission_is_not_asked_for_as_well() -> None:
    # So does Discord tell them: a channel that is not seen grants nothing; who may not write has neither of these two.
    (unseen,) = say.permissions_result("text", 0, INVITED)
    assert names(unseen) == ["View Channel"]
    (mute,) = say.permissions_result("text", without("Send Messages", "Embed Links", "Attach Files"), INVITED)
    assert names(mute) == ["Send Messages"]


@pytest.mark.parametrize(
    ("set_on", "allowed", "level"),
    [
        (True, True, Status.OK),
        (True, False, Status.ERROR),
        (False, True, Status.WARNING),
        (False, False, Status.INFO),
    ],
)
def test_the_intent_is_compared_with_the_portal(set_on: bool, allowed: bool, level: Status) -> None:
    finding = say.intent_result(set_on=set_on, allowed=allowed)
    assert finding.level is level
    if not set_on:
        assert "text commands by prefix" in finding.sentence


def test_commands_that_discord_lacks_are_named_and_many_are_counted() -> None:
    own = frozenset({"/ask", "/help", "/history show", "Why this answer?"})
    assert say.commands_result(own, own).level is Status.OK
    few = say.commands_result(own, own - {"/help", "Why this answer?"})
    assert few.level is Status.ERROR
    assert few.sentence == "Discord doesn't know `/help` and `Why this answer?`."
    many = say.commands_result(own | {"/zebra"}, frozenset())
    assert many.sentence == "Discord doesn't know `/ask`, `/help`, `/history show` and 2 more commands."
    obsolete = say.commands_result(own, own | {"/old"})
    assert obsolete.level is Status.WARNING
    assert "`/old`" in obsolete.sentence


def test_each_servers_lacks_are_told_and_many_servers_counted() -> None:
    assert say.servers_result([]).level is Status.INFO
    assert say.servers_result([("Home", INVITED)]).sentence.startswith("I'm in 1 server, with every permission")
    poor = [(f"Server {number}", without("Embed Links", "View Channel")) for number in range(5)]
    finding = say.servers_result([("Home", INVITED), *poor], complete=False)
    assert finding.level is Status.WARNING
    assert finding.sentence.startswith(
        "I'm in 6 servers or more. I'm missing permissions: in Server 0 View Channels and Embed Links;"
    )
    assert finding.sentence.endswith("; and in 2 more.")


@pytest.mark.parametrize(
    ("seconds", "level", "part"),
    [
        (0.0412, Status.OK, "41 ms"),
        (0.0, Status.OK, "1 ms"),
        (2.345, Status.WARNING, "2.3 s"),
        (float("nan"), Status.INFO, "Too new"),
        (float("inf"), Status.INFO, "Too new"),
    ],
)
def test_the_gateways_delay(seconds: float, level: Status, part: str) -> None:
    finding = say.gateway_result(seconds)
    assert finding.level is level
    assert part in finding.sentence


@pytest.mark.parametrize(("waiting", "level"), [(0, Status.OK), (19, Status.OK), (20, Status.ERROR)])
def test_the_queue(waiting: int, level: Status) -> None:
    assert say.queue_result(waiting, 20).level is level


def every_bad_finding() -> Iterator[CheckResult]:
    """Yield a sample of every finding that can be wrong or a warning."""
    provider = FakeProvider()
    for kind in KINDS:
        for missing in combinations(BITS, 2):
            yield from say.permissions_result(kind, without(*missing), without(missing[0]))
    yield from say.threads_result(INVITED)
    yield from (say.not_a_member(), say.locked_thread(), say.servers_result([("Home", 0)]))
    yield from (say.intent_result(set_on=True, allowed=False), say.intent_result(set_on=False, allowed=True))
    yield from (
        say.commands_result(frozenset({"/a"}), frozenset()),
        say.commands_result(frozenset(), frozenset({"/a"})),
    )
    yield from (say.discord_silent(title) for title in (INTENT, COMMANDS))
    for error in (errors.Unauthorized("Chatbase"), errors.Unreachable("Chatbase"), errors.RateLimited("Chatbase", 3)):
        yield say.provider_fails(provider, error)
    yield say.provider_timed_out(provider, 8)
    yield from (say.provider_result(provider, None, HealthStatus("It failed.", lasting)) for lasting in (True, False))
    yield from (
        left_alone(say.provider_result(provider, None, HealthStatus("It failed.", lasting)), OpenStatus(240, trial))
        for lasting in (True, False)
        for trial in (0, 30)
    )
    yield from (
        say.database_result(3, None),
        say.database_result(0, 30),
        say.database_closed("the file is none", "DATABASE_URL"),
    )
    yield from (say.database_refuses(fault) for fault in (None, *DatabaseFault))
    yield from (say.gateway_result(3), say.queue_result(20, 20), say.probe_crashed("Chatbase"))


def test_a_provider_that_is_left_alone_is_no_smaller_problem_than_before() -> None:
    for before, after in ((Status.OK, Status.WARNING), (Status.WARNING, Status.WARNING), (Status.ERROR, Status.ERROR)):
        found = left_alone(CheckResult(before, "Chatbase", "It accepts my API key."), OpenStatus(240, 30))
        assert found.level is after
        assert found.sentence == (
            "It accepts my API key. It has been failing for 4 minutes, so I don't ask it for now, and try it again in "
            "30 seconds."
        )
    found = CheckResult(Status.OK, "Chatbase", "It accepts my API key.")
    assert left_alone(found, None) is found


def test_damage_is_an_error_though_the_database_works() -> None:
    found = say.database_result(0.01, None, Soundness.DAMAGED)
    assert found == say.database_refuses(DatabaseFault.DAMAGED)
    assert (found.level, found.title) == (Status.ERROR, "Database")


def test_each_lasting_fault_of_the_database_has_its_own_sentence() -> None:
    assert len({say.database_refuses(fault).sentence for fault in (None, *DatabaseFault)}) == 1 + len(DatabaseFault)
    assert len({explain(errors.DatabaseUnavailable("", fault)) for fault in (None, *DatabaseFault)}) == 3


@pytest.mark.parametrize(
    ("soundness", "said"),
    [
        (Soundness.UNCHECKED, ""),
        (Soundness.PENDING, " I'm still checking its file for damage."),
        (Soundness.UNFINISHED, " I couldn't check all of its file for damage."),
        (Soundness.SOUND, " I found no damage in its file."),
    ],
)
def test_what_the_search_for_damage_found_is_said(soundness: Soundness, said: str) -> None:
    found = say.database_result(0.01, None, soundness)
    assert (found.level, found.sentence) == (Status.OK, f"Working (10 ms).{said}")


def test_whatever_is_wrong_comes_with_a_way_to_mend_it() -> None:
    for finding in every_bad_finding():
        if finding.level in (Status.ERROR, Status.WARNING):
            assert finding.remedy.endswith("."), finding
        assert finding.sentence.endswith("."), finding


def worst_case() -> list[CheckResult]:
    """Return a report in which everything is as wrong as it can be, in the longest words."""
    split: list[Permission] = [*WANTED]
    here = INVITED & ~sum(1 << each.bit for each in split if each.title not in ("View Channel", "Connect"))
    in_server = without("Send Messages in Threads", "Attach Files", "Change Nickname")
    providers = [FakeProvider(name=name, label=label) for name, label in (("stammer", "Stammer.ai"),) * 4]
    rejected = errors.Rejected("Stammer.ai", 400, "*" * 400)
    return [
        *say.permissions_result("text", here, in_server),
        say.locked_thread(),
        *say.threads_result(INVITED),
        say.intent_result(set_on=True, allowed=False),
        say.commands_result(frozenset(f"/{'x' * 40}{number}" for number in range(20)), frozenset()),
        *(say.provider_fails(provider, rejected) for provider in providers),
        say.database_refuses(),
        say.gateway_result(9.9),
        say.queue_result(20, 20),
    ]


def test_the_worst_case_fits_one_message_and_names_everything() -> None:
    findings = worst_case()
    message = to_message(findings, LINK)
    assert utf16_len(message) <= MAX_PAGE_UNITS
    for finding in findings:
        assert f"{finding.title}." in message
    assert "Send Messages" in message
    assert LINK in message


NOBODY_BLOCKED = "Allowed: every server. Anybody who shares a server with me can write me direct messages."


@pytest.mark.parametrize(
    ("limit", "is_shared", "said"),
    [
        (20, True, "With your credentials I answer each person and each server at most 20 questions a day."),
        (1, True, "With your credentials I answer each person and each server at most 1 question a day."),
        (None, False, "Servers are not answered with your credentials."),
        (
            20,
            False,
            (
                "Servers are not answered with your credentials. "
                "With your credentials I answer each person at most 20 questions a day."
            ),
        ),
    ],
)
def test_what_keeps_strangers_from_spending_the_hosts_credits_is_told(
    limit: int | None, is_shared: bool, said: str
) -> None:
    found = say.access_result(EVERYBODY, limit, is_shared=is_shared)
    assert (found.level, found.sentence) == (Status.OK, f"{NOBODY_BLOCKED} {said}")


def test_if_nothing_does_that_is_told_with_the_remedies() -> None:
    found = say.access_result(EVERYBODY)
    assert found.level is Status.INFO
    assert found.sentence == "Everybody who can invite me may use me, with your credentials."
    assert all(remedy in found.remedy for remedy in ("ALLOWED_SERVERS", "SHARED_LIMIT", "Public Bot"))
