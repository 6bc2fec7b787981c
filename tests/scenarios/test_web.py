"""The pages over real HTTP: a ticket's whole life on both halves, and everything that must not get through."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.tickets.model import Person, Place
from tests.web_office import BACK, CARLA, FRONT, ROBIN, Visitor, WebOffice


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    async with WebOffice(database_url, tmp_path) as made:
        yield made


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    async with WebOffice(sqlite_url, tmp_path) as made:
        yield made


async def test_a_tickets_whole_life_on_both_halves(office: WebOffice) -> None:
    carla, robin = await office.customer(), await office.staff()
    outside: list[str] = []
    inside: list[str] = []

    async def check(card: str, console: str) -> None:
        await office.settle()
        page, both = await carla.get("/c/ACME-1"), await robin.get("/team/ACME-1")
        assert card in page.read
        assert page.said == outside
        assert console in both.read
        assert both.said[: len(outside)] == [
            one.split(" How was it?")[0].split(" It is not")[0] for one in outside
        ]
        assert both.said[len(outside) :] == inside

    opened = await carla.post("/c/", title="Export fails", text="It is **empty**")
    assert opened.status == 200
    assert "ACME-1 · Export fails" in opened.read
    outside += ["Carla · (time) It is empty"]
    inside += ["🌐 Carla (Acme) · public · (time) It is empty"]
    await check("Open · opened by Carla (time)", "Carla, Acme (Web) · Open · nobody yet · Priority: Normal")

    # a note stays inside; a reply goes out, is edited and recalled
    await robin.post("/team/ACME-1/write", text="It is the CSV writer", to="note")
    inside += ["🔒 Robin · internal note · (time) It is the CSV writer"]
    await robin.post("/team/ACME-1/write", text="We found it", to="customer")
    outside += ["Robin (Support) · (time) We found it"]
    inside += ["🌐 Robin → customer · public · (time) We found it"]
    await check("Open", "Open")
    entry = re.findall(r'name="entry" value="(\w+)"', (await robin.get("/team/ACME-1")).text)[-1]
    await robin.post("/team/ACME-1/edit", entry=entry, text="We found the cause")
    outside[-1] = "Robin (Support) · (time) · (edited) We found the cause"
    inside[-1] = "🌐 Robin → customer · public · (time) · (edited) We found the cause"
    await check("Open", "Open")
    await robin.post("/team/ACME-1/recall", entry=entry)
    outside.pop()
    inside[-1] = (
        "🌐 Robin → customer · public · (time) · (edited) · recalled by Robin (time) We found the cause"
    )
    await check("Open", "Open")

    # the customer says more, with a file, mends it, and takes something back
    await carla.post("/c/ACME-1/say", {"march.csv": b"1;2"}, text="March too")
    await carla.post("/c/ACME-1/say", text="wrong window")
    page = (await carla.get("/c/ACME-1")).text
    first, more, slip = re.findall(r'edit" hx-post.*?name="entry" value="(\w+)"', page, re.DOTALL)
    await carla.post("/c/ACME-1/edit", entry=more, text="March too, see the file")
    await carla.post("/c/ACME-1/delete", entry=slip)
    outside += [
        "Carla · (time) · (edited) March too, see the file 📎 march.csv (3 B)",
        "Carla · (time) This message was deleted.",
    ]
    inside += [
        "🌐 Carla (Acme) · public · (time) · (edited) March too, see the file 📎 march.csv (3 B)",
        "🌐 Carla (Acme) · public · (time) This message was deleted.",
    ]
    await check("Open", "Open")
    assert first != more

    # status, assignment, time; closed, rated and opened again
    await robin.post("/team/ACME-1/status", status="on_hold", visibility="internal")
    await robin.post("/team/ACME-1/assign", who="me", visibility="public")
    await robin.post("/team/ACME-1/time", time="1h30", what="looking")
    await check(
        "Open · Robin is on it",
        "On hold (the customer sees: Open) · Robin · Priority: Normal · 1 h 30 booked",
    )
    await robin.post("/team/ACME-1/close", text="Fixed in 4.2.1", reason="our fault")
    solved = "✅ ACME-1 is solved. Robin writes: Fixed in 4.2.1"
    outside += [f"{solved} Anything you write here until (time) opens it again."]
    inside += [
        "🌐 Robin → customer · public · (time) Fixed in 4.2.1",
        "🔒 Robin · internal note · (time) our fault",
    ]
    await office.settle()
    assert (await carla.get("/c/ACME-1")).said == outside
    await carla.post("/c/ACME-1/rate", stars="4")
    assert "Bewertung" not in (await carla.get("/c/ACME-1")).read
    assert "You gave 4 of 5. Thank you." in (await carla.get("/c/ACME-1")).read
    assert "rated 4 of 5" in (await robin.get("/team/ACME-1")).read
    await carla.post("/c/ACME-1/reopen")
    assert "Carla opened it again." in (await carla.get("/c/ACME-1")).read
    record = await carla.get("/c/ACME-1/record?download")
    assert record.headers["Content-Disposition"] == 'attachment; filename="ACME-1.html"'
    assert "Fixed in 4.2.1" in record.read
    for internal in ("our fault", "CSV writer", "We found", "looking", "1 h 30", "On hold"):
        assert internal not in record.read
        assert internal not in (await carla.get("/c/ACME-1")).text
    listed = await carla.get("/c/")
    assert "ACME-1 · Export fails Open · Robin is on it" in listed.read
    board = await robin.get("/team/?closed=1")
    assert "ACME-1 · Export fails Carla · Robin · Normal" in board.read


class Scripts(HTMLParser):
    """Collects what could run or lead somewhere it should not."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and not str(values.get("src", "")).startswith("/static/"):
            self.found.append(tag)
        if tag in ("iframe", "object", "embed", "svg", "style", "base", "img"):
            self.found.append(tag)
        for name, value in attrs:
            if (
                name.startswith("on")
                or name == "style"
                or str(value).strip().lower().startswith(("javascript:", "data:text"))
            ):
                self.found.append(f"{tag} {name}")


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    '<https://example.com/"onmouseover=alert(1)>',
    "![x](https://example.com/x.png)",
    "{{ 7*7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
    "' autofocus onfocus='alert(1)",
    "<svg/onload=alert(1)>",
    "`</code><script>alert(1)</script>`",
    "```\n</pre><script>alert(1)</script>\n```",
]


