"""All of them together: what a bot is given, ports, refusing and accepting, closing."""

import re

import aiohttp
import pytest

from sandbox.apis import Apis, Tamako
from sandbox.apis.transport.listener import bind
from tests.sandbox.apis.sample_requests import NAMES, Asker


async def test_the_environment_points_at_all(apis: Apis) -> None:
    environment = apis.environment()
    assert environment["TAMAKO_API_URL"] == apis.tamako.url == f"{apis.tamako.origin}/api/chat"
    assert environment["CHATBASE_API_URL"] == apis.chatbase.url
    assert environment["CHATBASE_V2_API_URL"] == apis.chatbase_v2.url == f"{apis.chatbase_v2.origin}/api/v2"
    assert environment["CHATBASE_V2_AGENT_ID"] == apis.chatbase_v2.agent.id
    assert environment["STAMMER_API_URL"] == apis.stammer.url
    assert environment["CHATBOT_API_URL"] == apis.chatbot.origin
    assert environment["CHATBOT_STORY_ID"] == apis.chatbot.stories[0].id
    assert len({api.origin for api in apis.all}) == 5


async def test_the_environment_of_a_subset(apis: Apis) -> None:
    assert apis.environment("chatbase") == {
        "CHATBASE_API_URL": apis.chatbase.url,
        "CHATBASE_API_KEY": apis.chatbase.api_key,
        "CHATBASE_CHATBOT_ID": apis.chatbase.chatbot_id,
    }
    assert apis.environment("tamako", "chatbot").keys() == {
        name for name in apis.environment() if name.startswith(("TAMAKO_", "CHATBOT_"))
    }
    with pytest.raises(KeyError):
        apis.environment("eliza")


async def test_every_variable_is_the_contracts(apis: Apis, contract: str) -> None:
    known = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", contract))
    assert apis.environment().keys() <= known


async def open_on_fixed_ports(attempts: int = 20) -> tuple[int, Apis]:
    """Find five free ports in a row; others may take one of them at any time, hence several attempts."""
    for _ in range(attempts):
        free = bind(0)
        port = free.getsockname()[1]
        free.close()
        apis = Apis(port=port)
        try:
            return port, await apis.__aenter__()
        except (OSError, OverflowError):
            continue
    raise AssertionError("no five free ports in a row")


async def test_a_fixed_port_gives_five_in_a_row() -> None:
    port, apis = await open_on_fixed_ports()
    try:
        assert [api.origin.rpartition(":")[2] for api in apis.all] == [str(port + place) for place in range(5)]
    finally:
        await apis.__aexit__(None, None, None)


async def test_a_taken_port_is_an_error(apis: Apis) -> None:
    taken = int(apis.tamako.origin.rpartition(":")[2])
    late = Apis(port=taken)
    with pytest.raises(OSError, match="in use"):
        await late.__aenter__()


async def test_there_is_no_address_before_it_is_open() -> None:
    with pytest.raises(RuntimeError, match="not open yet"):
        Apis().environment()


async def test_one_alone_can_refuse_before_it_ever_accepts(http: aiohttp.ClientSession) -> None:
    tamako = Tamako()
    await tamako.refuse()
    try:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(tamako.url)
    finally:
        await tamako.close()


@pytest.mark.parametrize("name", NAMES)
async def test_refuses_connections_and_accepts_them_again(apis: Apis, ask: Asker, name: str) -> None:
    api = apis.find(name)
    await ask(name)
    address = api.url
    await api.refuse()
    assert api.connections == 0
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(name)
    await api.refuse()
    await api.accept()
    await api.accept()
    assert api.url == address
    assert (await ask(name)).status == 200
    assert len(api.received) == 2


async def test_can_be_opened_again_after_closing(ask: Asker) -> None:
    tamako = ask.apis.tamako
    address = tamako.url
    await tamako.close()
    await tamako.close()
    await tamako.accept()
    assert tamako.url == address
    assert (await ask("tamako")).status == 200


async def test_only_the_one_that_refuses_is_away(apis: Apis, ask: Asker) -> None:
    await apis.tamako.refuse()
    assert (await ask("chatbase")).status == 200


async def test_refusing_resets_what_is_being_answered(apis: Apis, ask: Asker) -> None:
    stream = apis.chatbase.hold()
    async with ask.open("chatbase", stream=True) as response:
        await stream.send("Hel")
        await apis.chatbase.refuse()
        with pytest.raises(aiohttp.ClientError):
            await response.read()
    assert apis.chatbase.open_answers == 0


async def test_closing_ends_what_is_held_and_silent(http: aiohttp.ClientSession) -> None:
    async with Apis() as apis:
        ask = Asker(apis, http)
        apis.tamako.fails("silent")
        stream = apis.chatbase.hold()
        async with ask.open("chatbase", stream=True):
            await stream.send("Hel")
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask("tamako")
