"""The pages in a real browser: both panes open, live, by keyboard alone, on a phone, in German, read by axe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Frame, Page, Route, async_playwright, expect

from bot.tickets.model import Person, Place
from bot.wiring import demo_desk
from tests.doubles.chromium import FLAGS, chromium
from tests.settings import PATIENCE
from tests.web_office import BACK, CARLA, FRONT, ROBIN, WebOffice

#: What of axe's rules is asked for: levels A and AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}

#: Another project's place.
OTHER = Place("web", "beta")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        expect.set_options(timeout=PATIENCE * 1000)
        yield opened
        await opened.close()


async def close_pages(browser: Browser) -> None:
    """Close all pages before their desk stops.

    They would come back at once, and asyncio forgets a connection that it accepts just as a server closes
    (python/cpython#109564).
    """
    for context in browser.contexts:
        await context.close()


@pytest.fixture
async def address(browser: Browser, tmp_path: Path) -> AsyncIterator[str]:
    async with demo_desk(tmp_path, port=0, seed=False) as found:
        yield found
        await close_pages(browser)


class Panes:
    """The demo's page, with both sides in it."""

    def __init__(self, page: Page, errors: list[str]) -> None:
        self.page, self.errors = page, errors

    @property
    def left(self) -> Frame:
        return next(one for one in self.page.frames if "/c/" in one.url)

    @property
    def right(self) -> Frame:
        return next(one for one in self.page.frames if "/team/" in one.url)


async def open_panes(browser: Browser, address: str, **context: Any) -> Panes:
    page = await (await browser.new_context(**context)).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type in ("error", "warning") else None)
    await page.goto(address)
    return Panes(page, errors)


async def test_a_tickets_whole_life_with_both_panes_open_and_live(browser: Browser, address: str) -> None:
    panes = await open_panes(browser, address)
    left, right = panes.left, panes.right
    await left.fill("#title", "Export fails")
    await left.fill("#text", "It is **empty**")
    await left.set_input_files("#files", {"name": "march.csv", "mimeType": "text/csv", "buffer": b"1;2"})
    await left.get_by_role("button", name="Open ticket").click()
    await left.wait_for_url("**/c/ACME-1")
    await expect(left.locator("article.said")).to_contain_text("It is empty")

    # the board shows it without a reload, and the console opens
    await right.get_by_role("link", name="ACME-1 · Export fails").click()
    composer, said = right.locator("form.composer"), right.locator("article.said")
    await expect(said).to_have_count(2)
    await right.fill("#text", "It is the CSV writer")
    await expect(composer.locator("button")).to_have_text("🔒 Keep note")
    await composer.locator("button").click()
    await expect(said).to_have_count(3)

    # the reply looks unmistakably different, and shows what will be sent
    await right.get_by_label("Reply to customer").check()
    await expect(composer.locator(".warning")).to_have_text("🌐 Carla will read this.")
    await right.fill("#text", "We **found** it")
    await right.set_input_files("#files", {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"p"})
    await expect(composer).to_have_class("composer card to-customer")
    await expect(composer.locator(".preview strong", has_text="found")).to_have_text("found")
    await expect(composer.locator(".preview")).to_contain_text("Robin (Support)")
    await expect(composer.locator(".preview")).to_contain_text("plan.txt")
    await expect(composer.locator("button")).to_have_text("🌐 Send to customer")
    await composer.locator("button").click()
    await expect(left.locator("article.said")).to_have_count(2)
    await expect(left.locator("article.said").nth(1)).to_contain_text("Robin (Support)")
    # after each sending it is a note again
    await expect(right.get_by_label("A note for us")).to_be_checked()

    # what somebody is writing stays, with the hand on it, while the page changes beneath it
    await left.fill("form.card textarea", "And March")
    await right.locator("article.public summary", has_text="Edit").click()
    words = right.locator("article.public textarea")
    await words.fill("We found the cause")
    await right.locator("summary", has_text="Book time").click()
    await right.get_by_label("How long").fill("1h")
    await words.focus()
    before = await said.count()
    await left.locator("form[action$=say]").evaluate("one => one.requestSubmit()")
    await expect(left.locator("article.said")).to_have_count(3)
    await expect(said).to_have_count(before + 2)
    await expect(words).to_have_value("We found the cause")
    assert await words.evaluate("one => one === document.activeElement")
    await expect(right.get_by_label("How long")).to_have_value("1h")
    # and the hand of who writes on the other side is not taken away
    await left.locator("form[action$=say] textarea").click()
    await panes.page.keyboard.type("And ")
    await left.locator("form[action$=close]").evaluate("one => one.requestSubmit()")
    await expect(right.locator("#part")).to_contain_text("ACME-1 is solved.")
    await panes.page.keyboard.type("April")
    await expect(left.locator("form[action$=say] textarea")).to_have_value("And April")
    await left.get_by_role("button", name="It is not solved").click()
    await expect(right.locator("#part")).to_contain_text("Carla opened it again.")
    await right.get_by_role("button", name="Change for customer").click()
    await expect(left.locator("article.said").nth(1)).to_contain_text("We found the cause")

    # closed and rated
    await expect(right.get_by_label("How long")).to_have_value("1h")
    await right.locator("summary", has_text="Close").click()
    await right.locator("form[action$=close] textarea[name=text]").fill("Fixed in 4.2.1")
    await right.locator("form[action$=close] textarea[name=reason]").fill("our fault")
    await right.locator("form[action$=close] button").click()
    await expect(left.locator("body")).to_contain_text("ACME-1 is solved.")
    await left.get_by_role("button", name="4 / 5").click()
    await expect(left.locator("body")).to_contain_text("You gave 4 of 5.")
    await expect(right.locator("body")).to_contain_text("rated 4 of 5")
    text = await left.locator("body").inner_text()
    assert "CSV writer" not in text
    assert "our fault" not in text
    assert panes.errors == []
    found = await Axe().run(panes.page, options=RULES)
    assert found.violations_count == 0, found.generate_report()

    # the record, on paper
    page = await panes.page.context.new_page()
    await page.goto(left.url + "/record")
    printed = await page.pdf()
    assert printed.startswith(b"%PDF")
    assert "Fixed in 4.2.1" in await page.locator("body").inner_text()


