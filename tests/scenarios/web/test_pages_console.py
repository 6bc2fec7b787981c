"""What the team does on its console, beside a ticket's whole life, and what it is told there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import PlaceShut
from bot.tickets.model import Person, Place
from tests.web_office import BACK, FRONT, ROBIN, Answer, Visitor, WebOffice

KIM = Person("web", "kim", "Kim")


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    async with WebOffice(sqlite_url, tmp_path) as made:
        await (await made.customer()).post("/c/", title="Export fails", text="It is empty")
        await made.settle()
        yield made


async def entry(who: Visitor, words: str) -> str:
    """Return the id of what says some words and can be changed."""
    page = (await who.get("/team/ACME-1")).text
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return next(
        found[1]
        for one in articles
        if words in one and (found := re.search(r'"entry" value="([\w-]+)"', one))
    )


def articles(answer: Answer) -> list[str]:
    """Return what was said on a page as it is drawn, without when and what can be pressed."""
    found = re.findall(r"<article class=.said.*?</article>", answer.text, re.DOTALL)
    kept = [re.sub(r"<details.*?</details>|<time.*?</time>", "", one, flags=re.DOTALL) for one in found]
    plain = (" ".join(re.sub(r"</?a\b[^>]*>|<span.*?</span>", "", one).split()) for one in kept)
    return [re.sub(r"> | <", lambda found: found[0].strip(), one) for one in plain]


async def test_a_preview_is_what_the_customer_gets(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    text = "We **found** <it>:\n\n- one\n- two\n\n```\ncode\n```\nhttps://example.com ||hidden||"
    shown = await robin.post("/team/ACME-1/preview", text=text, names="plan.txt")
    assert "plan.txt" in shown.read
    assert light.kept() == []
    assert len(articles(await carla.get("/c/ACME-1"))) == 1
    await robin.post("/team/ACME-1/write", {"plan.txt": b"x"}, text=text, to="customer")
    assert articles(await carla.get("/c/ACME-1"))[-1] == articles(shown)[0]
    # both halves of the console are drawn by the same
    assert articles(shown)[0] in articles(await robin.get("/team/ACME-1"))


async def test_time_is_read_as_it_is_everywhere(light: WebOffice) -> None:
    robin = await light.staff()
    for time, what in (("1,5 h", "reading"), ("1 h 30 with Kim", ""), ("45 min", "")):
        await robin.post("/team/ACME-1/time", time=time, what=what)
    page = (await robin.get("/team/ACME-1")).read
    assert "1 h 30 · Robin · reading" in page
    assert "1 h 30 · Robin · with Kim" in page
    assert "3 h 45" in page
    refused = await robin.post("/team/ACME-1/time", time="1h30x", what="")
    assert "Give a time such as 45m, 1h or 1h30" in refused.read
    assert "3 h 45" in (await robin.get("/team/ACME-1")).read


async def test_a_ticket_is_given_to_whoever_is_known_to_be_of_the_team(light: WebOffice) -> None:
    carla, robin, _ = await light.customer(), await light.staff(), await light.staff(KIM)
    page = await robin.get("/team/ACME-1")
    assert re.findall(r'<option value="(web:\w*)"', page.text) == ["web:robin", "web:kim"]
    assert (await robin.post("/team/ACME-1/assign", who="web:kim", visibility="internal")).status == 200
    await light.settle()
    assert "Kim (the customer sees: nobody yet)" in (await robin.get("/team/ACME-1")).read
    assert "Kim" not in (await carla.get("/c/ACME-1")).text
    await robin.post("/team/ACME-1/assign", who="web:kim", visibility="public")
    assert "Kim is on it" in (await carla.get("/c/ACME-1")).read
    for stranger in ("web:carla", "slack:U1", "kim"):
        assert (await robin.post("/team/ACME-1/assign", who=stranger, visibility="public")).status == 404
    # who has lost their key since is no longer of the team
    await light.halfdoor.keys.revoke(BACK, KIM)
    await robin.post("/team/ACME-1/assign", who="", visibility="public")
    assert (await robin.post("/team/ACME-1/assign", who="web:kim", visibility="public")).status == 404


async def test_a_note_is_mended_and_erased_by_its_author(light: WebOffice) -> None:
    carla, robin, kim = await light.customer(), await light.staff(), await light.staff(KIM)
    before = (await carla.get("/c/ACME-1")).body
    await robin.post("/team/ACME-1/write", {"secret.txt": b"s"}, text="The pasword is hunter2", to="note")
    note = await entry(robin, "hunter2")
    assert len(light.kept()) == 1
    for act in ("edit", "delete"):
        answer = await kim.post(f"/team/ACME-1/{act}", entry=note, text="mine now")
        assert "Only its author can change it." in answer.read
    await robin.post("/team/ACME-1/edit", entry=note, text="The password is hunter2")
    assert "The password is hunter2" in (await kim.get("/team/ACME-1")).read
    await robin.post("/team/ACME-1/delete", entry=note)
    page = (await kim.get("/team/ACME-1")).read
    assert "hunter2" not in page
    assert "This message was deleted." in page
    assert light.kept() == []
    assert (await carla.get("/c/ACME-1")).body == before


async def test_a_note_that_was_sent_keeps_its_files_when_it_is_deleted(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    await robin.post("/team/ACME-1/write", {"plan.txt": b"p"}, text="Our plan", to="note")
    note = await entry(robin, "Our plan")
    await robin.post("/team/ACME-1/publish", entry=note)
    await robin.post("/team/ACME-1/delete", entry=note)
    path = re.findall(r'href="(/c/ACME-1/file/[^"]+)"', (await carla.get("/c/ACME-1")).text)[0]
    assert (await carla.get(path)).body == b"p"


async def test_what_a_customer_deletes_is_erased_with_its_files(light: WebOffice) -> None:
    carla = await light.customer()
    await carla.post("/c/ACME-1/say", {"salaries.csv": b"1"}, text="Oh no")
    await light.settle()
    (page,) = [await carla.get("/c/ACME-1")]
    one = re.findall(r'name="entry" value="(\w+)"', page.text)[-1]
    assert (await carla.post("/c/ACME-1/edit", entry=one, text=" ")).status == 200  # its file is left
    await carla.post("/c/ACME-1/delete", entry=one)
    assert (await carla.get("/c/ACME-1")).said[-1] == "Carla · (time) This message was deleted."
    assert light.kept() == []


async def test_files_of_a_note_are_erased_by_its_deletion_alone(light: WebOffice) -> None:
    robin, kim = await light.staff(), await light.staff(KIM)
    await robin.post("/team/ACME-1/write", {"plan.txt": b"p"}, text="Our plan", to="note")
    await kim.post("/team/ACME-1/write", {"mine.txt": b"m"}, text="My own", to="note")
    plan, own = await entry(robin, "Our plan"), await entry(kim, "My own")
    ident = "0f0e0d0c-0000-4000-8000-000000000000"
    await kim.post("/team/ACME-1/delete", entry=own, ident=ident)
    await kim.post("/team/ACME-1/delete", entry=plan, ident=ident)
    assert len(light.kept()) == 1
    page = await robin.get("/team/ACME-1")
    path = re.findall(r'href="(/team/ACME-1/file/[^"]+)"', page.text)[-1]
    assert (await robin.get(path)).body == b"p"
    assert "This message was deleted." in page.read


async def test_two_who_change_the_same_words_are_told(light: WebOffice) -> None:
    robin, kim = await light.staff(), await light.staff(KIM)
    await robin.post("/team/ACME-1/write", text="We found it", to="customer")
    page = (await robin.get("/team/ACME-1")).text
    one, seen = re.findall(
        r'name="entry" value="(\w+)">\s*<input type="hidden" name="seen" value="(\w+)"', page
    )[-1]
    await kim.post("/team/ACME-1/edit", entry=one, seen=seen, text="We found the cause")
    answer = await robin.post("/team/ACME-1/edit", entry=one, seen=seen, text="We found them")
    assert "It has changed since you looked at it" in answer.read
    assert "We found the cause" in (await robin.get("/team/ACME-1")).read
    # tags that others add meanwhile stay
    await kim.post("/team/ACME-1/tags", had="", tags="csv")
    await robin.post("/team/ACME-1/tags", had="", tags="export")
    assert "csv export" in (await robin.get("/team/ACME-1")).read


async def test_a_form_that_did_not_look_like_it_sends_nothing_to_a_customer(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    for to, shown in (("customer", "note"), ("note", "customer")):
        answer = await robin.post("/team/ACME-1/write", text="for us", to=to, shown=shown)
        assert "Nothing was sent: the form did not show who would read it." in answer.read
    assert len((await carla.get("/c/ACME-1")).said) == 1
    for way in ("customer", "note"):
        assert (await robin.post("/team/ACME-1/write", text="so", to=way, shown=way)).status == 200


async def test_what_the_team_did_stands_in_its_thread(light: WebOffice) -> None:
    carla, robin, _ = await light.customer(), await light.staff(), await light.staff(KIM)
    before = (await carla.get("/c/ACME-1")).body
    await robin.post("/team/ACME-1/status", status="on_hold", visibility="internal")
    await robin.post("/team/ACME-1/assign", who="web:kim", visibility="internal")
    await robin.post("/team/ACME-1/priority", priority="urgent")
    assert (await carla.get("/c/ACME-1")).body == before
    await robin.post("/team/ACME-1/close")
    page = (await robin.get("/team/ACME-1")).read
    for done in (
        "🔒 Robin: On hold",
        "🔒 Robin: given to Kim",
        "🔒 Robin: priority Urgent",
        "🌐 Robin: closed",
    ):
        assert done in page


async def test_what_waits_for_a_customer_comes_first(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    for n in range(2, 5):
        await carla.post("/c/", title=f"Question {n}", text="x")
        await light.settle()
    await robin.post("/team/ACME-2/status", status="pending", visibility="public")
    await robin.post("/team/ACME-4/close")
    await light.settle()
    keys = re.findall(r'href="/c/(ACME-\d)"', (await carla.get("/c/")).text)
    assert keys == ["ACME-2", "ACME-3", "ACME-1", "ACME-4"]


async def test_tags_and_title(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    await robin.post("/team/ACME-1/tags", tags="export, csv  urgent")
    await robin.post("/team/ACME-1/tags", had="csv export urgent", tags="csv import")
    await robin.post("/team/ACME-1/title", title="Import and export fail")
    assert (
        "Import and export fail Carla · nobody yet · Normal opened (time) csv import"
        in (await robin.get("/team/")).read
    )
    assert "Import and export fail" in (await carla.get("/c/")).read
    assert "csv" not in (await carla.get("/c/")).text
    refused = await robin.post("/team/ACME-1/tags", tags="a/b")
    assert refused.status == 422


async def test_the_team_opens_a_ticket_for_a_customer(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    answer = await robin.post("/team/", {"plan.txt": b"x"}, title="You called us", text="About the *export*")
    assert "ACME-2 · You called us" in answer.read
    await light.settle()
    assert (await carla.get("/c/ACME-2")).said == [
        "Robin (Support) · (time) About the export 📎 plan.txt (1 B)"
    ]


async def test_a_ticket_is_found_by_its_words_and_its_key(office: WebOffice) -> None:
    carla, robin = await office.customer(), await office.staff()
    for title in ("Export fails", "Import fails", "100% done"):
        await carla.post("/c/", title=title, text="x")
    await office.settle()
    for words, found in (("export", {1}), ("fails", {1, 2}), ("acme-2", {2}), ("%", {3}), ("nothing", set())):
        for who, path in ((carla, "/c/"), (robin, "/team/")):
            page = await who.get(path, params={"words": words})
            assert {int(n) for n in re.findall(r'href="/\w+/ACME-(\d)"', page.text)} == found


async def test_a_customers_list_goes_on_to_what_is_older(light: WebOffice) -> None:
    carla, other = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    for n in range(2, 63):
        await (carla if n % 2 else other).post("/c/", title=f"Question {n}", text="x")
    await light.settle()
    seen: list[int] = []
    path: str | None = "/c/"
    while path:
        page = await carla.get(path)
        seen += [int(n) for n in re.findall(r'href="/c/ACME-(\d+)"', page.text)]
        older = re.findall(r'href="(/c/\?[^"]*before=[^"]+)"', page.text)
        path = older[0].replace("&amp;", "&") if older else None
    assert sorted(seen) == list(range(1, 63))
    page = await carla.get("/c/")
    assert page.read.index("Yours") < page.read.index("Those of your colleagues")
    # another project's key in the address leads to nothing of that project's
    assert (await carla.get("/c/?before=BETA-1")).status == 200


async def test_what_is_said_after_the_window_goes_on_in_a_new_ticket(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    await robin.post("/team/ACME-1/close", text="Fixed")
    await light.settle()
    assert "within 7 days" in (await carla.get("/c/ACME-1")).read
    await light.clock.advance(8 * 86400)
    await light.settle()
    carla = await light.customer()
    answer = await carla.post("/c/ACME-1/say", text="Again, the export")
    assert "ACME-2 · Again, the export" in answer.read
    assert "takes up ACME-1" in answer.read
    assert "It goes on in ACME-2." in (await carla.get("/c/ACME-1")).read
    # a rating of the old one stays there, and what else is said on its page goes on too
    assert "ACME-1 · Export fails" in (await carla.post("/c/ACME-1/rate", stars="4")).read
    await light.settle()
    answer = await carla.post("/c/ACME-1/say", text="And March")
    assert answer.said == ["Carla · (time) Again, the export", "Carla · (time) And March"]


async def test_what_is_said_is_heard_wherever_the_ticket_came_from(light: WebOffice) -> None:
    """A project's page may be another than the place in which a ticket was closed."""
    robin, new = await light.staff(), Place("web", "acme-new")
    await robin.post("/team/ACME-1/close", text="Fixed")
    await light.settle()
    await light.link("ACME", "Acme", new, BACK)
    carla = await light.customer(place=new)
    await carla.post("/c/ACME-1/say", text="Not quite")
    await light.settle()
    assert "Carla · (time) Not quite" in (await carla.get("/c/ACME-1")).said
    assert "🌐 Carla (Acme) · public · (time) Not quite" in (await robin.get("/team/ACME-1")).said


