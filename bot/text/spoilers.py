"""Spoilers: what Discord hides until somebody presses it."""

import re

from bot.text.markdown.code_spans import find_code_spans

_MARK = "||"
_NEXT = re.compile(r"\\.|`+|\|\|", re.DOTALL)


def without_spoilers(text: str) -> str:
    """Return `text` with "…" for each spoiler, as is needed if it is shown where Discord hides nothing.

    Whatever is within a spoiler, Discord hides, code and backslashes too; within code nothing begins one. Only what is
    code for sure counts as that: on one line, and not behind a spoiler with a backtick. So too much may be left out,
    but never too little.
    """
    if text.count(_MARK) < 2:
        return text
    kept, at, position = list[str](), 0, 0
    code = find_code_spans(text)
    while found := _NEXT.search(text, position):
        position = found.end()
        if found.start() in code:
            end = code[found.start()][1]
            position = end if text.find("\n", position, end) < 0 else position
        elif found[0] == _MARK:
            end = text.find(_MARK, position + 1)
            if end < 0:
                break  # nothing closes a later one either
            if "`" in text[position:end]:
                code = {}
            kept += (text[at : found.start()], "…")
            at = position = end + len(_MARK)
    return "".join([*kept, text[at:]])
