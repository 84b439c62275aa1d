"""Whatever a bot sends, the sandbox answers as Discord would: it refuses or accepts, and never breaks."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.discord import Discord
from sandbox.discord.errors import ApiError, FormErrors, Json
from sandbox.discord.model.channels import Channel, ChannelType
from sandbox.discord.people.errors import NotPossible
from sandbox.discord.people.forms import fill_form
from sandbox.discord.validators.commands import check_command, check_unique
from sandbox.discord.validators.messages import check_new_message
from sandbox.discord.validators.modals import check_choices, check_modal

NAMES = [
    "content", "embeds", "components", "attachments", "flags", "allowed_mentions", "parse", "users", "roles", "nonce",
    "message_reference", "message_id", "type", "style", "label", "custom_id", "url", "emoji", "options", "value",
    "name", "title", "description", "fields", "footer", "author", "text", "image", "component", "choices", "id",
    "min_values", "max_values", "min_length", "max_length", "required", "contexts", "integration_types", "color",
    "accessory", "default_member_permissions", "autocomplete", "inline", "disabled", "placeholder", "channel_types",
]  # fmt: skip

scalars = (
    st.none() | st.booleans() | st.integers(-1, 20) | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["users", "1", "https://example.org", "a" * 101, "²", "9" * 30])
)  # fmt: skip
bodies = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)
objects = st.dictionaries(st.sampled_from(NAMES), bodies, max_size=8)
rows = st.fixed_dictionaries({"type": st.just(1), "components": st.lists(objects | bodies, max_size=3)})
fields = st.fixed_dictionaries({"type": st.just(4), "custom_id": st.text(min_size=1, max_size=3), "style": st.just(1)})
options = st.lists(st.fixed_dictionaries({"label": st.just("a"), "value": st.text(min_size=1)}), max_size=4)
groups = st.fixed_dictionaries(
    {"type": st.sampled_from([3, 5, 19, 21, 22, 23]), "custom_id": st.text(min_size=1, max_size=3), "options": options},
    optional={"min_values": scalars, "max_values": scalars, "required": scalars, "default": scalars},
)
labels = st.fixed_dictionaries(
    {"type": st.just(18), "label": st.text(min_size=1, max_size=3), "component": fields | groups}
)


def channel() -> Channel:
    state = Discord().state
    return Channel(state.ids.mint(), ChannelType.TEXT, "general", state)


@given(objects | st.fixed_dictionaries({"components": st.lists(rows)}, optional={"flags": st.just(1 << 15)}))
def test_messages(body: Json) -> None:
    try:
        draft = check_new_message(body, (), channel())
    except ApiError as refused:
        code = refused.problem.code
    else:
        code = 0 if not draft.empty else -1
    assert code in (0, 50035, 50006)


@given(st.lists(objects, max_size=3))
def test_commands(listed: list[Any]) -> None:
    errors = FormErrors()
    checked = [check_command(body, errors, (index,)) for index, body in enumerate(listed)]
    check_unique(checked, errors)
    assert bool(errors) or all(command["name"] and command["type"] for command in checked)


@given(objects)
def test_choices(body: Json) -> None:
    try:
        choices = check_choices(body)
    except ApiError:
        return
    assert all(choice["name"] for choice in choices)


@given(st.lists(rows | labels | objects, min_size=1, max_size=3))
def test_a_form_that_is_accepted_can_be_filled_in(components: list[Any]) -> None:
    try:
        form = check_modal({"title": "a", "custom_id": "b", "components": components})
    except ApiError:
        return
    try:
        filled = fill_form(form, {}, channel()).data
    except NotPossible:
        return
    assert len(filled["components"]) == len(components)
