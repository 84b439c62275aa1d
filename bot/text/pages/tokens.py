"""What the marks of style are found with: regular expressions for what is not just text."""

import re

from bot.text.code_fences import FENCE
from bot.text.pages.inline_items import ADDRESS, ESCAPE, LINK, REFERENCE
from bot.text.pages.state import QUOTE, QUOTE_TO_END

TOKEN = re.compile(
    rf"(?P<fence>{FENCE})|(?P<ticks>`{{1,2}})|(?P<run>\*+|_+|~~+|\|\|+)"
    rf"|(?P<whole>{ESCAPE}|{LINK}|{REFERENCE}|{ADDRESS})"
)
SPECIAL = re.compile(r"[*_~|`\\\[<\n:]")
"""What something begins with that is not just text. An address is known by its colon."""

LINE = re.compile(
    r" *(?P<quote>>>> |> )?[ \t]*"
    r"(?:(?P<blank>\n|>[ \t]*\n)|(?P<heading>#{1,3} |-# )|(?P<item>(?:(?:[-*+]|\d{1,9}[.)]) +)+)"
    r"|(?P<rule>(?=[─═]{3})))?"
)
BEFORE_FENCE = re.compile(r"[\s>]{1,20}")
CODE_END = {
    quote: re.compile(rf"{FENCE}|\n(?:[ \t>]*(?:\n|[-*+] |\d{{1,9}}[.)] |#{{1,3}} |-# )|{other})")
    for quote, other in {"": "(?= *>>?>? )", QUOTE: "(?! *> )", QUOTE_TO_END: "(?!)"}.items()
}
"""Where code within lines cannot go on, by the quotation that it is in: at the end of its paragraph or item."""

TICKS = {size: re.compile(rf"(?<!`)`{{{size}}}(?!`)") for size in (1, 2)}
