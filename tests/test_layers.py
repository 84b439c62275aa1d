"""Rooms import downward only, each library is used in its own rooms, and every module can be imported by itself."""

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
    "bot.operations",
    "bot.limits",
    "bot.crypto",
}

_APIS = {f"sandbox.apis{part}" for part in ("", ".transport", ".replies", ".faults", ".agents")}
_DISCORD = {
    f"sandbox.discord{part}"
    for part in (
        "",
        ".errors",
        ".model",
        ".operations",
        ".serializers",
        ".validators",
        ".limits",
        ".gateway",
        ".events",
        ".people",
        ".rest",
        ".server",
    )
}
_MODEL = {"sandbox.discord.model", "sandbox.discord.errors"}

ROOMS: dict[str, set[str]] = {
    "bot.domain": set(),
    "bot.text": set(),
    "bot.strings": {"bot.domain", "bot.text"},
    "bot.streaming": {"bot.domain", "bot.text", "bot.strings"},
    "bot.conversation": {"bot.domain"},
    "bot.answering": {"bot.conversation", "bot.limits", "bot.streaming", "bot.strings", "bot.domain"},
    "bot.privacy": {"bot.conversation", "bot.strings", "bot.domain"},
    "bot.diagnostics": {"bot.answering", "bot.strings", "bot.text", "bot.domain"},
    "bot.operations": {"bot.answering", "bot.streaming", "bot.domain"},
    "bot.limits": {"bot.domain"},
    "bot.crypto": {"bot.domain"},
    "bot.providers": {"bot.domain"},
    "bot.store": {"bot.domain"},
    "bot.services": _CORE,
    "bot.discord": {"bot.diagnostics", "bot.streaming", "bot.strings", "bot.text", "bot.domain", "bot.settings"},
    "bot.garbage": set(),
    "bot.version": set(),
    "bot.stop_signals": set(),
    "bot.output": set(),
    "bot.logs": {"bot.domain"},
    "bot.env_file": {"bot.domain"},
    "bot.malformed_settings": set(),
    "bot.settings": {
        "bot.crypto",
        "bot.domain",
        "bot.env_file",
        "bot.logs",
        "bot.malformed_settings",
        "bot.providers",
        "bot.store",
        "bot.conversation",
    },
    "bot.app": {
        *("cogs", "bot.discord", "bot.services", "bot.settings", "bot.providers", "bot.store", "bot.version"),
        *_CORE,
    },
    "bot.check": {"bot.discord", "bot.settings", "bot.providers", "bot.store", *_CORE},
    "bot.commands": {"bot.domain", "bot.store", "bot.strings", "bot.version"},
    "bot.__main__": {
        "bot.commands",
        "bot.garbage",
        "bot.stop_signals",
        "bot.output",
        "bot.check",
        "bot.app",
        "bot.discord",
        "bot.settings",
        "bot.logs",
        "bot.store",
        *_CORE,
    },
    "bot.cli": {"bot.__main__"},
    "cogs": {"cogs", "bot.discord", "bot.services", *_CORE},
    "sandbox": set(),
    "sandbox.untrusted_input": set(),
    "sandbox.http_log": set(),
    "sandbox.apis.transport": {"sandbox.http_log", "sandbox.untrusted_input"},
    "sandbox.apis.replies": {"sandbox.apis.transport"},
    "sandbox.apis.faults": {"sandbox.apis.replies", "sandbox.apis.transport"},
    "sandbox.apis.agents": {"sandbox.apis.faults", "sandbox.apis.replies", "sandbox.apis.transport"},
    "sandbox.apis": _APIS,
    "sandbox.discord.errors": set(),
    "sandbox.discord.model": {"sandbox.discord.errors"},
    "sandbox.discord.operations": _MODEL,
    "sandbox.discord.serializers": _MODEL,
    "sandbox.discord.validators": {"sandbox.discord.operations", "sandbox.untrusted_input", *_MODEL},
    "sandbox.discord.limits": {"sandbox.untrusted_input", *_MODEL},
    "sandbox.discord.gateway": {"sandbox.discord.serializers", "sandbox.untrusted_input", *_MODEL},
    "sandbox.discord.events": {"sandbox.discord.gateway", "sandbox.discord.serializers", *_MODEL},
    "sandbox.discord.people": {
        "sandbox.discord.operations",
        "sandbox.discord.serializers",
        "sandbox.discord.validators",
        *_MODEL,
    },
    "sandbox.discord.rest": {
        "sandbox.discord.limits",
        "sandbox.discord.operations",
        "sandbox.discord.serializers",
        "sandbox.discord.validators",
        "sandbox.untrusted_input",
        *_MODEL,
    },
    "sandbox.discord.server": {"sandbox.http_log", "sandbox.untrusted_input", *_DISCORD} - {"sandbox.discord"},
    "sandbox.discord": _DISCORD,
    "sandbox.console": set(),
    "sandbox.bot_process": {"sandbox.apis.transport"},
    "sandbox.real_apis": {"bot.domain", "bot.env_file", "sandbox.apis"},
    "sandbox.environment": {"sandbox.bot_process", "sandbox.apis", "sandbox.discord"},
    "sandbox.demo": {
        "sandbox.environment",
        "sandbox.console",
        "sandbox.apis",
        "sandbox.discord",
        "sandbox.discord.model",
        "sandbox.discord.validators",
    },
    "sandbox.page": {
        "sandbox.environment",
        "sandbox.apis",
        "sandbox.apis.replies",
        "sandbox.discord",
        "sandbox.discord.limits",
        "sandbox.discord.operations",
        "sandbox.discord.people",
        "sandbox.discord.validators",
        "sandbox.http_log",
        "sandbox.untrusted_input",
        *_MODEL,
    },
    "sandbox.serve": {"sandbox.page", "sandbox.console", "sandbox.environment", "sandbox.real_apis"},
    "sandbox.__main__": {
        *("bot.output", "bot.stop_signals", "bot.version"),
        *("sandbox.serve", "sandbox.demo", "sandbox.console", "sandbox.apis"),
    },
}
"""Each room, and the rooms of this project that it may import: downward only, siblings never."""

