"""Who gets into the pages, and everything that must not get through."""

from __future__ import annotations

import asyncio
import io
import itertools
import re
from collections.abc import Iterable
from datetime import timedelta
from html.parser import HTMLParser
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from yarl import URL

from adapters.web.settings import WebSettings
from bot.cli.common import Stop, read
from bot.tickets.model import Person, Place
from storage import schema
from tests.settings import PATIENCE
from tests.web_office import BACK, CARLA, FRONT, ROBIN, Answer, Visitor, WebOffice


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

    async def test_cookies_are_for_https_alone_unless_on_this_machine(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        for url, secure in (("", ""), ("https://desk.example", True)):
            async with WebOffice(sqlite_url, tmp_path, url=url) as office:
                visitor = office.visitor("team")
                visitor.url = f"http://127.0.0.1:{office.network.port}"
                secret = await office.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=10))
                path = f"{visitor.url}/team/enter/{secret}"
                async with visitor.session.post(path, allow_redirects=False) as answer:
                    assert answer.cookies["halfdoor_team"]["secure"] == secure

    @pytest.mark.parametrize(
        ("given", "wrong"),
        [
            ({"url": "http://desk.example"}, "HALFDOOR_WEB_URL must begin with https://"),
            ({"listen": "0.0.0.0:8080"}, "HALFDOOR_WEB_URL must begin with https://"),
            ({"listen": "0.0.0.0:8080", "url": "https://desk.example/"}, ""),
            ({"listen": "0.0.0.0:8080", "url": "http://localhost:8080"}, ""),
            ({"listen": "[::1]:8080"}, ""),
            ({"url": "desk.example"}, "HALFDOOR_WEB_URL must begin with https://"),
            ({"listen": "8080"}, "HALFDOOR_WEB_LISTEN must be host:port"),
        ],
    )
    async def test_settings_by_which_nobody_could_come_in_are_refused(
        self,
        given: dict[str, str],
        wrong: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for name, value in given.items():
            monkeypatch.setenv(f"HALFDOOR_WEB_{name.upper()}", value)
        if wrong:
            with pytest.raises(Stop):
                read(WebSettings)
            assert wrong in capsys.readouterr().err
        else:
            assert read(WebSettings).url == given.get("url", "").rstrip("/")

    async def test_signing_in_is_counted_by_address_behind_proxies_too(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        async with WebOffice(sqlite_url, tmp_path, writes_a_minute=2, proxies=1) as office:
            visitor = office.visitor()

            async def guess(addresses: str) -> int:
                return (await visitor.get("/c/enter/guess", headers={"X-Forwarded-For": addresses})).status

            assert [await guess("192.0.2.1") for _ in range(3)] == [401, 401, 429]
            assert await guess("192.0.2.2") == 401
            # whatever a visitor says of themselves, the proxy's own word counts
            assert await guess("192.0.2.9, 192.0.2.1") == 429

    async def test_who_watches_is_told_when_they_are_let_out(self, light: WebOffice) -> None:
        robin = await light.staff()
        async with robin.session.get(f"{robin.url}/team/live") as stream:
            await stream.content.readany()
            await light.halfdoor.keys.revoke(BACK)
            assert await stream.content.readany() == b"event: left\ndata: \n\n"
            assert await stream.content.readany() == b""

    async def test_nobody_is_led_into_anothers_session(self, light: WebOffice) -> None:
        secret = await light.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=10))
        visitor = light.visitor("team")
        path = f"/team/enter/{secret}"
        for site in ("cross-site", "same-site"):
            assert (await visitor.send(path, {}, headers={"Sec-Fetch-Site": site})).status == 403
        assert (await visitor.send(path, {}, headers={"Sec-Fetch-Site": "same-origin"})).status == 200

    async def test_keys_that_have_expired_are_not_kept(self, light: WebOffice) -> None:
        await light.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=10))
        await light.clock.advance(601)
        await light.staff()
        kept = await light.halfdoor.store.look(lambda c, _: c.scalars(sa.select(schema.key.c.kind)).all())
        assert kept == ["session"]

    async def test_the_console_is_of_each_project_that_one_is_staff_of(self, light: WebOffice) -> None:
        front, back = Place("web", "beta"), Place("web", "beta-team")
        await light.link("BETA", "Beta", front, back)
        robin = await light.staff()
        for path in ("/team/?project=BETA", "/team/part?project=BETA", "/team/BETA-1", "/team/?project=NOPE"):
            assert (await robin.get(path)).status == 404
        await light.halfdoor.keys.give("link", back, ROBIN, timedelta(days=1))
        assert "The desk of Acme" in (await robin.get("/team/")).read
        assert "The desk of Beta" in (await robin.get("/team/?project=BETA")).read
        # what is sent from one board is of that project, whatever another tab shows
        for key in ("ACME", "BETA", "ACME"):
            await robin.post(f"/team/?project={key}", title=f"For {key}", text="x")
        assert "For BETA" in (await robin.get("/team/BETA-1")).read
        assert "For ACME" in (await robin.get("/team/ACME-2")).read
        assert "For BETA" not in (await robin.get("/team/?project=ACME")).read
        # what is no longer theirs is not shown because it once was, and all ends with the first key
        await light.halfdoor.keys.revoke(back)
        assert (await robin.get("/team/BETA-1")).status == 404
        await light.halfdoor.keys.give("link", back, ROBIN, timedelta(days=1))
        await light.halfdoor.keys.revoke(BACK)
        assert (await robin.get("/team/BETA-1")).status == 401

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
        for one in await office.halfdoor.store.read(methodcaller("record", key))
    ]
    before = await _events(office, "BETA-1")
    paths = _paths(office, ("ACME-1", "BETA-1", "ACME-99", "BETA-99"), (*entries, "0"))
    assert len(paths) > 150
    seen: dict[tuple[str, str], Any] = {}
    for method, path in sorted(paths):
        for visitor in (carla, office.visitor()):
            answer: Any = None
            if method == "POST":
                for entry in entries if path.endswith(("/edit", "/delete")) else entries[-1:]:
                    fields = {"text": "x", "entry": entry, "who": "me", "status": "on_hold", "time": "1h"}
                    known = visitor is carla
                    answer = await (visitor.post(path, **fields) if known else visitor.send(path, {}))
                    _is_clean(answer, method, path)
            else:
                answer = await _first(visitor, path) if path.endswith("/live") else await visitor.get(path)
                _is_clean(answer, method, path)
            if visitor is carla:
                seen[method, path] = answer.status, answer.body, sorted(answer.headers)
    # what is another's does not exist, in the same words
    for (method, path), found in seen.items():
        for others in ("BETA-1", "BETA-99"):
            if others in path:
                assert found == seen[method, path.replace(others, "ACME-99")], (method, path)
    assert await _events(office, "BETA-1") == before


