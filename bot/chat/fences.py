"""Code fences as Discord reads them: every three backticks in a row open or close a block, wherever they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = "```"

_FENCE = re.compile(FENCE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+\-.#]{1,30}(?=\n)")


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: where its content begins, where its closing fence begins (the text's end where it has none).

    `start` is where its opening fence begins; for a block that was open before the text, that is the text's own start.
    `language` is what colours it, and `closed` tells whether its closing fence was found.
    """

    start: int
    content: int
    end: int
    language: str
    closed: bool


def find_blocks(text: str, start: int, end: int, inherited: str | None) -> Iterator[Block]:
    """Yield the code blocks of `text[start:end]`; `inherited` is the language of a block open at `start`, None if none.

    What is found for one `end` is found for every later one too, save that an open block may close.
    """
    language, opened, content = inherited, start, start
    for match in _FENCE.finditer(text, start, end):
        if language is None:
            language, opened, content = _language(text, match.end(), end), match.start(), match.end()
            if language:
                content += len(language)
        else:
            yield Block(opened, content, match.start(), language, closed=True)
            language = None
    if language is not None:
        yield Block(opened, content, end, language, closed=False)


def _language(text: str, start: int, end: int) -> str:
    match = _LANGUAGE.match(text, start, end)
    return match[0] if match else ""