async def test_how_a_reply_would_look_is_forgotten_when_it_is_sent(browser: Browser, desk: WebOffice) -> None:
    """What a busy server draws too late is not shown, as if it were to be sent again."""
    page = await console(browser, desk)
    go = asyncio.Event()

    async def late(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route("**/preview", late)
    await page.get_by_label("Reply to customer").check()
    async with page.expect_request("**/preview"):
        await page.get_by_label("Your words").fill("a reply")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#part article.said", has_text="a reply")).to_have_count(2)
    async with page.expect_response("**/preview"):
        go.set()
    await expect(page.locator(".preview .shown")).to_be_empty()


async def test_by_keyboard_alone(browser: Browser, address: str) -> None:
    panes = await open_panes(browser, address)
    root = address.partition("/demo/")[0]
    page = await panes.page.context.new_page()
    await page.goto(f"{root}/c/")
    while not await page.evaluate("document.activeElement.id === 'title'"):
        await page.keyboard.press("Tab")
    await page.keyboard.type("Keyboard only")
    await page.keyboard.press("Tab")
    await page.keyboard.type("no mouse here")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/c/ACME-1")
    await page.keyboard.press("r")
    await page.keyboard.type("one more")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("article.said")).to_have_count(2)

    await page.goto(f"{root}/team/ACME-1")
    await page.keyboard.press("t")
    await expect(page.locator("#part")).to_contain_text("Open · Robin")
    await page.keyboard.press("n")
    await page.keyboard.type("a note")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("article.note")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.type("a reply")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("article.said", has_text="a reply")).to_have_count(2)
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("select[name=status]")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await page.wait_for_url("**/team/?project=ACME")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/team/ACME-1")
    await page.keyboard.press("c")
    await page.keyboard.type("Done by hand")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#part")).to_contain_text("ACME-1 is solved.")
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await page.wait_for_url("**/team/?project=ACME")
    await page.keyboard.press("/")
    await page.keyboard.type("nothing like it")
    await expect(page.locator(".board article")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_fits_and_axe_finds_nothing(browser: Browser, address: str, scheme: Any) -> None:
    panes = await open_panes(
        browser, address, viewport={"width": 360, "height": 740}, color_scheme=scheme, has_touch=True
    )
    root, left = address.partition("/demo/")[0], panes.left
    await left.fill("#title", "On a phone with a very long title " * 4)
    await left.fill("#text", "https://example.com/" + "x" * 120)
    await left.get_by_role("button", name="Open ticket").click()
    await left.wait_for_url("**/c/ACME-1")
    page = await panes.page.context.new_page()
    await page.goto(f"{root}/team/ACME-1")
    await page.locator("#text").fill("a note")
    await page.locator("form.composer button").click()
    await expect(page.locator("article.note")).to_have_count(1)
    for path in ("/c/", "/c/ACME-1", "/team/", "/team/ACME-1", "/team/numbers"):
        await page.goto(root + path)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, path
        if path.startswith("/team/A"):
            await page.get_by_label("Reply to customer").check()
            await page.locator("#text").fill("a reply")
            await expect(page.locator("section.preview")).to_contain_text("a reply")
        for one in await page.locator("summary").all():
            await one.click()
        # axe must be let into the page, past the policy that keeps scripts out
        found = await Axe().run(page, options=RULES)
        assert found.response["passes"], "axe has looked at nothing"
        assert found.violations_count == 0, found.generate_report()


async def test_in_german(browser: Browser, address: str) -> None:
    panes = await open_panes(browser, address, locale="de-DE")
    await panes.left.fill("#title", "Export geht nicht")
    await panes.left.get_by_role("button", name="Eröffnen").click()
    await panes.left.wait_for_url("**/c/ACME-1")
    await expect(panes.left.locator("html")).to_have_attribute("lang", "de")
    await expect(panes.left.locator("body")).to_contain_text("eröffnet von Carla")
    await expect(panes.right.locator("body")).to_contain_text("Offen")
    body = await panes.page.locator("body").inner_text()
    assert "Carla, eine Kundin" in body
    await panes.right.get_by_role("link", name="ACME-1 · Export geht nicht").click()
    await panes.right.get_by_label("Kunden antworten").check()
    await expect(panes.right.locator(".warning")).to_have_text("🌐 Das liest Carla.")
    assert panes.errors == []


@pytest.fixture
async def desk(browser: Browser, sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    """A desk with one ticket."""
    async with WebOffice(sqlite_url, tmp_path) as office:
        await (await office.customer()).post("/c/", title="Export fails", text="It is empty")
        await office.settle()
        yield office
        await close_pages(browser)


async def console(browser: Browser, desk: WebOffice, path: str = "/team/ACME-1") -> Page:
    page = await browser.new_page()
    secret = await desk.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=9))
    await page.goto(f"{desk.network.url}/team/enter/{secret}")
    await page.get_by_role("button", name="Come in").click()
    await page.wait_for_url("**/team/")
    await page.goto(desk.network.url + path)
    return page


