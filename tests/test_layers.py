"""The house keeps its order: who may import whom, which library lives where, and that every module stands alone."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

_CORE = {
    "bot.domain",
    "bot.text",
    "bot.strings",
    "bot.streaming",
    "bot.conversation",
    "bot.answering",
    "bot.privacy",
    "bot.diagnostics",
}

ROOMS: dict[str, set[str]] = {
    "bot.domain": set(),
    "bot.text": set(),
    "bot.strings": {"bot.domain"},
    "bot.streaming": {"bot.domain", "bot.text", "bot.strings"},
    "bot.conversation": {"bot.domain"},
    "bot.answering": {"bot.conversation", "bot.streaming", "bot.strings", "bot.domain"},
    "bot.privacy": {"bot.conversation", "bot.domain"},
    "bot.diagnostics": {"bot.answering", "bot.strings", "bot.text", "bot.domain"},
    "bot.providers": {"bot.domain"},
    "bot.store": {"bot.domain"},
    "bot.services": _CORE,
    "bot.discord": {"bot.diagnostics", "bot.streaming", "bot.strings", "bot.domain", "bot.settings"},
    "bot.garbage": set(),
    "bot.logs": set(),
    "bot.settings": {"bot.logs", "bot.providers", "bot.store", "bot.conversation"},
    "bot.app": {"cogs", "bot.discord", "bot.services", "bot.settings", "bot.providers", "bot.store", *_CORE},
    "bot.check": {"bot.discord", "bot.settings", "bot.providers", "bot.store", *_CORE},
    "bot.__main__": {
        "bot.garbage",
        "bot.check",
        "bot.app",
        "bot.discord",
        "bot.settings",
        "bot.logs",
        "bot.store",
        *_CORE,
    },
    "cogs": {"cogs", "bot.discord", "bot.services", *_CORE},
    "sandbox": {"sandbox"},
}
"""Each room, and the rooms of this project that it may import: downward only, siblings never."""

LIBRARIES: dict[str, set[str]] = {
    "discord": {"bot.discord", "bot.check", "cogs"},
    "aiohttp": {"bot.providers", "bot.discord", "sandbox"},
    "yarl": {"bot.discord", "sandbox"},
    "pydantic": {"bot.providers", "bot.settings"},
    "dotenv": {"bot.settings", "sandbox"},
    "tenacity": {"bot.providers"},
    "sqlalchemy": {"bot.store"},
    "alembic": {"bot.store"},
    "asyncpg": {"bot.store"},
}
"""Each library, and the rooms that may know of it. The rooms that are not named know of none."""

ONLY_FILES = {
    ("aiohttp", "bot.discord"): {"trace.py", "errors.py", "gateway.py"},
}
"""Where a room may know of a library in some of its files only."""

_SIBLING_DOORS = {"cogs._provider", "cogs._permissions"}


def _sources() -> Iterator[Path]:
    for top in ("bot", "cogs", "sandbox"):
        yield from sorted((ROOT / top).rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    fitting = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    return max(fitting, key=len, default="")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(_sources()), ids=_name)
def test_imports_run_downward(path: Path) -> None:
    module = _module(path)
    room = _room(module)
    if module == "bot":
        return
    assert room, f"{module} stands in no room"
    for imported in _imports(path):
        top = imported.partition(".")[0]
        if top in ("bot", "cogs", "sandbox", "tests", "bench"):
            assert _room(imported) in ROOMS[room] | {room}, f"{module} imports {imported}"
            if room == "cogs":
                assert not imported.startswith("cogs") or imported in _SIBLING_DOORS, f"{module} imports {imported}"
        elif top in LIBRARIES:
            assert room in LIBRARIES[top], f"{module} imports {top}"
            allowed = ONLY_FILES.get((top, room))
            assert allowed is None or path.name in allowed, f"{module} imports {top}"
        else:
            assert top in sys.stdlib_module_names, f"{module} imports {top}: say in LIBRARIES where it may live"


@pytest.mark.parametrize("path", list(_sources()), ids=_name)
def test_every_file_says_what_it_is_for_and_is_no_hall(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"
    assert text.count("\n") <= 300, f"{path} is too long to be one thing"


def test_no_provider_is_named_outside_its_own_file() -> None:
    names = {"tamako", "chatbase", "stammer", "chatbot"}
    for path in _sources():
        if path.stem in names or path.is_relative_to(ROOT / "sandbox"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                literals = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
                assert not names & literals, f"{path}:{node.lineno} compares with a provider's name"


def test_every_module_can_be_imported_alone() -> None:
    """No module needs another one imported before it: what is imported at its top never leads back to it."""
    tops = {_module(path): _imports_at_top(path) for path in _sources()}
    finished: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"an import runs in a circle: {' -> '.join([*path, module])}"
        if module not in finished:
            for imported in sorted(tops.get(module, set())):
                if imported in tops and not module.startswith(f"{imported}."):
                    visit(imported, (*path, module))
            finished.add(module)

    for module in tops:
        visit(module, ())
    for module in tops:
        if not module.endswith("__main__") and "migrations" not in module:
            importlib.import_module(module)


def _imports_at_top(path: Path) -> set[str]:
    """Return what a module imports when it is itself imported: not in functions, nor for type checkers only."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is named may be a module of the package, or something in it.
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found
