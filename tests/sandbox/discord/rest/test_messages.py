"""Messages over REST: sending, editing, deleting, reading, and every limit on the way."""

import json
from typing import Any

import aiohttp
import pytest

from sandbox.discord import Discord, NotPossible, Permission
from tests.sandbox.discord.clients import Answer, Rest
from tests.sandbox.discord.conftest import Home


@pytest.fixture
def path(home: Home) -> str:
    return f"/channels/{home.general.id}/messages"


@pytest.fixture(autouse=True)
def _unlimited(discord: Discord) -> None:
    discord.limits.enabled = False


async def send(rest: Rest, path: str, **body: object) -> Answer:
    return await rest("POST", path, body)


async def test_a_message_is_trimmed_and_shown(rest: Rest, home: Home, path: str) -> None:
    answer = await send(rest, path, content="  hello\n")
    (message,) = home.general.visible_to(home.bob)
    assert answer.body["content"] == message.content == "hello"
    assert answer.body["author"]["id"] == str(home.app.bot.id)
    assert 18 <= len(answer.body["id"]) <= 19


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": " \n\t "}, {"content": None}, {"embeds": []}])
async def test_an_empty_message_is_refused(rest: Rest, path: str, body: dict[str, Any]) -> None:
    answer = await rest("POST", path, body)
    assert (answer.status, answer.code) == (400, 50006)


async def test_content_is_at_most_2000_characters(rest: Rest, path: str) -> None:
    assert (await send(rest, path, content="a" * 2000)).status == 200
    assert (await send(rest, path, content=" " + "a" * 2000 + " ")).status == 200
    assert (await send(rest, path, content="a" * 2001)).faults() == {"content": ["BASE_TYPE_MAX_LENGTH"]}
    assert (await send(rest, path, content={"a": 1})).faults() == {"content": ["STRING_TYPE_CONVERT"]}


async def test_what_is_said_about_a_file_has_at_most_1024_characters(rest: Rest, home: Home, path: str) -> None:
    async def post(description: str, method: str = "POST", at: str = path) -> Answer:
        about = {"content": "hi", "attachments": [{"id": 0, "description": description}]}
        form = aiohttp.FormData({"payload_json": json.dumps(about)})
        form.add_field("files[0]", b"chart", filename="chart.png")
        return await rest(method, at, data=form)

    too_long = {"attachments.0.description": ["BASE_TYPE_MAX_LENGTH"]}
    sent = await post("a" * 1024)
    assert sent.body["attachments"][0]["description"] == "a" * 1024
    assert (await post("a" * 1025)).faults() == too_long
    assert (await post("a" * 1025, "PATCH", f"{path}/{sent.body['id']}")).faults() == too_long


async def test_the_form_tree_is_nested_as_discord_nests_it(rest: Rest, path: str) -> None:
    answer = await send(rest, path, embeds=[{"title": "a" * 257}])
    assert answer.body == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "embeds": {
                "0": {
                    "title": {
                        "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]
                    }
                }
            }
        },
    }


async def test_channels_that_are_not_there_or_not_seen(rest: Rest, home: Home) -> None:
    assert (await send(rest, "/channels/5/messages", content="a")).code == 10003
    home.general.overwrite(home.guild.everyone, deny=Permission.VIEW_CHANNEL)
    answer = await send(rest, f"/channels/{home.general.id}/messages", content="a")
    assert (answer.status, answer.code) == (403, 50001)


async def test_permissions_for_sending(rest: Rest, home: Home, path: str) -> None:
    question = await home.alice.say(home.general, "hello?")
    home.general.overwrite(home.app.bot, deny=Permission.ATTACH_FILES)
    assert (await rest.form("POST", path, {"content": "a"}, ("a.txt", b"a"))).code == 50013
    home.general.overwrite(home.app.bot, deny=Permission.READ_MESSAGE_HISTORY)
    refused = await send(rest, path, content="a", message_reference={"message_id": str(question.id)})
    assert (refused.status, refused.code) == (403, 160002)
    home.general.overwrite(home.app.bot, deny=Permission.SEND_MESSAGES)
    assert (await send(rest, path, content="a")).code == 50013
    assert (await rest("POST", f"/channels/{home.general.id}/typing")).code == 50013


