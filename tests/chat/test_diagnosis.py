"""What each thing that is looked at means, and that whatever is wrong comes with a way to mend it."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from bot.answering.provider_health import Standing
from bot.diagnostics import rules as say
from bot.diagnostics.permissions import ADMINISTRATOR, INVITED, WANTED, Kind, Permission
from bot.diagnostics.report import Finding, Level, to_message
from bot.domain import errors
from bot.text.pagination import PAGE_UNITS, units
from tests.chat.fakes import FakeProvider

KINDS: tuple[Kind, ...] = ("text", "thread", "voice")
LINK = f"https://discord.com/oauth2/authorize?client_id={'9' * 20}&scope=bot&permissions={INVITED}&guild_id={'9' * 20}"
BITS = {permission.title: 1 << permission.bit for permission in WANTED}


def without(*titles: str) -> int:
    """Return all permissions but these."""
    return INVITED & ~sum(BITS[title] for title in titles)


def names(finding: Finding) -> list[str]:
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
    (finding,) = say.about_permissions(kind, granted, granted)
    assert finding.level is Level.WELL


@pytest.mark.parametrize(
    ("kind", "missing", "level"),
    [
        ("text", "View Channel", Level.WRONG),
        ("text", "Send Messages", Level.WRONG),
        ("text", "Send Messages in Threads", Level.WARNING),
        ("text", "Embed Links", Level.WARNING),
        ("text", "Attach Files", Level.WARNING),
        ("text", "Read Message History", Level.WARNING),
        ("text", "Change Nickname", Level.WARNING),
        ("text", "Connect", Level.WELL),
        ("thread", "View Channel", Level.WRONG),
        ("thread", "Send Messages", Level.WELL),
        ("thread", "Send Messages in Threads", Level.WRONG),
        ("voice", "Send Messages", Level.WRONG),
        ("voice", "Send Messages in Threads", Level.WELL),
        ("voice", "Connect", Level.WRONG),
    ],
)
def test_what_a_place_needs(kind: Kind, missing: str, level: Level) -> None:
    (finding,) = say.about_permissions(kind, without(missing), INVITED)
    assert finding.level is level
    assert names(finding) == ([] if level is Level.WELL else [missing])


def test_what_the_channel_denies_is_mended_there_and_what_no_role_grants_by_the_link() -> None:
    granted = without("Send Messages", "Change Nickname")
    wrong, warning = say.about_permissions("text", granted, without("Change Nickname"))
    assert (wrong.level, names(wrong)) == (Level.WRONG, ["Send Messages"])
    assert "this channel's settings" in wrong.remedy
    assert (warning.level, names(warning)) == (Level.WARNING, ["Change Nickname"])
    assert "Roles" in warning.remedy
    assert "invite link" in warning.remedy


def test_in_a_thread_the_settings_are_its_channels() -> None:
    (finding,) = say.about_permissions("thread", without("Send Messages in Threads"), INVITED)
    assert "the thread's channel" in finding.remedy


def test_a_role_calls_one_permission_by_another_name_than_a_channel() -> None:
    (finding,) = say.about_permissions("text", without("View Channel"), without("View Channel"))
    assert names(finding) == ["View Channels"]


def test_what_goes_with_another_permission_is_not_asked_for_as_well() -> None:
    # So does Discord tell them: a channel that is not seen grants nothing; who may not write has neither of these two.
    (unseen,) = say.about_permissions("text", 0, INVITED)
    assert names(unseen) == ["View Channel"]
    (mute,) = say.about_permissions("text", without("Send Messages", "Embed Links", "Attach Files"), INVITED)
    assert names(mute) == ["Send Messages"]


@pytest.mark.parametrize(
    ("set_on", "allowed", "level"),
    [
        (True, True, Level.WELL),
        (True, False, Level.WRONG),
        (False, True, Level.WARNING),
        (False, False, Level.NOTE),
    ],
)
def test_the_intent_is_compared_with_the_portal(set_on: bool, allowed: bool, level: Level) -> None:
    finding = say.about_intent(set_on=set_on, allowed=allowed)
    assert finding.level is level
    if not set_on:
        assert "text commands by prefix" in finding.sentence


def test_commands_that_discord_lacks_are_named_and_many_are_counted() -> None:
    own = frozenset({"/ask", "/help", "/history show", "Why this answer?"})
    assert say.about_commands(own, own).level is Level.WELL
    few = say.about_commands(own, own - {"/help", "Why this answer?"})
    assert few.level is Level.WRONG
    assert few.sentence == "Discord does not know `/help` and `Why this answer?`."
    many = say.about_commands(own | {"/zebra"}, frozenset())
    assert many.sentence == "Discord does not know `/ask`, `/help`, `/history show` and 2 more commands."
    obsolete = say.about_commands(own, own | {"/old"})
    assert obsolete.level is Level.WARNING
    assert "`/old`" in obsolete.sentence


def test_each_servers_lacks_are_told_and_many_servers_counted() -> None:
    assert say.about_servers([]).level is Level.NOTE
    assert say.about_servers([("Home", INVITED)]).sentence.startswith("I am in 1 server, with all")
    poor = [(f"Server {number}", without("Embed Links", "View Channel")) for number in range(5)]
    finding = say.about_servers([("Home", INVITED), *poor], complete=False)
    assert finding.level is Level.WARNING
    assert finding.sentence.startswith("I am in 6 servers or more. I lack in Server 0 View Channels and Embed Links;")
    assert finding.sentence.endswith("; likewise in 2 more.")


@pytest.mark.parametrize(
    ("seconds", "level", "part"),
    [
        (0.0412, Level.WELL, "41 ms"),
        (0.0, Level.WELL, "1 ms"),
        (2.345, Level.WARNING, "2.3 s"),
        (float("nan"), Level.NOTE, "too new"),
        (float("inf"), Level.NOTE, "too new"),
    ],
)
def test_the_gateways_delay(seconds: float, level: Level, part: str) -> None:
    finding = say.about_gateway(seconds)
    assert finding.level is level
    assert part in finding.sentence


@pytest.mark.parametrize(("waiting", "level"), [(0, Level.WELL), (19, Level.WELL), (20, Level.WRONG)])
def test_the_queue(waiting: int, level: Level) -> None:
    assert say.about_queue(waiting, 20).level is level


def every_bad_finding() -> Iterator[Finding]:
    """Yield a sample of every finding that can be wrong or a warning."""
    provider = FakeProvider()
    for kind in KINDS:
        for missing in combinations(BITS, 2):
            yield from say.about_permissions(kind, without(*missing), without(missing[0]))
    yield from (say.not_a_member(), say.locked_thread(), say.about_servers([("Home", 0)]))
    yield from (say.about_intent(set_on=True, allowed=False), say.about_intent(set_on=False, allowed=True))
    yield from (say.about_commands(frozenset({"/a"}), frozenset()), say.about_commands(frozenset(), frozenset({"/a"})))
    yield from (say.discord_silent(title) for title in (say.INTENT, say.COMMANDS))
    for error in (errors.Unauthorized("Chatbase"), errors.Unreachable("Chatbase"), errors.RateLimited("Chatbase", 3)):
        yield say.provider_fails(provider, error)
    yield say.provider_hangs(provider, 8)
    yield from (say.about_provider(provider, Standing("It failed.", lasting)) for lasting in (True, False))
    yield from (say.about_database(3), say.database_refuses(), say.database_closed("the file is none"))
    yield from (say.about_gateway(3), say.about_queue(20, 20), say.broken_trial("Chatbase"))


def test_whatever_is_wrong_comes_with_a_way_to_mend_it() -> None:
    for finding in every_bad_finding():
        if finding.level in (Level.WRONG, Level.WARNING):
            assert finding.remedy.endswith("."), finding
        assert finding.sentence.endswith("."), finding


def worst_case() -> list[Finding]:
    """Return a report in which everything is as wrong as it can be, in the longest words."""
    split: list[Permission] = [*WANTED]
    here = INVITED & ~sum(1 << each.bit for each in split if each.title not in ("View Channel", "Connect"))
    in_server = without("Send Messages in Threads", "Attach Files", "Change Nickname")
    providers = [FakeProvider(name=name, label=label) for name, label in (("stammer", "Stammer.ai"),) * 4]
    rejected = errors.Rejected("Stammer.ai", 400, "*" * 400)
    return [
        *say.about_permissions("text", here, in_server),
        say.locked_thread(),
        say.about_intent(set_on=True, allowed=False),
        say.about_commands(frozenset(f"/{'x' * 40}{number}" for number in range(20)), frozenset()),
        *(say.provider_fails(provider, rejected) for provider in providers),
        say.database_refuses(),
        say.about_gateway(9.9),
        say.about_queue(20, 20),
    ]


def test_the_worst_case_fits_one_message_and_names_everything() -> None:
    findings = worst_case()
    message = to_message(findings, LINK)
    assert units(message) <= PAGE_UNITS
    for finding in findings:
        assert f"{finding.title}." in message
    assert "Send Messages" in message
    assert LINK in message
