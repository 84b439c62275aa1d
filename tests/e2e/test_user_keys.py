"""How people are named to the providers that remember them, and how the bot presents itself to Tamako."""

import pytest

from sandbox.discord import Person
from tests.e2e.reader import words
from tests.e2e.stage import Stage

KEYS = {"tamako": "user", "stammer": "user_key", "chatbot": "sessionId"}


def sent(stage: Stage, provider: str) -> list[object]:
    """Return the user key of each request to a provider."""
    return [received.fields[KEYS[provider]] for received in getattr(stage.apis, provider).received]


@pytest.mark.parametrize(
    ("provider", "url"),
    [("tamako", "sqlite"), ("tamako", "postgresql"), ("stammer", "sqlite"), ("chatbot", "sqlite")],
    indirect=["url"],
)
async def test_a_user_is_named_by_id_and_by_a_counter_after_each_clear(resting_stage: Stage, provider: str) -> None:
    stage = resting_stage
    stage.changed["DEFAULT_PROVIDER"] = provider
    async with stage.running():
        await stage.ask(stage.alice, "hello")
        for _ in range(2):
            told = await stage.use(stage.alice, "history clear")
            assert told.content.startswith("Your conversation with")
            await stage.ask(stage.alice, "what did I say before?")
        await stage.ask(stage.bob, "hello")
    key, other = str(stage.alice.id), str(stage.bob.id)
    assert sent(stage, provider) == [key, f"{key}.1", f"{key}.2", other]
    async with stage.running():
        await stage.ask(stage.alice, "hello again", stage.alice.dm(stage.app))
    assert sent(stage, provider)[-1] == f"{key}.2"


async def test_a_clear_renews_the_key_for_one_provider_alone(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(stage.alice, "history clear")
    for provider in KEYS:
        await stage.use(stage.alice, f"{provider} ask", question="hello")
    key = str(stage.alice.id)
    assert [sent(stage, provider) for provider in KEYS] == [[f"{key}.1"], [key], [key]]


async def test_a_clear_lets_an_answer_under_way_finish_under_the_old_key(stage: Stage) -> None:
    await stage.use(stage.admin, "settings provider", provider="stammer")
    stream = stage.apis.stammer.hold()
    question = await stage.alice.say(stage.general, stage.mention("my cat is called Mog"))
    await stream.started()
    await stage.use(stage.alice, "history clear")
    await stream.send("Noted.")
    await stream.finish()
    assert (await stage.answer(question)).content == "Noted."
    answer = await stage.ask(stage.alice, "what did I say before?")
    assert "first thing you have said" in answer.content
    assert sent(stage, "stammer") == [str(stage.alice.id), f"{stage.alice.id}.1"]


async def test_tamakos_second_user_parameter_has_eighteen_digits(stage: Stage) -> None:
    veteran = Person(80_351_110_224_678_912, "veteran", stage.discord.state)
    stage.discord.state.users[veteran.id] = veteran
    stage.guild.add_member(veteran)
    await stage.use(veteran, "tamako ask", question="hello")
    received = stage.apis.tamako.received[-1]
    assert received.fields["user"] == "80351110224678912"
    assert received.fields["userid"] == "080351110224678912"
    await stage.use(stage.admin, "settings provider", provider="tamako")
    await stage.use(veteran, "history clear")
    await stage.ask(veteran, "hello")
    received = stage.apis.tamako.received[-1]
    assert received.fields["user"] == "80351110224678912.1"
    assert received.fields["userid"] == "080351110224678912.1"


async def test_tamako_is_sent_its_parameters_and_none_that_is_unset(stage: Stage) -> None:
    await stage.use(stage.alice, "tamako ask", question="who are you? & so=on")
    key = str(stage.alice.id)
    bare = {
        "username": stage.apis.tamako.username,
        "appid": stage.apis.tamako.app_id,
        "appsecret": stage.apis.tamako.app_secret,
        "message": "who are you? & so=on",
        "user": key,
        "userid": key.zfill(18),
        "dev": "robin",
    }
    assert stage.apis.tamako.received[-1].fields == bare
    persona = {"name": "Ada & Co", "gender": "female", "prefix": "a+", "developer": "Müller#1"}
    for setting, value in persona.items():
        await stage.use(stage.admin, f"settings {setting}", value=value)
    told = await stage.use(stage.alice, "tamako ask", question="who are you?")
    assert "**Ada & Co**" in words(told)
    assert "Müller#1" in words(told)
    everything = bare | {"message": "who are you?", "name": "Ada & Co", "gender": "female", "prefix": "a+"}
    assert stage.apis.tamako.received[-1].fields == everything | {"dev": "Müller#1"}
    for setting in persona:
        await stage.use(stage.admin, f"settings {setting}")
    await stage.use(stage.alice, "tamako ask", question="who are you? & so=on")
    assert stage.apis.tamako.received[-1].fields == bare


@pytest.mark.environment(BOT_DEVELOPER="The Team")
async def test_tamako_is_told_the_operators_developer_before_the_owner(stage: Stage) -> None:
    await stage.use(stage.alice, "tamako ask", question="hello")
    assert developers(stage) == ["The Team"]
    await stage.use(stage.admin, "settings developer", value="Home Ltd")
    await stage.use(stage.alice, "tamako ask", question="hello")
    assert developers(stage) == ["The Team", "Home Ltd"]


def developers(stage: Stage) -> list[object]:
    """Return the `dev` of each request to Tamako."""
    return [received.fields["dev"] for received in stage.apis.tamako.received]
