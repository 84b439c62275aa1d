"""Links, addresses and footnotes: what Discord masks, where an address ends for it, and what is shown of the rest."""

import re

import pytest

from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.addresses import GAP
from bot.text.pagination import paginate
from tests.text.discord_dialect import read
from tests.text.discord_reader import styled, visible

LINKS = [
    ("[a](https://e.com/x 'title') [b](<https://e.com/y> (t))", "[a](https://e.com/x) [b](https://e.com/y)"),
    ("[HTTPS://E.com](https://e.com/)", "https://e.com/"),
    ("[www.e.com](http://e.com)", "http://e.com"),
    ("[https://e.com/a](https://e.com/a)谢谢", f"https://e.com/a{GAP}谢谢"),
    ("([https://e.com/a](https://e.com/a)).", "(https://e.com/a)."),
    ("[**bold** `code`](https://e.com)", "[**bold** `code`](https://e.com)"),
    ("[\\(x^2\\) &amp; <b>y</b>](https://e.com)", "[x² & **y**](https://e.com)"),
    ("[a \\] b](https://e.com)", "[a \\] b](https://e.com)"),
    ("[\\[1\\]](https://e.com) [\\[a\\] b \\[c\\]](https://e.com)", "[[1]](https://e.com) [[a] b [c]](https://e.com)"),
    ("[a\\[b](https://e.com) [a\\]\\[b](https://e.com)", "[a(b](https://e.com) [a)(b](https://e.com)"),
    ("[a\\](https://e.com) [b\\](https://e.com/x)", "[a\\]\\(https://e.com) [b\\]\\(https://e.com/x)"),
    ("[a [b](https://x.com) c](https://e.com)", "\\[a [b](https://x.com) c]\\(https://e.com)"),
    ("[[a](https://x.com)](https://e.com) end", "\\[[a](https://x.com)]\\(https://e.com) end"),
    ("[**a** [b](https://x.com) <b>c</b>](d.md)", "\\[**a** [b](https://x.com) **c**]\\(d.md)"),
    ("<https://e.com/a\\_b>\n\n[1]: https://e.com/a\\_b", "<https://e.com/a_b>\n\n[1]: https://e.com/a_b"),
    ("[a [b [c]]](https://e.com)", "[a \\[b \\[c\\]\\]](https://e.com)"),
    ("[a](https://e.com/x_(y_(z)))", "[a](https://e.com/x_%28y_%28z%29%29)"),
    ("[[1]](https://e.com)", "[[1]](https://e.com)"),
    ("[a](https://e.com", "[a](https://e.com"),
    ("[a] (https://e.com)", "[a] (https://e.com)"),
    ("[**https://e.com**](https://e.com) [`e.com`](https://e.com)", "https://e.com https://e.com"),
    ("[a](tel:+123) [b](ftp://e.com/f) [c](sandbox:/mnt/f.csv)", "a (+123) b (ftp://e.com/f) c"),
    ("[a](#) [b](../c.md) []()", "a b (../c.md) []()"),
    ("[a][b] [c][] x[0][y] [a](b)[c][d]", "a [b] [c][] x[0][y] a (b)[c][d]"),
    ("[1]: <https://e.com> 'T'\n[b]: c.md\nno [1]: x", "[1]: https://e.com (T)\n[b]: c.md\nno [1]: x"),
    ("- item[^2]\n\n[^long-name]: text\n[^]: x [^a b]", "- item²\n\n[long-name]: text\n[^]: x [^a b]"),
    ("<HTTP://e.com/a?b> <mailto:a@e.com> <irc://e.com> <id:guide> <a:b:1>",) * 1
    + ("<HTTP://e.com/a?b> a@e.com irc://e.com <id:guide> <a:b:1>",),
]
ADDRESSES = [
    ("https://e.com/docs, https://e.com/a_b_c: (see https://e.com/x).", "same"),
    ("**https://e.com/x** ||https://e.com/y|| *https://e.com/z*.", "same"),
    ('"https://e.com/x", said', "same"),
    ("https://e.com/__init__.py and https://e.com/a,b;c=(d)/*.js", "same"),
    ("see https://e.com/x!", f"see https://e.com/x{GAP}!"),
    ("「https://e.com/x」を見て", f"「https://e.com/x{GAP}」を見て"),
    ("“https://e.com/x”", f"“https://e.com/x{GAP}”"),
    ("https://e.com/x…", f"https://e.com/x{GAP}…"),
    ("https://e.com/谢谢", f"https://e.com/{GAP}谢谢"),
    ("https://e.com/wiki/日本_(国)?q=東京。", f"https://e.com/wiki/日本_(国)?q=東京{GAP}。"),
    ("https://例え.jp/a を", "same"),
    ("https://e.com/café/über", "same"),
    ("ดูhttps://e.com/aที่นี่", f"ดูhttps://e.com/a{GAP}ที่นี่"),
    ("https://e.com/x**so**", f"https://e.com/x{GAP}**so**"),
    ("https://e.com/x`code`", f"https://e.com/x{GAP}`code`"),
    ("https://e.com/a\\_b and https://e.com/\\_\\_init\\_\\_.py", "https://e.com/a_b and https://e.com/__init__.py"),
    ("https://e.com/?a=1\\&b\\=2\\#c, [x](https://e.com/a\\_b)", "https://e.com/?a=1&b=2#c, [x](https://e.com/a_b)"),
    ("https://e.com/a\\_ https://e.com/a\\_。", f"https://e.com/a{GAP}\\_ https://e.com/a{GAP}\\_。"),
    ("https://e.com/x\\*", f"https://e.com/x{GAP}\\*"),
    ("https://e.com/x|https://e.com/y", f"https://e.com/x{GAP}|https://e.com/y"),
    ("**https://e.com/**：so **https://e.com/x**说明", f"**https://e.com/**{GAP}：so **https://e.com/x**{GAP}说明"),
    ("*https://e.com/a*（好） __https://e.com__x", f"*https://e.com/a*{GAP}（好） __https://e.com__{GAP}x"),
    ("**see https://e.com/x**word ~~https://e.com~~x", f"**see https://e.com/x**{GAP}word ~~https://e.com~~{GAP}x"),
    ("__a__ https://e.com/a__b _c https://e.com/a_b_c_", "same"),
    ("https://e.com/?a=1&b=2&amp;c=3&nbsp;d", f"https://e.com/?a=1&b=2&c=3{GAP} d"),
    ("https://e.com/x<b>y</b> https://e.com/x<br>y", f"https://e.com/x{GAP}**y** https://e.com/x{GAP}\ny"),
    ("https:// http:/x https:x", "same"),
    ("a (https://e.com/x_(y)_z) b", "same"),
]


