"""What comes with a form, taken only when a page of the session's own has sent it."""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web import markup
from adapters.web.answers import Wrong, spoken
from adapters.web.files import safe_name
from adapters.web.network import WebNetwork
from adapters.web.render import Reader
from bot.tickets.decide import TEXT_LIMIT
from bot.tickets.model import File
from bot.tickets.texts import Refused, say

#: The most files that come with a form, and the most fields.
FILES, FIELDS = 10, 30


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
        try:
            await _parts(entered, request, reader, network)
        except (ValueError, HttpProcessingError):  # it is not what it says it is
            raise Wrong(400, say("web.broken", reader.language)) from None
    if not _trusts(entered, reader):
        raise Wrong(403, say("web.csrf", reader.language))
    longest = max((len(text) for text in entered.fields.values()), default=0)
    if longest > TEXT_LIMIT:
        raise Refused("no.long", length=longest, limit=TEXT_LIMIT)


async def posted(request: web.Request) -> dict[str, str]:
    """Return the fields of a form without files. Raises Wrong when it cannot be read."""
    try:
        return {name: printable(str(value)) for name, value in (await request.post()).items()}
    except (ValueError, LookupError, HttpProcessingError):
        raise Wrong(400, say("web.broken", spoken(request))) from None


def printable(text: str) -> str:
    """Return text without the one sign that PostgreSQL does not keep."""
    return text.replace("\0", "")


async def _parts(entered: Entered, request: web.Request, reader: Reader, network: WebNetwork) -> None:
    trusted, fields = False, 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            fields += 1
            if fields > FIELDS:
                raise Wrong(413, say("web.broken", reader.language))
            entered.fields[printable(part.name)] = printable((await part.read()).decode(errors="replace"))
            trusted = trusted or _trusts(entered, reader)
        elif not trusted:
            break
        elif part.filename:
            entered.files.append(await _file(part, entered, reader, network))


def _trusts(entered: Entered, reader: Reader) -> bool:
    return hmac.compare_digest(entered["csrf"].encode(), reader.csrf.encode())


async def _file(part: BodyPartReader, entered: Entered, reader: Reader, network: WebNetwork) -> File:
    if len(entered.files) >= FILES:
        raise Wrong(413, say("web.files", reader.language, n=FILES))

    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await part.read_chunk(1 << 16):
            yield chunk

    name = safe_name(part.filename or "")
    kind = part.headers.get(hdrs.CONTENT_TYPE, "")
    if not re.fullmatch(r"[\w.+-]{1,50}/[\w.+-]{1,50}", kind, re.ASCII):
        kind = "application/octet-stream"
    file = await network.keep(name, kind, chunks())
    if file is None:
        limit = f"{network.settings.file_limit_mb} MB"
        raise Wrong(413, say("web.too_large", reader.language, name=name, limit=limit))
    return file
