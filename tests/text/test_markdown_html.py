"""HTML that chatbots write: Discord's own marks for what it has, the words of the rest, and nothing lost."""

import pytest

from bot.text.markdown import StreamingMarkdown, to_discord_markdown
from bot.text.markdown.html.parser import RULE

INLINE = [
    ("<B CLASS='x'>a</B> <strong> b </strong>c", "**a**  **b** c"),
    ("<b><i>a</i></b> <b>x **y** z</b>", "***a*** **x y z**"),
    ("<b>a</b><b>b</b> <b>a</b>**b**", "**a**\u200b**b** **a**\u200b**b**"),
    ("<b></b>a<i> </i>b", "a b"),
    ("<b>two\nlines</b>", "**two lines**"),
    ("<b>long " + "words " * 100 + "</b> end", "long " + "words " * 100 + " end"),
    ("<b>no\n\nend</b>", "no\n\nend"),
    ("<code>a&amp;&lt;b&gt; *c*</code> <code>`</code> <kbd>a</kbd><kbd>b</kbd>", "`a&<b> *c*` `` ` `` `a`\u200b`b`"),
    ("<code><b>x</b></code> <samp>y</samp> <tt>z</tt>", "`x` `y` `z`"),
    ("x<sub>i</sub> 10<sup>-3</sup> 1<sup>st</sup> a<sub>words below</sub>", "xᵢ 10⁻³ 1ˢᵗ a\\_(words below)"),
    ("fact<sup>[1]</sup> <sub>a caption of some words</sub>", "fact[1] a caption of some words"),
    ("<q>so</q> <cite>Title</cite> <abbr title='x'>HTML</abbr>", "“so” *Title* HTML"),
    ("<a href='https://e.com/?a=1&amp;b=2'><b>x</b></a>", "[**x**](https://e.com/?a=1&b=2)"),
    ("<a name='top'></a>a <a href='#top'>up</a> <a href=\"mailto:a@e.com\">mail</a>", "a up mail (a@e.com)"),
    ("<img alt='A' src=https://e.com/a.png> <img src='b.png' alt='B'/> <img>", "[A](https://e.com/a.png) B <img>"),
    ("vector<b>x, a<i>b <sub><sup>tiny</sup></sub>", "vector<b>x, a<i>b ᵗⁱⁿʸ"),
    ("<a href='https://e.com'><img src='https://e.com/b.svg' alt='B'></a>", "[B](https://e.com)"),
    ("<html><body><p>a</p></body></html>", "a"),
    ("<font color=red>a</font> <u>b</u><wbr>c", "a __b__c"),
    ("a <!-- b\n\nc --> d <!-- e", "a  d <!-- e"),
    ("<!-- hidden -->\na", "a"),
    ("&copy; &nbsp;&hellip; &#x1F600; &notit; &lt;b&gt;x&lt;/b&gt;", "©  … 😀 &notit; <b>x\\</b>"),
    ("a <b, 1 <2, <3, x<y>z, </c>, <a.b>, <T extends U>, <B>", None),
    ("a<b and c>d, if i<s or s>0, p<q and q>p, x<br or y>z, k <p in q> r", None),
    ("a<b and c>d</b> <details open>x</details>", "a**d** \nx"),
    (
        "<b class='x>y'>a</b> <img alt='a > b' src=https://e.com/a.png> <u title='>",
        "**a** [a > b](https://e.com/a.png) <u title='>",
    ),
    ("<code><b title='x>y'>a</b></code>", "`a`"),
    ("<i>*a*</i> <em>***a***</em> <i>2 * 3*4 \\*a\\*</i> <i>a *b*</i>", "*a* ***a*** *2 * 3*4 \\*a\\** *a b*"),
    ("**<b>x</b>** *<i>x</i>* ***<b>x</b>*** __<u>x</u>__ ~~<s>x</s>~~", "**x** *x* ***x*** __x__ ~~x~~"),
    ("**<i>x</i>**", "**\u200b*x*\u200b**"),
    ("<kbd><kbd>Ctrl</kbd>+<kbd>C</kbd></kbd> <b>a <b>b</b></b> <q>a <q>b</q></q>", "`Ctrl`+`C` a **b** a “b”"),
    ("<picture><source srcset='a.webp'><img src='https://e.com/a.png' alt='A'></picture>", "[A](https://e.com/a.png)"),
    ("<input type='text'> the <input> and <source> tags", None),
    ("<think>\nhm\n</think>\n<script>alert(1)</script>", None),
    ("`<b>a</b>` \\<b>a</b>", "`<b>a</b>` \\<b>a</b>"),
]
BLOCKS = [
    ("<p>a</p>\n<p>b</p>\n\nc", "a\n\nb\n\nc"),
    ("<p align='center'>\n  <b>a</b>\n</p>\nb", "  **a**\n\nb"),
    ("text <p>a</p>", "text \n\na"),
    ("a<hr/>b\n<HR>\nc", f"a\n{RULE}\nb\n{RULE}\nc"),
    ("a<br>b<br/>\nc<BR />d</br>e", "a\nb\nc\nd\ne"),
    ("<h1>A</h1><h3 id='x'>B</h3>\n<h4><b>C</b></h4>c", "# A\n### B\n**C**\nc"),
    ("Text:\n<ul>\n  <li>a</li>\n  <li><b>b</b>\n  </li>\n</ul>\n\nend", "Text:\n- a\n- **b**\n\nend"),
    ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
    ("<ol start='3'><li><p>a</p></li><li></li><li>b</li></ol>x", "3. a\n5. b\nx"),
    ("<ul><li>a<li>b</ul>", "- a\n- b"),
    ("<blockquote>\n<p>a</p>\nb\n</blockquote>\nc", "> a\n> \n> b\nc"),
    ("<details>\n<summary>More <i>x</i></summary>\n\n- a\n</details>\n", "**More *x***\n\n- a\n"),
    ("<table>\n<tr>\n  <th>a</th>\n  <th>b</th>\n</tr>\n<tr><td>1</td><td></td><td>3</td></tr>\n</table>\nc",) * 1
    + ("**a** | **b**\n1 |  | 3\n\nc",),
    ("<pre>\n\\(x\\) &amp;\n\n  <b>y</b> ``` </pre>z", "```\n\\(x\\) &\n\n  y ``\u200b` \n```\nz"),
    ("so <pre lang='py'><code class='hljs language-py'>x\n</code></pre>", "so \n```py\nx\n```"),
    ("<pre lang='py'>x</pre>\n<pre class='language-js'><code>y</code></pre>", "```py\nx\n```\n```js\ny\n```"),
    ("> <pre>\n> a\n>  b\n> </pre>\nc", "> ```\n> a\n>  b\n> ```\nc"),
    ("> <pre>a\nb", "> ```\n> a\n> ```\nb"),
    ("<div align='center'>\n\n# Title\n\n</div>\n\ntext", "# Title\n\ntext"),
    ("<p># no heading</p><div>> nor this</div>\n", "\\# no heading\n\n\\> nor this\n"),
    ("a\n\n<!-- b -->\n\nc", "a\n\nc"),
    ("- a\n- <pre>b</pre>\n- c <pre>d</pre>", "- a\n- \u200b\n```\nb\n```\n- c \n```\nd\n```"),
    ("<blockquote>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n</blockquote>\nc", "> **a:** 1\n> - **b:** 2\n> \nc"),
    (
        "<blockquote>\n\n```py\na\n\nb\n```\n\n    c\n\n</blockquote>",
        "> ```py\n> a\n> \n> b\n> ```\n> \n> ```\n> c\n> ```\n> \n",
    ),
    ("<blockquote><pre>a\nb</pre></blockquote>", "> ```\n> a\n> b\n> ```"),
    ("<pre>never closed\n# x", "```\nnever closed\n# x\n```"),
    ("- <b>a</b>\n- <div>b</div>\n", "- **a**\n- b\n"),
    ("> <p>a</p><p>b</p>\n", "> a\n> \n> b\n"),
    ("the <p> and <li> tags, <div>, </ul> too", None),
    ("<dl><dt>a</dt><dd>b</dd></dl>", "**a**\nb"),
    ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\nb\nc\nd"),
    ("<p>one<p>two</p>", "one\n\ntwo"),
    ("<ul><li><input type='checkbox' checked> a</li><li><INPUT type=checkbox>b</li></ul>", "- ☑ a\n- ☐ b"),
]


@pytest.mark.parametrize(("text", "shown"), [*INLINE, *BLOCKS])
def test_html(text: str, shown: str | None) -> None:
    shown = text if shown is None else shown
    assert to_discord_markdown(text) == shown
    readable = StreamingMarkdown()
    assert "".join(map(readable.push, text)) + readable.end() == shown
