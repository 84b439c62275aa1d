"""Malformed settings: each is said in one plain line, and what is only around a value is understood."""

import re
from pathlib import Path

import pytest

from bot.crypto.keys import new_key
from bot.domain.access import EVERYBODY, Access
from bot.providers import PROVIDERS
from bot.settings import Configuration, Settings, SettingsError, load, load_database_url, load_secret_key
from tests.process.bot_runs import complete_settings

ROOT = Path(__file__).resolve().parents[1]
NAMES = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)

HIDDEN = "secret-of-nobodys-eyes"
"""Part of each value that may hold a password: never repeated."""

NUMBERS = {
    "HISTORY_MESSAGES": "a whole number from 0 to 1000",
    "SHARED_LIMIT": "a whole number from 1 to 100000",
    "HISTORY_CHARS": "a whole number from 0 to 1000000",
    "PROVIDER_IDLE_TIMEOUT": "a number above 0 and at most 3600",
    "PROVIDER_TOTAL_TIMEOUT": "a number above 0 and at most 3600",
    "DRAIN_SECONDS": "a number from 0 to 3600",
    "SHARD_COUNT": "a whole number from 1 to 10000",
    "CLUSTER_COUNT": "a whole number from 1 to 10000",
    "CLUSTER_ID": "a whole number from 0 to 10000",
    "PORT": "a whole number from 1 to 65535",
    "CHATBASE_TEMPERATURE": "a number from 0 to 1",
}
CHOICES = {
    "MESSAGE_CONTENT_INTENT": "true or false",
    "CHATBASE_STREAM": "true or false",
    "SHARED_CREDENTIALS": "true or false",
    "DEFAULT_PROVIDER": f"one of {', '.join(kind.name for kind in PROVIDERS)}",
    "LOG_LEVEL": "one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
    "LOG_FORMAT": "one of text, json",
}
KEYS = [
    *("DISCORD_TOKEN", "CHATBASE_API_KEY", "CHATBASE_V2_API_KEY", "STAMMER_API_TOKEN"),
    *("CHATBOT_CLIENT_TOKEN", "CHATBOT_DEVELOPER_TOKEN"),
]
ADDRESSES = [
    *("DISCORD_API_URL", "TAMAKO_API_URL", "CHATBASE_API_URL", "CHATBASE_V2_API_URL"),
    *("STAMMER_API_URL", "STAMMER_API_URLS", "CHATBOT_API_URL"),
]
PROXIES = ["HTTPS_PROXY", "HTTP_PROXY"]
KEY_OF_32 = "`python -m bot new-key` makes one"
DATABASES = ["DATABASE_URL", "DATABASE_DIRECT_URL"]
ANY_TEXT = [
    *("CHATBASE_CHATBOT_ID", "CHATBASE_MODEL", "CHATBASE_V2_AGENT_ID", "STAMMER_SYSTEM_PROMPT", "NO_PROXY", "HOST"),
    *("TAMAKO_USERNAME", "TAMAKO_APP_ID", "TAMAKO_APP_SECRET", "TAMAKO_PRVID", "TAMAKO_SVCID", "TAMAKO_SVCSECRET"),
]
"""Settings that take anything."""

KEY = "must be printable ASCII characters without spaces: copy it again"
ADDRESS = "must be an https address without user name, password and fragment (http only for 127.0.0.1)"
GATEWAY = "must be a wss address without user name, password and fragment (ws only for 127.0.0.1)"
PROXY = "must be an address such as http://proxy.example:3128"

IDS = "give ids with commas between them, as Discord's Copy ID gives them in Developer Mode"

NO_NUMBERS = ("many", "10s", "1,000", "-1", "9999999", "nan", "inf", "0x10", "½", "true")

