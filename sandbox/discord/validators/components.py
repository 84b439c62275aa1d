"""A message's components: rows, and the newer layout kinds (reference, "Component Reference")."""

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.model.components import Kind, walk
from sandbox.discord.validators.controls import check_button, check_row
from sandbox.discord.validators.fields import array, flag, model, number_of, text, whole

MAX_ROWS = 5
MAX_COMPONENTS = 40
"""In a message of the newer kind, nested ones counted."""

MAX_TEXT = 4000
"""Characters over all text displays of a message of the newer kind."""

MAX_COLOR = 0xFFFFFF
MAX_URL = 2048

_IN_CONTAINER = frozenset({Kind.ROW, Kind.SECTION, Kind.TEXT_DISPLAY, Kind.MEDIA_GALLERY, Kind.FILE, Kind.SEPARATOR})
_TOP_LEVEL_V2 = _IN_CONTAINER | {Kind.CONTAINER}

_DEFAULTS: dict[int, Json] = {
    Kind.CONTAINER: {"accent_color": None, "spoiler": False},
    Kind.SEPARATOR: {"spacing": 1, "divider": True},
    Kind.THUMBNAIL: {"description": None, "spoiler": False},
}
"""What Discord fills in."""


def check_components(body: Json, errors: FormErrors, path: Path = (), *, layout: bool = False) -> tuple[Json, ...]:
    """Return the top-level components of a message, as Discord keeps them: numbered, with defaults.

    `layout` says that the message is of the newer kind (flag IS_COMPONENTS_V2).
    """
    allowed = _TOP_LEVEL_V2 if layout else frozenset({Kind.ROW})
    kept = _Checking(errors).parts(body, path, allowed, maximum=MAX_COMPONENTS if layout else MAX_ROWS)
    everything = list(walk(kept))
    for number, component in enumerate(everything, 1):
        component.setdefault("id", number)
    if layout:
        _check_layout(everything, errors, (*path, "components"))
    return tuple(kept)


class _Checking:
    """One message's components, nested ones too: all their custom ids are different."""

    def __init__(self, errors: FormErrors) -> None:
        self._errors = errors
        self._seen: set[str] = set()

    def parts(
        self, holder: Json, path: Path, allowed: frozenset[Kind], *, maximum: int, minimum: int = 0
    ) -> list[Json]:
        """Return what is in `components`, of the kinds that are allowed there."""
        values = array(holder, "components", self._errors, path, minimum=minimum, maximum=maximum)
        found = [self._part(value, (*path, "components", index), allowed) for index, value in enumerate(values)]
        return [part for part in found if part is not None]

    def _part(self, value: object, path: Path, allowed: frozenset[Kind]) -> Json | None:
        component = model(value, self._errors, path)
        if component is None:
            return None
        if number_of(component, "type") not in allowed:
            self._errors.not_a_choice((*path, "type"), ", ".join(str(int(kind)) for kind in sorted(allowed)))
            return None
        kept = self._checked(component, path)
        return _DEFAULTS.get(component["type"], {}) | {name: part for name, part in kept.items() if part is not None}

    def _checked(self, component: Json, path: Path) -> Json:
        match component["type"]:
            case Kind.ROW:
                return check_row(component, self._errors, path, self._seen)
            case Kind.BUTTON:
                return check_button(component, self._errors, path, self._seen)
            case Kind.TEXT_DISPLAY:
                text(component, "content", self._errors, path, minimum=1, maximum=MAX_TEXT, must=True)
            case Kind.SEPARATOR:
                flag(component, "divider", self._errors, path)
                if whole(component, "spacing", self._errors, path, 1) not in (1, 2):
                    self._errors.not_a_choice((*path, "spacing"), "1, 2")
            case Kind.CONTAINER:
                if not 0 <= whole(component, "accent_color", self._errors, path) <= MAX_COLOR:
                    message = f"int value should be between 0 and {MAX_COLOR}."
                    self._errors.add((*path, "accent_color"), "NUMBER_TYPE_MAX", message)
                flag(component, "spoiler", self._errors, path)
                inside = self.parts(component, path, _IN_CONTAINER, minimum=1, maximum=MAX_COMPONENTS)
                return component | {"components": inside}
            case Kind.SECTION:
                inside = self.parts(component, path, frozenset({Kind.TEXT_DISPLAY}), minimum=1, maximum=3)
                beside = frozenset({Kind.BUTTON, Kind.THUMBNAIL})
                return component | {
                    "components": inside,
                    "accessory": self._part(component.get("accessory"), (*path, "accessory"), beside),
                }
            case Kind.MEDIA_GALLERY:
                for index, item in enumerate(array(component, "items", self._errors, path, minimum=1, maximum=10)):
                    self._check_item(item, (*path, "items", index))
            case Kind.THUMBNAIL:
                self._check_url(component, "media", path)
            case Kind.FILE:
                self._check_url(component, "file", path)
        return dict(component)

    def _check_item(self, value: object, path: Path) -> None:
        item = model(value, self._errors, path)
        if item is not None:
            self._check_url(item, "media", path)

    def _check_url(self, holder: Json, name: str, path: Path) -> None:
        media = model(holder.get(name), self._errors, (*path, name))
        if media is not None:
            text(media, "url", self._errors, (*path, name), minimum=1, maximum=MAX_URL, must=True)


def _check_layout(components: list[Json], errors: FormErrors, path: Path) -> None:
    if len(components) > MAX_COMPONENTS:
        errors.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS", f"The maximum number of components is {MAX_COMPONENTS}")
    texts = (str(part.get("content", "")) for part in components if part.get("type") == Kind.TEXT_DISPLAY)
    if sum(map(len, texts)) > MAX_TEXT:
        message = f"The total displayable text size exceeds the maximum of {MAX_TEXT}"
        errors.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
