"""Which setting applies where."""

from dataclasses import replace

import pytest

from bot.conversation.chatbots import Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.conversation.server_settings import ServerSettings
from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.domain.provider import Option, Persona
from bot.domain.question import Location
from bot.domain.settings.server_settings import (
    ALL,
    AUTO_REPLY,
    CHANNELS,
    DEFAULT_PREFIX,
    EXCEPT,
    LISTED,
    ON,
    ONLY,
    ROLES,
    EffectiveSetting,
    Reach,
    Scope,
    option_setting,
)
from tests.fakes.providers_and_stores import FakeProvider, FakeServerSettingsStore, make_location

MODEL = Option("model", default="small")
CHATBASE = FakeProvider(options=(MODEL, Option("temperature")))
TAMAKO = FakeProvider(name="tamako", label="Tamako")
SERVER = 7


def server_settings(**settings: dict[str, str]) -> ServerSettings:
    """Return the settings if `server` and `channel` (number 1) have these."""
    scopes: dict[str, tuple[Scope, int]] = {"server": ("server", SERVER), "channel": ("channel", 1)}
    store = FakeServerSettingsStore({scopes[scope]: held for scope, held in settings.items()})
    providers = {"chatbase": CHATBASE, "tamako": TAMAKO}
    return ServerSettings(store, Chatbots(providers, "chatbase"), lambda: "the operator", KeptSettings(store, {}))


async def test_without_settings_the_operators_defaults_apply() -> None:
    config = await server_settings().answer_config(make_location())
    assert config.provider is CHATBASE
    assert config.persona == Persona(developer="the operator")
    assert config.options == {}


async def test_the_channel_wins_over_the_server_and_the_server_over_the_default() -> None:
    assert (await server_settings(server={"provider": "tamako"}).answer_config(make_location())).provider is TAMAKO
    both = server_settings(server={"provider": "tamako"}, channel={"provider": "chatbase"})
    assert (await both.answer_config(make_location())).provider is CHATBASE
    assert (await both.answer_config(make_location(channel=2))).provider is TAMAKO
    assert (await both.answer_config(make_location(channel=2, server=8))).provider is CHATBASE


async def test_a_thread_has_its_parents_settings() -> None:
    set_there = server_settings(channel={"provider": "tamako"})
    assert (await set_there.answer_config(Location(channel=55, settings_channel=1, server=SERVER))).provider is TAMAKO


async def test_a_direct_message_has_no_servers_settings() -> None:
    persona = (
        await server_settings(server={"name": "Ada"}).answer_config(make_location(channel=2, server=None))
    ).persona
    assert persona.name is None


async def test_a_provider_asked_for_by_name_wins_over_everything() -> None:
    assert (
        await server_settings(channel={"provider": "chatbase"}).answer_config(make_location(), "tamako")
    ).provider is TAMAKO


async def test_a_provider_asked_for_by_name_without_credentials_is_refused() -> None:
    with pytest.raises(NotConfigured) as refused:
        await server_settings().answer_config(make_location(), "stammer")
    assert refused.value.provider == "stammer"


async def test_a_provider_that_lost_its_credentials_gives_way_to_the_default() -> None:
    lost = server_settings(server={"provider": "stammer"})
    assert (await lost.answer_config(make_location())).provider is CHATBASE
    assert (await lost.overview(make_location())).settings["provider"] == EffectiveSetting("chatbase", "default")


async def test_persona_and_options_are_handed_to_the_provider() -> None:
    settings = {
        "name": "Ada",
        "gender": "none",
        "prefix": "?",
        "developer": "Eve",
        "chatbase_model": "big",
        "tamako_x": "y",
    }
    config = await server_settings(server=settings).answer_config(make_location())
    assert config.persona == Persona("Ada", "none", "?", "Eve")
    assert config.options == {"model": "big"}
    assert (await server_settings(server=settings).answer_config(make_location(), "tamako")).options == {}


async def test_the_default_prefix_is_not_sent_to_a_provider() -> None:
    assert (await server_settings().answer_config(make_location())).persona.prefix is None


async def test_the_owners_name_is_known_only_after_login() -> None:
    owners = list[str]()
    settings = await ServerSettings.load(
        FakeServerSettingsStore(), Chatbots({"tamako": TAMAKO}, "tamako"), lambda: owners[-1] if owners else None
    )
    assert (await settings.answer_config(make_location())).persona.developer is None
    owners.append("the owner")
    assert (await settings.answer_config(make_location())).persona.developer == "the owner"
    assert (await settings.overview(make_location())).settings["developer"] == EffectiveSetting("the owner", "default")