async def test_one_who_comes_back_to_a_reply_writes_a_note(browser: Browser, desk: WebOffice) -> None:
    """Browsers bring back what was chosen; what a form looks like is what it does."""
    page = await console(browser, desk)
    await page.get_by_label("Reply to customer").check()
    await page.fill("#text", "half a reply")
    await page.get_by_role("link", name="Board").click()
    await page.wait_for_url("**/team/?project=ACME")
    await page.go_back()
    await expect(page.get_by_label("A note for us")).to_be_checked()
    await expect(page.locator("form.composer button.main")).to_have_text("🔒 Keep note")
    # and the words are there
    await expect(page.locator("#text")).to_have_value("half a reply")
    await page.locator("form.composer button.main").click()
    await expect(page.locator("article.note")).to_contain_text("half a reply")
    await expect(page.locator("#text")).to_have_value("")
    await page.reload()
    await expect(page.locator("#text")).to_have_value("")
    assert len((await (await desk.customer()).get("/c/ACME-1")).said) == 1


async def test_what_is_begun_outlives_a_closed_form_and_a_left_page(
    browser: Browser, desk: WebOffice
) -> None:
    page = await console(browser, desk)
    await page.keyboard.press("c")
    await page.keyboard.type("Fixed in 4.2.1")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    closing = page.locator("form[action$=close] textarea[name=text]")
    await expect(closing).to_be_hidden()
    await (await desk.customer()).post("/c/ACME-1/say", text="And March")
    await expect(page.locator("article", has_text="And March")).to_have_count(2)
    await page.keyboard.press("c")
    await expect(closing).to_have_value("Fixed in 4.2.1")
    await expect(closing).to_be_focused()
    await page.goto(f"{desk.network.url}/team/")
    await page.goto(f"{desk.network.url}/team/ACME-1")
    await expect(closing).to_have_value("Fixed in 4.2.1")


