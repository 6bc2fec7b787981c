"""`uv run python -m tests.pictures.demo` takes the README's picture: of the real demo, in a real browser."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Frame, Page, async_playwright

from bot.wiring import demo_desk
from tests.doubles.chromium import FLAGS, chromium

PICTURE = Path(__file__).parents[2] / "manifest" / "demo.png"
MISSING = (
    "The picture needs emoji, and pngquant to keep it small:\n"
    "    apt-get install -y fonts-noto-color-emoji pngquant"
)
#: Pixels, and how many of the screen's are one of the page's.
WIDTH, HEIGHT, SCALE = 1400, 860, 1.5


def pane(page: Page, half: str) -> Frame:
    return next(one for one in page.frames if f"/{half}/" in one.url)


async def play(page: Page) -> None:
    """Let Carla ask and Robin answer, with a note in between, and stop while he writes once more."""
    left, right = pane(page, "c"), pane(page, "team")
    await left.locator("summary", has_text="Open a ticket").click()
    await left.fill("#title", "Printing is broken")
    await left.fill("#text", "It prints **blank** pages since Tuesday.")
    await left.get_by_role("button", name="Open ticket").click()
    await right.get_by_role("link", name="Printing is broken").click()
    for way, words in (
        ("A note for us", "Check the driver first, see the deploy log."),
        ("Reply to customer", "Which printer is it? We look at it now."),
    ):
        await right.get_by_label(way).check()
        await right.fill("form.composer textarea", words)
        await right.locator("form.composer button").click()
        await right.locator("article", has_text=words).first.wait_for()
    await left.locator("article", has_text="Which printer").wait_for()
    await right.locator("summary", has_text="Status").scroll_into_view_if_needed()
    await right.evaluate("scrollTo(0, 0)")


async def take(folder: Path) -> None:
    async with demo_desk(folder, port=0, seed=True) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        await page.goto(address)
        await play(page)
        raw = folder / PICTURE.name
        await page.screenshot(path=raw)
        await browser.close()
    shrunk = ["pngquant", "--force", "--strip", "--output", str(PICTURE), "64", str(raw)]
    await asyncio.to_thread(subprocess.run, shrunk, check=True, timeout=60)


def main() -> None:
    if not shutil.which("pngquant"):
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(Path(folder)))


if __name__ == "__main__":
    main()
