"""Who said what: in a conversation of several people, each question is sent behind its speaker's name.

`Ada: What is a gecko?` is how a named question looks. A question with a line that looks so too is indented from its
second line on, so that nobody can speak for another.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

SOMEONE = "Someone"
"""What a speaker is called whose name is not known, as in turns from before names were stored."""

MAX_NAME_CHARS = 32
"""How long a name may be: Discord's own limit for nicknames."""

_READ_CHARS = 200
"""How much of a name is looked at, in characters."""

_COLONS = (
    ":\u02d0\u02f8\u0589\u05c3\u0703\u0704\u16ec\u1803\u1809\u205a\u2236\u254f\ua4fd\ua789\ufe13\ufe30\ufe55\uff1a"
)
"""The colon, and what passes for one."""

_BLANK = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that show nothing, though they are no blanks, controls or formats to Unicode."""

_BREAKS = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_INDENT = "    "
_LINE_START = re.compile(rf"(?<=[{_BREAKS}])(?=[^{_BREAKS}])")
_OWN = rf">|https?://|\[attach(?:ed file|ment not read): |[^{_BREAKS}{_COLONS}]{{0,99}}?(?:wrote|forwarded|message):\n>"
"""How a line goes on that is told apart anyway: what is quoted, an address, and what the bot itself adds."""

_NO_LETTER = rf"[^\w{_BREAKS}{_COLONS}]"
_IMITATION = re.compile(
    rf"[{_BREAKS}](?![^\S{_BREAKS}]*+(?:{_OWN})){_NO_LETTER}*+(?:[^\W{_COLONS}]{_NO_LETTER}*+){{0,100}}+[{_COLONS}]"
)
"""A line other than the first that begins with a name and a colon, perhaps, whatever is between the letters."""


def clean_name(name: str) -> str:
    """Return a name for in front of a question: one line, without what reorders text, hides, or imitates a colon."""
    kept = "".join(
        " " if character in _COLONS or character.isspace() else character
        for character in name[:_READ_CHARS]
        if character.isspace() or _is_seen(character)
    )
    return " ".join(kept.split())[:MAX_NAME_CHARS].rstrip()


def from_first_seen(text: str) -> str:
    """Return `text` without what is before the first character that shows anything; empty if none does."""
    return next((text[at:] for at, character in enumerate(text) if _is_seen(character)), "")


def _is_seen(character: str) -> bool:
    return not character.isspace() and _BLANK.match(character) is None and unicodedata.category(character)[0] != "C"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person, and what they were called when they said something."""

    person: int
    name: str


def label_speakers(speakers: Iterable[Speaker]) -> Mapping[Speaker, str] | None:
    """Return the name for each speaker, in the order in which they spoke; None if only one person did.

    A name that another person has already gets a number.
    """
    found = list(dict.fromkeys(speakers))
    if len({speaker.person for speaker in found}) < 2:
        return None
    labels, taken, counts = dict[Speaker, str](), dict[str, int](), dict[str, int]()
    for speaker in found:
        name = clean_name(speaker.name) or SOMEONE
        label, base = name, _alike(name)
        while taken.get(_alike(label), speaker.person) != speaker.person:
            counts[base] = counts.get(base, 1) + 1
            label = f"{name} ({counts[base]})"
        labels[speaker] = label
        taken[_alike(label)] = speaker.person
    return labels


def _alike(name: str) -> str:
    """Return what is the same for names that a reader takes for the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def say(label: str, text: str) -> str:
    """Return a question behind its speaker's name; nothing stays nothing."""
    return f"{label}: {_indented(text)}" if text else ""


Form = Callable[[str], str]
"""How a question is sent: as it is, or with a name."""


def forms(label: str | None) -> tuple[Form, ...]:
    """Return how a question may be sent, the best way first: with the name, and if it is too long so, without."""
    if label is None:
        return (str,)
    return (lambda text: say(label, text), _indented_whole, str)


def _indented(text: str) -> str:
    return _LINE_START.sub(_INDENT, text) if _IMITATION.search(text) else text


def _indented_whole(text: str) -> str:
    """Return a text without a name, of which no line looks as if it had one."""
    whole = f"\n{text}"
    return _LINE_START.sub(_INDENT, whole)[1:] if _IMITATION.search(whole) else text