def _paths(office: WebOffice, keys: Iterable[str], entries: Iterable[str]) -> set[tuple[str, str]]:
    """Return every address there is, with every id in its place."""
    acts = [
        "say",
        "edit",
        "delete",
        "close",
        "reopen",
        "rate",
        "write",
        "publish",
        "recall",
        "status",
        "time",
    ]
    values = {
        "key": list(keys),
        "entry": list(entries),
        "number": ["0", "1"],
        "act": acts,
        "secret": ["x"],
        "name": ["page.js", "booked", "people"],
        "kind": ["csv", "svg"],
    }
    paths: set[tuple[str, str]] = set()
    for route in office.network.application().router.routes():
        pattern = route.resource.canonical if route.resource else ""
        names = re.findall(r"{(\w+)}", pattern)
        for chosen in itertools.product(*(values[name] for name in names)):
            path = pattern.format(**dict(zip(names, chosen, strict=True)))
            if route.method in ("GET", "POST") and path != "/c/leave":
                paths.add((route.method, path))
    return paths


async def _first(visitor: Visitor, path: str) -> Answer:
    """Return what a stream begins with."""
    async with visitor.session.get(visitor.url + path) as response:
        stream = response.content_type == "text/event-stream"
        return Answer(response, await (response.content.readany() if stream else response.read()))


def _is_clean(answer: Answer, method: str, path: str) -> None:
    told = answer.text + str(dict(answer.headers))
    for internal in (CANARY, "On hold", "Urgent", "1 h"):
        assert internal not in told, (method, path)


async def _events(office: WebOffice, key: str) -> int:
    return len(await office.halfdoor.store.look(lambda _, tx: tx.events(key)))