@pytest.mark.parametrize(
    ("stored", "days"), [("1", 1), ("365", 365), ("366", 365), ("0", 1), ("soon", 30), ("-1", 30), ("", 30)]
)
async def test_a_retention_time_keeps_to_its_limits(stored: str, days: int) -> None:
    settings = server_settings(server={"retention": stored})
    assert await settings.retention(SERVER) == days
    assert await settings.retentions() == {SERVER: days}
    assert (await settings.overview(make_location())).settings["retention"] == EffectiveSetting(str(days), "server")
    assert (await settings.retention(8), await settings.retention(None)) == (30, 30)


async def test_a_retention_time_is_set_and_taken_back() -> None:
    settings = server_settings()
    await settings.save_retention(SERVER, 14)
    assert await settings.retention(SERVER) == 14
    await settings.save_retention(SERVER, None)
    assert await settings.retentions() == {}


async def test_everything_that_applies_is_shown_with_where_it_comes_from() -> None:
    of_server = {"name": "Ada", "chatbase_temperature": "0.5", "limit-member": "5/hour"}
    settings = server_settings(server=of_server, channel={"provider": "tamako"})
    assert (await settings.overview(make_location())).settings == {
        "provider": EffectiveSetting("tamako", "channel"),
        "fallback": EffectiveSetting(None, "default"),
        "conversation": EffectiveSetting("shared", "default"),
        "channels": EffectiveSetting("all", "default"),
        "roles": EffectiveSetting(None, "default"),
        "limit-member": EffectiveSetting("5/hour", "server"),
        "limit-roles": EffectiveSetting(None, "default"),
        "limit-server": EffectiveSetting(None, "default"),
        "auto-reply": EffectiveSetting("off", "default"),
        "threads": EffectiveSetting("off", "default"),
        "length": EffectiveSetting("25", "default"),
        "name": EffectiveSetting("Ada", "server"),
        "gender": EffectiveSetting(None, "default"),
        "prefix": EffectiveSetting(DEFAULT_PREFIX, "default"),
        "developer": EffectiveSetting("the operator", "default"),
        "retention": EffectiveSetting("30", "default"),
        option_setting("chatbase", "model"): EffectiveSetting("small", "default"),
        option_setting("chatbase", "temperature"): EffectiveSetting("0.5", "server"),
    }


async def test_a_saved_setting_applies_and_can_be_taken_back() -> None:
    settings = server_settings()
    await settings.save("channel", SERVER, 1, "provider", "tamako")
    assert (await settings.answer_config(make_location())).provider is TAMAKO
    await settings.save("channel", SERVER, 1, "provider", None)
    assert (await settings.answer_config(make_location())).provider is CHATBASE


async def test_prefixes_are_known_without_waiting() -> None:
    settings = server_settings(server={"prefix": "?"})
    await settings.kept.reload()
    assert settings.prefix(SERVER) == "?"
    assert settings.prefix(8) == settings.prefix(None) == DEFAULT_PREFIX
    await settings.save("server", 8, 8, "prefix", "~")
    assert settings.prefix(8) == "~"
    await settings.save("server", 8, 8, "prefix", None)
    await settings.save("server", 9, 9, "prefix", None)
    assert settings.prefix(8) == settings.prefix(9) == DEFAULT_PREFIX


async def test_where_every_message_is_answered_is_known_without_waiting() -> None:
    settings = server_settings(channel={AUTO_REPLY: ON})
    assert not settings.auto_reply(make_location())
    await settings.kept.reload()
    thread = Location(channel=55, settings_channel=1, server=SERVER)
    assert settings.auto_reply(make_location())
    assert settings.auto_reply(thread)
    assert not settings.auto_reply(replace(make_location(), is_user_install=True))
    assert not settings.auto_reply(make_location(channel=2))
    await settings.save("channel", SERVER, 2, AUTO_REPLY, ON)
    assert settings.auto_reply(make_location(channel=2))
    assert (await settings.overview(thread)).settings[AUTO_REPLY] == EffectiveSetting("on", "channel")
    for channel in (1, 2, 3):
        await settings.save("channel", SERVER, channel, AUTO_REPLY, None)
    assert not any(settings.auto_reply(make_location(channel)) for channel in (1, 2, 3))


