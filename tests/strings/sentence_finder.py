"""Finds, in a module's source, the texts that belong into `bot/strings`."""

import ast
import re
from collections.abc import Iterator

DISCORDS_OWN = {"Send Messages in Threads", "Read Message History"}
"""Names in Discord's menus: what a permission is called is a fact, not a sentence of ours."""

ERRORS = {
    "AssertionError",
    "DatabaseOpenError",
    "InvalidResponse",
    "LookupError",
    "NotImplementedError",
    "RuntimeError",
    "SettingsError",
    "TypeError",
    "ValueError",
}
"""Errors whose arguments go to the log, or to standard error: no one reads them in Discord."""

DESCRIBE = {"describe"}
"""Calls whose arguments describe a command's options."""

SHOW = {
    "Button",
    "CheckResult",
    "Choice",
    "Embed",
    "Label",
    "Refused",
    "TextInput",
    "edit_message",
    "edit_original_response",
    "refuse",
    "respond",
    "send",
    "send_dm",
    "send_message",
    "small",
}
"""Calls that show their text to a person: not one word of it is written in place."""

OF_COMMANDS = {"description", "name", "group_name", "group_description"}
"""Arguments that name and describe commands; `SHOW` has none of those."""

IDS = {"custom_id", "url", "filename"}
"""Arguments of what is shown that are no text."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SQL = re.compile(r"(?:SELECT|PRAGMA|LOCK TABLE) ")
_HOLE = "0"
"""Takes the place of what an f-string puts in: no word."""


def text_of(node: ast.expr) -> str | None:
    """Return what a literal says, None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or _HOLE for part in node.values)
    return None


def is_sentence(text: str) -> bool:
    """Tell whether a text reads like a sentence: two words with an end, or three that begin with a capital letter."""
    bare = text.strip().strip("*_-#>`“” ").strip()
    words = len(_WORD.findall(bare))
    if " " not in bare or "\\" in bare or _SQL.match(bare):
        return False  # a backslash makes it a pattern
    return (words >= 2 and bare.endswith((".", "!", "?", "…"))) or (words >= 3 and bare[0].isupper())


def called(node: ast.Call) -> str:
    """Return the last part of the called function's name."""
    match node.func:
        case ast.Attribute(attr=last) | ast.Name(id=last):
            return last
        case _:
            return ""


def is_unread(node: ast.Call) -> bool:
    """Tell whether no person reads the arguments of a call in Discord, or they may be written in place."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="_log" | "re")):
            return True
        case _:
            return called(node) in ERRORS | DESCRIBE


class Finder(ast.NodeVisitor):
    """Collects each line and text that belongs into `bot/strings`."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # not a docstring
            self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        self.visit(node.test)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in (*node.bases, *(each.value for each in node.keywords if each.arg not in OF_COMMANDS)):
            self.visit(each)
        for line in (*node.decorator_list, *node.body):
            self.visit(line)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not any(isinstance(target, ast.Attribute) and target.attr in OF_COMMANDS for target in node.targets):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._look_at(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._look_at(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Call(self, node: ast.Call) -> None:
        if is_unread(node):
            return
        shows = called(node) in SHOW
        left_out = IDS if shows else OF_COMMANDS
        arguments = [*node.args, *(each.value for each in node.keywords if each.arg not in left_out)]
        if shows:
            self.found += [
                (part.lineno, text)
                for argument in arguments
                for part in shown_parts(argument)
                if (text := text_of(part)) is not None and _WORD.search(text) and not is_sentence(text)
            ]
        for each in (node.func, *arguments):
            self.visit(each)

    def _look_at(self, node: ast.expr) -> None:
        text = text_of(node)
        if text is not None and text not in DISCORDS_OWN and is_sentence(text):
            self.found.append((node.lineno, text))


def shown_parts(argument: ast.expr) -> Iterator[ast.expr]:
    """Yield the literals that an argument is made of: itself, both sides of a sum, both ends of a choice."""
    match argument:
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from shown_parts(left)
            yield from shown_parts(right)
        case _:
            yield argument


def find(source: str) -> list[tuple[int, str]]:
    """Return the line and text of each that is in a module's source."""
    finder = Finder()
    finder.visit(ast.parse(source))
    return finder.found
