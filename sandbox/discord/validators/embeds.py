"""Embeds and their limits (reference, "Embed Limits")."""

from urllib.parse import urlsplit

from sandbox.discord.errors import FormErrors, Json, Path
from sandbox.discord.validators.fields import array, flag, model, text, whole

MAX_EMBEDS = 10
MAX_CHARACTERS = 6000
"""Over all embeds of a message together."""


def check_embeds(body: Json, errors: FormErrors, path: Path = ()) -> tuple[Json, ...]:
    """Return the embeds of a message, as Discord keeps them."""
    embeds: list[Json] = []
    total = 0
    for index, value in enumerate(array(body, "embeds", errors, path, maximum=MAX_EMBEDS)):
        here = (*path, "embeds", index)
        embed = model(value, errors, here)
        if embed is not None:
            embeds.append({"type": "rich"} | {name: part for name, part in embed.items() if part is not None})
            total += _check_embed(embed, errors, here)
            if total > MAX_CHARACTERS:
                message = f"Embed size exceeds maximum size of {MAX_CHARACTERS}"
                errors.add(here, "MAX_EMBED_SIZE_EXCEEDED", message)
                break
    return tuple(embeds)


def _check_embed(embed: Json, errors: FormErrors, path: Path) -> int:
    """Note what is wrong with one embed, and count the characters that the common limit is about."""
    count = len(text(embed, "title", errors, path, maximum=256).strip())
    count += len(text(embed, "description", errors, path, maximum=4096).strip())
    whole(embed, "color", errors, path)
    for name, part, maximum in (("footer", "text", 2048), ("author", "name", 256)):
        if embed.get(name) is not None:
            inner = model(embed[name], errors, (*path, name))
            if inner is not None:
                count += len(text(inner, part, errors, (*path, name), maximum=maximum, must=True).strip())
    for index, value in enumerate(array(embed, "fields", errors, path, maximum=25)):
        field = model(value, errors, (*path, "fields", index))
        if field is not None:
            here = (*path, "fields", index)
            flag(field, "inline", errors, here)
            count += len(text(field, "name", errors, here, maximum=256, must=True).strip())
            count += len(text(field, "value", errors, here, maximum=1024, must=True).strip())
    _check_links(embed, errors, path)
    return count


def _check_links(embed: Json, errors: FormErrors, path: Path) -> None:
    check_url(embed.get("url"), errors, (*path, "url"), ("http", "https"))
    for name in ("image", "thumbnail"):
        if isinstance(embed.get(name), dict):
            check_url(embed[name].get("url"), errors, (*path, name, "url"), ("http", "https", "attachment"))


def check_url(value: object, errors: FormErrors, path: Path, schemes: tuple[str, ...]) -> None:
    """Note an address that is not well formed or whose scheme is not allowed; None is fine."""
    if value is None:
        return
    try:
        parts = urlsplit(str(value))
        formed = bool(parts.scheme and (parts.netloc or parts.path)) and not any(c.isspace() for c in str(value))
    except ValueError:
        formed = False
    if not formed:
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif parts.scheme.lower() not in schemes:
        listed = ", ".join(f"'{scheme}'" for scheme in schemes)
        message = f'Scheme "{parts.scheme}" must be one of ({listed}).'
        errors.add(path, "URL_TYPE_INVALID_SCHEME", message)
    elif parts.scheme.lower() in ("http", "https") and ("." not in parts.netloc and "localhost" not in parts.netloc):
        errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
