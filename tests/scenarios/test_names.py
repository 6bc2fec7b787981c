"""Nobody looks like the team in a chat, and nothing is called by what cannot be seen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.tickets.model import Person
from tests.discord_office import DiscordOffice
from tests.office import Office
from tests.web_office import CARLA, FRONT, WebOffice

UNSEEN = ["\u200b", "\u3164", "\u2800", "\u00ad", "\u202e", "\u2060", "\ufeff", "\u200e"]
LIKE_THE_TEAM = ["Robin (Support)", "Rоbin（Suрport）", "Robin → customer", "Halfdoor"]


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    async with WebOffice(sqlite_url, tmp_path / "files") as office:
        yield office


class TestOnSlack:
    @pytest.mark.parametrize("name", LIKE_THE_TEAM)
    async def test_a_name_like_the_teams_is_drawn_as_a_customers(self, socket: Office, name: str) -> None:
        socket.carla.user.name = name
        await socket.ticket("Please send me the password")
        row = socket.staff_thread()[-1]
        assert row.startswith("customer “")
        assert " (Acme): Please send me the password" in row
        assert "(Support)" not in row
        assert "→" not in row
        card = socket.robin.find(socket.back, "ACME-1 ·")
        assert "customer “" in repr(card.blocks)
        assert "customer “" in repr(socket.carla.find(socket.front, "ACME-1 ·").blocks)

    async def test_what_is_said_again_to_customers_does_not_look_like_the_team(self, socket: Office) -> None:
        socket.carla.user.name = "Robin (Support)"
        await socket.ticket("Hello")
        socket.robin.say(socket.back, "<@UHALFDOOR> reply On it", thread=socket.inside())
        socket.carla.say(socket.front, "I am not Robin", thread=socket.outside())
        await socket.settle()
        preview = await socket.robin.slash(socket.back, "preview ACME-1")
        assert "Robin (Support)*\nOn it" in preview
        assert "customer “Robin Support”*\nI am not Robin" in preview

    @pytest.mark.parametrize("title", UNSEEN)
    async def test_a_title_of_nothing_visible_is_refused(self, socket: Office, title: str) -> None:
        await socket.ticket()
        assert "needs a title" in await socket.robin.slash(socket.back, f"title ACME-1 {title}")
        await socket.robin.slash(socket.front, f"create {title}")  # as without one: a form asks for it
        assert "needs a title" in repr(await socket.robin.submit(title=title))
        assert not [one for one in socket.robin.sees(socket.back) if "ACME-2" in one]

    async def test_a_post_of_nothing_visible_makes_a_ticket_without_words(self, socket: Office) -> None:
        unseen = [one for one in UNSEEN if one != "\u2060"]  # a joiner is never part of what was said
        for n, sign in enumerate(unseen, 1):
            socket.carla.say(socket.front, f"<@UHALFDOOR> {sign}")
            await socket.settle()
            assert f"ACME-{n} · No words" in socket.robin.sees(socket.back)[-1]

    async def test_such_a_post_is_called_by_its_file(self, socket: Office) -> None:
        file = socket.carla.send_file("broken.xlsx", b"x")
        socket.carla.share(socket.front, file, text="<@UHALFDOOR> \u3164")
        await socket.settle()
        assert "ACME-1 · broken.xlsx" in socket.robin.sees(socket.back)[-1]

    async def test_a_word_after_the_window_is_kept_whatever_there_is_to_see_of_it(
        self, socket: Office
    ) -> None:
        await socket.ticket("Hello")
        await socket.robin.slash(socket.back, "close ACME-1")
        await socket.settle()
        await socket.clock.advance(8 * 24 * 3600)
        await socket.settle()
        socket.carla.say(socket.front, "\u3164", thread=socket.outside())
        await socket.settle()
        assert "ACME-2 · Hello" in socket.robin.sees(socket.back)[-1]


class TestOnDiscord:
    @pytest.mark.parametrize("name", LIKE_THE_TEAM)
    async def test_a_name_like_the_teams_is_drawn_as_a_customers(self, sqlite_url: str, name: str) -> None:
        async with DiscordOffice(sqlite_url) as office:
            office.carla = office.human(name)
            await office.settle()
            await office.ticket("Please send me the password")
            row = next(one for one in office.inside() if "(Acme): Please send me" in one)
            assert row.startswith("customer “")
            assert "(Support)" not in row
            assert "→" not in row

    @pytest.mark.parametrize("title", UNSEEN)
    async def test_a_title_of_nothing_visible_is_refused(self, sqlite_url: str, title: str) -> None:
        async with DiscordOffice(sqlite_url) as office:
            await office.ticket()
            assert "needs a title" in await office.told(office.robin, office.back, "create", title=title)
            assert "needs a title" in await office.told(
                office.robin, office.back, "title", ticket="ACME-1", title=title
            )
            assert len(office.front.threads) == 1

    async def test_a_post_of_nothing_visible_makes_a_ticket_without_words(self, sqlite_url: str) -> None:
        async with DiscordOffice(sqlite_url) as office:
            await office.carla.send(office.front, f"<@{office.me}> \u3164")
            await office.settle()
            assert [one.name for one in office.front.threads] == ["ACME-1 · No words"]


class TestOnPages:
    async def test_the_teams_mark_is_no_part_of_a_name(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Hello", text="there")
        await robin.post("/team/ACME-1/write", to="customer", shown="customer", text="our answer")
        eve = await light.customer(Person("web", "eve", 'Robin <span class="mark">(Support)</span>'))
        await eve.post("/c/ACME-1/say", text="send me your password")
        mark = '<strong>Robin <span class="mark">(Support)</span></strong>'
        for path in ("/c/ACME-1", "/c/ACME-1/record", "/team/ACME-1"):
            page = (await (robin if path.startswith("/team") else carla).get(path)).text
            customers_half = page.partition("<h2>🔒")[0]
            assert customers_half.count(mark) == 1
            said = re.findall(
                r'class="said[^"]*">.*?(?=class="said|</section>|</main>)', customers_half, re.S
            )
            assert [
                (mark in one, 'class="said public team"' in one or 'class="said team"' in one) for one in said
            ] == [
                (False, False),
                (True, True),
                (False, False),
            ]
            assert "customer “Robin &lt;span class=mark&gt; Support &lt;/span&gt;”" in said[2]
        shown = await robin.post("/team/ACME-1/preview", text="x")
        assert mark in shown.text

    async def test_titles_and_words_of_nothing_visible_are_refused(self, light: WebOffice) -> None:
        carla, robin = await light.customer(), await light.staff()
        await carla.post("/c/", title="Hello", text="there")
        for sign in UNSEEN:
            for who, path, fields, words in (
                (carla, "/c/", {"title": sign, "text": "x"}, "needs a title"),
                (robin, "/team/", {"title": sign, "text": "x"}, "needs a title"),
                (robin, "/team/ACME-1/title", {"title": sign}, "needs a title"),
                (robin, "/team/ACME-1/tags", {"tags": sign}, "A tag has"),
                (carla, "/c/ACME-1/say", {"text": sign}, "no text yet"),
                (robin, "/team/ACME-1/write", {"to": "customer", "text": sign}, "no text yet"),
                (robin, "/team/ACME-1/write", {"to": "note", "text": sign}, "no text yet"),
            ):
                answer = await who.post(path, None, **fields)
                if path.endswith("/tags") and answer.status == 200:
                    assert 'class="tag"' not in answer.text  # it was read as space
                    continue
                assert (answer.status, words in answer.read) == (422, True), (sign, path, answer.status)
        assert (await carla.get("/c/ACME-1")).said == [f"{CARLA.name} · (time) there"]

    async def test_nobody_comes_in_by_a_name_of_the_teams(self, light: WebOffice) -> None:
        await light.staff()  # Robin
        secret = await light.halfdoor.keys.give("link", FRONT, Person("web", "", ""), timedelta(days=9))
        eve = light.visitor()
        for name in ("Robin", "Rоbin", *LIKE_THE_TEAM, "Support", "Das Team"):
            answer = await eve.enter(secret, name=name)
            assert answer.status == 422
            assert "could be taken for our team's" in answer.read
        for name in ("\u3164", "\u2800\u3164"):
            answer = await eve.enter(secret, name=name)
            assert answer.status == 422
            assert "Nothing can be seen of that name." in answer.read
        assert (await eve.get("/c/")).status == 401
        assert (await eve.enter(secret, name="Robin Mint")).status == 200
