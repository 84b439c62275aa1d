"""Forms of every documented kind: checked when a bot opens them, filled in by people, and sent as documented."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from sandbox.discord import BadOption, Interaction
from sandbox.discord.errors import ApiError
from sandbox.discord.validators.modals import check_modal
from tests.sandbox.discord.clients import Rest, Socket
from tests.sandbox.discord.conftest import Connect, Home

OPTIONS = [{"label": "Warm", "value": "w"}, {"label": "Cold", "value": "c", "default": True}]


def field(kind: int, **more: object) -> dict[str, Any]:
    inner = {"type": kind, "custom_id": f"f{kind}"} | more
    return {"type": 18, "label": f"Field {kind}", "component": inner}


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Ask", "custom_id": "ask", "components": list(components)}


@pytest.mark.parametrize(
    "component",
    [
        field(19),
        field(19, min_values=0, max_values=10, required=False),
        field(21, options=OPTIONS),
        field(22, options=OPTIONS[:1]),
        field(22, options=OPTIONS, min_values=1, max_values=2),
        field(23),
        field(23, default=True),
        field(3, options=OPTIONS, min_values=0, required=False),
        field(5, max_values=5),
        {"type": 10, "content": "Read this"},
    ],
)
def test_kinds_that_discord_takes(component: dict[str, Any]) -> None:
    assert check_modal(form(component))["components"][0]["type"] == component["type"]


@pytest.mark.parametrize(
    ("component", "path"),
    [
        (field(19, max_values=11), "component"),
        (field(19, min_values=2, max_values=1), "component"),
        (field(19, min_values=0), "component.min_values"),
        (field(21, options=OPTIONS[:1]), "component.options"),
        (field(21, options=[{"label": f"{n}", "value": f"{n}"} for n in range(11)]), "component.options"),
        (field(21, options=[OPTIONS[0]] * 2), "component.options.1"),
        (field(21), "component.options"),
        (field(22, options=[]), "component.options"),
        (field(22, options=OPTIONS, max_values=0), "component"),
        (field(22, options=OPTIONS, min_values=0), "component.min_values"),
        (field(22, options=[{"label": "a" * 101, "value": "a"}]), "component.options.0.label"),
        (field(23, default="yes"), "component.default"),
        (field(23, custom_id=""), "component.custom_id"),
        (field(5, disabled=True), "component.disabled"),
        (field(3, options=OPTIONS, min_values=0), "component.min_values"),
        (field(2, style=1, label="a"), "component.type"),
        (field(20), "component.type"),
        ({"type": 19, "custom_id": "a"}, "type"),
        ({"type": 1, "components": [{"type": 23, "custom_id": "a"}]}, "components.0.type"),
        ({"type": 10, "content": ""}, "content"),
    ],
)
def test_what_discord_refuses(component: dict[str, Any], path: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_modal(form(component))
    assert f"data.components.0.{path}" in refused.value.errors_by_path()


async def opened(rest: Rest, home: Home, *components: dict[str, Any]) -> Interaction:
    await rest("PUT", f"/applications/{home.app.id}/commands", [{"name": "ask", "description": "a"}])
    asked = await home.alice.slash(home.general, "ask", wait=False)
    assert (await rest.answer(asked, 9, **form(*components))).status == 204
    return asked


async def test_what_a_person_fills_in_is_sent_as_documented(home: Home, rest: Rest, connect: Connect) -> None:
    shown = [
        {"type": 10, "content": "Read this"},
        field(19, max_values=2),
        field(21, options=OPTIONS),
        field(22, options=OPTIONS),
        field(5, max_values=2),
    ]
    async with connect() as socket:
        await socket.ready(home.app.token)
        asked = await opened(rest, home, *shown)
        await socket.event("INTERACTION_CREATE")
        files = [("a.txt", b"1"), ("b.txt", b"22")]
        values = {"Field 19": files, "f21": "Warm", "Field 22": ["Warm", "c"], "Field 5": [home.alice, home.bob]}
        sent = home.alice.submit(asked, values)
        data = (await _event_while(socket, sent))["data"]
    text, *labels = data["components"]
    assert text == {"type": 10, "id": 1}
    uploads, radio, boxes, people = [label["component"] for label in labels]
    assert [label["id"] for label in labels] == [2, 4, 6, 8]
    assert radio == {"type": 21, "id": 5, "custom_id": "f21", "value": "w"}
    assert boxes["values"] == ["w", "c"]
    assert people["values"] == [str(home.alice.id), str(home.bob.id)]
    assert [data["resolved"]["attachments"][key]["filename"] for key in uploads["values"]] == ["a.txt", "b.txt"]
    assert all(data["resolved"]["attachments"][key]["ephemeral"] for key in uploads["values"])
    assert set(data["resolved"]["users"]) == set(people["values"])


async def test_what_is_left_alone_keeps_its_default(home: Home, rest: Rest, connect: Connect) -> None:
    shown = [
        field(21, options=OPTIONS),
        field(22, options=OPTIONS[:1], required=False),
        field(23, default=True),
        field(19, required=False),
    ]
    async with connect() as socket:
        await socket.ready(home.app.token)
        asked = await opened(rest, home, *shown)
        await socket.event("INTERACTION_CREATE")
        sent = await _event_while(socket, home.alice.submit(asked))
    inner = [label["component"] for label in sent["data"]["components"]]
    assert [part.get("value", part.get("values")) for part in inner] == ["c", [], True, []]


@pytest.mark.parametrize(
    ("component", "value"),
    [
        (field(19), None),
        (field(19), [("a.txt", b"1"), ("b.txt", b"2")]),
        (field(21, options=[{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]), None),
        (field(21, options=OPTIONS), "Hot"),
        (field(22, options=OPTIONS, max_values=1), ["Warm", "Cold"]),
        (field(5), "alice"),
    ],
)
async def test_what_the_client_would_not_send(home: Home, rest: Rest, component: dict[str, Any], value: object) -> None:
    asked = await opened(rest, home, component)
    with pytest.raises(BadOption):
        await home.alice.submit(asked, {component["label"]: value} if value is not None else {})


async def _event_while(socket: Socket, doing: Coroutine[Any, Any, Interaction]) -> dict[str, Any]:
    """Return the interaction that reaches the bot, without waiting for an answer that nobody gives."""
    task = asyncio.create_task(doing)
    try:
        return dict(await socket.event("INTERACTION_CREATE"))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
