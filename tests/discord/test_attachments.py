"""Loading attachments over a real socket: only from Discord, within limits, and what goes wrong is no error."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NoReturn

import aiohttp
import pytest
from aiohttp import web
from aiohttp.http import HttpProcessingError
from yarl import URL

from bot.discord.reading import attachments
from bot.discord.reading.attachments import AttachmentLoader, is_discords
from bot.domain.attachments import MAX_FILE_BYTES, AttachedFile


@dataclass
class Host:
    """A server on this machine, where attachments are; `asked` has the paths that were asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    def file(self, name: str) -> AttachedFile:
        """Return a file that is to be loaded."""
        return AttachedFile(name, f"{self.url}/attachments/1/2/{name}?ex=a%2Fb&hm=c&")

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer as the name of the file says."""
        self.asked.append(request.raw_path)
        match request.match_info["name"]:
            case "moved.txt":
                raise web.HTTPFound("/attachments/1/2/a.txt")
            case "gone.txt":
                raise web.HTTPNotFound
            case "packed.txt":
                return web.Response(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
            case "endless.txt":
                return await self._endless(request)
            case "full.txt":
                return web.Response(body=b"x" * MAX_FILE_BYTES)
            case "binary.txt":
                return web.Response(body=b"a\0b")
            case name:
                return web.Response(body=f"this is {name}".encode())

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{folder}/1/2/{name}", host.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address, port = runner.addresses[0][:2]
    host.url = f"http://{address}:{port}"
    yield host
    await runner.cleanup()


@pytest.fixture
async def loader(host: Host) -> AsyncIterator[AttachmentLoader]:
    async with AttachmentLoader(f"{host.url}/api/v10") as loader:
        yield loader


async def test_texts_are_loaded_by_their_signed_addresses(host: Host, loader: AttachmentLoader) -> None:
    known = AttachedFile("known.txt", text="said before")
    loaded = await loader.load([host.file("a.txt"), known, host.file("full.txt")])
    assert loaded.not_text == ()
    assert loaded.files == (
        AttachedFile("a.txt", text="this is a.txt"),
        known,
        AttachedFile("full.txt", text="x" * MAX_FILE_BYTES),
    )
    assert "/attachments/1/2/a.txt?ex=a%2Fb&hm=c&" in host.asked


async def test_what_is_no_text_or_too_large_is_named(host: Host, loader: AttachmentLoader) -> None:
    loaded = await loader.load([host.file(name) for name in ("binary.txt", "endless.txt", "a.txt")])
    assert loaded.not_text == ("binary.txt", "endless.txt")
    assert [file.text for file in loaded.files] == ["this is a.txt"]


@pytest.mark.parametrize("name", ["moved.txt", "gone.txt", "packed.txt"])
async def test_what_cannot_be_had_stays_as_it_is(host: Host, loader: AttachmentLoader, name: str) -> None:
    file = host.file(name)
    assert (await loader.load([file])).files == (file,)
    assert len(host.asked) == 1


@pytest.mark.parametrize("fault", [HttpProcessingError(message="Buy milk and rest"), RuntimeError("Buy milk and rest")])
async def test_what_breaks_inside_aiohttp_is_no_error_and_quotes_nothing(
    host: Host,
    loader: AttachmentLoader,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def get(*_: object, **__: object) -> NoReturn:
        raise fault

    monkeypatch.setattr(aiohttp.ClientSession, "get", get)
    file = host.file("a.txt")
    assert (await loader.load([file])).files == (file,)
    assert [record.getMessage() for record in caplog.records] == [
        f"an attachment could not be loaded: {type(fault).__name__}"
    ]
    assert not any(record.exc_info for record in caplog.records)


async def test_a_server_that_says_nothing_is_not_waited_for(
    host: Host, loader: AttachmentLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "_LOAD_SECONDS", 0.0)
    file = host.file("a.txt")
    assert (await loader.load([file])).files == (file,)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost.example:{port}/attachments/1/2/a.txt",
        "http://127.0.0.2:{port}/attachments/1/2/a.txt",
        "http://user@127.0.0.1:{port}/attachments/1/2/a.txt",
        "http://:password@127.0.0.1:{port}/attachments/1/2/a.txt",
        "http://127.0.0.1:{port}/elsewhere/1/2/a.txt",
        "http://127.0.0.1:{port}/attachments/../elsewhere/1/2/a.txt",
        "http://127.0.0.1:{port}/attachments/%2e%2e/elsewhere/1/2/a.txt",
        "http://cdn.discordapp.com/attachments/1/2/a.txt",
        "https://cdn.discordapp.com:444/attachments/1/2/a.txt",
        "https://cdn.discordapp.com.example/attachments/1/2/a.txt",
        "https://discord.com/attachments/1/2/a.txt",
        "file:///etc/passwd",
        "/attachments/1/2/a.txt",
        "http://[",
        "",
    ],
)
async def test_no_other_address_is_asked(host: Host, loader: AttachmentLoader, address: str) -> None:
    file = AttachedFile("a.txt", address.format(port=host.url.rpartition(":")[2]))
    assert (await loader.load([file])).files == (file,)
    assert host.asked == []


async def test_in_production_this_machine_is_not_asked(host: Host) -> None:
    async with AttachmentLoader("https://discord.com/api/v10") as loader:
        file = host.file("a.txt")
        assert (await loader.load([file])).files == (file,)
    assert host.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1&is=2&hm=3&",
        "https://media.discordapp.net/attachments/1/2/a.txt",
        "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.txt",
    ],
)
def test_discords_own_addresses_are_known(address: str) -> None:
    assert is_discords(URL(address))


@pytest.mark.parametrize("path", ["/attachments/..", "/attachments/1/%2E%2e?x=/", "/attachments/../#/", "/elsewhere"])
def test_no_path_leads_out_of_the_attachments(path: str) -> None:
    assert not is_discords(URL(f"https://cdn.discordapp.com{path}", encoded=True))
