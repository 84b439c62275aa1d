"""A hundred and fifty texts of any length that are made to do harm, each a unit that is said over and over."""

_MARKS = ("*", "_", "~", "|", "`", "**", "__", "~~", "||", "***", "*a", "_a ", "**a ", "||a", "`a", "*_~|`")
_BRACKETS = ("[", "]", "(", ")", "<", ">", "{", "}", "[](", "[a](", "![", "[[a]]", "[a][b]", "[a]: b\n", "()", "<>")
_FENCES = ("```", "```\n", "```py\n", "```a```", "~~~\n", "````", "``", "`` ", "```\n`` \n", "> ```\n")
_LINES = ("\n", "\r\n", "\r", " ", "\t", " \n", "\n\n", "\n ", "\u2028", "\u200b", "\u3000", "\x0b", "x\n", "a word ")
_BLOCKS = ("# a\n", "#### a\n", "- ", "- a\n", "1. a\n", "> ", "> a\n", ">>> ", "-# a\n", "---\n", "a\n==\n", "    a\n")
_TABLES = ("|", "|\n", "| x | y |\n", "|a|b|\n|-|-|\n", "|-|\n", "a|b\n-|-\n", "||x||\n", "|`a|`\n", "> |a|\n> |-|\n")
_TAGS = (
    "<b>",
    "</b>",
    "<b><i>",
    "<br>",
    "<p>x",
    "<ul><li>x",
    "<td>",
    "<!--",
    "<!-- -->",
    "<pre>",
    "<a href=x>",
    "<b a='",
)
_ENTITIES = ("&", "&amp;", "&#", "&#x1F600;", "&abcdefghijkl", "&#0;", "&lt;b&gt;")
_LETTERS = (
    "\u0301",
    "e\u0301",
    "👩\u200d",
    "\U0001f1e6",
    "日",
    "한",
    "\u1100",
    "क\u094d",
    "\ufe0f",
    "𝒳",
    "я",
    "\u0600",
)
_DIRECTIONS = ("\u202e", "א", "\u2066a", "ب ", "\u200f")
_DIGITS = ("1", "1,", "1.", "12 ", "1e9 ")
_ADDRESSES = ("http://", "https://a.b/c ", "https://a)", "<http://a>", "https://日", "://", "a@b.c ")
_FORMULAS = (
    "$",
    "$$",
    "\\[",
    "\\(x\\)",
    "$x_1$, ",
    "$$1+ ",
    r"\frac12",
    r"\[\hat{x}\]",
    r"\[\begin{cases}",
    "x^{",
    "\\\\[",
)
_ESCAPES = ("\\", "\\*", "\\\n", "\\`", "\\日")
_MENTIONS = ("<@1>", "<@1", "<#1> ", "<:a:1>", "<t:1:R>", "@everyone ", "<@&1>", "</a:1>")
_BROKEN = ("\0", "\x01", "\ud800", "\udc00", "\ufffd", "\ud83d", "\x7f", "\x1b[31m")
_WIRES = (
    '{"a":',
    "[[",
    '"',
    "data: ",
    "data: a\n\n",
    ":\n",
    "event: a\n",
    "id: 1\n\n",
    "\n\n\n",
    '{"text":"a"}',
    "retry: 1\n",
)

FAMILIES = {
    "marks": _MARKS,
    "brackets": _BRACKETS,
    "fences": _FENCES,
    "lines": _LINES,
    "blocks": _BLOCKS,
    "tables": _TABLES,
    "tags": _TAGS,
    "entities": _ENTITIES,
    "letters": _LETTERS,
    "directions": _DIRECTIONS,
    "digits": _DIGITS,
    "addresses": _ADDRESSES,
    "formulas": _FORMULAS,
    "escapes": _ESCAPES,
    "mentions": _MENTIONS,
    "broken": _BROKEN,
    "wires": _WIRES,
}
UNITS = {f"{family}: {unit!r}": unit for family, units in FAMILIES.items() for unit in units}


def of_size(unit: str, size: int) -> str:
    """Return a text of about `size` characters."""
    return unit * (size // len(unit))
