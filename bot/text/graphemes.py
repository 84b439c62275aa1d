"""Where a text may be cut without tearing apart what shows as one character (Unicode's extended grapheme clusters).

The standard library has no such function, and this room imports nothing else. The rules are those of Unicode Standard
Annex 29, simplified towards caution: some places where a cut would be allowed are passed over, never the reverse.
"""

import unicodedata
from collections.abc import Iterator

_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Me", "Mc"})


def is_boundary(text: str, index: int, start: int = 0) -> bool:
    """Tell whether `text[start:]` may be cut before `index`; what stands behind the character there does not count."""
    if index <= start or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if _is_flag_half(before) and _is_flag_half(after):
        return _flag_halves_before(text, index, start) % 2 == 0
    return not _joins(before, after)


def clusters(text: str) -> Iterator[str]:
    """Yield what shows as one character each, in order."""
    start = halves = 0
    for index in range(1, len(text)):
        before, after = text[index - 1], text[index]
        halves = halves + 1 if _is_flag_half(before) else 0
        if halves % 2 == 0 if halves and _is_flag_half(after) else not _joins(before, after):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _joins(before: str, after: str) -> bool:
    """Tell whether two characters that are not both halves of flags belong together."""
    if before in "\r\n" or after in "\r\n":
        return before == "\r" and after == "\n"
    if after < "\u0300" and before < "\u0300":
        return False
    return _extends(after) or before == _JOINER or _prepends(before) or _links(before) or _hangul_joins(before, after)


def _extends(char: str) -> bool:
    """Tell whether `char` belongs to what stands before it: marks, joiners, skin tones, tags."""
    return (
        unicodedata.category(char) in _MARKS
        or char in "\u200c\u200d\uff9e\uff9f\u0e33\u0eb3"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _prepends(char: str) -> bool:
    """Tell whether `char` belongs to what follows it, as Arabic number signs and a few Indic letters do."""
    return (
        "\u0600" <= char <= "\u0605"
        or char in "\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd"
        or (char > "\u1000" and unicodedata.category(char) == "Lo" and _is_rare_prepend(char))
    )


def _is_rare_prepend(char: str) -> bool:
    name = unicodedata.name(char, "")
    return "JIHVAMULIYA" in name or "UPADHMANIYA" in name or "REPHA" in name or "CLUSTER-INITIAL" in name


def _links(char: str) -> bool:
    """Tell whether `char` is a virama, which binds the consonant after it."""
    return unicodedata.combining(char) == 9


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_halves_before(text: str, index: int, start: int) -> int:
    count = 0
    while count < index - start and _is_flag_half(text[index - 1 - count]):
        count += 1
    return count


def _hangul_joins(before: str, after: str) -> bool:
    first, second = _hangul_kind(before), _hangul_kind(after)
    return (first, second) in {
        ("L", "L"),
        ("L", "V"),
        ("L", "LV"),
        ("L", "LVT"),
        ("LV", "V"),
        ("LV", "T"),
        ("V", "V"),
        ("V", "T"),
        ("LVT", "T"),
        ("T", "T"),
    }


def _hangul_kind(char: str) -> str:
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "LV" if (ord(char) - 0xAC00) % 28 == 0 else "LVT"
    return ""
