"""Files of people: named so that a name means nothing to disks and headers, sent as downloads alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from aiohttp import hdrs, web

from adapters.web.answers import BEGUN, HEADERS, NotFound, shows
from adapters.web.render import Reader
from bot.ports import Fetch, FileGone
from bot.tickets.model import File, Message, Note
from bot.words.keys import TextKey
from bot.words.say import say


def safe_name(name: str) -> str:
    """Return a file's name without anything that means something to a disk or a header."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return clean[-200:] or "file"


def gone(before: Iterable[object], now: Iterable[object], entry: str) -> tuple[File, ...]:
    """Return the files of what has been deleted since, unless it was sent to somebody else too."""
    stands = [one for one in now if isinstance(one, Message | Note) and one.id == entry]
    if any(not one.retracted or (isinstance(one, Note) and one.published_as) for one in stands):
        return ()
    had = [one for one in before if isinstance(one, Message | Note) and one.id == entry]
    return tuple(file for one in had for file in one.files)


async def send(
    request: web.Request, file: File | None, reader: Reader, fetch: Fetch, *, inside: bool = False
) -> web.StreamResponse:
    """Send a file as something to keep, never to be shown or run by the browser.

    `inside`: whoever asks is staff, and may know where it is.
    """
    if file is None:
        raise NotFound
    response = web.StreamResponse(headers=dict(HEADERS))
    response.content_type = "application/octet-stream"
    name = safe_name(file.name)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    response.headers[hdrs.CONTENT_DISPOSITION] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    try:
        async with fetch(file) as content:
            await response.prepare(request)
            request[BEGUN] = True
            async for chunk in content.chunks:
                await response.write(chunk)
    except FileGone:
        if response.prepared:
            raise
        key: TextKey = "file.elsewhere" if inside and not file.copyable else "file.not_here"
        where = file.network.capitalize()
        return shows(say(key, reader.language, name=name, place=where), request, 410)
    await response.write_eof()
    return response
