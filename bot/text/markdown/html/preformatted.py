"""HTML's blocks of code: the text of `<pre>`, as it arrives."""

import re

from bot.text.markdown.code import CodeBlock, read_language
from bot.text.markdown.html.tags import Tag, read_entity, read_tag
from bot.text.markdown.lookahead import LookaheadBuffer, Parser
from bot.text.markdown.writer import Writer

_MAX_INDENT = 4
_CODE = re.compile(r"[^<&\n]+")


def rewrite_preformatted(source: LookaheadBuffer, write: Writer, begin: Tag) -> Parser[None]:
    """Rewrite a block of code: the text of `<pre>` to its end; `begin` is its tag."""
    language = _language(begin.attribute("lang") or begin.attribute("class"))
    inner = yield from read_tag(source)
    if inner is not None and inner.name == "code" and not inner.closes:
        source.take(inner.length)
        language = _language(inner.attribute("class")) or language
    in_quotation = ">" in write.margin
    write.margin = "> " if in_quotation else ""  # without an item's indentation
    block = CodeBlock(write, language, write.margin)
    while char := (yield from source.peek()):
        if run := source.take_run(_CODE):
            block.add(run)
        elif char == "\n":
            mark = (yield from source.skip(1, " ", _MAX_INDENT)) if in_quotation else 0
            if in_quotation and (yield from source.peek(mark)) != ">":
                break  # code ends with its quotation
            source.take((yield from source.skip(mark + 1, " ", mark + 2)) if in_quotation else 1)
            block.end_line()
        elif char == "&":
            entity, length = yield from read_entity(source)
            block.add(entity or "&")
            source.take(length or 1)
        else:
            tag = yield from read_tag(source)
            if tag is None:
                block.add(source.take(1))
                continue
            source.take(tag.length)
            if tag.name == "pre" and tag.closes:
                break
    block.close(feed=False)
    write.break_line()


def _language(classes: str) -> str:
    """Return the language that a block's classes name: `language-py`, or the only one."""
    names = classes.split()
    named = [name for name in names if name.startswith(("language-", "lang-"))] or names[:1]
    return read_language(named[0].removeprefix("lang-")) if named else ""