MALFORMED: list[tuple[str, str, str]] = [
    *((name, value, f'is "{value}", but must be {form}') for name, form in NUMBERS.items() for value in NO_NUMBERS),
    *((name, HIDDEN, f"is a text of 22 characters, but must be {form}") for name, form in NUMBERS.items()),
    ("SHARED_LIMIT", "0", 'is "0", but must be a whole number from 1 to 100000'),
    ("HISTORY_MESSAGES", "1.5", 'is "1.5", but must be a whole number from 0 to 1000'),
    ("PROVIDER_IDLE_TIMEOUT", "0", 'is "0", but must be a number above 0 and at most 3600'),
    ("CHATBASE_TEMPERATURE", "1.01", 'is "1.01", but must be a number from 0 to 1'),
    *((name, value, f'is "{value}", but must be {form}') for name, form in CHOICES.items() for value in ("maybe", "2")),
    *((name, HIDDEN, f"is a text of 22 characters, but must be {form}") for name, form in CHOICES.items()),
    ("LOG_LEVEL", "WARN", 'is "WARN", but must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL'),
    *((name, f"{HIDDEN} more", f"has a space at place 23 of 27, but {KEY}") for name in KEYS),
    *((name, f"{HIDDEN}\nmore", f"has a line break in it, but {KEY}") for name in KEYS),
    *((name, f"{HIDDEN}\u200bmore", f"has the character U+200B at place 23 of 27, but {KEY}") for name in KEYS),
    *((name, f"“{HIDDEN}", f"has the character U+201C at place 1 of 23, but {KEY}") for name in KEYS),
    *((name, f'"{HIDDEN}', "has a quote at one end, but must be the key alone: remove the quote") for name in KEYS),
    *((name, f"{HIDDEN}'", "has a quote at one end, but must be the key alone: remove the quote") for name in KEYS),
    *((name, f"ftp://{HIDDEN}.example", f"begins with ftp://, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"{HIDDEN}.example/api", f"does not begin with https://, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"me:{HIDDEN}@host.example", f"does not begin with https://, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"{HIDDEN}://host", f"does not begin with https://, but {ADDRESS}") for name in ADDRESSES),
    *(
        (name, f"http://{HIDDEN}.example", f"begins with http:// or has no valid host, but {ADDRESS}")
        for name in ADDRESSES
    ),
    *((name, f"https://me:{HIDDEN}@host", f"has a user name or a password in it, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"https://host/#{HIDDEN}", f"has a fragment (#) in it, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"https://host:99999/{HIDDEN}", f"has no valid host and port, but {ADDRESS}") for name in ADDRESSES),
    *((name, f"https://[::1/{HIDDEN}", f"has no valid host and port, but {ADDRESS}") for name in ADDRESSES),
    *(
        (name, f"https://host/{HIDDEN} b", f"has a space, a backslash or a control character in it, but {ADDRESS}")
        for name in ADDRESSES
    ),
    ("DISCORD_GATEWAY_URL", f"https://{HIDDEN}.example", f"begins with https://, but {GATEWAY}"),
    ("DISCORD_GATEWAY_URL", f"{HIDDEN}.example", f"does not begin with wss://, but {GATEWAY}"),
    *((name, f"socks5://me:{HIDDEN}@host", f"begins with socks5://, but {PROXY}") for name in PROXIES),
    *((name, f"http://me:{HIDDEN}@", f"has no valid host and port, but {PROXY}") for name in PROXIES),
    *((name, f"{HIDDEN}:http", f"has no valid host and port, but {PROXY}") for name in PROXIES),
    *(
        (name, f"mysql://me:{HIDDEN}@host/bot", "must begin with sqlite:///, postgresql:// or postgres://")
        for name in DATABASES
    ),
    *((name, f"{HIDDEN}.db", "must begin with sqlite:///, postgresql:// or postgres://") for name in DATABASES),
    *(
        (name, value, f"has no Discord id as entry {entry} of {entries}: {IDS}")
        for name in ("ALLOWED_SERVERS", "BLOCKED_SERVERS", "BLOCKED_USERS")
        for value, entry, entries in (
            (HIDDEN, 1, 1),
            ("1234567890123456789, #general", 2, 2),
            ("1234567890123456789 2345678901234567890", 1, 1),
            ("1,,2", 2, 3),
            (",", 1, 2),
            ("-1", 1, 1),
            ("0", 1, 1),
            ("18446744073709551616", 1, 1),
            ("١٢٣", 1, 1),
        )
    ),
    ("PRIVACY_URL", f"http://{HIDDEN}.example", f"begins with http:// or has no valid host, but {ADDRESS}"),
    ("PRIVACY_URL", f"{HIDDEN}.example/privacy", f"does not begin with https://, but {ADDRESS}"),
    ("PRIVACY_URL", f"https://host.example/{HIDDEN * 5}", "has 131 characters, but must have at most 120"),
    ("SECRET_KEY", f"{HIDDEN}!", f"is not base64: copy the whole key again, and nothing else; {KEY_OF_32}"),
    ("SECRET_KEY", f"{HIDDEN}aa", f"holds 18 bytes, but must be 32 bytes in base64; {KEY_OF_32}"),
    (
        "STAMMER_CHATBOT_UUID",
        HIDDEN,
        "has 22 characters, but must be a UUID such as 12345678-1234-5678-1234-567812345678",
    ),
    ("CHATBOT_STORY_ID", HIDDEN, "has 22 characters, but must be a story's id: 24 hexadecimal digits"),
    ("BOT_DEVELOPER", f"{HIDDEN} " * 3, "has 68 characters, but must have at most 64"),
]


@pytest.mark.parametrize(("name", "value", "said"), MALFORMED)
def test_a_malformed_value_is_said_in_one_plain_line(name: str, value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load({**complete_settings(tmp_path), name: value})
    assert str(caught.value) == f"{name} {said}"
    assert HIDDEN not in str(caught.value)


def test_every_setting_is_tried() -> None:
    assert {*ANY_TEXT, *(name for name, _, _ in MALFORMED)} == set(NAMES)


@pytest.mark.parametrize(
    ("value", "ids"), [("1", {1}), (" 1 ,2,  3,", {1, 2, 3}), ("18446744073709551615,1,1", {1, (1 << 64) - 1})]
)
def test_lists_of_ids_are_read_with_spaces_and_a_comma_at_the_end(value: str, ids: set[int], tmp_path: Path) -> None:
    given = dict.fromkeys(("ALLOWED_SERVERS", "BLOCKED_SERVERS", "BLOCKED_USERS"), value)
    access = load({**complete_settings(tmp_path), **given}).bot.access
    assert access == Access(*[frozenset(ids)] * 3)
    assert load(complete_settings(tmp_path)).bot.access == EVERYBODY


WITHOUT_PROVIDERS = {"DISCORD_TOKEN": "x", "SECRET_KEY": new_key()}


def test_with_a_key_no_provider_is_needed() -> None:
    found = load(WITHOUT_PROVIDERS)
    assert (found.providers, found.default, list(found.kinds)) == ({}, None, [kind.name for kind in PROVIDERS])
    assert found.bot.shared_credentials
    said = _mistake({"DISCORD_TOKEN": "x"})
    assert all(name in said for name in ("CHATBASE_API_KEY", "TAMAKO_APP_ID", "CHATBOT_CLIENT_TOKEN", "SECRET_KEY"))


@pytest.mark.parametrize("provider", ["tamako", "chatbase-v2", "stammer"])
def test_a_default_without_credentials_is_a_mistake_also_with_a_key(provider: str) -> None:
    said = _mistake({**WITHOUT_PROVIDERS, "DEFAULT_PROVIDER": provider})
    assert said.startswith(f"DEFAULT_PROVIDER is {provider}, which is not configured: set ")


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("https://a.example/api/", ["https://a.example/api/"]),
        (" https://a.example/ , https://b.example/x/,", ["https://a.example/", "https://b.example/x/"]),
        ("http://127.0.0.1:8000/", ["http://127.0.0.1:8000/"]),
    ],
)
def test_servers_may_choose_among_the_addresses_that_are_listed(value: str, addresses: list[str]) -> None:
    stammer = load({**WITHOUT_PROVIDERS, "STAMMER_API_URLS": value}).kinds["stammer"]
    assert stammer.addresses == (stammer.api_url, *addresses)


@pytest.mark.parametrize("value", ["http://a.example/", "https://a.example/,ftp://b", "https://u:p@a.example/", "a"])
def test_a_listed_address_is_checked_like_every_other(value: str) -> None:
    assert _mistake({**WITHOUT_PROVIDERS, "STAMMER_API_URLS": value}).startswith("STAMMER_API_URLS ")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://host.example/privacy#bots", "https://host.example/privacy#bots"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/"),
        ("https://host.example/?a=<b>", "https://host.example/?a=%3Cb%3E"),
    ],
)
def test_the_privacy_policy_may_be_a_part_of_a_page(value: str, address: str, tmp_path: Path) -> None:
    assert load({**complete_settings(tmp_path), "PRIVACY_URL": value}).bot.privacy_url == address


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["\x00", "\udcff", "a\udc80b" * 9, "💥" * 5000, "{}", "None", '"', "%", "\\"])
def test_whatever_is_given_is_never_told_in_a_librarys_words(name: str, value: str, tmp_path: Path) -> None:
    said = _mistake({**complete_settings(tmp_path), name: value})
    assert not said or said.startswith(name)
    assert "\n" not in said
    assert len(said) < 200
    assert not re.search("pydantic|[Ii]nput|a valid |should be|parse|literal|Value error|💥", said)