async def test_what_was_sent_is_not_there_again(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk)
    await page.keyboard.press("b")
    await page.keyboard.type("1h")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#part")).to_contain_text("1 h booked")
    for _ in range(2):
        await expect(page.locator("input[name=time]")).to_be_hidden()
        await expect(page.locator("input[name=time]")).to_have_value("")
        await page.reload()
    await page.keyboard.press("c")
    await page.keyboard.type("Fixed")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#part")).to_contain_text("ACME-1 is solved.")
    await (await desk.customer()).post("/c/ACME-1/reopen")
    await expect(page.locator("#part")).to_contain_text("opened the ticket again")
    await expect(page.locator("form[action$=close] textarea[name=text]")).to_have_value("")


async def test_who_is_told_that_words_have_changed_may_change_them_then(
    browser: Browser, desk: WebOffice
) -> None:
    page, kim = await console(browser, desk), await desk.staff(Person("web", "kim", "Kim"))
    await page.get_by_label("Reply to customer").check()
    await page.fill("#text", "We found it")
    await page.locator("form.composer button.main").click()
    await page.locator("article.public summary", has_text="Edit").click()
    words = page.locator("article.public .acts textarea")
    await words.fill("We found them")
    entry = await page.locator("article.public .acts input[name=entry]").first.get_attribute("value")
    await kim.post("/team/ACME-1/edit", entry=str(entry), text="We found the cause")
    await expect(page.locator("article", has_text="We found the cause")).to_have_count(2)
    change = page.get_by_role("button", name="Change for customer")
    await change.click()
    await expect(page.locator("#said")).to_contain_text("It has changed since you looked at it")
    await expect(words).to_have_value("We found them")
    await change.click()
    await expect(page.locator("article", has_text="We found them")).to_have_count(2)
    await expect(words).to_be_hidden()


async def test_the_hand_stays_where_it_was(browser: Browser, desk: WebOffice) -> None:
    page, carla = await console(browser, desk), await desk.customer()
    # on what was pressed, or what opened it
    await page.keyboard.press("p")
    await page.keyboard.press("End")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#part")).to_contain_text("Priority: Urgent")
    await expect(page.locator("summary[data-key=p]")).to_be_focused()
    # on what stands in the page while it changes, and in the same place while it grows above
    await page.locator("summary", has_text="Close").focus()
    await carla.post("/c/ACME-1/say", text="One")
    await expect(page.locator("article", has_text="One")).to_have_count(2)
    await expect(page.locator("summary[data-key=c]")).to_be_focused()
    await page.locator("#text").click()
    await page.wait_for_timeout(100)
    before = await page.locator("#text").bounding_box()
    await carla.post("/c/ACME-1/say", text="\n".join(f"line {n}" for n in range(60)))
    await expect(page.locator("article", has_text="line 59")).to_have_count(2)
    after = await page.locator("#text").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 3
    # and on the board
    await carla.post("/c/", title="Another", text="x")
    await page.goto(f"{desk.network.url}/team/")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(page.locator(".board a", has_text="ACME-1")).to_be_focused()
    await carla.post("/c/", title="A third", text="x")
    await expect(page.locator(".board a", has_text="A third")).to_be_visible()
    await expect(page.locator(".board a", has_text="ACME-1")).to_be_focused()