async def test_what_is_anothers_takes_no_other_way_than_what_is_not_there(light: WebOffice) -> None:
    """The same statements run, so that the time tells nothing either."""
    front, back = Place("web", "beta"), Place("web", "beta-team")
    await light.link("BETA", "Beta", front, back)
    carla, robin = await light.customer(), await light.staff()
    berta = await light.customer(Person("web", "b", "Berta"), front)
    await berta.post("/c/", {"plan.txt": b"x"}, title="Theirs", text="Their words")
    await light.settle()
    (entry,) = [one.id for one in await light.halfdoor.store.read(lambda tx: tx.record("BETA-1"))]
    for visitor, others in ((carla, "ACME-99"), (robin, "NOPE-1")):
        half = visitor.half
        for path in ("", "/part", "/live", f"/file/{entry}/0", *(["/record"] if half == "c" else [])):
            keys = ("BETA-1", "BETA-99", others)
            runs = [await _statements(light, visitor, f"/{half}/{key}{path}") for key in keys]
            assert runs[0] == runs[1] == runs[2]
            assert runs[0][0] == 404
    for words in ("", "words=s&"):
        asked = [f"/c/part?{words}before={key}" for key in ("BETA-1", "ACME-99")]
        runs = [await _statements(light, carla, path) for path in asked]
        assert runs[0] == runs[1]
        assert "No tickets." in (await carla.get(f"/c/?{words}before=BETA-1")).read


async def _statements(office: WebOffice, visitor: Visitor, path: str) -> tuple[int, list[str]]:
    ran: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        ran.append(statement)

    await office.halfdoor.desk.link(FRONT)  # what is remembered for some seconds is remembered for both
    engine = office.halfdoor.store.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = await visitor.get(path)
    event.remove(engine, "before_cursor_execute", note)
    return answer.status, ran