def _line(text: str) -> str:
    """A browser sends a file's name on one line, with its quotes escaped."""
    return text.replace("\n", " ").replace('"', "%22")


async def test_nothing_that_is_typed_runs_anywhere(light: WebOffice) -> None:
    office = light
    evil = Person("web", "evil", '<b onclick="x()">Eve</b>')
    carla, robin = await office.customer(evil), await office.staff()
    for text in XSS:
        assert (
            await carla.post("/c/", {f"{_line(text)}.txt": b"x"}, title=text[:150], text=text)
        ).status == 200
    await office.settle()
    for n, text in enumerate(XSS, 1):
        await robin.post(f"/team/ACME-{n}/write", text=text, to="customer")
        await robin.post(f"/team/ACME-{n}/write", text=text, to="note")
    pages = [await carla.get("/c/"), await robin.get("/team/"), await robin.get(f"/team/?words={XSS[1]}")]
    for n in range(1, len(XSS) + 1):
        pages += [await carla.get(f"/c/ACME-{n}"), await robin.get(f"/team/ACME-{n}")]
    for page in pages:
        assert page.status == 200
        looked = Scripts()
        looked.feed(page.text)
        assert looked.found == []
        assert "49" not in page.read.replace("ACME-49", "")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"


class TestSigningIn:
    async def test_a_key_that_works_once_works_once(self, light: WebOffice) -> None:
        secret = await light.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=10))
        first, second = light.visitor("team"), light.visitor("team")
        for _ in range(3):  # whatever previews links does not use it up
            assert "You come in as Robin." in (await first.get(f"/team/enter/{secret}")).read
        assert (await first.enter(secret)).status == 200
        assert (await second.enter(secret)).status == 401
        assert (await second.get("/team/")).status == 401
        cookie = next(iter(first.session.cookie_jar))
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/team/")

    async def test_a_key_expires(self, light: WebOffice) -> None:
        secret = await light.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=10))
        await light.clock.advance(601)
        assert (await light.visitor("team").enter(secret)).status == 401

    async def test_a_session_ends_with_what_it_was_opened_by(self, light: WebOffice) -> None:
        robin, carla = await light.staff(), await light.customer()
        assert (await carla.get("/c/")).status == 200
        assert await light.halfdoor.keys.revoke(FRONT, CARLA) == 2
        assert (await carla.get("/c/")).status == 401
        assert (await robin.get("/team/")).status == 200
        await light.halfdoor.keys.revoke(BACK)
        assert (await robin.get("/team/")).status == 401

    async def test_a_projects_link_asks_for_a_name(self, light: WebOffice) -> None:
        secret = await light.halfdoor.keys.give("link", FRONT, Person("web", "", ""), timedelta(days=9))
        visitor = light.visitor()
        assert "Please say who you are" in (await visitor.get(f"/c/enter/{secret}")).read
        for name in ("", "  ", "x" * 81):
            assert "A name has 1 to 80 characters." in (await visitor.enter(secret, name=name)).read
        assert (await visitor.get("/c/")).status == 401
        await visitor.enter(secret, name="  Dora\n Mint ")
        await visitor.post("/c/", title="Hello", text="there")
        assert "Dora Mint · (time) there" in (await visitor.get("/c/ACME-1")).said

    async def test_no_key_opens_the_other_half(self, light: WebOffice) -> None:
        link = await light.halfdoor.keys.give("link", FRONT, CARLA, timedelta(days=9))
        visitor = light.visitor("team")
        await visitor.enter(link)
        assert (await visitor.get("/team/")).status == 401
        carla = await light.customer()
        cookie = next(iter(carla.session.cookie_jar)).value
        other = light.visitor("team")
        other.session.cookie_jar.update_cookies({"halfdoor_team": cookie})
        assert (await other.get("/team/")).status == 401
        assert (await light.visitor().enter(cookie)).status == 401

    async def test_one_signs_out(self, light: WebOffice) -> None:
        carla = await light.customer()
        await carla.post("/c/leave")
        assert (await carla.get("/c/")).status == 401

    async def test_writing_too_often_is_refused(self, sqlite_url: str, tmp_path: Path) -> None:
        async with WebOffice(sqlite_url, tmp_path, writes_a_minute=5) as office:
            carla = await office.customer()
            codes = [(await carla.post("/c/", title=f"{n}", text="x")).status for n in range(7)]
            assert codes == [200] * 5 + [429] * 2
            visitor = office.visitor()
            codes = [(await visitor.enter("guess")).status for _ in range(7)]
            assert codes[-1] == 429
            assert (await carla.get("/c/")).status == 200