async def test_a_filter_stands_in_the_address(browser: Browser, desk: WebOffice) -> None:
    await (await desk.customer()).post("/c/", title="Import fails", text="x")
    page = await console(browser, desk, "/team/")
    await page.keyboard.press("/")
    await page.keyboard.type("import")
    await expect(page.locator(".board article")).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/team/ACME-2")
    await page.keyboard.press("u")
    await page.wait_for_url("**/team/?project=ACME&words=import")
    await expect(page.locator(".board article")).to_have_count(1)
    # what is looked for next is what is watched
    await page.get_by_label("Title or number").fill("fails")
    await expect(page.locator(".board article")).to_have_count(2)
    await (await desk.customer()).post("/c/", title="All fails", text="x")
    await expect(page.locator(".board article")).to_have_count(3)


async def test_a_page_that_is_cut_off_says_so_and_comes_back(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk)
    broken = True

    async def answer(route: Route) -> None:
        await (route.fulfill(status=502, body="bad gateway") if broken else route.continue_())

    await page.route("**/live*", answer)
    await page.reload()
    await expect(page.locator("body")).to_have_class("lost")
    broken = False
    await (await desk.customer()).post("/c/ACME-1/say", text="Are you there?")
    await expect(page.locator("article", has_text="Are you there?")).to_have_count(2, timeout=15_000)
    await expect(page.locator("body")).not_to_have_class("lost")


async def test_words_do_not_vanish_with_what_they_are_about(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk)
    await page.keyboard.press("c")
    await page.keyboard.type("Fixed in 4.2.1")
    await (await desk.customer()).post("/c/ACME-1/close")
    await expect(page.locator("#said")).to_contain_text("This has changed meanwhile.")
    await expect(page.locator("form[action$=close] textarea[name=text]")).to_have_value("Fixed in 4.2.1")
    # and of whoever is let out only what they may not see
    await page.fill("#text", "half a note")
    await desk.halfdoor.keys.revoke(BACK)
    await expect(page.locator("#said")).to_contain_text("You may not see this any more.")
    await expect(page.locator("body")).not_to_contain_text("Carla, Acme (Web)")
    await expect(page.locator("#text")).to_have_value("half a note")
    await page.wait_for_timeout(6000)  # and it does not ask again and again
    await expect(page.locator("#said")).to_contain_text("You may not see this any more.")


async def test_why_something_is_refused_is_said_where_it_was_sent(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk)
    await page.fill("#text", "x" * 50_000)
    await page.locator("form.composer button.main").click()
    await expect(page.locator("form.composer #said")).to_contain_text("That is 50,000 characters")
    await expect(page.locator("#said")).to_be_in_viewport()
    assert len(await page.locator("#text").input_value()) == 50_000
    await page.fill("#text", "short")
    await page.locator("form.composer button.main").click()
    await expect(page.locator("article.note")).to_contain_text("short")
    await expect(page.locator("#said")).to_have_text("")


async def test_who_is_let_out_sees_nothing_any_more(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk)
    await expect(page.locator("body")).to_contain_text("Carla, Acme (Web)")
    await desk.halfdoor.keys.revoke(BACK)
    await expect(page.locator("body")).to_contain_text("Please say `/ticket console` in your team's channel")
    await expect(page.locator("body")).not_to_contain_text("Export fails")


