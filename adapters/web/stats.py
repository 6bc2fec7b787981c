"""What managers count: of one project or of all that they are staff of, with charts and tables to keep."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import hdrs, web

from adapters.web import charts, render
from adapters.web.answers import NotFound, page
from adapters.web.charts import Span
from adapters.web.sessions import TEAM, Caller, Sessions
from bot.desk import Desk
from bot.pages import Pages
from bot.ports import Numbers, ProjectPlaces
from bot.words.say import Refused

#: The longest time that is counted at once.
LONGEST = timedelta(days=731)
#: How long a count is shown again, and how many are kept.
FRESH, COUNTS = timedelta(seconds=10), 32
#: The cookie in which a page's script says where its reader's days begin.
ZONE = "zone"


class Managers:
    """The pages of numbers."""

    def __init__(self, desk: Desk, pages: Pages, door: Sessions) -> None:
        self.desk = desk
        self.pages = pages
        self.door = door
        #: What was counted lately, and when: a page and its pictures are of one count.
        self._counted: OrderedDict[Span, tuple[datetime, Numbers]] = OrderedDict()

    def routes(self, router: web.UrlDispatcher) -> None:
        router.add_get(f"/{TEAM}/numbers", self.numbers)
        router.add_get(f"/{TEAM}/numbers/{{name:[a-z]+}}.{{kind:svg|csv}}", self.chart)

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        caller = await self.door.staff(request)
        links = await self.desk.staffed(caller.person)
        projects, zone, refused = self._projects(request, caller, links), _zone(request), ""
        try:
            since, until = self._days(request, zone)
        except Refused as no:
            refused = no.words(caller.reader.language)
            since, until = self._days(None, zone)
        span = Span(projects, since, until, zone)
        found = await self._count(span)
        drawn = render.numbers(found, span, links, caller.reader, refused)
        return page(drawn, 422 if refused else 200)

    async def chart(self, request: web.Request) -> web.StreamResponse:
        caller, name = await self.door.staff(request), request.match_info["name"]
        projects = self._projects(request, caller, await self.desk.staffed(caller.person))
        if name not in charts.CHARTS:
            raise NotFound
        zone, language = _zone(request), caller.reader.language
        span = Span(projects, *self._days(request, zone), zone)
        rows = list(charts.rows(name, await self._count(span), span, language))
        if request.match_info["kind"] == "csv":
            which = projects[0] if len(projects) == 1 else "all"
            kept = f"{which}-{name}-{span.since}-{span.until - timedelta(days=1)}.csv"
            headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{kept}"'}
            text = charts.table(rows)
            return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)
        drawn = await asyncio.to_thread(charts.svg, name, rows, language)
        # A picture runs nothing and fetches nothing; it brings its own style.
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(body=drawn, content_type="image/svg+xml", headers=policy)

    def _projects(self, request: web.Request, caller: Caller, links: list[ProjectPlaces]) -> tuple[str, ...]:
        """Return the keys of what is asked for: one of what somebody is staff of, or all. Raises NotFound."""
        keys = tuple(one.project.key for one in links)
        wanted = request.query.get("project", caller.link.project.key)
        if wanted and wanted not in keys:
            raise NotFound
        return (wanted,) if wanted else keys

    def _days(self, request: web.Request | None, zone: tzinfo) -> tuple[date, date]:
        """Return the first day that is asked for and the day after the last: a month, if none is.

        Raises Refused when they make no sense.
        """
        query: Mapping[str, str] = request.query if request else {}
        today = self.door.clock.now().astimezone(zone).date()
        try:
            last = date.fromisoformat(query.get("until") or today.isoformat())
            since = date.fromisoformat(query.get("since") or (last - timedelta(days=29)).isoformat())
        except (ValueError, OverflowError):
            raise Refused("numbers.no_date") from None
        if not timedelta(0) <= last - since <= LONGEST or last == date.max or since == date.min:
            raise Refused("numbers.no_range", n=LONGEST.days)
        return since, last + timedelta(days=1)

    async def _count(self, span: Span) -> Numbers:
        now = self.door.clock.now()
        at, found = self._counted.get(span, (now, None))
        if found is None or not timedelta(0) <= now - at < FRESH:
            first, end = (datetime.combine(one, time(), span.zone) for one in (span.since, span.until))
            found = await self.pages.numbers(span.projects, first, end)
            self._counted[span] = now, found
            self._counted.move_to_end(span)
            while len(self._counted) > COUNTS:
                self._counted.popitem(last=False)
        return found


def _zone(request: web.Request) -> tzinfo:
    name = request.cookies.get(ZONE, "")
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):  # whatever else somebody has put there
        return UTC
