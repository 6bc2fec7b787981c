"""The pages over real HTTP: both halves of a ticket, and everything that must not get through."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.web import inbound
from bot.pages import Pages
from bot.ports import Asked, Incoming, Key, Unavailable
from bot.tickets.model import Person, Place, PostRef
from tests.web_office import WebOffice


async def test_the_console_shows_both_halves_and_the_record_the_public_one(office: WebOffice) -> None:
    carla, robin = await office.customer(), await office.staff()
    await carla.post("/c/", title="Export fails", text="It is **empty**")
    await robin.post("/team/ACME-1/write", text="It is the CSV writer", to="note")
    await robin.post("/team/ACME-1/write", text="We found it", to="customer")
    await robin.post("/team/ACME-1/assign", who="me", visibility="public")
    outside = ["Carla · (time) It is empty", "Robin (Support) · (time) We found it"]
    inside = [
        "🌐 Carla (Acme) · public · (time) It is empty",
        "🔒 Robin · internal note · (time) It is the CSV writer",
        "🌐 Robin → customer · public · (time) We found it",
    ]
    await office.settle()
    assert (await carla.get("/c/ACME-1")).said == outside
    assert (await robin.get("/team/ACME-1")).said == [*outside, *inside]
    listed, board = await carla.get("/c/"), await robin.get("/team/")
    assert "ACME-1 · Export fails Open · Robin is on it" in listed.read
    assert "ACME-1 · Export fails Carla · Robin · Normal" in board.read
    await robin.post("/team/ACME-1/close", text="Fixed in 4.2.1", reason="our fault")
    record = await carla.get("/c/ACME-1/record?download")
    assert record.headers["Content-Disposition"] == 'attachment; filename="ACME-1.html"'
    assert "Fixed in 4.2.1" in record.read
    for internal in ("our fault", "CSV writer"):
        assert internal not in record.text


async def test_what_was_told_stands_among_what_was_said_by_its_time(office: WebOffice) -> None:
    """Its words go to a thread behind all that is said there; on the page it stands where it happened."""
    carla, robin = await office.customer(), await office.staff()
    await carla.post("/c/", title="Export fails", text="It is empty")
    await robin.post("/team/ACME-1/close", text="Fixed", reason="our fault")
    await office.settle()
    await carla.post("/c/ACME-1/rate", stars="4")
    await office.settle()
    said = (await robin.get("/team/ACME-1")).said
    assert [one for one in said if one.startswith(("🌐", "🔒", "(time)"))] == [
        "🌐 Carla (Acme) · public · (time) It is empty",
        "🌐 Robin → customer · public · (time) Fixed",
        "🔒 Robin · internal note · (time) our fault",
        "(time) Carla rated it 4 of 5.",
    ]


class TestForms:
    async def test_without_its_token_nothing_is_taken(self, light: WebOffice) -> None:
        carla = await light.customer()
        for fields in ({}, {"csrf": "x" * 64}, {"csrf": ""}):
            answer = await carla.send("/c/", {"title": "Forged", "text": "x", **fields})
            assert answer.status == 403
            assert "load the page again" in answer.read
        robin = await light.staff()
        token = await robin.token()
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

    async def test_other_words_under_the_same_name_are_not_lost(self, light: WebOffice) -> None:
        """An answer may be lost after the words were taken, and more be written before they are sent again."""
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Once", text="x")
        await light.settle()
        own = re.findall(r'name="entry" value="(\w+)"', (await carla.get("/c/ACME-1")).text)[-1]
        for who, path, fields in (
            (carla, "/c/", {"title": "Twice"}),
            (carla, "/c/ACME-1/say", {}),
            (carla, "/c/ACME-1/edit", {"entry": own}),
            (robin, "/team/ACME-1/write", {"to": "note"}),
            (robin, "/team/ACME-1/write", {"to": "customer"}),
            (robin, "/team/ACME-1/close", {}),
        ):
            given = {"text": "half", "ident": secrets.token_hex(16), **fields}
            for _ in range(2):
                assert (await who.post(path, {"a.txt": b"1"}, **given)).status == 200
            for other in ({"text": "half, and more"}, *([{"title": "Thrice"}] if path == "/c/" else [])):
                more = await who.post(path, {"a.txt": b"1"}, **given | other)
                assert more.status == 422, path
                assert "Your earlier words have arrived, and these are others." in more.read
        # the same words come again as the same, even when they were changed meanwhile
        ident = secrets.token_hex(16)
        await carla.post("/c/ACME-1/reopen")
        await carla.post("/c/ACME-1/say", text="frist", ident=ident)
        entry = re.findall(r'name="entry" value="(\w+)"', (await carla.get("/c/ACME-1")).text)[-1]
        await carla.post("/c/ACME-1/edit", entry=entry, text="first")
        assert (await carla.post("/c/ACME-1/say", text="frist", ident=ident)).status == 200
        said = (await carla.get("/c/ACME-1")).said
        assert sum("half" in one for one in said) == 4
        assert said[-1] == "Carla · (time) · (edited) first"

    async def test_what_was_taken_is_not_said_to_be_refused(
        self, light: WebOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The database may go away between taking a form and drawing its page."""
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Once", text="x")
        await light.settle()
        for who, path, name in (
            (carla, "/c/ACME-1/say", "ticket_outside"),
            (robin, "/team/ACME-1/write", "ticket_inside"),
        ):
            token = await who.token()
            looks, whole = [0], getattr(Pages, name)

            async def once(pages: Pages, *args: Any, looks: Any = looks, whole: Any = whole) -> Any:
                looks[0] += 1
                if looks[0] == 2:
                    raise Unavailable("gone")
                return await whole(pages, *args)

            with monkeypatch.context() as patch:
                patch.setattr(Pages, name, once)
                fields = {"csrf": token, "text": "Taken", "to": "customer"}
                answer = await who.send(path, fields, headers={"HX-Request": "true"})
            assert (answer.status, answer.headers["HX-Refresh"]) == (200, "true")
        assert sum("Taken" in one for one in (await carla.get("/c/ACME-1")).said) == 2

    async def test_forms_that_take_no_files_keep_none(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Once", text="x")
        await light.settle()
        await robin.post("/team/ACME-1/priority", {"a.txt": b"1"}, priority="high")
        await carla.post("/c/ACME-1/close", {"b.txt": b"1"})
        await carla.post("/c/ACME-1/rate", {"c.txt": b"1"}, stars="3")
        assert light.kept() == []

    async def test_an_edit_counts_whatever_a_clock_says(self, light: WebOffice) -> None:
        carla = await light.customer()
        await carla.post("/c/", title="Once", text="x")
        await light.settle()
        await carla.post("/c/ACME-1/say", text="frist")
        entry = re.findall(r'name="entry" value="(\w+)"', (await carla.get("/c/ACME-1")).text)[-1]
        light.clock.ahead -= timedelta(seconds=5)
        await carla.post("/c/ACME-1/edit", entry=entry, text="first")
        assert (await carla.get("/c/ACME-1")).said[-1] == "Carla · (time) · (edited) first"
        await carla.post("/c/ACME-1/delete", entry=entry)
        assert "was deleted" in (await carla.get("/c/ACME-1")).said[-1]

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
        from adapters.web.files import safe_name

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


async def test_forms_of_one_name_stand_for_their_senders_words(light: WebOffice) -> None:
    """A browser names its forms: the same name from somebody else, or elsewhere, is another form."""
    beta = Place("web", "beta")
    await light.link("BETA", "Beta", beta, Place("web", "beta-team"))
    carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    bob = await light.customer(Person("web", "bob", "Bob"), beta)
    again, name = "00000000-0000-4000-8000-000000000001", "aaaaaaaa"
    for who in (carla, dora, bob):
        await who.post("/c/", title="Hello", text="one", ident=again)
        await who.post("/c/", title="Hello", text="one", ident=again)  # sent again, it is taken once
    for who, key in ((carla, "ACME-1"), (dora, "ACME-1"), (bob, "BETA-1")):
        assert (await who.post(f"/c/{key}/say", text="me too", ident=name)).status == 200
    assert (await carla.get("/c/ACME-3")).status == 404
    assert [row.partition(" ")[0] for row in (await carla.get("/c/ACME-1")).said] == [
        "Carla",
        "Carla",
        "Dora",
    ]
    # one's own are changed and deleted, whatever another project's are called
    for who, key in ((bob, "BETA-1"), (carla, "ACME-1")):
        entry = re.findall(r'name="entry" value="([\w-]+)"', (await who.get(f"/c/{key}")).text)[-1]
        await who.post(f"/c/{key}/edit", entry=entry, text="me as well", ident=name)
        assert "(edited) me as well" in (await who.get(f"/c/{key}")).read
        await who.post(f"/c/{key}/delete", entry=entry)
        assert "me as well" not in (await who.get(f"/c/{key}")).read
    assert "Dora · (time) me too" in (await carla.get("/c/ACME-1")).said


async def test_what_was_sent_before_posts_were_named_by_their_writers_is_still_theirs(
    light: WebOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old post keeps the name that it was given."""
    carla = await light.customer()

    def before(
        key: Key, ask: Any, *, ident: str, at: Any, locale: str, files: Any = (), stands: bool = False
    ) -> Any:
        name = f"{type(ask).__name__}:{ident}"
        post = PostRef(key.place, name) if stands else None
        ref = f"web:{key.place.id}:{name}"
        return Incoming(ref, key.person, key.place, at, Asked(ask, files=files, post=post), locale)

    with monkeypatch.context() as old:
        old.setattr(inbound, "asked", before)
        await carla.post("/c/", title="Hello", text="one")
        await carla.post("/c/ACME-1/say", text="two")
    for n in (0, 1):
        entry = re.findall(r'name="entry" value="([\w-]+)"', (await carla.get("/c/ACME-1")).text)[-1]
        await carla.post("/c/ACME-1/edit", entry=entry, text=f"changed {n}")
        assert f"(edited) changed {n}" in (await carla.get("/c/ACME-1")).read
        await carla.post("/c/ACME-1/delete", entry=entry)
        assert f"changed {n}" not in (await carla.get("/c/ACME-1")).read
