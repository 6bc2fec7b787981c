"""Reached by HTTP: what Slack has not signed, or signed long ago, is refused; what comes twice is taken once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from bot.ports import Unavailable
from tests.doubles.slack.server import sign
from tests.office import Office

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def http(sqlite_url: str) -> AsyncIterator[Office]:
    async with Office(sqlite_url, mode="http") as made:
        yield made


async def test_forged_and_stale_requests_are_refused(http: Office) -> None:
    body = urlencode({"command": "/ticket", "text": "create Forged", "user_id": http.robin.id})
    now = time.time()
    for headers in (
        {},
        sign(body, str(int(now)), "another-secret"),
        sign(body, str(int(now - 301))),
        sign(body + "x", str(int(now))),
        sign(body, "soon"),
    ):
        status, _ = await http.server.deliver(headers | FORM, body.encode())
        assert status == 401, headers
    await http.settle()
    assert http.robin.sees(http.front) == []


async def test_a_request_that_is_replayed_is_taken_once(http: Office) -> None:
    await http.ticket()
    http.carla.say(http.front, "one", thread=http.outside())
    await http.robin.slash(http.back, "reply ACME-1 Once")
    await http.robin.slash(http.front, "panel")
    await http.robin.click(http.robin.find(http.back, "ACME-1 ·"), "note")
    await http.robin.submit(text="noted once")
    await http.settle()
    before = (http.carla.sees_everything(http.front), http.robin.sees_everything(http.back))
    for headers, body in list(http.server.requests):
        status, _ = await http.server.deliver(headers, body)
        assert status == 200
    await http.settle()
    assert (http.carla.sees_everything(http.front), http.robin.sees_everything(http.back)) == before


async def test_slacks_question_whether_we_are_there_is_answered(http: Office) -> None:
    body = '{"type": "url_verification", "challenge": "abc", "token": "x"}'
    headers = sign(body, str(int(time.time()))) | {"Content-Type": "application/json"}
    assert await http.server.deliver(headers, body.encode()) == (200, {"challenge": "abc"})


async def test_the_health_page_says_what_is_away(http: Office) -> None:
    address = str(http.server.app_url).replace("/slack/events", "/health")
    async with ClientSession() as session:
        async with session.get(address) as answer:
            assert (answer.status, await answer.json()) == (200, {"ok": True})

        async def away() -> None:
            raise Unavailable("gone")

        http.network.health = away
        async with session.get(address) as answer:
            assert (answer.status, await answer.json()) == (503, {"ok": False, "away": "database"})
        async with session.get(address.replace("health", "elsewhere")) as answer:
            assert answer.status == 404


async def test_bytes_that_are_no_text_are_refused(http: Office) -> None:
    status, _ = await http.server.deliver(FORM, b"\xff\xfe\x00")
    assert status in (400, 401)


@pytest.mark.parametrize("sent", ["9" * 5000, "soon", "-1", "²"])
async def test_a_time_that_is_none_is_no_request_of_slacks(http: Office, sent: str) -> None:
    headers = {"X-Slack-Request-Timestamp": sent, "X-Slack-Signature": "v0=1"}
    status, _ = await http.server.deliver(FORM | headers, b"{}")
    assert status == 401
