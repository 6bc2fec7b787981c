"""The command line, the settings and the log, as whoever runs Halfdoor meets them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
import structlog

from bot import logs
from bot.ports import NotSent
from bot.wiring import demo_desk, supervise
from tests import command_line
from tests.doubles.slack import SlackServer, World
from tests.doubles.slack.world import APP_TOKEN, BOT_TOKEN
from tests.office import Office
from tests.settings import PATIENCE, log_plainly

NO_TOKENS = {"HALFDOOR_SLACK_BOT_TOKEN": None, "HALFDOOR_SLACK_APP_TOKEN": None}


def invoke(*arguments: str, **environment: str | None) -> tuple[int, str]:
    return command_line.invoke(arguments, {**NO_TOKENS, **environment})


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A test sets the process's logging up, on a stream of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    log_plainly()
    root.handlers = handlers
    root.setLevel(level)


def test_each_missing_setting_is_named_with_what_it_is() -> None:
    code, said = invoke("run")
    assert code == 1
    assert "HALFDOOR_SLACK_BOT_TOKEN is missing. The bot token, xoxb-…" in said
    assert "HALFDOOR_SLACK_APP_TOKEN is missing. The app-level token, xapp-…" in said


def test_a_wrong_setting_is_named_and_its_value_is_not_shown() -> None:
    code, said = invoke("run", HALFDOOR_SLACK_BOT_TOKEN="secret-1", HALFDOOR_SLACK_APP_TOKEN="xapp-1")
    assert code == 1
    assert "HALFDOOR_SLACK_BOT_TOKEN must begin with xoxb-" in said
    assert "secret-1" not in said
    code, said = invoke("db", "upgrade", HALFDOOR_DATABASE_URL="mysql://x")
    assert code == 1
    assert "HALFDOOR_DATABASE_URL must begin with sqlite:/// or postgresql://" in said


def test_a_database_that_is_away_is_said_to_be_away() -> None:
    code, said = invoke("db", "upgrade", HALFDOOR_DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    assert code == 1
    assert "The database cannot be reached" in said
    assert "Traceback" not in said


def test_projects_are_added_and_listed() -> None:
    assert invoke("project", "list") == (
        1,
        "The database is not at this version. Run `halfdoor db upgrade` first.\n",
    )
    assert invoke("db", "upgrade")[0] == 0
    add = ("project", "add", "ACME", "Acme", "--customer", "slack:C1", "--staff", "slack:C2")
    assert invoke(*add) == (0, "ACME is set up.\n")
    listed = invoke("project", "list")[1]
    assert re.search(r"ACME .* Acme .* en .* 7 .* slack:C1 .* slack:C2", listed)
    taken = ("project", "add", "BETA", "Beta", "--customer", "slack:C1", "--staff", "slack:C3")
    assert invoke(*taken)[1].strip() == "One of these places belongs to ACME already."
    assert "is no place" in invoke("project", "add", "B2", "B", "--customer", "C1", "--staff", "slack:C3")[1]
    assert (
        "is no key" in invoke("project", "add", "b", "B", "--customer", "slack:C4", "--staff", "slack:C3")[1]
    )


def test_what_is_changed_of_a_project_is_said() -> None:
    assert invoke("db", "upgrade")[0] == 0
    add = ("project", "add", "ACME")
    assert invoke(*add, "Acme", "--customer", "slack:C1", "--staff", "slack:C2")[0] == 0
    assert invoke(*add, "Acme", "--customer", "slack:C1", "--staff", "slack:C2")[1] == (
        "ACME: nothing has changed.\n"
    )
    more = "--customer", "discord:1012345678901234567", "--customer", "web:acme", "--every-message"
    options = "--staff", "slack:G3", "--language", "de", "--reopen-days", "14", "--whole-team"
    assert invoke(*add, " Acme  [b]Inc ", *more, *options)[1] == (
        "ACME: staff place slack:C2 -> slack:G3;"
        " customer place discord:1012345678901234567 is new; customer place web:acme is new;"
        " customer place slack:C1 is no longer one;"
        " name Acme -> Acme [b]Inc; language en -> de; days to reopen 7 -> 14;"
        " intake mentions -> every message; staff threads private -> for the whole team.\n"
    )


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("teams:C1", "“teams” is no network I know: choose one of slack, discord, web."),
        ("Slack:C1", "“Slack” is no network I know"),
        ("slack:#acme-support", "“#acme-support” cannot be a place on slack: write a channel's id, such as"),
        ("slack:D0123456789", "“D0123456789” cannot be a place on slack"),
        ("slack:U0123456789", "cannot be a place on slack"),
        ("slack:c0123456789", "cannot be a place on slack"),
        ("slack:C0123 456", "cannot be a place on slack"),
        ("discord:acme-support", "“acme-support” cannot be a place on discord"),
        ("discord:0", "cannot be a place on discord"),
        ("discord:<#1012345678901234567>", "cannot be a place on discord"),
        ("discord:-1012345678901234567", "cannot be a place on discord"),
        ("web:Acme Support", "“Acme Support” cannot be a place on web: write small letters"),
        ("web:a/b", "cannot be a place on web"),
        ("web:-", "cannot be a place on web"),
        ("slack:", "is no place"),
    ],
)
def test_a_place_that_cannot_be_one_is_refused(place: str, words: str) -> None:
    assert invoke("db", "upgrade")[0] == 0
    for places in (
        ("--customer", place, "--staff", "slack:C2"),
        ("--customer", "slack:C1", "--staff", place),
    ):
        code, said = invoke("project", "add", "ACME", "Acme", *places)
        assert code == 1
        assert words in said
    assert "ACME" not in invoke("project", "list")[1]


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u3164", "\u2800", "\u00ad\u0301", "x" * 61])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    assert invoke("db", "upgrade")[0] == 0
    code, said = invoke("project", "add", "ACME", name, "--customer", "slack:C1", "--staff", "slack:C2")
    assert (code, said) == (1, "A name has 1 to 60 characters, and something to see in it.\n")


async def test_deliveries_are_listed_retried_and_dropped(office: Office) -> None:
    await office.ticket()
    fault = office.server.fault("chat.postMessage", "error", times=99, code="restricted_action")
    fault.channel = office.front.id
    await office.robin.slash(office.back, "reply ACME-1 secret one")
    await office.robin.slash(office.back, "reply ACME-1 secret two")
    await office.settle()
    await office.halfdoor.stop()
    environment = {"HALFDOOR_DATABASE_URL": office.database_url}
    listed = await in_thread("deliveries", "list", **environment)
    assert "restricted" in listed
    assert "secret" not in listed
    assert "was not set aside" in await in_thread("deliveries", "drop", "999", **environment)
    number = re.findall(r"│ (\d+) ", listed)[0]
    assert "will not be sent" in await in_thread("deliveries", "drop", number, **environment)
    assert "Name one delivery" in await in_thread("deliveries", "retry", **environment)
    assert "1 will be sent again." in await in_thread("deliveries", "retry", "--all", **environment)
    assert "Nothing like that" in await in_thread("deliveries", "retry", "--all", **environment)
    office.server.faults.clear()
    await office.open(link=False)
    await office.settle()
    assert office.customer_thread() == ["Robin (Support): secret two"]


async def in_thread(*arguments: str, **environment: str) -> str:
    return (await asyncio.to_thread(lambda: invoke(*arguments, **environment)))[1]


async def test_the_demo_is_a_page_with_both_sides_of_a_real_desk(tmp_path: Path) -> None:
    async with demo_desk(tmp_path, port=0, seed=True) as address, Browser() as browser:
        text = await browser.text(address)
        assert "Carla, a customer" in text
        assert "Robin, on your team" in text
        root = address.partition("/demo/")[0]
        board, page = await browser.text(f"{root}/team/?closed=1"), await browser.text(f"{root}/c/")
        assert sum(map(int, re.findall(r'<h2>.*? <span class="soft">(\d+)</span>', board))) == 60
        assert "That is the new CSV writer." not in page
        assert await browser.status(f"{root}/demo/guess") == 404
    # started again in the same folder it goes on, and lives no second month
    async with demo_desk(tmp_path, port=0, seed=True) as address, Browser() as browser:
        await browser.text(address)
        board = await browser.text(f"{address.partition('/demo/')[0]}/team/?closed=1")
        assert sum(map(int, re.findall(r'<h2>.*? <span class="soft">(\d+)</span>', board))) == 60


class Browser:
    """Remembers cookies."""

    async def __aenter__(self) -> Browser:
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def text(self, url: str) -> str:
        async with self.session.get(url) as answer:
            assert answer.status == 200
            return await answer.text()

    async def status(self, url: str) -> int:
        async with self.session.get(url) as answer:
            return answer.status


def test_links_are_printed_used_and_taken_back(tmp_path: Path) -> None:
    settings = {
        "HALFDOOR_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db",
        "HALFDOOR_WEB_URL": "https://desk.example",
    }
    invoke("db", "upgrade", **settings)
    places = ("--customer", "web:acme", "--staff", "slack:C1")
    assert invoke("project", "add", "ACME", "Acme", *places, **settings)[0] == 0
    code, said = invoke("web", "link", "ACME", "--name", "Carla", **settings)
    assert code == 0
    assert re.fullmatch(r"https://desk\.example/c/enter/[\w-]{43}", said.strip())
    code, said = invoke("web", "staff", "ACME", "--name", "Robin", **settings)
    assert (code, "has no such place on the web" in said) == (1, True)
    for name in ("Robin (Support)", "Halfdoor", "Rоbin (Teаm)"):
        code, said = invoke("web", "link", "ACME", "--name", name, **settings)
        assert (code, "could be taken for our team's" in said) == (1, True)
    assert "Nothing can be seen" in invoke("web", "link", "ACME", "--name", "\u3164", **settings)[1]
    code, said = invoke("web", "link", "BETA", **settings)
    assert (code, "There is no project BETA" in said) == (1, True)
    assert "1 links and sessions were taken back" in invoke("web", "revoke", "ACME", **settings)[1]


async def test_the_desk_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """`halfdoor run` on an empty folder: makes its database, connects, and ends cleanly on SIGTERM."""
    async with SlackServer(World()) as server:
        environment = {
            **os.environ,
            "HALFDOOR_SLACK_BOT_TOKEN": BOT_TOKEN,
            "HALFDOOR_SLACK_APP_TOKEN": APP_TOKEN,
            "HALFDOOR_SLACK_API_URL": server.url,
            "HALFDOOR_LOG_FORMAT": "json",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environment, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
        )
        # It may take as long as a slow machine takes to compile all that it imports: this only ends a hang.
        async with asyncio.timeout(300):
            while server.connections < 2:
                await asyncio.sleep(0.02)
            process.terminate()
            _, said = await process.communicate()
    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in said.decode().splitlines()]
    assert events[0] == "started" or "slack_connected" in events
    assert events[-1] == "stopped"
    # Both connections may stand while it still looks back: what was under way is finished, and says so.
    assert [one for one in events if one != "caught_up"][-2:] == ["stopping", "stopped"]
    assert (tmp_path / "halfdoor.db").exists()
    assert b"xoxb" not in said


class TestTheLog:
    def test_an_exception_is_told_by_its_type_and_place_alone(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure("info", "json")
        try:
            raise ValueError("the text of a note")
        except ValueError:
            structlog.get_logger().exception("failed", ticket="ACME-1")
        said = json.loads(capfd.readouterr().err)
        assert said["exception"].endswith("ValueError")
        assert "text of a note" not in str(said)

    def test_secrets_are_taken_out_wherever_they_stand(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.configure("info", "json")
        logging.getLogger("slack_bolt").warning("bad token xoxb-12-ab and xapp-1-x")
        logging.getLogger("discord").warning(f"bad token M{'T' * 25}.abcdef.{'x' * 30}")
        structlog.get_logger().warning("x", url="postgresql://user:hunter2@host/name")
        said = capfd.readouterr().err
        assert "xoxb-12-ab" not in said
        assert "xapp-1-x" not in said
        assert "abcdef" not in said
        assert "hunter2" not in said

    def test_what_libraries_say_below_a_warning_is_not_logged(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure("debug", "json")
        logging.getLogger("slack_sdk").debug("payload: the text of a note")
        logging.getLogger("slack_bolt").info("payload: the text of a note")
        assert capfd.readouterr().err == ""

    async def test_a_tickets_life_leaves_no_text_and_no_token_in_the_log(
        self, sqlite_url: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure("debug", "json")
        async with Office(sqlite_url) as office:
            await office.ticket("the canary question")
            office.server.fault("chat.postMessage", "500_after", channel=office.back.id)
            office.robin.say(office.back, "a canary note", thread=office.inside())
            office.robin.say(office.back, "<@UHALFDOOR> repyl canary", thread=office.inside())
            await office.robin.slash(office.back, "reply ACME-1 canary reply")
            await office.robin.slash(office.back, "note ACME-1 canary")
            await office.settle()
            await office.clock.advance(10)
            await office.settle()
        said = capfd.readouterr().err
        assert "slack_connected" in said
        assert "canary" not in said
        assert "xoxb" not in said
        assert "xapp" not in said


async def test_a_network_that_fails_is_run_again(capsys: pytest.CaptureFixture[str]) -> None:
    class Flaky:
        name = "flaky"
        runs = 0

        async def run(self) -> None:
            self.runs += 1
            if self.runs == 1:
                raise NotSent("invalid_auth: the bot token is not valid")
            if self.runs == 2:
                raise ZeroDivisionError
            up.set()
            await asyncio.Event().wait()

    up, flaky = asyncio.Event(), Flaky()
    running = asyncio.create_task(supervise(flaky))  # type: ignore[arg-type]
    async with asyncio.timeout(PATIENCE):
        await up.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert flaky.runs == 3
    said = capsys.readouterr().out
    assert "invalid_auth: the bot token is not valid" in said
    assert "ZeroDivisionError" in said
