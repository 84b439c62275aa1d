"""Attachments of messages: which of them go along with a question, and how their texts are loaded from Discord."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, Self

import aiohttp
from yarl import URL

from bot.discord.reading.text_files import decode, is_text
from bot.domain.attachments import (
    MAX_FILE_BYTES,
    MAX_FILE_NAME_CHARS,
    MAX_FILES,
    AttachedFile,
    FileLoader,
    LoadedFiles,
)
from bot.domain.proxies import DIRECT, Proxies
from bot.strings.markup import shorten

_log = logging.getLogger(__name__)

_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where Discord keeps attachments (documentation, "CDN Formatting" and "Signed Attachment CDN URLs")."""

_PATHS = ("/attachments/", "/ephemeral-attachments/")

_LOAD_SECONDS = 10.0
"""How long loading one file may take."""


class Attachment(Protocol):
    """What the program needs to know of a `discord.Attachment`; `size` is in bytes."""

    filename: str
    content_type: str | None
    size: int
    url: str


def sort_attachments(attachments: Iterable[Attachment]) -> tuple[tuple[AttachedFile, ...], tuple[str, ...]]:
    """Return the text files that go along with a question, and the names of what is not read."""
    files: list[AttachedFile] = []
    names: list[str] = []
    room = MAX_FILE_BYTES
    for each in attachments:
        name = shorten(" ".join(each.filename.split()), MAX_FILE_NAME_CHARS)
        if is_text(each.filename, each.content_type) and each.size <= room and len(files) < MAX_FILES:
            room -= each.size
            files.append(AttachedFile(name, each.url))
        else:
            names.append(name)
    return tuple(files), tuple(names)


class AttachmentLoader(FileLoader):
    """Loads the texts of attachments; to be opened with `async with`.

    Nothing but Discord's own addresses is asked. If the `api_url` leads to this machine, as in the sandbox, attachments
    may be there too.
    """

    def __init__(self, api_url: str, proxies: Proxies = DIRECT) -> None:
        api = URL(api_url)
        self._proxies = proxies
        # Settings allow plain http for this machine only.
        self._local = api.origin() if api.scheme == "http" else None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Switchboard", "Accept-Encoding": "identity"},
            auto_decompress=False,  # a small file may become a huge one
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def load(self, files: Sequence[AttachedFile]) -> LoadedFiles:
        """Load those that have no text yet, all at once."""
        loaded = await asyncio.gather(*(self._load(file) for file in files))
        not_text = [file.name for file, found in zip(files, loaded, strict=True) if found is None]
        return LoadedFiles(tuple(file for file in loaded if file is not None), tuple(not_text))

    async def _load(self, file: AttachedFile) -> AttachedFile | None:
        """Return the file with its text, unchanged if it cannot be loaded now, None if it is no text or too large."""
        if file.text is not None:
            return file
        try:
            data = await self._fetch(URL(file.url, encoded=True))
        except Exception as error:  # noqa: BLE001 - aiohttp's parser has errors of its own, which may quote the file
            _log.warning("an attachment could not be loaded: %s", type(error).__name__)
            return file
        if data is None:
            return file
        text = decode(data) if len(data) <= MAX_FILE_BYTES else None
        return None if text is None else replace(file, url="", text=text)

    async def _fetch(self, url: URL) -> bytes | None:
        """Return a file's bytes, None if there are none. If the file is too large, the rest is not read."""
        assert self._session is not None, "AttachmentLoader is used with `async with`"
        if not is_discords(url, self._local):
            _log.warning("an attachment is not at Discord's address, and was not loaded")
            return None
        proxy = self._proxies.for_url(str(url))
        async with (
            asyncio.timeout(_LOAD_SECONDS),
            self._session.get(url, allow_redirects=False, proxy=proxy) as response,
        ):
            if response.status != 200 or "Content-Encoding" in response.headers:
                _log.warning("an attachment could not be loaded: status %d", response.status)
                return None
            data = bytearray()
            async for chunk in response.content.iter_any():
                data += chunk
                if len(data) > MAX_FILE_BYTES:
                    break
            return bytes(data)


def is_discords(url: URL, local: URL | None = None) -> bool:
    """Return whether an attachment may be at `url`: at Discord's own addresses, or at the origin `local`."""
    if not url.absolute or "@" in url.raw_authority or not url.path.startswith(_PATHS) or ".." in url.path.split("/"):
        return False
    own = url.scheme == "https" and url.host in _HOSTS and url.port == 443
    return own or (local is not None and url.origin() == local)
