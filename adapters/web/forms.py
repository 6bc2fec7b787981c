"""What comes with a form, taken only when a page of the session's own has sent it."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web import markup
from adapters.web.answers import Wrong
from adapters.web.files import safe_name
from adapters.web.network import WebNetwork
from adapters.web.render import Reader
from bot.tickets.model import File
from bot.tickets.texts import Refused, say

#: The longest text of a form, in characters, the most files that come with one, and the most fields.
TEXT, FILES, FIELDS = 40_000, 10, 30


@dataclass
class Entered:
    """What came with a form."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def words(self, name: str = "text") -> str:
        """Return what somebody typed, as hub text."""
        return markup.to_hub(self[name])

    @property
    def ident(self) -> str:
        """The form's own name, so that what is sent twice is taken once."""
        given = self["ident"]
        return given if re.fullmatch(r"[0-9a-f-]{8,40}", given) else secrets.token_hex(16)


async def fill(entered: Entered, request: web.Request, reader: Reader, network: WebNetwork) -> None:
    """Read a form. Its token comes first: before that no file is taken.

    Raises:
        Wrong: it is not from a page of this session's, or there is too much of it.
        Refused: its text is too long.
    """
    trusted, fields = False, 0
    if request.content_type != "multipart/form-data":
        posted = await request.post()
        entered.fields = {name: str(value)[: TEXT + 1] for name, value in posted.items()}
        trusted = _trusts(entered, reader)
    else:
        try:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name is None:
                    continue
                if part.filename is None:
                    fields += 1
                    if fields > FIELDS:
                        raise Wrong(413, say("web.broken", reader.language))
                    entered.fields[part.name] = (await part.read()).decode(errors="replace")
                    trusted = trusted or _trusts(entered, reader)
                elif not trusted:
                    break
                elif part.filename:
                    entered.files.append(await _file(part, entered, reader, network))
        except (ValueError, HttpProcessingError):  # it is not what it says it is
            raise Wrong(400, say("web.broken", reader.language)) from None
    if not trusted:
        raise Wrong(403, say("web.csrf", reader.language))
    if len(entered["text"]) > TEXT:
        raise Refused("no.long", length=len(entered["text"]), limit=TEXT)


def _trusts(entered: Entered, reader: Reader) -> bool:
    return hmac.compare_digest(entered["csrf"].encode(), reader.csrf.encode())


async def _file(part: BodyPartReader, entered: Entered, reader: Reader, network: WebNetwork) -> File:
    if len(entered.files) >= FILES:
        raise Wrong(413, say("web.files", reader.language, n=FILES))

    async def chunks() -> AsyncIterator[bytes]:
        while chunk := await part.read_chunk(1 << 16):
            yield chunk

    name = safe_name(part.filename or "")
    kind = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")[:100]
    file = await network.keep(name, kind, chunks())
    if file is None:
        limit = f"{network.settings.file_limit_mb} MB"
        raise Wrong(413, say("web.too_large", reader.language, name=name, limit=limit))
    return file