class TestForms:
    async def test_without_its_token_nothing_is_taken(self, light: WebOffice) -> None:
        carla = await light.customer()
        for fields in ({}, {"csrf": "x" * 64}, {"csrf": ""}):
            answer = await carla.send("/c/", {"title": "Forged", "text": "x", **fields})
            assert answer.status == 403
            assert "load the page again" in answer.read
        robin = await light.staff()
        token = re.findall(r'name="csrf" value="(\w+)"', (await robin.get("/team/")).text)[0]
        assert (await carla.send("/c/", {"title": "Forged", "csrf": token})).status == 403
        assert "No tickets." in (await carla.get("/c/")).read

    async def test_no_file_is_kept_before_the_token(self, light: WebOffice, tmp_path: Path) -> None:
        carla = await light.customer()
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("files", b"x" * 1000, filename="x.bin")
        form.add_field("title", "Forged")
        async with carla.session.post(f"{carla.url}/c/", data=form) as answer:
            assert answer.status == 403
        assert not list(light.settings.files.rglob("*/*"))

    async def test_what_is_sent_twice_is_taken_once(self, light: WebOffice) -> None:
        carla = await light.customer()
        ident = "0f0e0d0c-0000-4000-8000-000000000000"
        for _ in range(2):
            await carla.post("/c/", title="Once", text="x", ident=ident)
        await light.settle()
        for _ in range(2):
            await carla.post("/c/ACME-1/say", text="more", ident=ident)
        assert (await carla.get("/c/ACME-1")).said == ["Carla · (time) x", "Carla · (time) more"]
        assert (await carla.get("/c/ACME-2")).status == 404

    async def test_bad_input_gets_words(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        answer = await carla.post("/c/", title="", text="x")
        assert (answer.status, "needs a title" in answer.read) == (422, True)
        assert (await carla.post("/c/", title="x" * 151, text="")).status == 422
        assert (await carla.post("/c/", title="x", text="y" * 40_001)).status == 422
        await carla.post("/c/", title="Fine", text="x")
        await light.settle()
        assert "There is no text yet." in (await carla.post("/c/ACME-1/say", text="  ")).read
        assert "A rating is a number" in (await carla.post("/c/ACME-1/rate", stars="seven")).read
        assert "Give a time such as" in (await robin.post("/team/ACME-1/time", time="soon")).read
        assert (await robin.post("/team/ACME-1/status", status="lost")).status == 404
        assert (await robin.post("/team/ACME-1/nonsense")).status == 404
        assert "no text yet" in (await robin.post("/team/ACME-1/write", text="", to="customer")).read

    async def test_nobody_changes_anothers_words(self, light: WebOffice) -> None:
        carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
        robin = await light.staff()
        await carla.post("/c/", title="Mine", text="my words")
        await light.settle()
        await robin.post("/team/ACME-1/write", text="our words", to="customer")
        entries = [one.id for one in await light.halfdoor.store.read(lambda tx: tx.messages("ACME-1"))]
        for entry in (*entries, "e" * 24):
            for act in ("edit", "delete"):
                answer = await dora.post(f"/c/ACME-1/{act}", entry=entry, text="other words")
                assert "Only its author can change it." in answer.read
        assert (await carla.get("/c/ACME-1")).said == [
            "Carla · (time) my words",
            "Robin (Support) · (time) our words",
        ]


class TestFiles:
    async def test_files_are_only_ever_downloads(self, light: WebOffice) -> None:
        carla = await light.customer()
        await carla.post("/c/", {"ev\u202eil.html": b"<script>alert(1)</script>"}, title="File", text="x")
        await light.settle()
        path = re.findall(r'href="(/c/ACME-1/file/[^"]+)"', (await carla.get("/c/ACME-1")).text)[0]
        got = await carla.get(path)
        assert got.body == b"<script>alert(1)</script>"
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert (
            got.headers["Content-Disposition"]
            == "attachment; filename=\"evil.html\"; filename*=UTF-8''evil.html"
        )
        assert (await light.visitor().get(path)).status == 401

    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\boot.ini", "boot.ini"),
            ('a"; filename="b.exe', "a; filename=b.exe"),
            ("x\r\nSet-Cookie: a=b", "xSet-Cookie a=b"),
            ("...", "file"),
            ("Rechnung März.pdf", "Rechnung März.pdf"),
        ],
    )
    async def test_a_files_name_means_nothing_to_disks_and_headers(self, name: str, safe: str) -> None:
        from adapters.web.listeners import safe_name

        assert safe_name(name) == safe

    async def test_what_is_too_large_is_not_kept(self, sqlite_url: str, tmp_path: Path) -> None:
        async with WebOffice(sqlite_url, tmp_path, file_limit_mb=1) as office:
            carla = await office.customer()
            answer = await carla.post("/c/", {"big.bin": b"x" * 1_000_001}, title="Big", text="x")
            assert answer.status == 413
            assert "“big.bin” is larger than I may take (1 MB)." in answer.read
            assert "No tickets." in (await carla.get("/c/")).read
            assert not [
                one
                for one in office.settings.files.rglob("*")
                if one.is_file() and one.stat().st_size > 999_999
            ]

    async def test_a_file_of_what_was_taken_back_is_gone(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="File", text="x")
        await light.settle()
        await robin.post("/team/ACME-1/write", {"plan.txt": b"p"}, text="our plan", to="customer")
        await robin.post("/team/ACME-1/write", {"secret.txt": b"s"}, text="for us", to="note")
        path = re.findall(r'href="(/c/ACME-1/file/[^"]+)"', (await carla.get("/c/ACME-1")).text)[0]
        assert (await carla.get(path)).body == b"p"
        messages = await light.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
        note = next(one for one in messages if one.text == "for us")
        assert (await carla.get(f"/c/ACME-1/file/{note.id}/0")).status == 404
        entry = next(one for one in messages if one.text == "our plan").id
        await robin.post("/team/ACME-1/recall", entry=entry)
        assert (await carla.get(path)).status == 404