async def test_a_forum_or_category_takes_no_messages(rest: Rest, home: Home) -> None:
    for channel in (home.guild.add_forum("help"), home.guild.add_category("all")):
        assert (await send(rest, f"/channels/{channel.id}/messages", content="a")).code == 50008


async def test_voice_channels_have_a_chat(rest: Rest, home: Home) -> None:
    voice = home.guild.add_voice_channel("lounge")
    assert (await send(rest, f"/channels/{voice.id}/messages", content="a")).status == 200


async def test_a_person_who_cannot_be_written_to(rest: Rest, home: Home, discord: Discord) -> None:
    shut = discord.create_user("carol", accepts_dms=False)
    home.guild.add_member(shut)
    stranger = discord.create_user("dave")
    for person in (shut, stranger):
        answer = await send(rest, f"/channels/{person.dm(home.app).id}/messages", content="a")
        assert (answer.status, answer.code) == (403, 50007)
    assert (await send(rest, f"/channels/{home.alice.dm(home.app).id}/messages", content="a")).status == 200


async def test_a_reply(rest: Rest, home: Home, path: str) -> None:
    question = await home.alice.say(home.general, "hello?")
    reference = {"message_id": question.id, "channel_id": str(home.general.id)}
    answer = await send(rest, path, content="yes", message_reference=reference)
    assert (answer.body["type"], answer.body["referenced_message"]["id"]) == (19, str(question.id))
    assert home.general.messages[int(answer.body["id"])].replied_to is question


async def test_a_reply_to_a_deleted_message(rest: Rest, home: Home, path: str) -> None:
    question = await home.alice.say(home.general, "hello?")
    await home.alice.delete(question)
    reference: dict[str, Any] = {"message_id": str(question.id)}
    refused = await send(rest, path, content="yes", message_reference=reference)
    assert refused.faults() == {"message_reference": ["REPLIES_UNKNOWN_MESSAGE"]}
    answer = await send(rest, path, content="yes", message_reference=reference | {"fail_if_not_exists": False})
    assert (answer.status, answer.body["type"]) == (200, 0)


async def test_nobody_replies_to_discords_own_messages(rest: Rest, home: Home, path: str) -> None:
    pinned = await home.alice.pin(await home.alice.say(home.general, "the rules"))
    reference = {"message_id": str(pinned.id), "fail_if_not_exists": False}
    refused = await send(rest, path, content="yes", message_reference=reference)
    assert refused.faults() == {"message_reference": ["REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE"]}


@pytest.mark.parametrize(
    ("rules", "faults"),
    [
        ({"parse": ["users"], "users": ["1"]}, {"allowed_mentions": ["MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"]}),
        ({"parse": ["roles"], "roles": ["1"]}, {"allowed_mentions": ["MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"]}),
        ({"parse": ["friends"]}, {"allowed_mentions.parse.0": ["BASE_TYPE_CHOICES"]}),
        ({"users": ["alice"]}, {"allowed_mentions.users": ["SET_TYPE_INVALID"]}),
        ({"users": [str(n) for n in range(101)]}, {"allowed_mentions.users": ["BASE_TYPE_MAX_LENGTH"]}),
    ],
)
async def test_allowed_mentions_that_contradict_themselves(
    rest: Rest, path: str, rules: dict[str, Any], faults: dict[str, list[str]]
) -> None:
    assert (await send(rest, path, content="a", allowed_mentions=rules)).faults() == faults