async def test_who_is_let_out_before_their_page_watches_sees_nothing_any_more(
    browser: Browser, desk: WebOffice
) -> None:
    out = asyncio.Event()

    async def late(route: Route) -> None:
        await out.wait()
        await route.continue_()

    page = await browser.new_page()
    await page.route("**/live?*", late)
    secret = await desk.halfdoor.keys.give("once", BACK, ROBIN, timedelta(minutes=9))
    await page.goto(f"{desk.network.url}/team/enter/{secret}")
    await page.get_by_role("button", name="Come in").click()
    await page.goto(f"{desk.network.url}/team/ACME-1")
    await expect(page.locator("body")).to_contain_text("Carla, Acme (Web)")
    await desk.halfdoor.keys.revoke(BACK)
    out.set()
    await expect(page.locator("body")).to_contain_text("Please say `/ticket console` in your team's channel")
    await expect(page.locator("body")).not_to_contain_text("Export fails")


async def test_what_cannot_be_sent_now_stays_to_be_sent_again(browser: Browser, address: str) -> None:
    panes = await open_panes(browser, address)
    left = panes.left
    await left.fill("#title", "Export fails")
    await panes.page.context.set_offline(True)
    await left.get_by_role("button", name="Open ticket").click()
    await expect(left.locator("#said")).to_contain_text("I cannot be reached just now.")
    await expect(left.locator("#title")).to_have_value("Export fails")
    await panes.page.context.set_offline(False)
    await left.get_by_role("button", name="Open ticket").click()
    await left.wait_for_url("**/c/ACME-1")


async def test_a_draft_is_its_writers_alone_and_stays_where_it_was_begun(
    browser: Browser, desk: WebOffice
) -> None:
    keys, nine = desk.halfdoor.keys, timedelta(days=9)
    await desk.link("BETA", "Beta", OTHER, Place("web", "beta-team"))
    await (await desk.customer()).post("/c/", title="Another", text="x")
    page = await (await browser.new_context()).new_page()

    async def enters(place: Place, person: Person) -> None:
        await page.goto(f"{desk.network.url}/c/enter/{await keys.give('link', place, person, nine)}")
        await page.get_by_role("button", name="Come in").click()
        await page.wait_for_url("**/c/")

    async def begins(path: str, words: str) -> None:
        await page.goto(f"{desk.network.url}{path}")
        await expect(page.locator("#text")).to_have_value("")
        if path == "/c/" and not await page.locator("#text").is_visible():
            await page.keyboard.press("n")
        await page.locator("#text").fill(words)

    dora = Person("web", "dora", "Dora")
    await enters(FRONT, CARLA)
    await begins("/c/ACME-1", "carla's secret")
    await begins("/c/", "carla's question")
    # it is hers when she comes back, and on no other ticket
    await begins("/c/ACME-2", "")
    await page.goto(f"{desk.network.url}/c/ACME-1")
    await expect(page.locator("#text")).to_have_value("carla's secret")
    # nor in another project's form
    await enters(OTHER, CARLA)
    await expect(page.locator("#text")).to_have_value("")
    await enters(FRONT, CARLA)
    await expect(page.locator("#text")).to_have_value("carla's question")
    # her link is taken back, and somebody else opens theirs in the same tab
    await keys.revoke(FRONT, CARLA)
    await page.goto(f"{desk.network.url}/c/ACME-1")
    await expect(page.locator("#text")).to_have_count(0)
    await enters(FRONT, dora)
    await expect(page.locator("#text")).to_have_value("")
    await page.goto(f"{desk.network.url}/c/ACME-1")
    await expect(page.locator("#text")).to_have_value("")
    assert "carla" not in await page.evaluate("JSON.stringify(Object.entries(sessionStorage))")


async def test_what_was_looked_for_is_the_lookers_alone(browser: Browser, desk: WebOffice) -> None:
    page = await console(browser, desk, "/team/")
    await page.keyboard.press("/")
    await page.keyboard.type("secret")
    await page.wait_for_url("**/team/?project=ACME&words=secret")
    secret = await desk.halfdoor.keys.give("once", BACK, Person("web", "kim", "Kim"), timedelta(days=1))
    await page.goto(f"{desk.network.url}/team/enter/{secret}")
    await page.get_by_role("button", name="Come in").click()
    await page.goto(f"{desk.network.url}/team/ACME-1")
    await page.keyboard.press("u")
    await page.wait_for_url("**/team/?project=ACME")
