"""Calls of Slack's Web API: one shared session, nothing retried in secret, every fault told as `NotSent`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from aiolimiter import AsyncLimiter
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import NotSent, is_sweep
from bot.tickets.model import PostRef

#: Errors after which the call may have taken effect all the same.
UNSURE = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
#: Errors by which Slack takes nothing from us at all until somebody mends it, with what to mend.
AWAY = {
    "account_inactive": "the bot was removed from the workspace: install it again",
    "invalid_auth": "the bot token is not valid: set HALFDOOR_SLACK_BOT_TOKEN",
    "not_authed": "there is no bot token: set HALFDOOR_SLACK_BOT_TOKEN",
    "token_expired": "the bot token has expired: set a new HALFDOOR_SLACK_BOT_TOKEN",
    "token_revoked": "the bot token was revoked: install the app again",
}
#: Errors that stay until somebody mends something, with what to mend.
FINAL = {
    "cant_update_message": "the message is not ours to change",
    "missing_scope": "the app lacks a scope: install it again with the current manifest",
    "restricted_action": "posting is restricted in the channel: let me post there",
    "thread_not_found": "the ticket's card has been deleted",
    "invalid_blocks": "Slack refused the layout",
    "msg_too_long": "the text is too long for Slack",
}
#: Errors that say that a channel is not to be reached at all, with what to mend.
LOST = {
    "channel_not_found": "the channel is gone, or I am not in it: invite me",
    "is_archived": "the channel is archived: unarchive it",
    "not_in_channel": "I am not in the channel: invite me",
}
#: Calls a minute that Slack allows an app in a workspace (docs.slack.dev/apis/web-api/rate-limits).
#: chat.postMessage has "several hundred", beside the one a second for each channel, which the ledger keeps.
TIERS = {
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.members": 100,
    "conversations.open": 50,
    "conversations.replies": 50,
    "files.completeUploadExternal": 100,
    "files.delete": 50,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "team.info": 50,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
}
#: The part of a minute's calls that may go at once; the others follow at an even pace.
BURST = 0.1
#: Methods, by their beginnings, that take JSON; the others want their arguments in the address.
JSON_METHODS = ("chat.", "views.", "conversations.open", "files.completeUploadExternal")


class Api:
    """The Web API with one bot token."""

    def __init__(self, client: AsyncWebClient, share: float = 1.0) -> None:
        self.client = client
        self._limits = {method: _limiter(calls * share) for method, calls in TIERS.items()}
        self._who: dict[str, Any] | None = None
        self._scopes: frozenset[str] = frozenset()

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make one call and return its answer.

        Raises:
            NotSent: Slack refused it or did not answer; `unsure` when it may have taken effect.
        """
        if limit := self._limits.get(method):
            if is_sweep():
                await _let_others_go_ahead(limit)
            await limit.acquire()
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if method.startswith(JSON_METHODS):
                answer = await self.client.api_call(method, json=given)
            else:
                answer = await self.client.api_call(method, params=given)
        except SlackApiError as error:
            raise _told(error) from None
        except aiohttp.ClientConnectorError as error:
            raise NotSent(f"Slack cannot be reached ({type(error).__name__})", away=True) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            reason = f"the connection to Slack broke ({type(error).__name__})"
            raise NotSent(reason, unsure=True, away=True) from None
        data: Any = answer.data
        return data if isinstance(data, dict) else {}

    async def pages(self, method: str, key: str, channel: str, **arguments: Any) -> AsyncIterator[Any]:
        """Go through all the pages of a list, by Slack's cursor."""
        cursor: str | None = None
        while True:
            answer = await self.call(method, channel=channel, limit=200, cursor=cursor, **arguments)
            for one in answer.get(key) or []:
                yield one
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def who(self) -> dict[str, Any]:
        """Return auth.test's answer: the bot's own user, bot and team. Asked once."""
        if self._who is None:
            try:
                answer = await self.client.auth_test()
            except SlackApiError as error:
                raise _told(error) from None
            except (TimeoutError, aiohttp.ClientError, OSError) as error:
                raise NotSent(f"Slack cannot be reached ({type(error).__name__})", away=True) from None
            headers = {str(name).lower(): value for name, value in (answer.headers or {}).items()}
            granted = str(headers.get("x-oauth-scopes") or "")
            self._scopes = frozenset(scope.strip() for scope in granted.split(","))
            self._who = dict(answer.data) if isinstance(answer.data, dict) else {}
        return self._who

    async def team(self) -> str:
        """Return the workspace Halfdoor is installed in."""
        return str((await self.who())["team_id"])

    async def addresses(self) -> Callable[[PostRef], str | None]:
        """Return what names the address of a Slack post; a reply's opens its thread."""
        workspace = str((await self.who()).get("url") or "")

        def where(post: PostRef) -> str | None:
            if not workspace or post.place.network != "slack":
                return None
            return f"{workspace}archives/{post.place.id}/p{post.id.replace('.', '')}"

        return where

    async def may(self, scope: str) -> bool:
        """Whether the token was granted a scope, as Slack says in its answers' headers."""
        await self.who()
        return scope in self._scopes


def no_redirects() -> aiohttp.TraceConfig:
    """Follow nobody elsewhere: aiohttp would, and what is answered there is not Slack's word."""

    async def redirected(_session: object, _context: object, _params: object) -> None:
        raise aiohttp.ClientError("redirected")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(redirected)
    return trace


def _limiter(calls: float) -> AsyncLimiter:
    """Allow at most `calls` within any minute: a burst, and an even pace for the rest."""
    burst = max(calls * BURST, 1.0)
    return AsyncLimiter(burst, burst / max(calls - burst, calls / 2) * 60)


async def _let_others_go_ahead(limit: AsyncLimiter) -> None:
    """Wait until half of a burst is there for whoever comes meanwhile, and nobody is waiting."""
    while not limit.has_capacity(max(limit.max_rate / 2, 1.0)):  # noqa: ASYNC110 - it tells of itself to nobody
        await asyncio.sleep(limit.time_period / limit.max_rate)


def _told(error: SlackApiError) -> NotSent:
    response: Any = error.response
    # The SDK hands over its own response, or aiohttp's when it could not read the body.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data: Any = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        headers = {str(name).lower(): value for name, value in (response.headers or {}).items()}
        return NotSent("ratelimited", retry_after=float(headers.get("retry-after") or 1))
    if status >= 500 or code in UNSURE or not code:
        return NotSent(code or f"Slack answered {status}", unsure=True, away=True)
    if code in AWAY:
        return NotSent(f"{code}: {AWAY[code]}", away=True)
    if code in LOST:
        return NotSent(f"{code}: {LOST[code]}", lost=True)
    if code in FINAL:
        return NotSent(f"{code}: {FINAL[code]}", final=True)
    return NotSent(code or f"Slack answered {status}")