async def test_editing_keeps_what_is_left_out_and_every_frame(rest: Rest, home: Home, path: str) -> None:
    sent = await send(rest, path, content="one", embeds=[{"title": "card"}])
    edited = await rest("PATCH", f"{path}/{sent.body['id']}", {"content": "two"})
    assert (edited.body["content"], edited.body["embeds"][0]["title"]) == ("two", "card")
    assert edited.body["edited_timestamp"] is not None
    message = home.general.messages[int(sent.body["id"])]
    assert [frame.content for frame in message.frames] == ["one", "two"]
    assert message.frames[0].at <= message.frames[1].at
    assert message.frames[1].request == {"content": "two"}
    emptied = await rest("PATCH", f"{path}/{sent.body['id']}", {"content": "", "embeds": []})
    assert emptied.code == 50006


async def test_only_own_messages_can_be_edited(rest: Rest, home: Home, path: str) -> None:
    question = await home.alice.say(home.general, "hello?")
    refused = await rest("PATCH", f"{path}/{question.id}", {"content": "a"})
    assert (refused.status, refused.code) == (403, 50005)
    assert (await rest("PATCH", f"{path}/5", {"content": "a"})).code == 10008


async def test_deleting(rest: Rest, home: Home, path: str) -> None:
    own = await send(rest, path, content="a")
    assert (await rest("DELETE", f"{path}/{own.body['id']}")).status == 204
    assert (await rest("DELETE", f"{path}/{own.body['id']}")).code == 10008
    question = await home.alice.say(home.general, "hello?")
    assert (await rest("DELETE", f"{path}/{question.id}")).code == 50013
    home.general.overwrite(home.app.bot, allow=Permission.MANAGE_MESSAGES)
    assert (await rest("DELETE", f"{path}/{question.id}")).status == 204
    assert home.general.visible_to(home.alice) == []
    said = await home.alice.say(home.alice.dm(home.app), "secret")
    assert (await rest("DELETE", f"/channels/{said.channel.id}/messages/{said.id}")).code == 50003


async def test_reading_the_channel(rest: Rest, home: Home, path: str) -> None:
    ids = [str((await home.alice.say(home.general, f"{n}")).id) for n in range(5)]

    async def listed(query: str) -> list[int]:
        return [ids.index(message["id"]) for message in (await rest("GET", f"{path}?{query}")).body]

    assert await listed("") == [4, 3, 2, 1, 0]
    assert await listed("limit=2") == [4, 3]
    assert await listed(f"limit=2&before={ids[3]}") == [2, 1]
    assert await listed(f"limit=2&after={ids[1]}") == [3, 2]
    assert await listed(f"limit=3&around={ids[2]}") == [3, 2, 1]
    assert (await rest("GET", f"{path}?limit=101")).faults() == {"limit": ["NUMBER_TYPE_MAX"]}
    assert (await rest("GET", f"{path}/{ids[0]}")).body["id"] == ids[0]
    home.general.overwrite(home.app.bot, deny=Permission.READ_MESSAGE_HISTORY)
    assert await listed("") == []
    assert (await rest("GET", f"{path}/{ids[0]}")).code == 50001


async def test_files_are_kept_described_and_served(rest: Rest, home: Home, path: str) -> None:
    body = {"content": "see", "attachments": [{"id": "0", "description": "a list"}, {"id": "1"}]}
    answer = await rest.form("POST", path, body, ("one.txt", b"1"), ("two.json", b"{}"))
    first, second = answer.body["attachments"]
    assert (first["filename"], first["size"], first["description"]) == ("one.txt", 1, "a list")
    assert second["content_type"] == "application/json"
    kept = await rest("PATCH", f"{path}/{answer.body['id']}", {"attachments": [{"id": second["id"]}]})
    assert [file["filename"] for file in kept.body["attachments"]] == ["two.json"]
    added = await rest.form("PATCH", f"{path}/{answer.body['id']}", {}, ("three.txt", b"3"))
    assert [file["filename"] for file in added.body["attachments"]] == ["two.json", "three.txt"]
    message = home.general.messages[int(answer.body["id"])]
    assert [len(frame.attachments) for frame in message.frames] == [2, 1, 2]


