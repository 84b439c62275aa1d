"""Registering commands: validation as Discord does it, ids that stay, versions that change with the command."""

from typing import Any

import pytest

from sandbox.discord import Discord
from tests.sandbox.discord.clients import Rest
from tests.sandbox.discord.conftest import Home

ASK: dict[str, Any] = {
    "name": "ask",
    "description": "Ask something",
    "options": [{"type": 3, "name": "question", "description": "What", "required": True, "max_length": 4000}],
}


@pytest.fixture
def path(home: Home) -> str:
    return f"/applications/{home.app.id}/commands"


def option(**more: object) -> dict[str, Any]:
    return {"type": 3, "name": "text", "description": "a"} | more


def group(*options: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"type": 2, "name": "group", "description": "a", "options": list(options)} | more


def sub(*options: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"type": 1, "name": "sub", "description": "a", "options": list(options)} | more


async def test_a_version_changes_only_when_the_command_does(rest: Rest, path: str, discord: Discord) -> None:
    menu = {"name": "Ask about this", "type": 3}
    first = (await rest("PUT", path, [ASK, menu])).body
    again = (await rest("PUT", path, [menu, ASK])).body
    assert sorted((one["id"], one["version"]) for one in first) == sorted((one["id"], one["version"]) for one in again)
    (changed,) = (await rest("PUT", path, [ASK | {"description": "Ask anything"}])).body
    assert changed["id"] == first[0]["id"]
    assert int(changed["version"]) > int(first[0]["version"])
    assert [command["name"] for command in (await rest("GET", path)).body] == ["ask"]
    (app,) = discord.state.applications.values()
    assert app.syncs == 3


async def test_defaults_are_filled_in(rest: Rest, path: str) -> None:
    (command,) = (await rest("PUT", path, [ASK])).body
    assert (command["type"], command["dm_permission"], command["contexts"]) == (1, True, None)
    assert command["integration_types"] == [0, 1]
    assert command["options"][0]["max_length"] == 4000


async def test_installations_are_those_of_the_application_unless_a_command_says_less(
    rest: Rest, path: str, home: Home
) -> None:
    assert (await rest("POST", path, ASK | {"integration_types": [1]})).body["integration_types"] == [1]
    home.app.user_install = False
    assert (await rest("POST", path, ASK | {"name": "other"})).body["integration_types"] == [0]
    refused = await rest("POST", path, ASK | {"integration_types": [0, 1]})
    assert refused.faults() == {"integration_types.1": ["BASE_TYPE_CHOICES"]}


async def test_a_guilds_own_commands_have_neither_contexts_nor_other_installations(rest: Rest, home: Home) -> None:
    path = f"/applications/{home.app.id}/guilds/{home.guild.id}/commands"
    made = await rest("POST", path, ASK | {"integration_types": [0, 1], "contexts": [0, 1]})
    assert (made.body["integration_types"], made.body["contexts"]) == ([0], None)


async def test_one_by_one(rest: Rest, path: str) -> None:
    created = await rest("POST", path, ASK)
    assert (created.status, (await rest("POST", path, ASK)).status) == (201, 200)
    one = f"{path}/{created.body['id']}"
    edited = await rest("PATCH", one, {"description": "Other"})
    assert (edited.body["description"], edited.body["name"]) == ("Other", "ask")
    assert (await rest("GET", one)).body["version"] == edited.body["version"]
    assert (await rest("DELETE", one)).status == 204
    assert (await rest("GET", one)).code == 10063


