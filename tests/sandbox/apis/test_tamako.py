"""The Tamako stand-in against provider-docs/tamako.txt and the newer servers' habits."""

import aiohttp
import pytest

from sandbox.apis import Apis, Reply, TamakoShape
from tests.sandbox.apis.sample_requests import LEFT_OUT, USER, Asker

PADDED = USER.zfill(18)


async def test_answers_in_the_documented_shape_and_echoes_the_secret(apis: Apis, ask: Asker) -> None:
    apis.tamako.answers("response by the api")
    response = await ask("tamako", "message", name="Sakuta", gender="male", prefix="t!", dev="Bear")
    assert response.status == 200
    assert response.json == {
        "api": "TamakoBot API",
        "args": {
            "username": apis.tamako.username,
            "appid": apis.tamako.app_id,
            "appsecret": apis.tamako.app_secret,
            "userid": USER,
            "gender": "male",
            "name": "Sakuta",
            "incoming_message": "message",
        },
        "response": "response by the api",
    }


@pytest.mark.parametrize("field", ["username", "appid", "appsecret"])
async def test_says_null_to_wrong_authorisation(apis: Apis, ask: Asker, field: str) -> None:
    response = await ask("tamako", **{field: "wrong-one"})
    assert response.status == 401
    assert response.json["error"] == "null"
    assert "response" not in response.json
    assert apis.tamako.received[-1].refused == "Invalid credentials!"


@pytest.mark.parametrize("field", ["username", "appid", "appsecret", "message", "user"])
@pytest.mark.parametrize("value", [LEFT_OUT, ""])
async def test_says_missing_arguements(ask: Asker, field: str, value: object) -> None:
    response = await ask("tamako", **{field: value})
    assert response.status == 400
    assert response.json["error"] == "missing_arguements"


async def test_a_missing_user_is_null_in_the_echo(ask: Asker) -> None:
    response = await ask("tamako", user=LEFT_OUT)
    assert response.json["args"]["userid"] is None  # type: ignore[index]


async def test_errors_can_come_with_any_status_since_none_is_documented(apis: Apis, ask: Asker) -> None:
    apis.tamako.error_status = 200
    response = await ask("tamako", appsecret="wrong-one")
    assert (response.status, response.json["error"]) == (200, "null")


async def test_refuses_unknown_and_repeated_parameters(apis: Apis, ask: Asker, http: aiohttp.ClientSession) -> None:
    assert (await ask("tamako", usr="1")).status == 400
    assert apis.tamako.received[-1].refused == "Unknown: usr"
    async with http.get(f"{apis.tamako.url}?{'&'.join(f'{k}={v}' for k, v in valid(apis))}&user=2") as response:
        assert response.status == 400
    assert apis.tamako.received[-1].refused == "Repeated: user"


def valid(apis: Apis) -> list[tuple[str, str]]:
    tamako = apis.tamako
    return [
        ("username", tamako.username),
        ("appid", tamako.app_id),
        ("appsecret", tamako.app_secret),
        ("message", "hi"),
        ("user", "1"),
    ]


@pytest.mark.parametrize("userid", [PADDED, "0" * 10 + PADDED, PADDED + ".1"])
async def test_takes_the_padded_userid_beside_user(ask: Asker, userid: str) -> None:
    assert (await ask("tamako", userid=userid)).status == 200


@pytest.mark.parametrize("userid", ["1234", "12345678901234567", "x" * 18])
async def test_refuses_a_userid_without_18_digits_in_a_row(ask: Asker, userid: str) -> None:
    response = await ask("tamako", userid=userid)
    assert (response.status, response.json) == (400, {"message": "Invalid user id!"})


async def test_the_newer_shape_reads_userid_and_answers_in_message(apis: Apis, ask: Asker) -> None:
    apis.tamako.shape = TamakoShape.NEWER
    apis.tamako.answers("the reply")
    response = await ask("tamako", "input", user=LEFT_OUT, userid=PADDED)
    assert response.json == {
        "Api": "Tamako API",
        "Type": "Chat API",
        "input": "input",
        "userid": PADDED,
        "message": "the reply",
    }
    missing = await ask("tamako")
    assert (missing.status, missing.json["error"], missing.json["message"]) == (400, True, "Missing: userid")
    wrong = await ask("tamako", userid=PADDED, appid="wrong-one")
    assert (wrong.status, wrong.json["error"], wrong.json["message"]) == (401, True, "Invalid credentials!")


async def test_one_reply_can_have_the_newer_shape(apis: Apis, ask: Asker) -> None:
    apis.tamako.answers(Reply("new", shape=TamakoShape.NEWER), times=1)
    assert (await ask("tamako")).json["message"] == "new"
    assert "response" in (await ask("tamako")).json


async def test_speaks_as_the_persona_and_strips_mentions(ask: Asker) -> None:
    said = await ask.said("tamako", "who are you?", name="Sakuta", dev="Bear")
    assert "Sakuta" in said
    assert "Bear" in said
    assert "<@" not in await ask.said("tamako", "what about <@123456789012345678> and <#1>")


async def test_takes_a_message_of_4000_emoji(apis: Apis, ask: Asker) -> None:
    assert (await ask("tamako", "🦊" * 4000)).status == 200
    assert apis.tamako.received[0].question == "🦊" * 4000


async def test_takes_nothing_but_get(apis: Apis, http: aiohttp.ClientSession) -> None:
    async with http.post(apis.tamako.url) as response:
        assert response.status == 405
    assert [stray.method for stray in apis.tamako.strays] == ["POST"]
    assert apis.tamako.received == []
