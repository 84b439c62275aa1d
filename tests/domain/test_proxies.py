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


def test_a_proxys_password_is_in_no_text() -> None:
    assert "secret" not in repr(Proxies("http://me:secret@proxy.example", "http://me:secret@proxy.example"))
