"""What managers see in numbers."""

from __future__ import annotations

from datetime import UTC, date, timedelta

from adapters.web import charts
from adapters.web.charts import CHARTS, Span
from bot.ports import Numbers
from bot.tickets.model import Person, Place
from tests.web_office import ROBIN, WebOffice


class TestNumbers:
    async def test_managers_see_what_was_counted(self, office: WebOffice) -> None:
        carla, robin = await office.customer(), await office.staff()
        for n in range(1, 4):
            await carla.post("/c/", title=f"Ticket {n}", text="x")
            await office.settle()
        await office.clock.advance(3600)
        await robin.post("/team/ACME-1/write", text="An answer", to="customer")
        await robin.post("/team/ACME-1/write", text="Another", to="customer")
        await office.clock.advance(3600)
        await robin.post("/team/ACME-2/write", text="a note is no answer", to="note")
        await robin.post("/team/ACME-2/write", text="An answer", to="customer")
        await robin.post("/team/ACME-1/time", time="1h30", what="looking")
        await robin.post("/team/ACME-1/close", text="Fixed")
        await office.settle()
        await carla.post("/c/ACME-1/rate", stars="4")
        page = await robin.get("/team/numbers")
        assert "To the first answer (median) 1 h 30 90 % within 1 h 54 · n = 2" in page.read
        assert "Until closed (median) 2 h 90 % within 2 h · n = 1" in page.read
        assert "Rating (mean of 5) 4.0 n = 1" in page.read
        assert "Booked 1 h 30" in page.read
        days = (await robin.get("/team/numbers/days.csv")).rows
        assert days[0] == "Day,Opened,Closed"
        assert len(days) == 31
        assert sum(int(row.split(",")[1]) for row in days[1:]) == 3
        assert sum(int(row.split(",")[2]) for row in days[1:]) == 1
        expected = {
            "booked": ["Project,Hours", "ACME,1.50"],
            "people": ["Who,Hours", "Robin,1.50"],
            "ages": ["Age,Open", "below 1 d,2", "below 3 d,0", "below 7 d,0", "below 30 d,0", "older,0"],
            "ratings": ["Stars,Given", "1,0", "2,0", "3,0", "4,1", "5,0"],
            "times": [
                "Hours,median,90 %,Tickets",
                "To the first answer,1.50,1.90,2",
                "Until closed,2.00,2.00,1",
            ],
        }
        for name, rows in expected.items():
            assert (await robin.get(f"/team/numbers/{name}.csv")).rows == rows
        for name in CHARTS:
            drawn = await robin.get(f"/team/numbers/{name}.svg")
            assert drawn.headers["Content-Type"] == "image/svg+xml"
            assert "<script" not in drawn.text
            assert f"/team/numbers/{name}.svg?project=ACME" in page.text
            assert f"/team/numbers/{name}.csv?project=ACME" in page.text
        empty = await robin.get("/team/numbers?since=2020-01-01&until=2020-01-31")
        assert "To the first answer (median) –" in empty.read

    async def test_days_that_make_no_sense_get_words(self, light: WebOffice) -> None:
        robin = await light.staff()
        page = await robin.get("/team/numbers?since=yesterday")
        assert "2026-03-31" in page.read
        assert 'name="since"' in page.text  # and they are asked for again
        assert "before the last" in (await robin.get("/team/numbers?since=2026-02-01&until=2026-01-01")).read
        assert "731 days" in (await robin.get("/team/numbers?since=1999-02-01&until=2026-01-01")).read
        assert (await robin.get("/team/numbers/secrets.csv")).status == 404
        assert (await (await light.customer()).get("/team/numbers")).status == 401

    async def test_managers_compare_the_projects_they_are_staff_of(self, office: WebOffice) -> None:
        beta = Place("web", "beta"), Place("web", "beta-team")
        await office.link("BETA", "Beta", *beta)
        robin, kim = await office.staff(), await office.staff(Person("web", "kim", "Kim"), beta[1])
        for visitor, key, time in ((robin, "ACME", "1h"), (kim, "BETA", "2h")):
            await visitor.post("/team/", title="A question", text="x")
            await visitor.post(f"/team/{key}-1/time", time=time, what="looking")
        # to Robin alone there is no other project
        assert "Beta" not in (await robin.get("/team/numbers")).text
        for path in ("/team/numbers?project=BETA", "/team/numbers/booked.csv?project=BETA"):
            assert (await robin.get(path)).status == 404
        # to whoever is staff of both there are both, one by one and together
        await office.halfdoor.keys.give("session", beta[1], ROBIN, timedelta(days=1))
        page = await robin.get("/team/numbers?project=")
        assert "Numbers · All projects" in page.read
        assert "Booked 3 h" in page.read
        booked = await robin.get("/team/numbers/booked.csv?project=")
        today = office.clock.now().date()
        month = f"{today - timedelta(days=29)}-{today}"
        assert booked.rows == ["Project,Hours", "BETA,2.00", "ACME,1.00"]
        assert booked.headers["Content-Disposition"] == f'attachment; filename="all-booked-{month}.csv"'
        assert "Booked 2 h" in (await robin.get("/team/numbers?project=BETA")).read

    async def test_days_begin_where_their_reader_is(self, light: WebOffice) -> None:
        robin = await light.staff()
        late = (light.clock.now() + timedelta(days=1)).replace(hour=23, minute=30)
        await light.clock.advance((late - light.clock.now()).total_seconds())
        await robin.post("/team/", title="Late", text="x")
        day, next_day = late.date(), late.date() + timedelta(days=1)
        here, there = [f"{day},1,0", f"{next_day},0,0"], [f"{day},0,0", f"{next_day},1,0"]
        for zone, rows in (
            ("", here),
            ("Europe/Berlin", there),
            ("../../etc/passwd", here),
            ("Europe", here),
            ("Nowhere/Else", here),
        ):
            path = f"/team/numbers/days.csv?since={day}&until={next_day}"
            answer = await robin.get(path, cookies={"zone": zone})
            assert answer.rows[1:] == rows
        assert (
            "Days begin as in Europe/Berlin."
            in (await robin.get("/team/numbers", cookies={"zone": "Europe/Berlin"})).read
        )

    async def test_what_counts_is_what_a_manager_means(self, light: WebOffice) -> None:
        """The last rating of each closing, the last closing of each ticket, and answers to what was asked."""
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Asked", text="x")
        await robin.post("/team/", title="Told", text="Our own words")
        await light.settle()
        await light.clock.advance(3600)
        for stars in ("1", "5"):
            await robin.post("/team/ACME-1/close", text="Fixed")
            await carla.post("/c/ACME-1/rate", stars="2")
            await carla.post("/c/ACME-1/rate", stars=stars)
            await carla.post("/c/ACME-1/reopen")
            await light.clock.advance(3600)
        await robin.post("/team/ACME-1/close")
        await light.settle()
        rows = (await robin.get("/team/numbers/times.csv")).rows
        assert rows[1:] == ["To the first answer,1.00,1.00,1", "Until closed,3.00,3.00,1"]
        assert (await robin.get("/team/numbers/ratings.csv")).rows[1:] == ["1,1", "2,0", "3,0", "4,0", "5,1"]

    async def test_many_days_are_drawn_together_and_kept_one_by_one(self, light: WebOffice) -> None:
        robin = await light.staff()
        today = light.clock.now().date()
        await robin.post("/team/", title="One", text="x")
        for days, each in ((30, ""), (100, "each bar: 7 days"), (700, "each bar: 30 days")):
            query = f"since={today - timedelta(days=days)}&until={today}"
            drawn = (await robin.get(f"/team/numbers/days.svg?{query}")).text
            assert ("each bar" in drawn) == bool(each)
            assert each in drawn
            assert len((await robin.get(f"/team/numbers/days.csv?{query}")).rows) == days + 2
        page = await robin.get("/team/numbers?since=2020-01-01&until=2020-01-31")
        assert page.read.count("Nothing in these days.") == 5  # what is open now is open whatever is asked
        assert "days.svg" not in page.text

    async def test_what_is_open_ages_until_now(self, light: WebOffice) -> None:
        robin = await light.staff()
        for days in (0.9, 0.2, 2.5, 0):
            await robin.post("/team/", title="One", text="x")
            await light.clock.advance(86400 * days)
        rows = (await robin.get("/team/numbers/ages.csv")).rows
        assert rows[1:] == ["below 1 d,1", "below 3 d,2", "below 7 d,1", "below 30 d,0", "older,0"]

    async def test_a_name_is_no_formula_of_a_spreadsheet_or_of_a_picture(self) -> None:
        names = {"=1+1": 5, "$\\frac{1}$": 3, "<b>&</b>": 1}
        found = Numbers({}, {}, {}, None, None, {}, {}, names)
        span = Span(("ACME",), date(2026, 1, 1), date(2026, 1, 2), UTC)
        rows = list(charts.rows("people", found, span, "en"))
        assert "'=1+1,0.08" in charts.table(rows)
        drawn = charts.svg("people", rows, "en").decode()
        assert "$\\frac{1}$" in drawn
        assert "<b>" not in drawn