CANARY = "zzcanaryzz"


async def test_a_customer_who_tries_every_address_sees_nothing_internal(light: WebOffice) -> None:
    """Every route of the site, with every id there is, of their own project and of another."""
    office = light
    beta_front, beta_back = Place("web", "beta"), Place("web", "beta-team")
    await office.link("BETA", f"Beta {CANARY}", beta_front, beta_back)
    carla, robin = await office.customer(), await office.staff(Person("web", "robin", "Robin"))
    beta, beta_team = (
        await office.customer(Person("web", "b", f"Berta {CANARY}"), beta_front),
        await office.staff(Person("web", "bs", f"Bob {CANARY}"), beta_back),
    )
    await carla.post("/c/", title="Ours", text="our question")
    await beta.post("/c/", {f"{CANARY}.txt": b"x"}, title=f"Theirs {CANARY}", text=CANARY)
    await office.settle()
    for team, key in ((robin, "ACME-1"), (beta_team, "BETA-1")):
        await team.post(
            f"/team/{key}/write", {f"{CANARY}.txt": CANARY.encode()}, text=f"note {CANARY}", to="note"
        )
        await team.post(f"/team/{key}/time", time="1h", what=CANARY)
        await team.post(f"/team/{key}/status", status="on_hold", visibility="internal")
        await team.post(f"/team/{key}/assign", who="me", visibility="internal")
        await team.post(f"/team/{key}/priority", priority="urgent")
    await office.settle()
    entries = [
        one.id
        for key in ("ACME-1", "BETA-1")
        for one in await office.halfdoor.store.read(lambda tx, key=key: tx.record(key))
    ]
    app = office.network.application()
    paths: set[tuple[str, str]] = set()
    for route in app.router.routes():
        pattern = str(route.resource.canonical) if route.resource else ""
        for key in ("ACME-1", "BETA-1", "ACME-99"):
            for entry in (*entries, "0"):
                path = pattern.replace("{key}", key).replace("{entry}", entry).replace("{number}", "0")
                for act in ("say", "edit", "delete", "close", "reopen", "rate", "write", "publish", "recall"):
                    paths.add(
                        (
                            route.method,
                            path.replace("{act}", act).replace("{secret}", "x").replace("{name}", "page.js"),
                        )
                    )
    assert len(paths) > 60
    seen: dict[str, Any] = {}
    for method, path in sorted(paths):
        if method == "HEAD" or path.endswith("/live") or "/c/leave" in path:
            continue
        for visitor in (carla, office.visitor()):
            if method == "GET":
                answer = await visitor.get(path, allow_redirects=False)
            else:
                answer = (
                    await visitor.post(path, text="x", entry=entries[-1])
                    if visitor is carla
                    else await visitor.send(path, {})
                )
            told = answer.text + str(dict(answer.headers))
            assert CANARY not in told, (method, path)
            for internal in ("On hold", "Urgent", "1 h"):
                assert internal not in told, (method, path)
            seen[f"{method} {path} {visitor is carla}"] = answer.status, answer.body, len(answer.headers)
    # what is another's does not exist, in the same words
    for path in ("", "/part", "/record"):
        assert seen[f"GET /c/BETA-1{path} True"] == seen[f"GET /c/ACME-99{path} True"]


