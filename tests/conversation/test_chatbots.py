"""Who can be asked where: a server's own chatbots there and nowhere else, the operator's where they are shared."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.conversation.chatbots import Chatbots
from bot.conversation.kept_settings import KeptSettings
from bot.conversation.server_settings import ServerSettings
from bot.domain.errors import NoChatbot, NotConfigured
from bot.domain.provider import Provider
from bot.domain.question import Location
from bot.domain.secrets.credentials import CredentialId, StoredCredentials
from bot.domain.server_providers import ProviderKind
from bot.domain.settings.server_settings import Scope, StoredSettings
from tests.fakes.providers_and_stores import FakeProvider, FakeServerSettingsStore, make_location

HERE, ELSEWHERE = 7, 8
DIRECT = Location(5, 5, None)
LABELS = {"tamako": "Tamako", "chatbase": "Chatbase", "stammer": "Stammer.ai"}


class Opened(FakeProvider):
    """A server's own chatbot."""

    opened_from: StoredCredentials


class Opener:
    """Opens any of three kinds."""

    @property
    def kinds(self) -> Mapping[str, ProviderKind]:
        """Return the kinds."""
        return {name: ProviderKind(name, label, "nothing") for name, label in LABELS.items()}

    def open(self, credentials: StoredCredentials) -> Provider:
        """Return a chatbot that tells what it was opened from."""
        opened = Opened(credentials.provider, LABELS[credentials.provider])
        opened.opened_from = credentials
        return opened


class Store(FakeServerSettingsStore):
    """Settings, and what each server brought."""

    brought: dict[int, tuple[str, ...]]

    async def load(self, server: int | None, channel: int) -> StoredSettings:
        """Return what is set, with the credentials of that server alone."""
        names = self.brought.get(server or 0, ())
        credentials = {name: StoredCredentials(server or 0, name, {}, 1000, 1) for name in names}
        return replace(await super().load(server, channel), credentials=credentials)


def settings_of(
    *hosts: str, brought: tuple[str, ...] = (), shared: bool = True, chosen: str | None = None, keyed: bool = True
) -> ServerSettings:
    """Return the settings if the operator has `hosts`, and the server `HERE` brought these and chose one of them."""
    held: dict[tuple[Scope, int], dict[str, str]] = {("server", HERE): {"provider": chosen} if chosen else {}}
    store = Store(held)
    store.brought = {HERE: brought}
    providers = {name: FakeProvider(name, LABELS[name]) for name in hosts}
    opener = {"brought": Opener()} if keyed else {}
    chatbots = Chatbots(providers, next(iter(hosts), None), shared, **opener)
    return ServerSettings(store, chatbots, lambda: None, KeptSettings(store, {}))


def here(channel: int = 1) -> Location:
    return make_location(channel, HERE)


async def test_its_own_win_over_the_operators_there_and_nowhere_else() -> None:
    settings = settings_of("tamako", "chatbase", brought=("chatbase",))
    config = await settings.answer_config(here(), "chatbase")
    assert isinstance(config.provider, Opened)
    assert (config.owner, config.credential_id[:2]) == ("server", ("chatbase", HERE))
    for location in (make_location(1, ELSEWHERE), DIRECT, replace(here(), is_user_install=True)):
        config = await settings.answer_config(location, "chatbase")
        assert not isinstance(config.provider, Opened)
        assert (config.owner, config.credential_id) == ("host", CredentialId("chatbase"))


@pytest.mark.parametrize("where", ["thread", "post", "voice"])
async def test_every_place_of_the_server_is_answered_with_its_own(where: str) -> None:
    settings = settings_of("tamako", brought=("stammer",))
    location = Location({"thread": 11, "post": 12, "voice": 13}[where], 1, HERE)
    assert (await settings.answer_config(location)).credential_id.server == HERE


@pytest.mark.parametrize(
    ("hosts", "brought", "chosen", "answers", "owner"),
    [
        (("tamako", "chatbase"), (), None, "tamako", "host"),
        (("tamako", "chatbase"), ("stammer",), None, "stammer", "server"),
        (("chatbase",), ("tamako", "chatbase"), None, "chatbase", "server"),
        (("chatbase",), ("stammer", "tamako"), None, "tamako", "server"),
        (("chatbase",), ("stammer",), "chatbase", "chatbase", "host"),
        (("chatbase",), ("stammer", "tamako"), "stammer", "stammer", "server"),
        (("chatbase",), (), "stammer", "chatbase", "host"),
        ((), ("stammer",), "tamako", "stammer", "server"),
    ],
)
async def test_who_answers_unless_a_command_says_otherwise(
    hosts: tuple[str, ...], brought: tuple[str, ...], chosen: str | None, answers: str, owner: str
) -> None:
    settings = settings_of(*hosts, brought=brought, chosen=chosen)
    config = await settings.answer_config(here())
    assert (config.provider.name, config.owner) == (answers, owner)
    overview = await settings.overview(here())
    assert overview.answering is not None
    assert overview.settings["provider"].value == overview.answering.name == answers
    assert overview.chosen_provider == chosen


async def test_what_is_not_shared_serves_no_server_but_direct_messages_and_user_installs() -> None:
    settings = settings_of("tamako", "chatbase", brought=("stammer",), shared=False)
    assert list((await settings.available(here())).providers) == ["stammer"]
    with pytest.raises(NotConfigured) as refused:
        await settings.answer_config(here(), "tamako")
    assert (refused.value.provider, refused.value.can_bring) == ("Tamako", True)
    with pytest.raises(NoChatbot) as nobody:
        await settings.answer_config(make_location(1, ELSEWHERE))
    assert (nobody.value.in_server, nobody.value.can_bring) == (True, True)
    for location in (DIRECT, replace(here(), is_user_install=True)):
        assert (await settings.answer_config(location)).provider.name == "tamako"


async def test_without_any_of_the_operators_direct_messages_have_no_chatbot() -> None:
    settings = settings_of(brought=("stammer",))
    for location in (DIRECT, replace(here(), is_user_install=True)):
        with pytest.raises(NoChatbot) as nobody:
            await settings.answer_config(location)
        assert (nobody.value.in_server, nobody.value.can_bring) == (False, False)
        with pytest.raises(NotConfigured) as refused:
            await settings.answer_config(location, "stammer")
        assert not refused.value.can_bring


async def test_without_a_key_nothing_that_is_stored_counts() -> None:
    settings = settings_of("tamako", brought=("stammer", "tamako"), keyed=False)
    config = await settings.answer_config(here())
    assert (config.provider.name, config.owner, config.names) == ("tamako", "host", ("tamako",))
    with pytest.raises(NotConfigured) as refused:
        await settings.answer_config(here(), "stammer")
    assert not refused.value.can_bring


async def test_other_credentials_are_another_id() -> None:
    ids = {CredentialId("stammer"), CredentialId("stammer", 7, 5), CredentialId("stammer", 7, 6)}
    assert len({*ids, CredentialId("stammer", 8, 5), CredentialId("tamako", 7, 5)}) == 5


async def test_what_nobody_has_is_shown_as_not_set() -> None:
    overview = await settings_of(chosen="tamako").overview(here())
    assert overview.answering is None
    assert overview.settings["provider"].value is None
    assert await settings_of().presentation(here()) == await settings_of("tamako").presentation(here())


async def test_all_that_may_answer_somewhere_have_a_label() -> None:
    assert settings_of("chatbase").chatbots.labels == LABELS
    assert settings_of("chatbase", keyed=False).chatbots.labels == {"chatbase": "Chatbase"}
    assert settings_of().chatbots.remembering("nothing") == LABELS