class TestHostileForms:
    async def test_what_cannot_be_read_gets_words(self, light: WebOffice) -> None:
        carla = await light.customer()
        token = await carla.token()
        field = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        for body, status in (
            (b"", 400),
            (b"no boundary at all", 400),
            (field.encode(), 400),
            (field.encode() + b"--x\r\nContent-Disposition: form-data", 400),
            (field.encode() + b"--x\r\n" + b"A: b\r\n" * 10_000 + b"\r\n\r\n--x--\r\n", 400),
            (field.encode() * 40 + b"--x--\r\n", 413),
            (field.encode().replace(token.encode(), b"y" * 1_050_000) + b"--x--\r\n", 413),
        ):
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            async with carla.session.post(
                f"{carla.url}/c/", data=io.BytesIO(body), headers=headers
            ) as answer:
                assert answer.status == status, body[:100]
                assert "Please" in await answer.text()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        large = io.BytesIO(b"text=" + b"x" * 2_000_000)
        async with carla.session.post(f"{carla.url}/c/", data=large, headers=headers) as answer:
            assert answer.status == 413
        assert "No tickets." in (await carla.get("/c/")).read

    @pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
    @pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
    @pytest.mark.parametrize(
        "named",
        ['filename="a"; filename=b.html"', "filename=a b.txt", "filename*=UTF-8''%ff", 'filename=""', "x"],
    )
    async def test_no_file_is_passed_over_without_a_word(self, light: WebOffice, named: str) -> None:
        carla = await light.customer()
        fields = {"csrf": await carla.token(), "title": "File", "text": "x"}
        parts = [f'form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
        parts.append(f'form-data; name="files"; {named}\r\n\r\nwords')
        body = "".join(f"--x\r\nContent-Disposition: {one}\r\n" for one in parts) + "--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        async with carla.session.post(f"{carla.url}/c/", data=body.encode(), headers=headers) as answer:
            assert answer.status == 400
            assert "what your browser sent" in await answer.text()
        assert "No tickets." in (await carla.get("/c/")).read

    async def test_an_upload_that_breaks_off_leaves_nothing(self, light: WebOffice) -> None:
        carla = await light.customer()
        token = await carla.token()
        cookie = next(iter(carla.session.cookie_jar))
        body = (
            f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="files"; filename="half.bin"\r\n\r\n'
        ).encode() + b"y" * 300_000
        host, port = carla.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /c/ HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie.key}={cookie.value}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 999999\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        async with asyncio.timeout(PATIENCE):
            while not light.kept():
                await asyncio.sleep(0.01)
            writer.close()
            while light.kept():
                await asyncio.sleep(0.01)
        assert "No tickets." in (await carla.get("/c/")).read

    async def test_what_is_refused_leaves_no_files(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Fine", text="x")
        await light.settle()
        assert (await carla.post("/c/", {"a.txt": b"x"}, title="", text="x")).status == 422
        assert (await carla.post("/c/ACME-1/rate", {"b.txt": b"x"}, stars="9")).status == 422
        assert (await robin.post("/team/ACME-1/time", {"c.txt": b"x"}, time="soon")).status == 422
        assert (await robin.post("/team/ACME-1/nonsense", {"d.txt": b"x"})).status in (404, 422)
        assert light.kept() == []

    @pytest.mark.parametrize(
        "path",
        [
            "/static/../settings.py",
            "/static/..%2fsettings.py",
            "/static/%2e%2e/settings.py",
            "/static/page.js%00.html",
            "/c/ACME-1%0d%0aSet-Cookie:%20a=b",
            "/c/enter/%0d%0aSet-Cookie:%20a=b",
            "/c/ACME-1/file/..%2f..%2fetc%2fpasswd/0",
            "/c/ACME-1/file/x/99999999999999999999",
            "/c/?before=%27%20or%201=1--&words=%00",
            "/team/numbers/..%2fdays.csv",
        ],
    )
    async def test_an_address_means_only_what_it_says(self, light: WebOffice, path: str) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Fine", text="x")
        for visitor in (carla, robin):
            async with visitor.session.get(URL(visitor.url + path, encoded=True)) as answer:
                assert answer.status in (200, 401, 404), await answer.text()
                assert answer.headers.getall("Set-Cookie", []) == []
                assert "WebSettings" not in await answer.text()

    async def test_whatever_is_sent_gets_words(self, office: WebOffice) -> None:
        carla, robin = await office.customer(), await office.staff()
        await carla.post("/c/", title="Fine", text="x")
        await office.settle()
        nines = "9" * 5000
        for visitor, path in (
            (carla, f"/c/ACME-1/file/x/{nines}"),
            (carla, "/c/ACME-1/file/%00/0"),
            (carla, "/c/?words=%00"),
            (carla, "/c/?before=%00"),
            (carla, "/c/?before=ACME-1&words=%00x"),
            (robin, "/team/?words=%00&who=%00"),
            (robin, "/team/numbers?project=%00"),
            (robin, "/team/?project=%00"),
            (robin, "/team/numbers?until=0001-01-05"),
            (robin, "/team/numbers?since=0001-01-01&until=9999-12-31"),
        ):
            async with visitor.session.get(URL(visitor.url + path, encoded=True)) as answer:
                assert answer.status in (200, 404, 422), path
        for visitor, path, fields in (
            (carla, "/c/ACME-1/rate", {"stars": nines}),
            (carla, "/c/", {"title": "A\0B", "text": "\0"}),
            (carla, "/c/ACME-1/say", {"text": "a\0b"}),
            (carla, "/c/ACME-1/edit", {"entry": "\0", "text": "x"}),
            (robin, "/team/ACME-1/write", {"text": "a\0b", "to": "note"}),
            (robin, "/team/ACME-1/title", {"title": "C\0D"}),
            (robin, "/team/ACME-1/tags", {"tags": "\0", "had": ""}),
            (robin, "/team/ACME-1/time", {"time": "1h", "what": "\0"}),
            (robin, "/team/ACME-1/recall", {"entry": "\0"}),
        ):
            assert (await visitor.post(path, **fields)).status in (200, 404, 422), path
        token = await carla.token()
        for kind, body in (
            ("application/x-www-form-urlencoded; charset=nope", b"csrf=x"),
            ("application/x-www-form-urlencoded; charset=utf-16", b"csrf=x"),
            ("application/x-www-form-urlencoded", b"csrf=\xff"),
            ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
            ("text/plain", b"csrf=x"),
        ):
            secret = await office.halfdoor.keys.give("link", FRONT, Person("web", "", ""), timedelta(days=1))
            for path in ("/c/", f"/c/enter/{secret}"):
                headers = {"Content-Type": kind}
                async with carla.session.post(carla.url + path, data=body, headers=headers) as answer:
                    assert answer.status in (400, 403, 422), (kind, path)
        form = (
            f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nOdd\r\n'
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\nContent-Type: text/'
        ).encode() + b"\xff\r\n\r\nx\r\n--x--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        async with carla.session.post(f"{carla.url}/c/", data=form, headers=headers) as answer:
            assert answer.status in (200, 400)

    async def test_no_field_is_longer_than_a_text_may_be(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Fine", text="x")
        await light.settle()
        for visitor, path, name in (
            (carla, "/c/ACME-1/say", "text"),
            (robin, "/team/ACME-1/close", "reason"),
            (robin, "/team/ACME-1/preview", "text"),
            (robin, "/team/ACME-1/tags", "tags"),
        ):
            answer = await visitor.post(path, **{name: "[" * 50_000})
            assert answer.status == 422
            assert "That is 50,000 characters; at most 12,000 fit here." in answer.read

    async def test_what_no_form_does_is_refused_in_words(self, light: WebOffice) -> None:
        carla = await light.customer()
        async with carla.session.put(f"{carla.url}/c/") as answer:
            assert answer.status == 405
            assert "Please load the page again" in await answer.text()
