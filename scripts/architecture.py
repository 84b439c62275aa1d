"""Draws the rooms of the program, from its own imports, into docs/architecture.md: `make architecture`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"

BEGIN, END = "<!-- begin: {} (make architecture) -->", "<!-- end: {} -->"

WAY = (
    (
        "A message, command or button press reaches a handler, which decides that it is a question.",
        "cogs/messages.py",
        "Messages.on_message",
    ),
    (
        "The handler opens a canvas, where the answer will be written, and hands both to the service.",
        "bot/answering/service.py",
        "AnsweringService.answer",
    ),
    (
        "The question joins its channel's queue.",
        "bot/answering/queue/turn_queue.py",
        "TurnQueue.join",
    ),
    (
        "Who answers is read, and the run recorded, in one transaction; with the conversation if its turn has come.",
        "bot/answering/run_preparation.py",
        "RunPreparation.prepare",
    ),
    (
        "When its turn has come, the prompt is built from the question and the conversation so far.",
        "bot/conversation/prompt_builder.py",
        "PromptBuilder.prompt",
    ),
    (
        "Text files that are attached are loaded, and become part of the prompt.",
        "bot/answering/question_files.py",
        "QuestionFiles.complete",
    ),
    (
        "The provider calls its API.",
        "bot/providers/base.py",
        "ChatApi.stream",
    ),
    (
        "Bytes become text: an event stream in a pure decoder, a JSON body when it is whole.",
        "bot/providers/streams/sse.py",
        "SseDecoder.feed",
    ),
    (
        "The stream reader pushes each chunk into the live answer, without waiting.",
        "bot/streaming/live_answer.py",
        "LiveAnswer.push",
    ),
    (
        "The edit scheduler shows the newest state as often as the rate limiter allows.",
        "bot/streaming/edit_scheduler.py",
        "EditScheduler._dispatch",
    ),
    (
        "At the end the turn is stored, then the last edit is made.",
        "bot/answering/run_recorder.py",
        "RunRecorder.end",
    ),
)
"""One question's way: what happens, and in which function."""


def draw() -> dict[str, str]:
    """Return each part of the page that is made from the code, by name; raises LookupError if a step has moved."""
    return {"rooms": _draw_rooms(), "way": _draw_way()}


def insert(page: str, parts: dict[str, str], begin_mark: str = BEGIN, end_mark: str = END) -> str:
    """Return `page` with each of `parts` between its two marks."""
    for name, part in parts.items():
        before, begin, rest = page.partition(begin_mark.format(name))
        _, end, after = rest.partition(end_mark.format(name))
        page = f"{before}{begin}\n\n{part}\n\n{end}{after}"
    return page


def _rooms() -> list[Path]:
    rooms = [path.parent for path in sorted((ROOT / "bot").glob("*/__init__.py"))]
    return [*rooms, ROOT / "cogs"]


def _name(room: Path) -> str:
    return room.relative_to(ROOT).as_posix().removeprefix("bot/")


def _sources(room: Path) -> Iterator[Path]:
    return (path for path in sorted(room.rglob("*.py")) if "versions" not in path.parts)


def _imported(room: Path) -> set[str]:
    """Return the rooms that `room` imports, without itself."""
    found: set[str] = set()
    names = {_name(other) for other in _rooms()}
    for path in _sources(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
                found.add(node.module.split(".")[1])
    return (found & names) - {_name(room)}


def _reachable(name: str, arrows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for other in arrows[name]:
        found |= {other} | _reachable(other, arrows)
    return found


def _draw_rooms() -> str:
    arrows = {_name(room): _imported(room) for room in _rooms()}
    lines = ["```mermaid", "flowchart TD"]
    for name, others in arrows.items():
        # An arrow that a longer way says already is left out of the picture; the table has them all.
        implied = {far for other in others for far in _reachable(other, arrows)}
        lines += [f"    {name} --> {other}" for other in sorted(others - implied)]
    lines += ["```", "", "| room | what it is for | imports |", "| --- | --- | --- |"]
    for room in _rooms():
        sentence = (ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or "").split("\n")[
            0
        ]
        imports = ", ".join(sorted(arrows[_name(room)])) or "–"
        path = room.relative_to(ROOT).as_posix()
        lines.append(f"| `{path}/` | {sentence} | {imports} |")
    return "\n".join(lines)


def _draw_way() -> str:
    lines = []
    for number, (sentence, file, function) in enumerate(WAY, start=1):
        if not _defines(ROOT / file, function.split(".")):
            raise LookupError(f"{file} has no {function}")
        lines.append(f"{number}. {sentence} [`{function}`](../{file})")
    return "\n".join(lines)


def _defines(path: Path, names: list[str]) -> bool:
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for name in names:
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        found = next((node for node in body if isinstance(node, kinds) and node.name == name), None)
        if found is None:
            return False
        body = found.body
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8"), draw()), encoding="utf-8")