LIBRARIES: dict[str, set[str]] = {
    "discord": {"bot.discord", "bot.check", "cogs"},
    "aiohttp": {
        "bot.operations",
        "bot.providers",
        "bot.discord",
        "sandbox.apis",
        "sandbox.apis.transport",
        "sandbox.discord.gateway",
        "sandbox.discord.rest",
        "sandbox.discord.server",
        "sandbox.http_log",
        "sandbox.page",
    },
    "yarl": {"bot.discord"},
    "pydantic": {"bot.malformed_settings", "bot.providers", "bot.settings"},
    "dotenv": {"bot.env_file"},
    "sqlalchemy": {"bot.store"},
    "aiosqlite": {"bot.store"},
    "alembic": {"bot.store"},
    "asyncpg": {"bot.store"},
    "regex": {"bot.text"},
    "wcwidth": {"bot.text"},
    "cryptography": {"bot.crypto"},
    "PIL": {"bot.limits"},
    "prometheus_client": {"bot.operations"},
}
"""Each library, and the rooms that may know of it. The rooms that are not named know of none."""

ONLY_FILES = {
    ("aiohttp", "bot.discord"): {"trace.py", "errors.py", "gateway.py", "attachments.py"},
}
"""The files that may know of a library, if not all of their room may."""

_SIBLING_DOORS = {"cogs.providers.base"}

_OWN_FOLDERS = ("cogs.settings.", "cogs.setup.")
"""The folders of `cogs` whose files make one cog together."""


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
    assert room, f"{module} is in no room"
    for imported in _imports(path):
        top = imported.partition(".")[0]
        if top in ("bot", "cogs", "sandbox", "tests", "bench"):
            assert _room(imported) in ROOMS[room] | {room}, f"{module} imports {imported}"
            if room == "cogs":
                is_own = imported.startswith(_OWN_FOLDERS) and module.startswith(imported.rpartition(".")[0])
                is_sibling = imported.startswith("cogs") and not is_own
                assert not is_sibling or imported in _SIBLING_DOORS, f"{module} imports {imported}"
        elif top in LIBRARIES:
            assert room in LIBRARIES[top], f"{module} imports {top}"
            allowed = ONLY_FILES.get((top, room))
            assert allowed is None or path.name in allowed, f"{module} imports {top}"
        else:
            assert top in sys.stdlib_module_names, f"{module} imports {top}: say in LIBRARIES which rooms may use it"


@pytest.mark.parametrize("path", list(_sources()), ids=_name)
def test_every_file_says_what_it_is_for_and_is_no_hall(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"
    assert text.count("\n") <= 300, f"{path} is too long to be one thing"


def test_no_provider_is_named_outside_its_own_file() -> None:
    names = {"tamako", "chatbase", "chatbase-v2", "stammer", "chatbot"}
    for path in _sources():
        if path.stem.replace("_", "-") in names or path.is_relative_to(ROOT / "sandbox"):
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


_OBJECT_GRAPH = "sandbox.discord.model"
"""Guilds know their channels and channels their guild, as Discord's own objects do: circular by nature, for types."""


def test_the_sandbox_imports_one_way_for_types_too() -> None:
    """An import for type checkers only hides a circle as well; the model's object graph alone may have them."""
    known = {_module(path): path for path in sorted((ROOT / "sandbox").rglob("*.py"))}
    finished: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"a circle: {' -> '.join([*path, module])}"
        if module in finished:
            return
        for imported in sorted(_imported_modules(known[module], known)):
            inside = module.startswith(_OBJECT_GRAPH) and imported.startswith(_OBJECT_GRAPH)
            if not inside:
                visit(imported, (*path, module))
        finished.add(module)

    for module, path in known.items():
        visit(module, ())
        hidden = "TYPE_CHECKING" in path.read_text(encoding="utf-8")
        assert not hidden or module.startswith(_OBJECT_GRAPH), f"{module} hides imports from the interpreter"


def _imported_modules(path: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules out of `known` that a module imports, wherever and for whatever it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (named & known.keys()) or ({node.module or ""} & known.keys())
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known.keys()
    return found