def test_a_malformed_proxy_in_small_letters_is_said_as_well(tmp_path: Path) -> None:
    said = _mistake({**complete_settings(tmp_path), "https_proxy": "http://me\udcff@proxy.example"})
    assert said.startswith("HTTPS_PROXY holds bytes that are not UTF-8")


def _mistake(settings: dict[str, str]) -> str:
    try:
        load(settings)
    except SettingsError as error:
        return str(error)
    return ""


WRAPPED = {
    "single quotes": "'{}'",
    "double quotes": '"{}"',
    "typographic quotes": "“{}”",
    "German quotes": "„{}“",
    "French quotes": "« {} »",
    "backticks": "`{}`",
    "spaces": "  {}\t",
    "spaces in quotes": '" {} "',
    "a carriage return": "{}\r",
    "a byte order mark": "\ufeff{}",
    "what a web page hides": "\u200b{}\u00a0",
    "the whole line": "NAME={}",
    "the whole line of a shell": 'export NAME="{}"',
    "the whole line of Windows": "set NAME={}",
}


def _values(found: Configuration) -> list[str]:
    return [repr({name: str(value) for name, value in each}) for each in (found.bot, *found.providers.values())]


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_what_is_around_a_value_is_understood(wrapping: str, tmp_path: Path) -> None:
    settings = complete_settings(tmp_path) | {"HISTORY_MESSAGES": "7", "LOG_LEVEL": "ERROR", "CHATBASE_STREAM": "no"}
    wrapped = {name: WRAPPED[wrapping].replace("NAME", name).format(value) for name, value in settings.items()}
    found = load(wrapped)
    assert _values(found) == _values(load(settings))
    assert found.bot.discord_token.get_secret_value() == settings["DISCORD_TOKEN"]
    assert [each.secrets for each in found.providers.values()] == [
        each.secrets for each in load(settings).providers.values()
    ]
    assert load_database_url(wrapped) == settings["DATABASE_URL"]


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_keys_are_read_from_what_is_around_them_and_shown_nowhere(wrapping: str, tmp_path: Path) -> None:
    keys = f"{new_key()}, {new_key()}"
    given = {"SECRET_KEY": WRAPPED[wrapping].replace("NAME", "SECRET_KEY").format(keys)}
    found = load(complete_settings(tmp_path) | given)
    assert found.bot.secret_key is not None
    assert found.bot.secret_key.get_secret_value() == load_secret_key(given) == keys
    assert not any(key in repr(found) for key in keys.split(", "))


