"""What Discord refuses, in our words: what may have worked, what waits, and what somebody must mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord
from discord import http
from yarl import URL

from bot.ports import NotSent

#: Seconds of a wait that Discord asks for, up to which discord.py waits by itself.
PATIENCE = 5.0
#: Discord's codes for what cannot be reached as a whole, and for a post that is gone.
LOST = {10003: "the channel is gone", 50001: "I cannot see the channel", 10013: "the person is gone"}
UNKNOWN_MESSAGE, HAS_THREAD, UNKNOWN_CHANNEL, UNKNOWN_WEBHOOK = 10008, 160004, 10003, 10015
NOT_MINE, TOO_LARGE, WEBHOOKS_FULL, ACKNOWLEDGED = 50005, 40005, 30007, 40060
#: What somebody must mend before trying again helps, by code.
FINAL = {
    50013: "I am not allowed to do that there: give Halfdoor its permissions again",
    50007: "the person takes no direct messages from us",
    50083: "the thread is archived and cannot be opened",
    160006: "the server has too many active threads: let some be archived",
    30007: "the channel has 15 webhooks already: delete one that nobody uses",
    50024: "that is an announcement channel, which takes no private threads: choose a text channel",
    40005: "the file is larger than this server takes",
}
#: Where Discord keeps what people attach: `url` of an attachment is at the first, `proxy_url` at the second
#: (docs.discord.com/developers/resources/message#attachment-object).
FILES = ("cdn.discordapp.com", "media.discordapp.net")


def is_discords(address: str) -> bool:
    """Whether an address is where Discord keeps files, by https, or where its API is, which tests may set."""
    try:
        url = URL(address)
        at_api = url.origin() == URL(http.Route.BASE).origin()
    except ValueError:
        return False
    return at_api or (url.scheme == "https" and url.host in FILES)


@contextmanager
def sdk_errors_as_not_sent() -> Iterator[None]:
    """Turn what discord.py raises into NotSent."""
    try:
        yield
    except discord.RateLimited as error:
        raise NotSent("Discord asks for patience", retry_after=error.retry_after) from None
    except discord.LoginFailure:
        raise NotSent("HALFDOOR_DISCORD_TOKEN is not valid: copy it anew from “Bot”", away=True) from None
    except discord.HTTPException as error:
        raise refused(error) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = f"Discord could not be reached ({type(error).__name__})"
        raise NotSent(reason, unsure=True, away=True) from None


def refused(error: discord.HTTPException) -> NotSent:
    """Return why Discord said no, and what can be done."""
    if error.status >= 500:
        return NotSent(f"Discord answered {error.status}", unsure=True, away=True)
    if error.status == 401:
        return NotSent("HALFDOOR_DISCORD_TOKEN was revoked: copy it anew from “Bot”", away=True)
    if error.code in LOST:
        return NotSent(f"{error.code}: {LOST[error.code]}", lost=True)
    if error.code in FINAL:
        return NotSent(f"{error.code}: {FINAL[error.code]}", final=True)
    return NotSent(f"Discord answered {error.status} ({error.code}: {error.text[:200]})")


def is_of_the_file(error: discord.HTTPException) -> bool:
    """Whether a post was refused for the file in it: too large, empty, or of a kind that is not taken.

    Discord says so with many codes (40005, 50006, 50035, 50109 and others), always as 400 or 413.
    """
    return error.status in (400, 413) and (error.code == TOO_LARGE or error.code not in FINAL)


def no_second_try() -> aiohttp.TraceConfig:
    """Raise where discord.py would go on by itself: at a 5xx, for the call may have taken effect, at a long
    wait, for others wait with us and the courier can do it better, and where it is led to another address."""

    async def ended(_session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status == 429:
            wait = float(params.response.headers.get("Retry-After", 0))
            if wait > PATIENCE:
                params.response.release()
                raise NotSent("Discord asks for patience", retry_after=wait)
        if params.response.status >= 500:
            params.response.release()
            raise aiohttp.ClientError(f"answered {params.response.status}")

    async def redirected(_session: object, _context: object, _params: object) -> None:
        raise aiohttp.ClientError("redirected")

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_redirect.append(redirected)
    return trace
