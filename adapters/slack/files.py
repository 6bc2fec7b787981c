"""Files as copies: streamed from where they were said to where they are shown, never held in memory whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import PurePosixPath
from typing import Any, Final

import aiohttp
from yarl import URL

from adapters.slack.api import Api
from bot.ports import Content, Fetch, FileGone, NotSent
from bot.tickets.model import File
from bot.words.keys import TextKey

#: Bytes that are read and written at a time.
CHUNK = 1 << 16
#: A file may take as long as it takes, while it goes on.
SLOWLY = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)
#: Seconds to look for a shared file, which Slack posts some time after it has said yes.
PATIENCE = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
#: What Slack answers for a file that cannot be read any more.
GONE = ("file_not_found", "file_deleted", "access_denied", "not_visible", "file_not_readable")
#: What Slack answers for a file that it will never take, and the words for it
#: (docs.slack.dev, errors of files.getUploadURLExternal and files.completeUploadExternal).
REFUSED: Final[Mapping[str, TextKey]] = {
    "blocked_file_type": "file.refused.type",
    "file_type_not_allowed": "file.refused.type",
    "file_uploads_except_images_disabled": "file.refused.type",
    "file_upload_size_restricted": "file.refused.size",
    "snippet_too_large": "file.refused.size",
    "file_uploads_disabled": "file.refused.off",
    "storage_limit_reached": "file.refused.full",
}
#: Who may see the token, and what is copied: Slack and GovSlack, with all that is below them. Of a remote
#: file `url_private` is its address elsewhere (docs.slack.dev/reference/objects/file-object). slack-go/slack
#: v0.30.1 mended a token that went there, and names the same hosts.
HOSTS = ("slack.com", "slack-gov.com")
#: Kinds of files that only Slack itself, or another service, can show.
ELSEWHERE = frozenset({"external", "canvas", "quip", "space", "post", "list", "hidden_by_limit", "email"})


class FileRefused(Exception):
    """Slack will not take a file, however often it is asked. `key` names the words for it."""

    def __init__(self, key: TextKey) -> None:
        super().__init__(key)
        self.key: TextKey = key


class Files:
    """Copies files with one bot token."""

    def __init__(self, api: Api, session: aiohttp.ClientSession, token: str) -> None:
        self._api = api
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}

    async def described(self, given: dict[str, Any]) -> File | None:
        """Read a file as an event has it. Of one in a shared channel the event may have the id alone.

        None for one that has been deleted. Raises NotSent when Slack does not answer.
        """
        if given.get("mode") == "file_access" or not given.get("name"):
            try:
                given = (await self._api.call("files.info", file=str(given.get("id")))).get("file") or given
            except NotSent as error:
                if not error.reason.startswith(GONE):
                    raise
        return read(given)

    async def copy(self, file: File, fetch: Fetch, channel: str, **more: Any) -> None:
        """Copy a file into a channel. `more`: further arguments of files.completeUploadExternal.

        Raises:
            FileGone: it cannot be read any more.
            FileRefused: it will never be taken.
            NotSent: `unsure` when the copy may be shown all the same.
        """
        async with fetch(file) as content:
            if content.size == 0:  # Slack calls that a missing argument
                raise FileRefused("file.refused.empty")
            with _refusals():
                uploaded = await self._upload(file.name, content)
        with _refusals():
            await self._api.call(
                "files.completeUploadExternal",
                files=[{"id": uploaded, "title": file.name}],
                channel_id=channel,
                **more,
            )

    async def delete(self, ids: list[str]) -> None:
        """Erase copies of ours; those that are gone already are no trouble."""
        for ident in ids:
            try:
                await self._api.call("files.delete", file=ident)
            except NotSent as error:
                if not error.reason.startswith((*GONE, "cant_delete_file")):
                    raise

    @asynccontextmanager
    async def fetch(self, file: File) -> AsyncIterator[Content]:
        """Open a file, if it is Slack's own to give. Raises FileGone, NotSent."""
        if not file.copyable:
            raise FileGone("elsewhere")
        try:
            given = (await self._api.call("files.info", file=file.id))["file"]
        except NotSent as error:
            raise FileGone(error.reason) if error.reason.startswith(GONE) else error from None
        address = given.get("url_private_download") or given.get("url_private")
        found = read(given)
        if not address or found is None:
            raise FileGone("file_deleted")
        if not found.copyable or not self._is_slacks(address):
            raise FileGone("elsewhere")
        try:
            async with self._session.get(
                address, headers=self._headers, timeout=SLOWLY, allow_redirects=False
            ) as source:
                # Without the right to read it Slack leads to its login page, or shows it as a success.
                login = source.content_type == "text/html" and file.kind != "text/html"
                if 300 <= source.status < 400 or source.status in (401, 403, 404, 410) or login:
                    raise FileGone("file_not_readable")
                if source.status != 200:
                    away = source.status >= 500
                    raise NotSent(f"Slack answered {source.status} for a file", away=away)
                size = source.content_length if source.content_length is not None else file.size
                yield Content(size, source.content.iter_chunked(CHUNK))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise NotSent(f"a file could not be copied ({type(error).__name__})", away=True) from None

    async def _upload(self, name: str, content: Content) -> str:
        """Upload at the pace of reading; nothing can be seen of it yet. Return the new file's id."""
        target = await self._api.call("files.getUploadURLExternal", filename=name, length=content.size)
        if not self._is_slacks(target.get("upload_url")):
            raise FileGone("elsewhere")
        headers = {"Content-Length": str(content.size), "Content-Type": "application/octet-stream"}
        try:
            async with self._session.post(
                target["upload_url"],
                data=content.chunks,
                headers=headers,
                timeout=SLOWLY,
                allow_redirects=False,
            ) as answer:
                if answer.status != 200:
                    away = answer.status >= 500
                    raise NotSent(f"Slack answered {answer.status} to an upload", away=away)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise NotSent(f"a file could not be copied ({type(error).__name__})", away=True) from None
        return str(target["file_id"])

    def _is_slacks(self, address: object) -> bool:
        """Whether an address is one of Slack's own, by https, or where its Web API was set to be."""
        try:
            url = URL(str(address))
            at_api = url.origin() == URL(self._api.client.base_url).origin()
        except ValueError:
            return False
        host = url.host or ""
        return at_api or (
            url.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in HOSTS)
        )