def test_keys_alone_are_read_without_other_settings() -> None:
    assert load_secret_key({"SECRET_KEY": " "}) is load_secret_key({}) is None
    with pytest.raises(SettingsError, match=r"^SECRET_KEY is not base64"):
        load_secret_key({"SECRET_KEY": f"{HIDDEN}!"})


@pytest.mark.parametrize(
    "written", ["Bot abc", "bot  abc", "Bearer abc", '"Bot abc"', "Token abc", "authorization: Bearer abc"]
)
def test_a_token_as_the_documents_show_it_is_understood(written: str, tmp_path: Path) -> None:
    found = load(complete_settings(tmp_path) | {"DISCORD_TOKEN": written, "CHATBASE_API_KEY": written})
    assert found.bot.discord_token.get_secret_value() == "abc"
    assert found.providers["chatbase"].secrets == ("abc",)


@pytest.mark.parametrize("value", ['"a" and "b"', "'tis", 'say "no"', "5'10\""])
def test_quotes_that_belong_to_a_text_stay(value: str, tmp_path: Path) -> None:
    assert load(complete_settings(tmp_path) | {"BOT_DEVELOPER": value}).bot.bot_developer == value


def test_a_name_behind_a_byte_order_mark_is_found(tmp_path: Path) -> None:
    settings = complete_settings(tmp_path)
    settings["\ufeffDISCORD_TOKEN"] = settings.pop("DISCORD_TOKEN")
    assert load(settings).bot.discord_token.get_secret_value() == settings["\ufeffDISCORD_TOKEN"]


@pytest.mark.parametrize("blank", ["", "  ", '""', "''", "“”", "\u200b", "DISCORD_TOKEN="])
def test_a_blank_token_is_not_set(blank: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN is not set: copy \.env\.example"):
        load(complete_settings(tmp_path) | {"DISCORD_TOKEN": blank})


@pytest.mark.parametrize(
    ("name", "value", "read"), [("DEFAULT_PROVIDER", "Chatbase", "chatbase"), ("LOG_FORMAT", "JSON", "json")]
)
def test_letters_of_another_case_are_understood(name: str, value: str, read: str, tmp_path: Path) -> None:
    assert getattr(load(complete_settings(tmp_path) | {name: value}).bot, name.lower()) == read


def test_the_table_knows_which_settings_are_secret() -> None:
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    for provider in PROVIDERS:
        kind = provider.settings_type
        fields |= {kind.variable(name): field for name, field in kind.model_fields.items()}
    shown = {*NUMBERS, *CHOICES}
    assert not any("Secret" in str(fields[name].annotation) for name in shown)