@pytest.mark.parametrize(("text", "shown"), LINKS)
def test_links(text: str, shown: str) -> None:
    assert to_discord_markdown(text) == shown


@pytest.mark.parametrize(("text", "shown"), ADDRESSES)
def test_addresses(text: str, shown: str) -> None:
    shown = text if shown == "same" else shown
    assert to_discord_markdown(text) == shown
    readable = StreamingMarkdown()
    assert "".join(map(readable.push, text)) + readable.end() == shown


@pytest.mark.parametrize(
    "after", ["。谢谢", "，", "」", "）和", "！", "、https://b.com", "는", "の", "！？", "》", '"!']
)
def test_a_link_ends_where_its_address_ends(after: str) -> None:
    shown = to_discord_markdown(f"看https://e.com/a_b?c=1#d{after}")
    found = re.search(r"https?://[^\s<]+[^<.,:;\"')\]\s]", shown)
    assert found is not None
    assert found[0] == "https://e.com/a_b?c=1#d"


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("**https://e.com/a**。好", "bold"),
        ("**请看 https://e.com/a**好", "bold"),
        ("__so https://e.com/a__b", "underline"),
    ],
)
def test_an_address_ends_with_the_style_that_it_is_in(text: str, style: str) -> None:
    (page,) = paginate(to_discord_markdown(text))
    assert styled(page.text, style).endswith("https://e.com/a")
    assert "*" not in visible(page.text)
    assert "_" not in visible(page.text)


@pytest.mark.slow
def test_discord_draws_the_links_that_are_meant() -> None:
    texts = {
        "看https://e.com/a_b?c=1#d。谢谢": ["https://e.com/a_b?c=1#d"],
        "（https://e.com/a）「https://e.com/b」": ["https://e.com/a", "https://e.com/b"],
        "[https://e.com/a](https://e.com/a)!": ["https://e.com/a"],
        "[a [b [c]]](https://e.com/x_(y_(z)) 'title') so": ["https://e.com/x_%28y_%28z%29%29"],
        "![a](https://e.com/a.png) [![b](https://e.com/b.svg)](https://e.com/c)": [
            "https://e.com/a.png",
            "https://e.com/c",
        ],
        "<a href='https://e.com/a'>x</a>, <https://e.com/b>。": ["https://e.com/a", "https://e.com/b"],
        "[a](b.md) [b](mailto:a@e.com) [c](#d) [e][1]\n\n[1]: https://e.com/1": ["https://e.com/1"],
        "**https://e.com/a** (https://e.com/b).": ["https://e.com/a", "https://e.com/b"],
        "[a\\](https://e.com/a) [b [c](https://e.com/c) d](https://e.com/d)": [
            "https://e.com/a",
            "https://e.com/c",
            "https://e.com/d",
        ],
        "[a\\]b](https://e.com/a) [\\[b\\]](https://e.com/b\\_c)": ["https://e.com/a", "https://e.com/b_c"],
        "`https://e.com` <code>https://e.com</code>": [],
    }
    for links, messages in zip(texts.values(), read(list(map(to_discord_markdown, texts))), strict=True):
        for message in messages.values():
            assert [target for _, target in message.links] == links
