"""The forms inside a message: embeds, components, and the newer layout kind."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.discord.errors import ApiError, FormErrors
from sandbox.discord.validators.components import check_components
from sandbox.discord.validators.embeds import check_embeds
from sandbox.discord.validators.modals import check_choices, check_modal


def faults_of(check: Callable[..., object], body: dict[str, Any], **more: object) -> dict[str, list[str]]:
    errors = FormErrors()
    check(body, errors, **more)
    try:
        errors.raise_if_any()
    except ApiError as error:
        return error.errors_by_path()
    return {}


def button(label: str = "Yes", **more: object) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": label, "custom_id": label} | more


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


FIELD = {"name": "n", "value": "v"}


@pytest.mark.parametrize(
    ("embed", "faults"),
    [
        ({"title": "a" * 256, "description": "d" * 4096, "fields": [FIELD] * 25}, {}),
        ({"title": "a" * 257}, {"embeds.0.title": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"description": "a" * 4097}, {"embeds.0.description": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"fields": [FIELD] * 26}, {"embeds.0.fields": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"fields": [{"name": "a"}]}, {"embeds.0.fields.0.value": ["BASE_TYPE_REQUIRED"]}),
        ({"fields": [{"name": "a" * 257, "value": "b"}]}, {"embeds.0.fields.0.name": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"fields": [{"name": "a", "value": "b" * 1025}]}, {"embeds.0.fields.0.value": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"footer": {"text": "a" * 2049}}, {"embeds.0.footer.text": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"author": {"name": "a" * 257}}, {"embeds.0.author.name": ["BASE_TYPE_MAX_LENGTH"]}),
        ({"url": "ftp://example.org"}, {"embeds.0.url": ["URL_TYPE_INVALID_SCHEME"]}),
        ({"url": "not a url"}, {"embeds.0.url": ["URL_TYPE_INVALID_URL"]}),
        ({"image": {"url": "javascript:alert(1)"}}, {"embeds.0.image.url": ["URL_TYPE_INVALID_SCHEME"]}),
        ({"image": {"url": "attachment://a.png"}}, {}),
        ({"color": "red"}, {"embeds.0.color": ["INT_TYPE_CONVERT"]}),
    ],
)
def test_embed_limits(embed: dict[str, Any], faults: dict[str, list[str]]) -> None:
    assert faults_of(check_embeds, {"embeds": [embed]}) == faults


def test_embeds_hold_6000_characters_together() -> None:
    full = {"description": "a" * 3000}
    assert faults_of(check_embeds, {"embeds": [full, full]}) == {}
    over = [full, full, {"title": "b"}]
    assert faults_of(check_embeds, {"embeds": over}) == {"embeds.2": ["MAX_EMBED_SIZE_EXCEEDED"]}


def test_at_most_ten_embeds() -> None:
    assert faults_of(check_embeds, {"embeds": [{"title": "a"}] * 11}) == {"embeds": ["BASE_TYPE_MAX_LENGTH"]}
    assert faults_of(check_embeds, {"embeds": ["a"]}) == {"embeds.0": ["MODEL_TYPE_CONVERT"]}


@pytest.mark.parametrize(
    ("components", "faults"),
    [
        ([row(*(button(f"{n}") for n in range(5)))], {}),
        ([row(button(f"{n}")) for n in range(6)], {"components": ["BASE_TYPE_MAX_LENGTH"]}),
        ([row()], {"components.0.components": ["BASE_TYPE_BAD_LENGTH"]}),
        ([button()], {"components.0.type": ["BASE_TYPE_CHOICES"]}),
        ([row(button(), button())], {"components.0.components.1.custom_id": ["COMPONENT_CUSTOM_ID_DUPLICATED"]}),
        ([row(button("a" * 81, custom_id="a"))], {"components.0.components.0.label": ["BASE_TYPE_MAX_LENGTH"]}),
        ([row(button(custom_id="a" * 101))], {"components.0.components.0.custom_id": ["BASE_TYPE_BAD_LENGTH"]}),
        ([row(button(custom_id=None))], {"components.0.components.0.custom_id": ["BASE_TYPE_REQUIRED"]}),
        ([row(button(style=9))], {"components.0.components.0.style": ["BASE_TYPE_CHOICES"]}),
        ([row({"type": 2, "style": 1, "custom_id": "a"})], {"components.0.components.0": ["BUTTON_COMPONENT_EMPTY"]}),
        ([row({"type": 2, "style": 5, "label": "a", "url": "https://example.org"})], {}),
        ([row({"type": 2, "style": 5, "label": "a"})], {"components.0.components.0.url": ["BASE_TYPE_REQUIRED"]}),
        (
            [row({"type": 2, "style": 5, "label": "a", "url": "ftp://example.org"})],
            {"components.0.components.0.url": ["URL_TYPE_INVALID_SCHEME"]},
        ),
        (
            [row(button(style=5, url="https://example.org"))],
            {"components.0.components.0.custom_id": ["BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"]},
        ),
        (
            [row(button(), {"type": 5, "custom_id": "who"})],
            {"components.0.components.1": ["COMPONENT_LAYOUT_WIDTH_EXCEEDED"]},
        ),
        (
            [row({"type": 3, "custom_id": "a", "options": [{"label": "a", "value": "1"}] * 2})],
            {"components.0.components.0.options.1": ["SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"]},
        ),
        (
            [row({"type": 3, "custom_id": "a", "options": []})],
            {"components.0.components.0.options": ["BASE_TYPE_BAD_LENGTH"]},
        ),
    ],
)
def test_component_limits(components: list[dict[str, Any]], faults: dict[str, list[str]]) -> None:
    assert faults_of(check_components, {"components": components}) == faults


def test_components_are_numbered() -> None:
    (kept,) = check_components({"components": [row(button("a"), button("b"))]}, FormErrors())
    assert [kept["id"], *(part["id"] for part in kept["components"])] == [1, 2, 3]


def test_the_newer_kind_holds_40_components_and_4000_characters() -> None:
    text = {"type": 10, "content": "a" * 2000}
    assert faults_of(check_components, {"components": [text, text]}, layout=True) == {}
    over = [text, text, {"type": 10, "content": "b"}]
    assert faults_of(check_components, {"components": over}, layout=True) == {
        "components": ["COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"]
    }
    many = [{"type": 17, "components": [{"type": 10, "content": "a"}] * 40}]
    assert faults_of(check_components, {"components": many}, layout=True) == {
        "components": ["COMPONENT_MAX_TOTAL_COMPONENTS"]
    }


TEXT = {"type": 10, "content": "a"}


@pytest.mark.parametrize(
    ("part", "faults"),
    [
        ({"type": 17, "components": [TEXT, row(button())], "accent_color": 0xFF}, {}),
        ({"type": 17, "components": []}, {"components": ["BASE_TYPE_BAD_LENGTH"]}),
        (
            {"type": 17, "components": [{"type": 17, "components": [TEXT]}]},
            {"components.0.type": ["BASE_TYPE_CHOICES"]},
        ),
        ({"type": 17, "components": [TEXT], "accent_color": 1 << 24}, {"accent_color": ["NUMBER_TYPE_MAX"]}),
        (
            {"type": 17, "components": [row(button(label="a" * 81))]},
            {"components.0.components.0.label": ["BASE_TYPE_MAX_LENGTH"]},
        ),
        ({"type": 9, "components": [TEXT], "accessory": button()}, {}),
        ({"type": 9, "components": [TEXT]}, {"accessory": ["MODEL_TYPE_CONVERT"]}),
        ({"type": 9, "components": [TEXT] * 4, "accessory": button()}, {"components": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"type": 9, "components": [TEXT], "accessory": TEXT}, {"accessory.type": ["BASE_TYPE_CHOICES"]}),
        ({"type": 10, "content": ""}, {"content": ["BASE_TYPE_REQUIRED"]}),
        ({"type": 12, "items": []}, {"items": ["BASE_TYPE_BAD_LENGTH"]}),
        ({"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]}, {}),
        ({"type": 12, "items": [{"media": {}}]}, {"items.0.media.url": ["BASE_TYPE_REQUIRED"]}),
        ({"type": 13, "file": {"url": "attachment://a.txt"}}, {}),
        ({"type": 13}, {"file": ["MODEL_TYPE_CONVERT"]}),
        ({"type": 14, "spacing": 3}, {"spacing": ["BASE_TYPE_CHOICES"]}),
    ],
)
def test_layouts(part: dict[str, Any], faults: dict[str, list[str]]) -> None:
    found = faults_of(check_components, {"components": [part]}, layout=True)
    assert found == {f"components.0.{name}": codes for name, codes in faults.items()}


def test_custom_ids_differ_in_the_whole_message_and_what_is_sent_is_left_alone() -> None:
    container = {"type": 17, "components": [row(button())]}
    body = {"components": [container, row(button())]}
    assert faults_of(check_components, body, layout=True) == {
        "components.1.components.0.custom_id": ["COMPONENT_CUSTOM_ID_DUPLICATED"]
    }
    assert "id" not in container


def form(**more: object) -> dict[str, Any]:
    field = {"type": 4, "custom_id": "q", "label": "Question", "style": 1}
    return {"title": "Ask", "custom_id": "ask", "components": [row(field | more)]}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (form() | {"title": "a" * 46}, "data.title"),
        (form() | {"custom_id": ""}, "data.custom_id"),
        (form() | {"components": []}, "data.components"),
        (form(label="a" * 46), "data.components.0.components.0.label"),
        (form(style=3), "data.components.0.components.0.style"),
        (form(max_length=4001), "data.components.0.components.0.max_length"),
        (form() | {"components": [row(button())] * 6}, "data.components"),
        (form() | {"components": [row(button())]}, "data.components.0.components.0.type"),
        (form() | {"components": [row()]}, "data.components.0.components"),
        (form() | {"components": [{"type": 18, "label": "a"}]}, "data.components.0.component"),
    ],
)
def test_form_limits(data: dict[str, Any], path: str) -> None:
    assert check_modal(form()) == form()
    with pytest.raises(ApiError) as refused:
        check_modal(data)
    assert path in refused.value.errors_by_path()


def test_choice_limits() -> None:
    assert check_choices({"choices": [{"name": "a", "value": "b"}]}) == [{"name": "a", "value": "b"}]
    for choices in ([{"name": "a", "value": "b"}] * 26, [{"name": "a"}], [{"name": "a" * 101, "value": "b"}]):
        with pytest.raises(ApiError):
            check_choices({"choices": choices})
