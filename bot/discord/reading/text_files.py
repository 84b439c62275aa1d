"""Text files: recognised by name and type, and decoded."""

import codecs
import re

_TYPE = re.compile(
    r"text/.+|application/(?:.+\+)?(?:json|xml|yaml|toml)"
    r"|application/(?:x-)?(?:javascript|ecmascript|typescript|ndjson|jsonlines|sql|sh|yaml|toml|httpd-php|tex|latex|subrip)"
)
"""The content types of texts that people write: documents and programs."""

_ENDINGS = (
    "txt text md markdown rst adoc org log csv tsv json jsonl ndjson json5 xml yaml yml toml ini cfg conf env "
    "properties html htm css scss sass less vue svelte astro js mjs cjs jsx ts mts cts tsx py pyi pyw ipynb rb php "
    "java kt kts scala groovy gradle c h cc cpp cxx hh hpp hxx m mm cs fs vb swift go rs zig nim d dart lua pl pm r "
    "jl hs lhs ml mli ex exs erl hrl clj cljs edn lisp el scm rkt sh bash zsh fish ps1 psm1 bat cmd sql graphql gql "
    "proto tf hcl nix cmake mk dockerfile diff patch tex bib srt vtt asm s f90 pas ada sol v sv vhd vhdl glsl hlsl "
    "wgsl gitignore"
)
_NAME = re.compile("makefile|dockerfile|licen[cs]e|readme|changelog|authors|gemfile|rakefile|procfile")
"""Names of texts, by their ending or whole. They count whatever content type Discord gives."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
"""Byte order marks, each with its encoding."""


def is_text(name: str, content_type: str | None) -> bool:
    """Return whether a file is a text, by its name or by the content type that Discord gives."""
    _, dot, ending = name.lower().rpartition(".")
    if ending in _ENDINGS.split() if dot else _NAME.fullmatch(ending):
        return True
    return _TYPE.fullmatch((content_type or "").partition(";")[0].strip().lower()) is not None


def decode(data: bytes) -> str | None:
    """Return the text in `data`: UTF-8, or UTF-16 with a byte order mark; None if it holds none."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else "\n".join(text.splitlines())
