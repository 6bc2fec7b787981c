"""Nobody holds the door open for ever: half a request, a form without an end, more than there is room for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from adapters.slack import http
from adapters.web import forms, network
from tests.office import Office
from tests.settings import PATIENCE
from tests.web_office import Visitor, WebOffice

HEAD = b"GET /c/ HTTP/1.1\r\nHost: x\r\nX-A: "
BOUNDARY = {"Content-Type": "multipart/form-data; boundary=x"}


def part(name: str, more: str = "") -> bytes:
    return f'\r\n--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()


async def sent(who: Visitor, body: AsyncIterator[bytes], path: str = "/c/") -> int | None:
    """Post a form as it comes; None when its connection was cut before an answer."""
    try:
        async with who.session.post(who.url + path, data=body, headers=BOUNDARY) as answer:
            return answer.status
    except aiohttp.ClientError:
        return None


async def ended(port: int, head: bytes) -> bytes:
    """Send a part of a request, and wait for the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    async with asyncio.timeout(PATIENCE):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


class TestPages:
    async def test_a_head_that_never_ends_is_cut_off(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(network, "PATIENCE", 0.3)
        async with WebOffice(sqlite_url, tmp_path) as office:
            carla, port = await office.customer(), office.network.port
            assert port is not None
            heads = (b"", b"GET", HEAD, HEAD + b"x" * 4000)
            assert await asyncio.gather(*(ended(port, head) for head in heads * 20)) == [b""] * 80
            # nor is one that follows a whole request on the same line
            first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
            assert (await ended(port, first + HEAD)).startswith(b"HTTP/1.1 401")
            assert (await carla.get("/c/")).status == 200

    async def test_a_page_that_watches_is_not_cut_off(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(network, "PATIENCE", 0.2)
        async with WebOffice(sqlite_url, tmp_path) as office:
            carla = await office.customer()
            async with carla.session.get(f"{carla.url}/c/live") as stream:
                await stream.content.readany()
                assert await ended(office.network.port or 0, HEAD) == b""  # as long as that
                await carla.post("/c/", title="Hello", text="there")
                assert await stream.content.readany() == b"event: changed\ndata: \n\n"

    async def test_a_form_that_never_ends_is_let_go_of(
        self, light: WebOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        carla = await light.customer()
        token = (await carla.token()).encode()
        monkeypatch.setattr(forms, "PATIENCE", 0.3)

        async def body(*begins: bytes) -> AsyncIterator[bytes]:
            for one in begins:
                yield one
            await asyncio.Event().wait()

        csrf = part("csrf") + token
        for begins in (
            (b"",), (csrf,), (csrf + part("text") + b"and",), (csrf + part("files", '; filename=""') + b"x",),
            (csrf + part("files", '; filename="a.txt"') + b"half",),
        ):  # fmt: skip
            assert await sent(carla, body(*begins)) == 408
        plain = {"Content-Type": "application/x-www-form-urlencoded"}
        async with carla.session.post(
            f"{carla.url}/c/", data=body(b"csrf=" + token), headers=plain
        ) as answer:
            assert answer.status == 408
            assert "too long to arrive" in await answer.text()
        assert light.kept() == []  # half a file is none

    async def test_a_form_has_room_for_so_much(self, light: WebOffice) -> None:
        carla = await light.customer()
        csrf = part("csrf") + (await carla.token()).encode()

        async def large(name: bytes) -> AsyncIterator[bytes]:
            yield csrf + name
            for _ in range(400):
                yield b"a" * 1_000_000
            yield b"\r\n--x--\r\n"

        for name in (part("text"), part("files", '; filename=""')):
            before = memory()
            assert await sent(carla, large(name)) in (413, None)
            assert memory() - before < 60

        async def many(one: bytes) -> AsyncIterator[bytes]:
            yield csrf
            for _ in range(100_000):
                yield one
            yield b"\r\n--x--\r\n"

        unnamed = part("files", '; filename=""')
        for one, status in (
            (unnamed + b"xx", 400),
            (unnamed, 413),
            (part("a") + b"x", 413),
            (part("", "") + b"", 413),
        ):
            async with asyncio.timeout(PATIENCE):
                assert await sent(carla, many(one)) in (status, None)
        # nor is what says beforehand that it is too much
        length = {**BOUNDARY, "Content-Length": str(10**12)}
        head = "".join(f"{name}: {value}\r\n" for name, value in length.items())
        cookies = "; ".join(f"{one.key}={one.value}" for one in carla.session.cookie_jar)
        reader, writer = await asyncio.open_connection("127.0.0.1", light.network.port)
        writer.write(f"POST /c/ HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\n{head}\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 413")
        writer.close()
        assert (await carla.get("/c/")).status == 200


class TestSlacksRequests:
    async def test_what_never_ends_is_let_go_of(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "PATIENCE", 0.3)
        async with Office(sqlite_url, mode="http") as office:
            port = office.network.port or 0
            begun = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
            assert await asyncio.gather(*(ended(port, head) for head in (b"", begun) * 20)) == [b""] * 40
            half = begun + b"Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(half)
            async with asyncio.timeout(PATIENCE):
                assert (await reader.readline()).startswith(b"HTTP/1.1 408")
            writer.close()
            assert "ACME-1" in await office.ticket()


def memory() -> int:
    """Return how much this process holds, in MB."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) // 1024
