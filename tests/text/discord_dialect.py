"""How Discord draws a message, by two parsers of its dialect that are not ours: `make slow` installs them with npm.

>>> (message,) = read(["**so** ||hidden||"])
>>> message["discord-markdown-parser"].styled("spoiler")
['hidden']
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

JUDGES = ("discord-markdown-parser", "@odiffey/discord-markdown")
"""The parsers. Only the second draws lists. Neither sees a heading or small print directly below a quotation, which
Discord draws. `docs/markdown.md` says which is believed where they differ."""

_SCRIPT = Path(__file__).parent / "judges" / "read.cjs"
_PAGE = Path(__file__).parent / "judges" / "page.cjs"
_PARSER = Path(__file__).resolve().parents[2] / "sandbox" / "page" / "static" / "messages" / "markdown.js"
_INSTALLED = Path(__file__).resolve().parents[2] / "build" / "judges"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message that is drawn in one way.

    `styles` are of: bold, italic, underline, strike, spoiler, quote, code, block, `language:py`, heading1 to heading3,
    small, `link:https://…`, marker and item (of a list), mention.
    """

    text: str
    styles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as one of the parsers draws it."""

    spans: tuple[Span, ...]

    @property
    def visible(self) -> str:
        """What can be read, without any style."""
        return "".join(span.text for span in self.spans)

    def styled(self, style: str) -> list[str]:
        """Return the stretches that have this style, each with the styles within it taken together."""
        found, inside = list[str](), False
        for span in self.spans:
            if style in span.styles and inside:
                found[-1] += span.text
            elif style in span.styles:
                found.append(span.text)
            inside = style in span.styles
        return found

    @property
    def links(self) -> list[tuple[str, str]]:
        """The links: the text of each, and its address."""
        links = list[tuple[str, str]]()
        last = ""
        for span in self.spans:
            target = next((style.removeprefix("link:") for style in span.styles if style.startswith("link:")), "")
            if target and target == last:
                links[-1] = links[-1][0] + span.text, target
            elif target:
                links.append((span.text, target))
            last = target
        return links


def read(texts: Sequence[str]) -> list[Mapping[str, Message]]:
    """Return each text as each of `JUDGES` draws it, by its name; all in one process, so ask for many at once.

    Skips the test if the parsers are not installed, but fails in CI.
    """
    answers = json.loads(_run(json.dumps(list(texts))))
    return [{name: _message(spans) for name, spans in answer.items()} for answer in answers]


def read_as_page(texts: Sequence[str]) -> list[Message]:
    """Return each text as the sandbox's page draws it. Skips as `read` does."""
    answers = json.loads(_run(json.dumps(list(texts)), script=_PAGE, place=_PARSER))
    return [_message(spans) for spans in answers]


@cache
def commonmark_examples() -> list[dict[str, str]]:
    """Return the examples of CommonMark's specification: each with `markdown`, `html` and `section`."""
    examples: list[dict[str, str]] = json.loads(_run("", "--examples"))
    return examples


def _message(spans: list[tuple[str, list[str]]]) -> Message:
    return Message(tuple(Span(text, frozenset(styles)) for text, styles in spans))


def _run(data: str, *arguments: str, script: Path = _SCRIPT, place: Path = _INSTALLED) -> str:
    node = shutil.which("node")
    if node is None or not (_INSTALLED / "node_modules").is_dir():
        missing = "node or the parsers of Discord's dialect are missing: `make build/judges/installed`"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    command = [node, str(script), str(place), *arguments]
    return subprocess.run(command, input=data, capture_output=True, text=True, check=True, timeout=60).stdout
