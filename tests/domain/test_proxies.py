"""Which addresses are reached through which proxy."""

import pytest

from bot.domain.proxies import DIRECT, Proxies

PLAIN, SECURE = "http://plain.example:3128", "http://secure.example:3128"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://discord.com/api/v10", SECURE),
        ("wss://gateway.discord.gg", SECURE),
        ("http://api.example/", PLAIN),
        ("https://within.example.org/", None),
        ("https://example.org:8443/", None),
        ("https://notexample.org/", SECURE),
        ("http://127.0.0.1:8080/", None),
        ("http://127.9.9.9/", None),
        ("ws://[::1]:8080/", None),
        ("http://localhost/", None),
        ("https://127.0.0.1.example/", SECURE),
    ],
)
def test_an_address_has_its_proxy(url: str, proxy: str | None) -> None:
    assert Proxies(PLAIN, SECURE, ".example.org").for_url(url) == proxy
    assert Proxies(PLAIN, SECURE, "*").for_url(url) is None
    assert DIRECT.for_url(url) is None


@pytest.mark.parametrize(
    "entry", ["2001:db8::1", "2001:DB8:0::1", "[2001:db8::1]", "[2001:db8::1]:443", "10.0.0.1,2001:db8::1"]
)
def test_an_ipv6_address_can_be_reached_without_a_proxy(entry: str) -> None:
    proxies = Proxies(PLAIN, SECURE, entry)
    assert proxies.for_url("https://[2001:db8::1]:8443/") is None
    assert proxies.for_url("https://[2001:db8::2]/") == SECURE
    assert proxies.for_url("https://2001.example/") == SECURE


@pytest.mark.parametrize("entry", ["10.0.0.1", "10.0.0.1:443"])
def test_an_ipv4_address_can_be_reached_without_a_proxy(entry: str) -> None:
    assert Proxies(PLAIN, SECURE, entry).for_url("https://10.0.0.1/") is None
    assert Proxies(PLAIN, SECURE, entry).for_url("https://110.0.0.1/") == SECURE


def test_a_proxys_password_is_in_no_text() -> None:
    assert "secret" not in repr(Proxies("http://me:secret@proxy.example", "http://me:secret@proxy.example"))
