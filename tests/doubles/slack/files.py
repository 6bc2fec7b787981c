"""Files in the loopback Slack: read with the token, uploaded in three steps, shared a while after the yes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.doubles.slack import validate
from tests.doubles.slack.world import BOT_USER, Message, SlackError

if TYPE_CHECKING:
    from tests.doubles.slack.server import SlackServer


@dataclass
class SlackFile:
    """`content` is None for one so large that it is made as it is read: `size` bytes of x."""

    id: str
    name: str
    user: str
    size: int
    content: bytes | None
    kind: str = "application/octet-stream"
    mode: str = "hosted"
    #: What people see as its name; they can change it, `name` stays (docs.slack.dev/reference/objects/file-object).
    title: str | None = None
    #: What else its object has: of an e-mail `subject`, `from` and `plain_text`.
    more: dict[str, Any] = field(default_factory=dict)
    #: Where it is read, if not here: of a remote file `url_private` is its address elsewhere
    #: (docs.slack.dev/reference/objects/file-object), and a hosted one may lead to another.
    address: str | None = None
    leads_to: str | None = None

    def info(self, base: str) -> dict[str, Any]:
        if self.mode == "tombstone":
            return {"id": self.id, "mode": "tombstone"}
        address = self.address or f"{base}file/{self.id}"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.kind,
            "size": self.size,
            "mode": self.mode,
            "is_external": self.mode == "external",
            "user": self.user,
            "url_private": address,
            "url_private_download": address,
            "file_access": "visible",
            **self.more,
        }

    def stub(self) -> dict[str, Any]:
        return {"id": self.id, "mode": "file_access", "file_access": "check_file_info"}

    def chunks(self) -> Iterator[bytes]:
        if self.content is not None:
            yield self.content
            return
        for start in range(0, self.size, 1 << 16):
            yield b"x" * min(1 << 16, self.size - start)


@dataclass
class Uploads:
    """What a workspace's admins allow to be uploaded; all, at first."""

    disabled: bool = False
    images_only: bool = False
    full: bool = False
    #: The ends of names that are not allowed, and the largest size in bytes.
    blocked: tuple[str, ...] = ()
    largest: int | None = None

    def refuse(self, name: str, size: int) -> str | None:
        """Return the code with which a file is refused."""
        if self.disabled:
            return "file_uploads_disabled"
        if self.images_only and not name.endswith((".png", ".jpg", ".gif")):
            return "file_uploads_except_images_disabled"
        if name.endswith(self.blocked) and self.blocked:
            return "file_type_not_allowed"
        if self.largest is not None and size > self.largest:
            return "file_upload_size_restricted"
        return "storage_limit_reached" if self.full else None


async def download(server: SlackServer, request: web.Request) -> web.StreamResponse:
    """Hand a file out. Without the token Slack shows its login page, and calls that a success."""
    if request.headers.get("Authorization") != f"Bearer {server.world.token}":
        return web.Response(text="<html>Sign in</html>", content_type="text/html")
    file = server.world.files.get(request.match_info["file"])
    if file is None or file.mode == "tombstone":
        return web.Response(status=404)
    if file.leads_to is not None:
        raise web.HTTPFound(file.leads_to)
    answer = web.StreamResponse(headers={"Content-Type": file.kind, "Content-Length": str(file.size)})
    await answer.prepare(request)
    for chunk in file.chunks():
        await answer.write(chunk)
    return answer


async def upload(server: SlackServer, request: web.Request) -> web.Response:
    file = server.world.files[request.match_info["file"]]
    kept, size = bytearray(), 0
    async for chunk in request.content.iter_chunked(1 << 16):
        size += len(chunk)
        if size <= 1 << 20:
            kept += chunk
    if size != file.size or file.mode != "uploading":
        return web.Response(status=400, text="length mismatch")
    file.content = bytes(kept) if size <= 1 << 20 else None
    return web.Response(text=f"OK - {size}")


async def info(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    file = server.world.files.get(str(given.get("file")))
    if file is None or file.mode == "uploading":
        raise SlackError("file_not_found")
    if file.mode == "tombstone":
        raise SlackError("file_deleted")
    return {"file": file.info(server.url)}


async def get_upload_url(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    """Answer as the workspace's rules for files have it.

    docs.slack.dev/reference/methods/files.getUploadURLExternal: `missing_argument` ("typically only occurs
    when the length provided is 0"), `file_type_not_allowed`, `file_upload_size_restricted`,
    `file_uploads_disabled`, `file_uploads_except_images_disabled`; `storage_limit_reached` is in the errors
    of its predecessor files.upload, and in what clients of both expect.
    """
    if not given.get("filename"):
        raise SlackError("invalid_arguments")
    if not int(given.get("length") or 0):
        raise SlackError("missing_argument")
    if (code := server.world.uploads.refuse(str(given["filename"]), int(given["length"]))) is not None:
        raise SlackError(code)
    ident = server.world.fresh("F")
    server.world.files[ident] = SlackFile(
        ident, str(given["filename"]), BOT_USER, int(given["length"]), b"", mode="uploading"
    )
    return {"file_id": ident, "upload_url": f"{server.uploads or server.url}upload/{ident}"}


async def complete_upload(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    listed = given.get("files") or []
    files = [world.files[one["id"]] for one in (json.loads(listed) if isinstance(listed, str) else listed)]
    channel = world.for_bot_to_post(str(given["channel_id"]))
    thread = given.get("thread_ts")
    if thread is not None and thread not in channel.messages:
        raise SlackError("thread_not_found")
    blocks = given.get("blocks") or []
    validate.blocks(blocks)
    for file in files:
        file.mode = "hosted"
    if world.lose_shares > 0:
        world.lose_shares -= 1
        return {"files": [{"id": file.id} for file in files]}

    def share() -> None:
        world.post(
            Message(
                channel.id,
                world.ts(),
                BOT_USER,
                "",
                thread,
                blocks,
                bot=True,
                username=given.get("username"),
                icon=given.get("icon_url"),
                subtype="file_share",
                files=[file.id for file in files],
            )
        )

    if world.share_delay:
        asyncio.get_running_loop().call_later(world.share_delay, share)
    else:
        share()
    return {"files": [{"id": file.id} for file in files]}


async def delete(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    file = server.world.files.get(str(given.get("file")))
    if file is None or file.mode == "tombstone":
        raise SlackError("file_deleted")
    if file.user != BOT_USER:
        raise SlackError("cant_delete_file")
    file.mode, file.content = "tombstone", b""
    return {}
