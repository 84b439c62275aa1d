"""What somebody means who types a value instead of picking one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.provider import Choice
from bot.domain.settings.choices import match_choices, match_list, suggest_choices, suggest_lists

PROVIDERS = [
    Choice("tamako", "Tamako"),
    Choice("chatbase", "Chatbase"),
    Choice("chatbase-v2", "Chatbase v2"),
    Choice("chatbot", "ChatBot.com"),
    Choice("default", "Back to default"),
]
STORIES = [Choice("5f" * 12, "Help desk"), Choice("6f" * 12, "help  desk"), Choice("7f" * 12, "Pizza\tplace ")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tamako", ["tamako"]),
        ("Tamako", ["tamako"]),
        (" TAMAKO ", ["tamako"]),
        ("ta", ["tamako"]),
        ("chatbase", ["chatbase"]),
        ("Chatbase v2", ["chatbase-v2"]),
        ("ChatBot", ["chatbot"]),
        ("chatbot.COM", ["chatbot"]),
        ("Default", ["default"]),
        ("back to", ["default"]),
        ("chatb", ["chatbase", "chatbase-v2", "chatbot"]),
        ("base", []),
        ("def", []),
        ("gpt", []),
        ("", []),
        (" ", []),
    ],
)
def test_a_value_a_label_or_how_one_begins(typed: str, meant: list[str]) -> None:
    assert [choice.value for choice in match_choices(typed, PROVIDERS)] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pizza place", [2]), ("Help Desk", [0, 1]), ("help", [0, 1]), ("7F" * 12, [2]), ("7F" * 11, [])],
)
def test_a_title_that_two_have_is_not_clear(typed: str, meant: list[int]) -> None:
    assert match_choices(typed, STORIES) == [STORIES[number] for number in meant]


@pytest.mark.parametrize(
    ("typed", "title"), [("Cafe\u0301", "Caf\u00e9"), ("\uff26\uff21\uff31", "FAQ"), ("a  b", "A b")]
)
def test_how_a_title_is_encoded_does_not_matter(typed: str, title: str) -> None:
    choices = [Choice("1", title), Choice("2", "Another")]
    assert match_choices(typed, choices) == suggest_choices(typed, choices) == choices[:1]


@given(st.text(), st.lists(st.builds(Choice, st.text(), st.text())))
def test_only_what_is_there_is_meant(typed: str, choices: list[Choice]) -> None:
    assert all(choice in choices for choice in [*match_choices(typed, choices), *suggest_choices(typed, choices)])


def test_what_is_typed_is_found_within_titles() -> None:
    assert [choice.value for choice in suggest_choices("DESK", STORIES)] == ["5f" * 12, "6f" * 12]
    assert suggest_choices("7F" * 12, STORIES) == [STORIES[2]]
    assert suggest_choices("", STORIES) == STORIES


def test_a_list_is_read_name_by_name() -> None:
    read = match_list(" Tamako,, chatbase v2 ,nobody,chatb, ", PROVIDERS)
    assert [(name, [choice.value for choice in meant]) for name, meant in read] == [
        ("Tamako", ["tamako"]),
        ("chatbase v2", ["chatbase-v2"]),
        ("nobody", []),
        ("chatb", ["chatbase", "chatbase-v2", "chatbot"]),
    ]
    assert match_list(" , ,", PROVIDERS) == []


def test_a_list_is_suggested_with_what_is_not_in_it_yet() -> None:
    lists = suggest_lists("tamako, chatb", PROVIDERS)
    assert [(each.value, each.title) for each in lists] == [
        ("tamako,chatbase", "Tamako, Chatbase"),
        ("tamako,chatbase-v2", "Tamako, Chatbase v2"),
        ("tamako,chatbot", "Tamako, ChatBot.com"),
    ]
    assert [each.value for each in suggest_lists("", PROVIDERS)] == [each.value for each in PROVIDERS]


@given(st.text(alphabet=st.sampled_from("tamkocbse2v.,- "), max_size=40))
def test_whatever_is_typed_a_suggested_list_names_each_once_and_means_what_it_says(typed: str) -> None:
    for suggested in suggest_lists(typed, PROVIDERS):
        names = suggested.value.split(",")
        assert len(set(names)) == len(names)
        for text in (suggested.value, suggested.title):
            assert [[choice.value for choice in meant] for _, meant in match_list(text, PROVIDERS)] == [
                [name] for name in names
            ]