async def test_a_file_alone_is_a_message_but_not_one_of_11_mb(rest: Rest, path: str) -> None:
    assert (await rest.form("POST", path, {}, ("a.txt", b"a"))).status == 200
    refused = await rest.form("POST", path, {}, ("a.bin", bytes(11 * 1024 * 1024)))
    assert (refused.status, refused.code) == (413, 40005)


@pytest.mark.parametrize(
    ("nonce", "faults"),
    [
        ("a" * 26, {"nonce": ["BASE_TYPE_MAX_LENGTH"]}),
        (1 << 63, {"nonce": ["INT_TYPE_CONVERT"]}),
        ([1], {"nonce": ["STRING_TYPE_CONVERT"]}),
        ("a" * 25, None),
        (12345, None),
    ],
)
async def test_a_nonce_has_at_most_25_characters(
    rest: Rest, path: str, nonce: object, faults: dict[str, list[str]] | None
) -> None:
    answer = await send(rest, path, content="a", nonce=nonce)
    if faults is None:
        assert answer.body["nonce"] == nonce
    else:
        assert answer.faults() == faults


async def test_an_enforced_nonce_is_used_once_in_a_few_minutes(
    rest: Rest, home: Home, path: str, discord: Discord
) -> None:
    first = await send(rest, path, content="one", nonce="n1", enforce_nonce=True)
    again = await send(rest, path, content="two", nonce="n1", enforce_nonce=True)
    assert (again.status, again.body["id"], again.body["content"]) == (200, first.body["id"], "one")
    other = await send(rest, path, content="three", nonce="n2", enforce_nonce=True)
    loose = await send(rest, path, content="four", nonce="n1")
    without = await send(rest, path, content="five", enforce_nonce=True)
    discord.advance(10 * 60)
    later = await send(rest, path, content="six", nonce="n1", enforce_nonce=True)
    assert len({answer.body["id"] for answer in (first, other, loose, without, later)}) == 5
    assert (await send(rest, path, content="a", enforce_nonce="maybe")).faults() == {
        "enforce_nonce": ["BOOLEAN_TYPE_CONVERT"]
    }
    assert [message.content for message in home.general.messages.values()] == ["one", "three", "four", "five", "six"]


async def test_typing_is_seen_until_a_message_comes_or_ten_seconds_pass(
    rest: Rest, home: Home, path: str, discord: Discord
) -> None:
    typing = f"/channels/{home.general.id}/typing"
    assert (await rest("POST", typing)).status == 204
    assert home.general.is_typing(home.app.bot)
    await send(rest, path, content="a")
    assert not home.general.is_typing(home.app.bot)
    await rest("POST", typing)
    discord.advance(10.1)
    assert not home.general.is_typing(home.app.bot)


async def test_automod_blocks_messages_and_edits_with_a_keyword(home: Home, rest: Rest, path: str) -> None:
    home.guild.blocked_keywords = ("cat", "*spam*")
    for text in ("a Cat!", "antispammer"):
        refused = await rest("POST", path, {"content": text})
        assert (refused.status, refused.body["code"]) == (400, 200000)
    sent = await rest("POST", path, {"content": "concatenate"})
    refused = await rest("PATCH", f"{path}/{sent.body['id']}", {"content": "a cat"})
    assert (refused.status, refused.body["code"]) == (400, 200000)
    assert [message.content for message in home.general.messages.values()] == ["concatenate"]
    with pytest.raises(NotPossible):
        await home.bob.say(home.general, "my cat")
    await home.alice.say(home.general, "the owner may say cat")


@pytest.mark.parametrize(("limit", "code"), [("0", "MIN"), ("101", "MAX"), ("many", "COERCE")])
async def test_the_number_of_messages_read_has_bounds(rest: Rest, path: str, limit: str, code: str) -> None:
    assert (await rest("GET", f"{path}?limit={limit}")).faults() == {"limit": [f"NUMBER_TYPE_{code}"]}