def read(given: dict[str, Any]) -> File | None:
    """Read Slack's file object; None for one that has been deleted."""
    mode = str(given.get("mode") or "")
    ident = str(given.get("id") or "")
    if not ident or mode == "tombstone":
        return None
    size = given.get("size")
    return File(
        network="slack",
        id=ident,
        name=_name(given, ident)[:200],
        size=size if isinstance(size, int) and size >= 0 else 0,
        kind=str(given.get("mimetype") or "application/octet-stream"),
        copyable=mode not in ELSEWHERE and not given.get("is_external") and bool(given.get("name")),
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell a refusal that stays from a fault that passes."""
    try:
        yield
    except NotSent as error:
        if (key := REFUSED.get(error.reason)) is not None:
            raise FileRefused(key) from None
        raise


def _name(given: dict[str, Any], ident: str) -> str:
    """Return a file's name as its owner sees it: its title, with the end of the name that says what it is.

    Slack takes letters out of `name` that file systems may not know; the title has them all.
    """
    name, title = str(given.get("name") or ""), str(given.get("title") or "").strip()
    end = PurePosixPath(name).suffix
    if not title or title == name:
        return name or ident
    return title if title.lower().endswith(end.lower()) else f"{title}{end}"


async def patiently(look: Any) -> Any:
    """Call `look` until it finds something, for about a quarter of a minute; None when it does not."""
    for pause in PATIENCE:
        await asyncio.sleep(pause)
        if found := await look():
            return found
    return None
