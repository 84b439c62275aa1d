"""What counts as a readable answer to a request that Discord took."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.errors import UnreadableReply
from bot.discord.rate_limits.readable_replies import is_readable, read_message_id

MESSAGES, CALLBACK = "/api/v10/channels/1/messages", "/api/v10/interactions/4/a-token/callback"
JSON = {"Content-Type": "application/json"}
NONSENSE = [b"", b"{", b'{"id": "12', b"<!DOCTYPE html>", b"null", b"3", b'"id"', b"\xff\xfe", b"[" * 60_000]


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("path", [MESSAGES, CALLBACK])
def test_what_is_no_json_object_or_list_is_not_readable(path: str, body: bytes) -> None:
    assert not is_readable(path, JSON, body)


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/html"}, {"Content-Type": "application/json; charset"}])
def test_discord_py_reads_one_type_only(headers: dict[str, str]) -> None:
    assert is_readable(MESSAGES, JSON, b'{"id": "12"}')
    assert not is_readable(MESSAGES, headers, b'{"id": "12"}')


@pytest.mark.parametrize("answer", [[], {}, {"interaction": None}, {"interaction": {}}, {"interaction": {"id": 3}}])
def test_a_first_response_is_answered_with_the_interaction(answer: object) -> None:
    assert not is_readable(CALLBACK, JSON, json.dumps(answer).encode())
    assert is_readable(CALLBACK, JSON, b'{"interaction": {"id": "3", "type": 2}}')


@pytest.mark.parametrize(
    "body", [*NONSENSE, b"[]", b"{}", b'{"id": null}', b'{"id": []}', b'{"id": "soon"}', b'{"id": 1e999}']
)
def test_a_message_without_an_id_is_not_readable(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        read_message_id(body)


@given(st.integers(min_value=0, max_value=2**63), st.dictionaries(st.text(), st.text()))
def test_a_messages_id_is_found_among_all_else(number: int, more: dict[str, str]) -> None:
    assert read_message_id(json.dumps(more | {"id": str(number)}).encode()) == number


@given(st.binary())
def test_no_body_fails_otherwise(body: bytes) -> None:
    is_readable(CALLBACK, JSON, body)
    try:
        read_message_id(body)
    except UnreadableReply:
        return
