"""What is answered: pages and words, with the headers that keep a page to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web
from markupsafe import escape

from adapters.web import render
from adapters.web.render import Reader
from bot.ports import NotSent, Unavailable
from bot.words.keys import TextKey
from bot.words.say import LANGUAGES, Refused, language_for, say

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: The status of an answer that htmx gets as 200, for it shows no other.
STATUS = "Halfdoor-Status"
#: Set on a request whose answer has begun to be sent.
BEGUN = web.RequestKey("begun", bool)
#: Languages of a browser that are looked at.
SPOKEN = 20
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Wrong(Exception):
    """What was sent is not taken, with the words that say why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class NotIn(Exception):
    """Whoever asks has no key, or one that opens nothing any more."""


class NotFound(Exception):
    """There is nothing like that for whoever asks, whatever there is for others."""


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever happens in words, with the headers that keep a page to itself."""
    try:
        response = await handler(request)
    except (asyncio.CancelledError, ConnectionResetError):
        raise
    except Exception as error:
        if BEGUN in request:  # its connection is closed: nothing can follow what has been sent
            raise
        response = _instead(error, request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _instead(error: Exception, request: web.Request) -> web.Response:
    """Return what is answered instead of a page."""
    match error:
        case NotIn():
            team = request.path.startswith("/team")
            return says("web.not_in.team" if team else "web.not_in.customer", request, 401)
        case NotFound() | web.HTTPNotFound():
            return says("web.not_found", request, 404)
        case Wrong():
            return shows(error.text, request, error.status)
        case Refused():
            return shows(error.words(preferred_language(request)), request, 422)
        case Unavailable():
            log.error("database_away", network="web", error=str(error))
            return says("no.database", request, 503)
        case NotSent():
            log.error("network_away", reason=error.reason)
            return says("no.trouble", request, 502)
        case web.HTTPRequestEntityTooLarge():
            return says("web.too_much", request, 413)
        case web.HTTPException():
            return says("web.broken", request, error.status)
        case _:
            log.error("page_failed", exc_info=error)
            return says("no.trouble", request, 500)


def page(text: str, status: int = 200) -> web.Response:
    """Answer with a page."""
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def see(request: web.Request, where: str) -> web.Response:
    """Send a browser on to another page."""
    if request.headers.get("HX-Request"):
        return web.Response(headers={"HX-Redirect": where})
    return web.Response(status=303, headers={hdrs.LOCATION: where})


def again(request: web.Request, where: str) -> web.Response:
    """Have a page looked at again whose form was taken, when it cannot be drawn just now."""
    if request.headers.get("HX-Request"):
        return web.Response(headers={"HX-Refresh": "true"})
    return see(request, where)


def says(key: TextKey, request: web.Request, status: int) -> web.Response:
    """Answer with one of our texts."""
    return shows(say(key, preferred_language(request)), request, status)


def shows(text: str, request: web.Request, status: int) -> web.Response:
    """Answer with words alone, at their place in a page that is open already."""
    if request.headers.get("HX-Request"):
        # What is no decision may have been taken all the same: a form keeps its name then.
        headers = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", STATUS: str(status)}
        return web.Response(text=str(escape(text)), content_type="text/html", headers=headers)
    half = f"/{request.path.split('/')[1]}/"
    back = half if status != 401 and half in ("/c/", "/team/") else ""
    return page(render.words(text, Reader(preferred_language(request)), back=back), status)


def preferred_language(request: web.Request, otherwise: str = "en") -> str:
    """Return the language that a browser likes best of those we speak."""
    wanted: list[tuple[float, int, str]] = []
    for n, one in enumerate(request.headers.get(hdrs.ACCEPT_LANGUAGE, "").split(",")[:SPOKEN]):
        tag, _, weight = one.partition(";")
        try:
            wanted.append((-float(weight.strip().removeprefix("q=") or 1), n, tag.strip()))
        except ValueError:
            continue
    known = (tag for _, _, tag in sorted(wanted) if tag.partition("-")[0].lower() in LANGUAGES)
    return language_for(next(known, None), otherwise)
