"""Permissions: roles, overwrites, owners, administrators, and what is implied."""

import pytest

from sandbox.discord import Discord, Permission
from sandbox.discord.model.channels import Overwrite
from sandbox.discord.model.permissions import EVERYTHING, NOTHING, OverwriteKind, base_permissions, channel_permissions
from tests.sandbox.discord.conftest import Home

P = Permission
SEE = P.VIEW_CHANNEL | P.SEND_MESSAGES


def allow(permissions: Permission) -> Overwrite:
    return Overwrite(OverwriteKind.ROLE, permissions, NOTHING)


def deny(permissions: Permission) -> Overwrite:
    return Overwrite(OverwriteKind.ROLE, NOTHING, permissions)


def test_roles_add_up_and_administrators_and_owners_may_do_everything() -> None:
    assert base_permissions([P.VIEW_CHANNEL, P.SEND_MESSAGES], owner=False) == SEE
    assert base_permissions([P.ADMINISTRATOR], owner=False) == EVERYTHING
    assert base_permissions([NOTHING], owner=True) == EVERYTHING


@pytest.mark.parametrize(
    ("everyone", "roles", "member", "expected"),
    [
        (None, [], None, SEE),
        (deny(P.SEND_MESSAGES), [], None, P.VIEW_CHANNEL),
        (deny(P.SEND_MESSAGES), [allow(P.SEND_MESSAGES)], None, SEE),
        (None, [deny(P.SEND_MESSAGES), allow(P.SEND_MESSAGES)], None, SEE),
        (None, [allow(P.SEND_MESSAGES)], deny(P.SEND_MESSAGES), P.VIEW_CHANNEL),
        (deny(P.VIEW_CHANNEL), [], None, NOTHING),
        (deny(P.VIEW_CHANNEL), [], allow(P.VIEW_CHANNEL), SEE),
    ],
)
def test_overwrites(
    everyone: Overwrite | None, roles: list[Overwrite], member: Overwrite | None, expected: Permission
) -> None:
    assert channel_permissions(SEE, everyone, roles, member) == expected


def test_administrators_are_above_overwrites() -> None:
    assert channel_permissions(EVERYTHING, deny(P.VIEW_CHANNEL), [], deny(P.VIEW_CHANNEL)) == EVERYTHING


def test_who_may_not_send_may_not_attach_or_mention_everyone() -> None:
    base = SEE | P.ATTACH_FILES | P.MENTION_EVERYONE | P.EMBED_LINKS
    assert channel_permissions(base, deny(P.SEND_MESSAGES), [], None) == P.VIEW_CHANNEL
    in_thread = channel_permissions(base | P.SEND_MESSAGES_IN_THREADS, deny(P.SEND_MESSAGES), [], None, thread=True)
    assert P.ATTACH_FILES in in_thread


def test_those_outside_have_nothing(home: Home, discord: Discord) -> None:
    stranger = discord.create_user("carol")
    assert home.general.permissions_of(stranger) == NOTHING
    assert home.alice.dm(home.app).permissions_of(stranger) == NOTHING
    assert home.general.permissions_of(home.alice) == EVERYTHING
