"""Pages at a hundred thousand tickets: how long they and what is done on them take, and requests a second beside
a bare handler of the same template.

The bare handler draws the same ticket's page, once read, and does nothing else: no session, no look-up.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
from aiohttp import web

from adapters.web import render
from adapters.web.render import Reader
from bot.pages import Outside, Pages
from bot.ports import ProjectPlaces
from bot.tickets import commands as c
from bot.tickets.decide import decide, open_ticket
from bot.tickets.evolve import evolve
from bot.tickets.model import Actor, CustomerSurface, Project, Side, StaffSurface, Status, Surfaces
from bot.wiring import SystemClock
from storage.store import SqlStore
from storage.upgrade import upgrade
from tests.web_office import BACK, CARLA, FRONT, ROBIN, WebOffice

TICKETS, BATCH, REQUESTS, AT_ONCE, ROUNDS, LOOKS, ACTS = 100_000, 2_000, 600, 8, 3, 60, 20


async def fill(url: str) -> None:
    """Write the tickets: most of them closed, as in life."""
    upgrade(url)
    store, clock = SqlStore(url), SystemClock()
    about = Project("ACME", "Acme")
    await store.transact(lambda tx: tx.link_places(about, [FRONT], BACK))
    link = ProjectPlaces(about, (FRONT,), BACK)
    carla, robin = Actor(CARLA, Side.CUSTOMER), Actor(ROBIN, Side.STAFF)

    def write(tx: object, first: int) -> None:
        for n in range(first, first + BATCH):
            at = clock.now() - timedelta(minutes=TICKETS - n)
            number = tx.next_number("ACME")  # type: ignore[attr-defined]
            command = c.Open(
                by=carla, number=number, title=f"Question {n}", text="It is **so**.", entry_id=f"e{n}"
            )
            events = list(open_ticket(command, at, about))
            ticket = evolve(None, events)
            if n % 50:
                done = decide(
                    ticket, c.Close(by=robin, entry_id=f"c{n}", resolution="", reason=""), at, about
                )
            else:
                done = decide(ticket, c.SetStatus(by=robin, status=Status.IN_PROGRESS), at, about)
            after = evolve(ticket, done)
            key = ticket.key
            surfaces = Surfaces(CustomerSurface(key, about, FRONT), StaffSurface(key, about, BACK))
            tx.add(after, surfaces)  # type: ignore[attr-defined]
            tx.save(None, after, [*events, *done])  # type: ignore[attr-defined]

    for first in range(0, TICKETS, BATCH):
        await store.transact(partial(write, first=first))
    await store.close()
    assert link.customer_places


def bare(pipe: Connection, outside: Outside) -> None:
    """Serve the same page from the same template, and nothing else."""

    async def serve() -> None:
        about, reader = Project("ACME", "Acme"), Reader("en", csrf="x" * 64)

        async def page(_: web.Request) -> web.Response:
            part = render.ticket_part(outside, reader, about)
            return web.Response(text=render.ticket(part, outside.card, reader), content_type="text/html")

        app = web.Application()
        app.router.add_get("/page", page)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}/page")
        await asyncio.to_thread(pipe.recv)

    asyncio.run(serve())


def halfdoor(pipe: Connection, url: str, folder: str) -> None:
    """Serve the pages."""

    async def serve() -> None:
        async with WebOffice(url, Path(folder)) as office:
            visitors = await office.customer(), await office.staff()
            cookies = [next(iter(one.session.cookie_jar)) for one in visitors]
            tokens = {one.half: await one.token() for one in visitors}
            pipe.send((office.network.url, {one.key: one.value for one in cookies}, tokens))
            await asyncio.to_thread(pipe.recv)

    asyncio.run(serve())


async def rate(url: str, cookies: dict[str, str]) -> float:
    """Return requests a second, several at a time."""
    left = iter(range(REQUESTS))
    async with aiohttp.ClientSession(
        headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    ) as session:

        async def one() -> None:
            for _ in left:
                async with session.get(url) as answer:
                    assert answer.status == 200
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        return REQUESTS / (time.perf_counter() - began)


async def looks(root: str, cookies: dict[str, str]) -> dict[str, list[float]]:
    """Return how long each page takes, one after the other, in milliseconds."""
    paths = (
        "/c/",
        f"/c/ACME-{TICKETS // 2}",
        "/team/",
        "/team/?words=Question+4711&closed=1",
        f"/team/ACME-{TICKETS // 2}",
        f"/c/?words=Question+{TICKETS // 3}",
        f"/c/?before=ACME-{TICKETS // 2}",
    )
    found: dict[str, list[float]] = {path: [] for path in paths}
    async with aiohttp.ClientSession(
        headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    ) as session:
        for _ in range(LOOKS):
            for path, times in found.items():
                began = time.perf_counter()
                async with session.get(root + path) as answer:
                    assert answer.status == 200
                    await answer.read()
                times.append((time.perf_counter() - began) * 1000)
    return found


async def acts(root: str, cookies: dict[str, str], tokens: dict[str, str]) -> dict[str, list[float]]:
    """Return how long what is done takes until the page that shows it is there, in milliseconds."""
    key = f"ACME-{TICKETS - 50}"  # it is open
    forms: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/c/{key}/say", {"text": "It is **so**."}),
        (f"/team/{key}/write", {"text": "a note", "to": "note"}),
        (f"/team/{key}/write", {"text": "a reply", "to": "customer"}),
        (f"/team/{key}/time", {"time": "5m", "what": "looking"}),
        ("/c/", {"title": "One more", "text": "It is so."}),
    )
    found: dict[str, list[float]] = {}
    async with aiohttp.ClientSession(
        headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "HX-Request": "true"}
    ) as session:
        for _ in range(ACTS):
            for path, fields in forms:
                form = {"csrf": tokens[path.split("/")[1]], **fields}
                began = time.perf_counter()
                async with session.post(root + path, data=form) as answer:
                    assert answer.status == 200
                    assert "HX-Retarget" not in answer.headers
                    await answer.read()
                taken = (time.perf_counter() - began) * 1000
                found.setdefault(f"{path} {fields.get('to', '')}".strip(), []).append(taken)
    return found


async def run(*, profile: bool = False) -> tuple[list[tuple[str, str]], dict[str, float]]:
    """Serve both in processes of their own, in turn, and compare medians."""
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/desk.db"
        await fill(url)
        store = SqlStore(url)
        outside = await Pages(store, SystemClock()).ticket_outside(FRONT, f"ACME-{TICKETS // 2}")
        await store.close()
        assert outside is not None
        first, pipe = context.Pipe(), context.Pipe()
        servers = [
            context.Process(target=bare, args=(first[1], outside), daemon=True),
            context.Process(target=halfdoor, args=(pipe[1], url, folder), daemon=True),
        ]
        for one in servers:
            one.start()
        plain = await asyncio.to_thread(first[0].recv)
        root, cookies, tokens = await asyncio.to_thread(pipe[0].recv)
        page = f"{root}/c/ACME-{TICKETS // 2}"
        rates: dict[str, list[float]] = {"bare": [], "halfdoor": []}
        for _ in range(ROUNDS):
            rates["bare"].append(await rate(plain, {}))
            rates["halfdoor"].append(await rate(page, cookies))
        times = await looks(root, cookies)
        done = await acts(root, cookies, tokens)
        for one in servers:
            one.kill()
    middle = {name: statistics.median(found) for name, found in rates.items()}
    rows = [(f"{name}, requests a second", f"{found:.0f}") for name, found in middle.items()]
    for path, found in (times | {f"POST {path}": found for path, found in done.items()}).items():
        rows.append((f"{path}, ms p50 / p99", f"{_at(found, 50):.1f} / {_at(found, 99):.1f}"))
    every = [one for found in times.values() for one in found]
    return rows, {
        "requests_ratio": middle["halfdoor"] / middle["bare"],
        "page_ms_p50": _at(every, 50),
        "page_ms_p99": _at(every, 99),
    }


def _at(found: list[float], percent: int) -> float:
    return statistics.quantiles(found, n=100, method="inclusive")[percent - 1]