async def test_news_are_told_on_the_pages_of_whom_they_concern(light: WebOffice) -> None:
    carla, robin, kim = await light.customer(), await light.staff(), await light.staff(KIM)
    await robin.post("/team/ACME-1/close", text="Fixed")
    await light.settle()
    await carla.post("/c/ACME-1/rate", stars="2")
    await light.settle()
    assert "(time) Carla rated it 2 of 5." in (await robin.get("/team/ACME-1")).said
    await light.network.announce(BACK, "To all of the team.")
    await light.network.tell(ROBIN, "To Robin alone.")
    assert "To all of the team." in (await kim.get("/team/")).read
    assert "To Robin alone." in (await robin.get("/team/")).read
    assert "To Robin alone." not in (await kim.get("/team/")).read
    for told in ("To Robin alone.", "To all of the team."):
        assert told not in (await carla.get("/c/")).read
    # a place that gets nothing is named for as long as that is so
    shut, now = PlaceShut("unseen", "#acme"), light.clock.now()
    await light.halfdoor.store.transact(lambda tx: tx.set_door(FRONT, shut, now))
    assert "#acme" in (await kim.get("/team/")).read
    assert "#acme" not in (await carla.get("/c/")).read
    await light.halfdoor.store.transact(lambda tx: tx.set_door(FRONT, None, now))
    assert "#acme" not in (await kim.get("/team/")).read


@pytest.mark.parametrize(
    ("wanted", "lang"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("fr-FR, de;q=0.7, en;q=0.3", "de"),
        ("en;q=0.2,de;q=0.9", "de"),
        ("de;q=x, en", "en"),
        ("fr", "en"),
        ("", "en"),
    ],
)
async def test_a_browser_is_answered_in_the_language_it_likes_best(
    light: WebOffice, wanted: str, lang: str
) -> None:
    carla = await light.customer()
    page = await carla.get("/c/", headers={"Accept-Language": wanted})
    assert f'<html lang="{lang}">' in page.text