async def test_nobodys_settings_apply_where_the_bot_is_a_guest() -> None:
    settings = server_settings(server={"provider": "tamako", "name": "Ada"}, channel={"provider": "tamako"})
    location = replace(make_location(), is_user_install=True)
    config = await settings.answer_config(location)
    assert (config.provider, config.persona.name) == (CHATBASE, None)
    assert {setting.source for setting in (await settings.overview(location)).settings.values()} == {"default"}


async def test_a_prefix_that_could_not_be_saved_does_not_count() -> None:
    store = FakeServerSettingsStore()
    settings = await ServerSettings.load(store, Chatbots({"chatbase": CHATBASE}, "chatbase"))
    store.down = True
    with pytest.raises(DatabaseUnavailable):
        await settings.save("server", SERVER, SERVER, "prefix", "?")
    assert settings.prefix(SERVER) == DEFAULT_PREFIX
    for reading in (
        settings.kept.reload(),
        settings.answer_config(make_location()),
        settings.overview(make_location()),
    ):
        with pytest.raises(DatabaseUnavailable):
            await reading


async def test_a_place_elsewhere_is_not_touched() -> None:
    settings = server_settings(channel={"provider": "tamako"})
    assert (await settings.answer_config(replace(make_location(), settings_channel=2))).provider is CHATBASE


@pytest.mark.parametrize(
    ("value", "listed", "here"),
    [
        (None, False, True),
        (ALL, True, True),
        (ONLY, True, True),
        (ONLY, False, False),
        (EXCEPT, True, False),
        (EXCEPT, False, True),
        ("of a later version", True, True),
    ],
)
def test_what_the_channels_setting_means(value: str | None, listed: bool, here: bool) -> None:
    assert Reach.of(value, None, listed=listed).here is here


@pytest.mark.parametrize(
    ("value", "roles", "included"),
    [
        (None, (), True),
        ("5", (5, 7), True),
        ("5,6", (6,), True),
        ("5, 6", (6,), True),
        ("5", (7,), False),
        ("5", (), False),
        ("", (7,), False),
        ("everybody", (7,), False),
    ],
)
def test_whom_the_roles_setting_includes(value: str | None, roles: tuple[int, ...], included: bool) -> None:
    assert Reach.of(None, value, listed=False).includes(roles) is included


async def test_where_and_for_whom_is_known_without_waiting() -> None:
    settings = server_settings(server={CHANNELS: ONLY, ROLES: "5"}, channel={LISTED: ON})
    assert settings.reach(make_location()) == Reach()
    await settings.kept.reload()
    thread = Location(channel=55, settings_channel=1, server=SERVER)
    assert settings.reach(thread) == Reach(ONLY, True, frozenset({5}))
    assert settings.reach(make_location(channel=2)) == Reach(ONLY, False, frozenset({5}))
    assert settings.reach(Location(channel=2, settings_channel=2, server=None)) == Reach()
    assert settings.reach(replace(make_location(channel=2), is_user_install=True)) == Reach()
    assert settings.reach(make_location(channel=2, server=8)) == Reach()
    await settings.save("channel", SERVER, 2, LISTED, ON)
    assert settings.reach(make_location(channel=2)).here
    assert settings.listed([1, 2, 3]) == [1, 2]
    for name in (CHANNELS, ROLES):
        await settings.save("server", SERVER, SERVER, name, None)
    assert settings.reach(make_location(channel=3)) == Reach()


@pytest.mark.parametrize(
    ("value", "channel", "names"),
    [
        ("tamako", {}, ["tamako"]),
        ("chatbase,tamako", {}, ["tamako"]),
        ("chatbase,tamako", {"provider": "tamako"}, ["chatbase"]),
        ("gone, tamako ,tamako,", {}, ["tamako"]),
        ("gone", {}, []),
        ("chatbase", {}, []),
    ],
)
async def test_who_answers_instead_is_set_up_and_another_one(
    value: str, channel: dict[str, str], names: list[str]
) -> None:
    settings = server_settings(server={"fallback": value, "name": "Ada"}, channel=channel)
    config = await settings.answer_config(make_location())
    assert [each.provider.name for each in config.fallbacks] == names
    assert all(each.fallbacks == () and each.persona.name == "Ada" for each in config.fallbacks)
    assert (await settings.answer_config(replace(make_location(), server=None))).fallbacks == ()
