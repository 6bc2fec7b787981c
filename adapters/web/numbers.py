"""What managers count: of one project or of all that they are staff of, with charts and tables to keep."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import hdrs, web

from adapters.web import charts, render
from adapters.web.answers import NotFound, page
from adapters.web.charts import Span
from adapters.web.door import TEAM, Door
from adapters.web.render import Reader
from bot.desk import Desk
from bot.pages import Pages
from bot.ports import Clock, Link, Numbers
from bot.tickets.texts import Refused

#: The longest time that is counted at once.
LONGEST = timedelta(days=731)
#: The cookie in which a page's script says where its reader's days begin.
ZONE = "zone"


class Managers:
    """The pages of numbers."""

    def __init__(self, desk: Desk, pages: Pages, door: Door, clock: Clock) -> None:
        self.desk = desk
        self.pages = pages
        self.door = door
        self.clock = clock

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(f"/{TEAM}/numbers", self.numbers)
        router.add_get(f"/{TEAM}/numbers/{{name:[a-z]+}}.{{kind:svg|csv}}", self.chart)

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        span, links, reader = await self._asked(request)
        found = await self._count(span)
        return page(render.numbers(found, span, links, reader))

    async def chart(self, request: web.Request) -> web.StreamResponse:
        span, _, reader = await self._asked(request)
        name = request.match_info["name"]
        if name not in charts.CHARTS:
            raise NotFound
        rows = list(charts.rows(name, await self._count(span), span, reader.language))
        if request.match_info["kind"] == "csv":
            which = span.projects[0] if len(span.projects) == 1 else "all"
            headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{which}-{name}.csv"'}
            text = charts.table(rows)
            return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)
        drawn = await asyncio.to_thread(charts.svg, name, rows)
        # A picture runs nothing and fetches nothing; it brings its own style.
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(body=drawn, content_type="image/svg+xml", headers=policy)

    async def _asked(self, request: web.Request) -> tuple[Span, list[Link], Reader]:
        """Return what is to be counted, and of which projects the reader may ask. Raises NotIn, Refused."""
        caller = await self.door.staff(request)
        links = await self.desk.staffed(caller.person)
        keys = [one.project.key for one in links]
        wanted = request.query.get("project", caller.link.project.key)
        if wanted and wanted not in keys:
            raise NotFound
        zone = _zone(request.cookies.get(ZONE, ""))
        today = self.clock.now().astimezone(zone).date()
        try:
            last = date.fromisoformat(request.query.get("until") or today.isoformat())
            since = date.fromisoformat(request.query.get("since") or (last - timedelta(days=29)).isoformat())
        except ValueError:
            raise Refused("numbers.no_date") from None
        if not timedelta(0) <= last - since <= LONGEST or last == date.max:
            raise Refused("numbers.no_range", n=LONGEST.days)
        span = Span((wanted,) if wanted else tuple(keys), since, last + timedelta(days=1), zone)
        return span, links, caller.reader

    async def _count(self, span: Span) -> Numbers:
        first, end = (datetime.combine(one, time(), span.zone) for one in (span.since, span.until))
        return await self.pages.numbers(span.projects, first, end)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):  # whatever else somebody has put there
        return UTC