async def test_guild_commands_are_apart(rest: Rest, path: str, home: Home) -> None:
    in_guild = f"/applications/{home.app.id}/guilds/{home.guild.id}/commands"
    (command,) = (await rest("PUT", in_guild, [ASK])).body
    assert command["guild_id"] == str(home.guild.id)
    assert (await rest("GET", path)).body == []
    assert (await rest("GET", "/applications/5/commands")).code == 50001


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"name": "Ask"}, {"0.name": ["APPLICATION_COMMAND_INVALID_NAME"]}),
        ({"name": "ask me"}, {"0.name": ["APPLICATION_COMMAND_INVALID_NAME"]}),
        ({"name": "a" * 33}, {"0.name": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"name": ""}, {"0.name": ["BASE_TYPE_REQUIRED"]}),
        ({"name": "größe-日本_ไทย"}, {}),
        ({"description": ""}, {"0.description": ["BASE_TYPE_REQUIRED"]}),
        ({"description": "a" * 101}, {"0.description": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"type": 3, "name": "Ask about this"}, {"0.description": ["APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"]}),
        ({"type": 9}, {"0.type": ["BASE_TYPE_CHOICES"]}),
        ({"contexts": [0, 3]}, {"0.contexts.1": ["BASE_TYPE_CHOICES"]}),
        ({"contexts": [0, 0]}, {"0.contexts": ["SET_TYPE_ALREADY_CONTAINS_VALUE"]}),
        ({"contexts": []}, {"0.contexts": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"integration_types": [2]}, {"0.integration_types.0": ["BASE_TYPE_CHOICES"]}),
        ({"default_member_permissions": "manage"}, {"0.default_member_permissions": ["INT_TYPE_CONVERT"]}),
        ({"default_member_permissions": "32"}, {}),
        ({"options": [option(name=f"o{n}") for n in range(26)]}, {"0.options": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"options": [option(type=12)]}, {"0.options.0.type": ["BASE_TYPE_CHOICES"]}),
        ({"options": [option(name="Text")]}, {"0.options.0.name": ["APPLICATION_COMMAND_INVALID_NAME"]}),
        ({"options": [option(description=None)]}, {"0.options.0.description": ["BASE_TYPE_REQUIRED"]}),
        ({"options": [option(), option()]}, {"0.options.1": ["APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"]}),
        (
            {"options": [option(), option(name="b", required=True)]},
            {"0.options.1": ["APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"]},
        ),
        ({"options": [option(max_length=6001)]}, {"0.options.0.max_length": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"options": [option(min_value=1)]}, {"0.options.0.min_value": ["APPLICATION_COMMAND_OPTION_BOUNDS"]}),
        (
            {"options": [option(choices=[{"name": f"{n}", "value": f"{n}"} for n in range(26)])]},
            {"0.options.0.choices": ["BASE_TYPE_MAX_LENGTH"]},
        ),
        (
            {"options": [option(choices=[{"name": "a", "value": 1}])]},
            {"0.options.0.choices.0.value": ["STRING_TYPE_CONVERT"]},
        ),
        (
            {"options": [option(choices=[{"name": "a", "value": "b"}], autocomplete=True)]},
            {"0.options.0": ["APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES"]},
        ),
        (
            {"options": [option(type=5, choices=[{"name": "a", "value": "b"}])]},
            {
                "0.options.0.choices": ["APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE"],
                "0.options.0.choices.0.value": ["NUMBER_TYPE_CONVERT"],
            },
        ),
        ({"options": [sub(), option()]}, {"0.options": ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]}),
        (
            {"options": [sub(sub(name="inner"))]},
            {"0.options.0.options.0.type": ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]},
        ),
        ({"options": [group(sub(option()))]}, {}),
        ({"options": [option(description="d" * 100, name=f"o{n}") for n in range(25)]}, {}),
    ],
)
async def test_validation(rest: Rest, path: str, change: dict[str, Any], faults: dict[str, list[str]]) -> None:
    answer = await rest("PUT", path, [ASK | change])
    assert (answer.faults() if answer.status != 200 else {}) == faults


async def test_a_command_may_not_be_larger_than_8000_characters(rest: Rest, path: str) -> None:
    choices = [{"name": f"{n:03}" + "n" * 97, "value": "v" * 100} for n in range(25)]
    options = [option(name=f"o{n}", choices=choices) for n in range(2)]
    answer = await rest("PUT", path, [ASK | {"options": options}])
    assert answer.faults() == {"0": ["APPLICATION_COMMAND_TOO_LARGE"]}


async def test_names_are_unique_and_there_are_at_most_100(rest: Rest, path: str) -> None:
    assert (await rest("PUT", path, [ASK, ASK])).faults() == {"1.name": ["APPLICATION_COMMANDS_DUPLICATE_NAME"]}
    many = [ASK | {"name": f"ask{n}"} for n in range(101)]
    assert (await rest("PUT", path, many)).code == 30032
    assert (await rest("PUT", path, many[1:])).status == 200
    assert (await rest("POST", path, many[0])).code == 30032
    assert (await rest("PUT", path, {"name": "ask"})).code == 50035