async def test_pages_are_told_of_changes_and_readers_are_many(light: WebOffice) -> None:
    office = light
    carla, robin = await office.customer(), await office.staff()
    await carla.post("/c/", title="Export fails", text="It is empty")
    await office.settle()
    told: list[bytes] = []

    async def watch(who: Visitor, path: str, events: int) -> None:
        async with who.session.get(who.url + path) as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            async for line in response.content:
                if line.startswith(b"event"):
                    told.append(line)
                    events -= 1
                    if not events:
                        return

    # a connector of its own for each: a browser opens six to one host at most
    watching = [asyncio.create_task(watch(carla, "/c/ACME-1/live", 1)) for _ in range(50)]
    others = [await office.customer(Person("web", f"c{n}", f"C {n}")) for n in range(3)]
    watching += [asyncio.create_task(watch(one, "/c/ACME-1/live", 1)) for one in others for _ in range(50)]
    beside = asyncio.create_task(watch(robin, "/team/ACME-1/live", 2))
    while sum(map(len, office.network._watching.values())) < 201:
        await asyncio.sleep(0.01)
    await robin.post("/team/ACME-1/write", text="for us", to="note")
    await office.settle()
    await asyncio.sleep(1.2)  # the team's page looks each second
    assert not any(one.done() for one in watching)
    assert told == [b"event: changed\n"]
    await robin.post("/team/ACME-1/write", text="for you", to="customer")
    async with asyncio.timeout(20):
        await asyncio.gather(*watching, beside)
    assert len(told) == 202


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
        assert "To the first answer (median) 1 h 30 nine in ten within 1 h 54 · n = 2" in page.read
        assert "Until closed (median) 2 h nine in ten within 2 h · n = 1" in page.read
        assert "Rating (mean of 5) 4.0 n = 1" in page.read
        assert "Booked 1 h 30" in page.read
        days = (await robin.get("/team/numbers/days.csv")).text.splitlines()
        assert days[0] == "Day,Opened,Closed"
        assert len(days) == 31
        assert sum(int(row.split(",")[1]) for row in days[1:]) == 3
        assert sum(int(row.split(",")[2]) for row in days[1:]) == 1
        assert (await robin.get("/team/numbers/booked.csv")).text.splitlines() == ["Who,Minutes", "Robin,90"]
        assert (await robin.get("/team/numbers/ages.csv")).text.splitlines()[1] == "below 1 d,2"
        for name in ("days", "ages", "ratings", "booked"):
            drawn = await robin.get(f"/team/numbers/{name}.svg")
            assert drawn.headers["Content-Type"] == "image/svg+xml"
            assert "<script" not in drawn.text
        empty = await robin.get("/team/numbers?since=2020-01-01&until=2020-01-31")
        assert "To the first answer (median) –" in empty.read

    async def test_days_that_make_no_sense_get_words(self, light: WebOffice) -> None:
        robin = await light.staff()
        assert "2026-03-31" in (await robin.get("/team/numbers?since=yesterday")).read
        assert "before the last" in (await robin.get("/team/numbers?since=2026-02-01&until=2026-01-01")).read
        assert "731 days" in (await robin.get("/team/numbers?since=1999-02-01&until=2026-01-01")).read
        assert (await robin.get("/team/numbers/secrets.csv")).status == 404
        assert (await (await light.customer()).get("/team/numbers")).status == 401

    async def test_a_name_is_no_formula(self) -> None:
        from datetime import date

        from adapters.web import charts
        from bot.ports import Numbers

        found = Numbers({}, {}, {}, None, None, {}, {"=1+1": 5})
        assert "'=1+1,5" in charts.table("booked", found, date(2026, 1, 1), date(2026, 1, 2), "en")
