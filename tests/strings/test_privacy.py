"""What the bot says about what it keeps: true numbers, in sentences that fit a message."""

from dataclasses import replace

import pytest

from bot.domain.errors import DatabaseUnavailable
from bot.domain.personal_data import Account, Erased, Holdings, Tally
from bot.privacy.service import PrivacyService
from bot.strings import privacy
from bot.text.pagination import MAX_PAGE_UNITS, utf16_len
from tests.conversation.test_server_settings import server_settings
from tests.fakes.personal_data_store import FakePersonalDataStore, a_turn

KEYS = {"Tamako": "4711.1", "Stammer.ai": "4711"}
REMEMBERING = {"tamako": "Tamako", "stammer": "Stammer.ai"}
HISTORY = "saved as conversation history"
GO_ON = "2 conversations continue without your messages."


def account(here: Tally, everywhere: Tally, *, days: int = 30) -> Account:
    return Account(Holdings(here, everywhere), days, KEYS)


def test_an_account_says_how_much_and_since_when() -> None:
    said = privacy.describe_account(account(Tally(1, 1, 5), Tally(20, 3, 4), days=1), direct=False)
    assert said.splitlines()[:4] == [
        "**What I store about you**",
        f"- In this server: 1 question with my answers, and 1 exchange {HISTORY}, the oldest from <t:5:d>.",
        f"- In all servers and DMs: 20 questions with my answers, and 3 exchanges {HISTORY}, the oldest from <t:4:d>.",
        "- In this server, I delete everything older than 1 day.",
    ]
    assert "Tamako `4711.1`, Stammer.ai `4711`." in said


def test_chatbots_that_keep_conversations_are_named() -> None:
    kept = replace(account(Tally(1, 1, 5), Tally(1, 1, 5)), keepers=("Chatbase v2",))
    assert "- Chatbase v2 keeps each conversation itself, old ones too" in privacy.describe_account(kept, direct=False)
    assert "With one that is yours alone, it gets your Discord id." in privacy.describe_account(kept, direct=False)
    assert "- Chatbase v2 keeps the conversations that you took part in" in privacy.ask_to_erase(kept)


def test_counts_toward_limits_are_told_and_that_they_stay() -> None:
    kept = account(Tally(1, 1, 5), Tally(1, 1, 5))
    counted = replace(kept, is_counted=True)
    line = "- How many questions you asked in an hour or a day that is limited, until shortly after it ends."
    assert line in privacy.describe_account(counted, direct=False).splitlines()
    assert line not in privacy.describe_account(kept, direct=False)
    stays = "- How many questions you asked in this hour or day stays until it ends, because a limit depends on it."
    assert stays in privacy.ask_to_erase(counted).splitlines()
    assert stays not in privacy.ask_to_erase(kept)


def test_saved_credentials_are_told_and_that_they_stay() -> None:
    kept = account(Tally(), Tally())
    saved = replace(kept, saved_credentials=True)
    said = privacy.describe_account(saved, direct=False).splitlines()
    assert "- That you saved what a server's chatbot is asked with, and when (`/setup`)." in said
    assert "- No questions and no answers." in said
    stays = "- A server's chatbot that you set up with `/setup` stays, but I delete that it was you."
    assert stays in privacy.ask_to_erase(saved).splitlines()
    assert stays not in privacy.ask_to_erase(kept)


def test_an_account_without_anything_says_so() -> None:
    said = privacy.describe_account(account(Tally(), Tally()), direct=True)
    assert said.splitlines()[1:3] == [
        "- Nothing: no questions and no answers.",
        "- In direct messages, I delete everything older than 30 days.",
    ]
    said = privacy.describe_account(account(Tally(), Tally(1, 0, 5)), direct=True)
    assert "- In direct messages: nothing." in said


@pytest.mark.parametrize(
    ("erased", "said"),
    [
        (Erased(), "There was nothing to delete."),
        (Erased(conversations=1), "There was nothing to delete. 1 conversation continues without your messages."),
        (
            Erased(2, 1, 2),
            f"Deleted: 2 questions with my answers, and 1 exchange {HISTORY}. {GO_ON}",
        ),
    ],
)
def test_what_was_erased_is_counted(erased: Erased, said: str) -> None:
    told = privacy.describe_erased(erased)
    assert told == f"{said} Chatbots with a memory of their own know you by a new id from now on."


@pytest.mark.parametrize(
    ("days", "said"), [(1, "for 1 day."), (365, "for 365 days."), (None, "for 30 days (the default).")]
)
def test_a_new_retention_time_says_what_follows(days: int | None, said: str) -> None:
    assert f"in this server {said} Older ones" in privacy.describe_retention(days)


def test_everything_fits_a_message() -> None:
    much = Tally(10**12, 10**12, 10**12)
    for direct in (False, True):
        assert utf16_len(privacy.describe_account(account(much, much), direct=direct)) < MAX_PAGE_UNITS
    assert utf16_len(privacy.ask_to_erase(account(much, much))) < MAX_PAGE_UNITS


async def test_opting_out_again_does_what_the_database_failed_to_do() -> None:
    personal_data, settings = FakePersonalDataStore(down=True), server_settings()
    privacy = PrivacyService(personal_data, settings, REMEMBERING)
    with pytest.raises(DatabaseUnavailable):
        await privacy.opt_out(4711, out=True)
    assert settings.opted_out(4711), "from the first moment"
    personal_data.down = False
    await privacy.opt_out(4711, out=True)
    await privacy.opt_out(4711, out=False)
    assert (personal_data.withdrawn, settings.opted_out(4711)) == ([4711], False)


async def test_an_account_names_keys_of_providers_that_are_set_up_and_renewed_ones_of_others() -> None:
    personal_data = FakePersonalDataStore(kept_turns=[a_turn(1)])
    privacy = PrivacyService(personal_data, server_settings(server={"retention": "7"}), REMEMBERING)
    told = await privacy.account(4711, 7)
    assert (told.days, told.keys) == (7, {"Tamako": "4711"})
    assert (await privacy.account(4711, None)).days == 30

    personal_data.known_as = {"gone": "4711.2", "stammer": "4711.1"}
    assert (await privacy.account(4711, 7)).keys == {"Tamako": "4711", "Stammer.ai": "4711.1", "gone": "4711.2"}
