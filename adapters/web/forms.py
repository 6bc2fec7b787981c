"""What comes with a form, taken only when a page of the session's own has sent it."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web import markup
from adapters.web.answers import Wrong, preferred_language
from adapters.web.files import safe_name
from adapters.web.network import CHUNK, WebNetwork
from adapters.web.render import Reader
from bot.tickets.decide import TEXT_LIMIT
from bot.tickets.model import File
from bot.words.say import Refused, say

#: The most files that come with a form, the most parts that it has, and the bytes of all its fields.
FILES, PARTS, LARGEST = 10, 30, 1 << 20
#: Seconds that a form has to arrive, and the bytes of a second by which a larger one has more.
PATIENCE, PACE = 60.0, 100_000


@dataclass
class Entered:
    """What came with a form."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    async def words(self, name: str = "text") -> str:
        """Return what somebody typed, as hub text. It is read beside the loop: some texts take their time."""
        return await asyncio.to_thread(markup.to_hub, self[name])

    @property
    def ident(self) -> str:
        """The form's own name, so that what is sent twice is taken once."""
        given = self["ident"]
        return given if re.fullmatch(r"[0-9a-f-]{8,40}", given) else secrets.token_hex(16)


async def fill(entered: Entered, request: web.Request, reader: Reader, network: WebNetwork) -> None:
    """Read a form. Its token comes first: before that no file is taken.

    Raises:
        Wrong: it is not from a page of this session's, or there is too much of it.
        Refused: a text is too long.
    """
    if request.content_type != "multipart/form-data":
        entered.fields = await posted(request)
    else:
        limit = FILES * network.settings.file_limit_mb * 1_000_000 + LARGEST
        if (request.content_length or 0) > limit:
            raise Wrong(413, say("web.too_much", reader.language))
        try:
            async with _in_time(request):
                await _parts(entered, request, reader, network)
        except (ValueError, LookupError, RuntimeError, HttpProcessingError):  # not what it says it is
            raise Wrong(400, say("web.broken", reader.language)) from None
    if not _trusts(entered, reader):
        raise Wrong(403, say("web.csrf", reader.language))
    longest = max((len(text) for text in entered.fields.values()), default=0)
    if longest > TEXT_LIMIT:
        raise Refused("no.long", length=longest, limit=TEXT_LIMIT)


async def posted(request: web.Request) -> dict[str, str]:
    """Return the fields of a form without files. Raises Wrong when it cannot be read, or does not end."""
    try:
        async with _in_time(request):
            return {name: printable(str(value)) for name, value in (await request.post()).items()}
    except (ValueError, LookupError, HttpProcessingError):
        raise Wrong(400, say("web.broken", preferred_language(request))) from None


def printable(text: str) -> str:
    """Return text without the one sign that PostgreSQL does not keep."""
    return text.replace("\0", "")


async def _parts(entered: Entered, request: web.Request, reader: Reader, network: WebNetwork) -> None:
    trusted, parts, room = False, 0, LARGEST
    async for part in await request.multipart():
        parts += 1
        if parts > PARTS:
            raise Wrong(413, say("web.broken", reader.language))
        if not isinstance(part, BodyPartReader):
            raise Wrong(400, say("web.broken", reader.language))
        name, filename = _called(part)
        if filename:
            if not trusted:
                break
            entered.files.append(await _file(part, filename, entered, reader, network))
            continue
        content = bytearray()  # a browser sends a choice of no file too, with nothing in it
        while chunk := await part.read_chunk(CHUNK):
            content += chunk
            if len(content) > room:
                raise Wrong(413, say("web.too_much", reader.language))
        room -= len(content)
        if filename is None and name is not None:
            entered.fields[printable(name)] = printable(content.decode(errors="replace"))
            trusted = trusted or _trusts(entered, reader)
        elif content:  # nothing that is sent is passed over without a word
            raise Wrong(400, say("web.broken", reader.language))


def _called(part: BodyPartReader) -> tuple[str | None, str | None]:
    """Return a part's name, and its file's if it is one; no name for a part whose head cannot be read."""
    name, filename = part.name, part.filename
    unread = filename is None and "filename" in part.headers.get(hdrs.CONTENT_DISPOSITION, "").lower()
    return (None if unread else name), filename


@asynccontextmanager
async def _in_time(request: web.Request) -> AsyncIterator[None]:
    """Wait for a form as long as it may take; what does not say how much it is has no more than that."""
    try:
        async with asyncio.timeout(PATIENCE + (request.content_length or 0) / PACE):
            yield
    except TimeoutError:
        raise Wrong(408, say("web.too_slow", preferred_language(request))) from None


def _trusts(entered: Entered, reader: Reader) -> bool:
    return hmac.compare_digest(entered["csrf"].encode(), reader.csrf.encode())


async def _file(
    part: BodyPartReader, filename: str, entered: Entered, reader: Reader, network: WebNetwork
) -> File:
    if len(entered.files) >= FILES:
        raise Wrong(413, say("web.files", reader.language, n=FILES))

    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await part.read_chunk(CHUNK):
            yield chunk

    name = safe_name(filename)
    kind = part.headers.get(hdrs.CONTENT_TYPE, "")
    if not re.fullmatch(r"[\w.+-]{1,50}/[\w.+-]{1,50}", kind, re.ASCII):
        kind = "application/octet-stream"
    file = await network.keep(name, kind, chunks())
    if file is None:
        limit = f"{network.settings.file_limit_mb} MB"
        raise Wrong(413, say("web.too_large", reader.language, name=name, limit=limit))
    return file
