"""The page's modules fit together: what one imports, another one exports, and all that is imported is used."""

import re
from pathlib import Path

import pytest

STATIC = Path("sandbox/page/static")
MODULES = sorted(STATIC.rglob("*.js"))
_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";', re.MULTILINE)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_what_is_imported_is_there_and_used(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    rest = _IMPORT.sub("", text)
    for names, source in _IMPORT.findall(text):
        exported = set(_EXPORT.findall((module.parent / source).read_text(encoding="utf-8")))
        imported = {name.strip() for name in names.split(",")}
        assert imported <= exported, source
        assert not {name for name in imported if not re.search(rf"\b{name}\b", rest)}, source
    assert text.count("import {") == len(_IMPORT.findall(text))
