"""The answers to Discord's review say what these settings mean, and nothing that is not so."""

import pytest

from bot.strings.host.review import ReviewFacts, review_answers


def facts(
    *,
    reads_content: bool = True,
    is_file: bool = True,
    policy: str | None = "https://host.example/p",
    is_encrypted: bool = False,
) -> ReviewFacts:
    """Return what a bot is like."""
    where = "data/bot.db" if is_file else "db.example"
    return ReviewFacts(reads_content, where, is_file, {"Chatbase": "c.example"}, policy, is_encrypted)


def answers(of: ReviewFacts) -> dict[str, str]:
    """Return the answers by their questions."""
    parts = [part.partition("\n") for part in review_answers(of).split("## ")[1:]]
    return {question: " ".join(answer.split()) for question, _, answer in parts}


@pytest.mark.parametrize("reads_content", [True, False])
def test_the_privileged_intent_is_named_only_if_it_is_on(reads_content: bool) -> None:
    told = answers(facts(reads_content=reads_content))
    assert ("Message Content, which is privileged" in told["Which intents does the application use?"]) == reads_content
    assert ("auto-reply" in told["Why does it need the message content intent?"]) == reads_content


def test_encryption_is_told_as_it_is() -> None:
    question = "Where is the data, and is it encrypted at rest?"
    assert "SECRET_KEY is not set" in answers(facts())[question]
    told = answers(facts(is_encrypted=True))[question]
    assert "does not encrypt" not in told
    assert "names, tokens and credentials are encrypted" in told
    assert "ids, times and counts are not" in told


def test_what_is_stored_for_limits_and_of_servers_own_chatbots_is_told() -> None:
    stored = answers(facts())["What data does it store?"]
    assert "how many somebody asked in the running hour or day" in stored
    assert "its credentials, with the id of the admin who entered them" in stored


def test_what_only_the_host_knows_is_left_to_them() -> None:
    told = answers(facts())
    assert "does not encrypt it" in told["Where is the data, and is it encrypted at rest?"]
    assert "[Say whether the disk" in told["Where is the data, and is it encrypted at rest?"]
    assert "- Chatbase, at c.example" in told["Is data passed to third parties?"]
    assert told["Where is the privacy policy?"].startswith("https://host.example/p")
    assert "PRIVACY_URL" in answers(facts(policy=None))["Where is the privacy policy?"]
    assert "the people who run the database" in answers(facts(is_file=False))["Is data passed to third parties?"]
    for command in ("/privacy opt-out", "/privacy forget", "/privacy export", "erase-all"):
        assert command in told["How can people opt out, and have their data deleted?"]
    assert "10,000 people" in review_answers(facts())
    assert max(map(len, review_answers(facts()).splitlines())) <= 100
