"""The authorisation matrix on the networks: who people are there, and what becomes of all they can ask for.

What an act does by membership and place is the core's matrix (`tests/unit/test_rights.py`); here each kind of
person of each network runs into it by each command, button, form and address. One without a row fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import AsyncMock, Mock

import pytest

from adapters.discord.commands import group
from adapters.discord.listeners import Listening
from adapters.slack.interactions import Interactions
from bot.forms import entered, pressed
from bot.tickets import asks as a
from bot.tickets.grammar import VERBS, parse
from bot.tickets.model import Membership, Person, Place, Project
from bot.words.say import Refused
from tests.contracts.test_manifest import registered
from tests.discord_office import DiscordOffice
from tests.doubles.slack.people import Human
from tests.doubles.slack.world import GUEST_ORG, HOST
from tests.office import Office
from tests.unit.test_rights import KEPT, MATRIX, NO, PUBLIC, REFUSED, UNKNOWN, WORDS, YES
from tests.web_office import BACK, CARLA, FRONT, ROBIN, WebOffice

#: How each command is typed; `WORDS` are those that must not get out unless the matrix says so.
COMMANDS = {
    "create": f"create {WORDS}",
    "comment": f"comment ACME-1 {WORDS}",
    "reply": f"reply ACME-1 {WORDS}",
    "note": f"note ACME-1 {WORDS}",
    "status": "status ACME-1 pending",
    "assign": "assign ACME-1 me",
    "priority": "priority ACME-1 high",
    "tag": "tag ACME-1 canary",
    "title": "title ACME-1 Another",
    "close": f"close ACME-1 {WORDS}",
    "reopen": "reopen ACME-1",
    "rate": "rate ACME-1 4",
    "time": f"time ACME-1 30m {WORDS}",
    "list": "list",
    "preview": "preview ACME-1",
    "whoami": "whoami",
    "duty": "duty on",
    "panel": "panel",
    "console": "console",
    "setup": "setup",
    "help": "help",
}
UNSEEN = (
    "Only the support team can do that.",
    "I cannot see your team's channel right now",
    "Only the customer",
)
COLUMN = {YES: 0, NO: 1, UNKNOWN: 2}


def test_every_command_is_tried() -> None:
    assert set(COMMANDS) == set(VERBS)


def expected(ask: a.Ask, seen: Membership, *, inside: bool) -> str:
    """Return what the core's matrix says: of acts of one name the row with the same words, or the first."""
    rows = [row for row in MATRIX if row.name == type(ask).__name__]
    rows = [row for row in rows if getattr(row.act, "reason", "") == getattr(ask, "reason", "")] or rows
    rows = [row for row in rows if getattr(row.act, "minutes", 1) is not None] or rows
    rows = [row for row in rows if getattr(row.act, "status", "") is not None] or rows
    outcomes = rows[0].inside if inside else rows[0].outside
    return outcomes[COLUMN[seen]]


# ---------------------------------------------------------------- Slack


@dataclass
class OnSlack:
    """Who somebody is, how they come to be it, and where they are then."""

    who: Callable[[Office], Human]
    seen: Membership
    becomes: Callable[[Office, Human], None] = lambda office, who: None
    inside: bool = True
    outside: bool = True


def leaves(office: Office, who: Human) -> None:
    office.world.leave(office.back, who.user)


def joins(office: Office, who: Human) -> None:
    office.world.join(office.back, who.user)


def nobody_sees(office: Office, who: Human) -> None:
    office.world.throw_out(office.back, office.kim.user)


def is_staff_elsewhere(office: Office, who: Human) -> None:
    office.world.channel("beta-desk", who.user, private=True)


SLACK = {
    "staff": OnSlack(lambda office: office.robin, YES),
    "staff whom we cannot see": OnSlack(lambda office: office.robin, UNKNOWN, nobody_sees),
    "one who has just left": OnSlack(lambda office: office.robin, NO, leaves, inside=False),
    "one who has just joined": OnSlack(lambda office: office.olga, YES, joins),
    "a guest in the staff channel": OnSlack(lambda office: office.dora, NO, joins),
    "a guest outside": OnSlack(lambda office: office.dora, NO, inside=False),
    "a colleague outside": OnSlack(lambda office: office.olga, NO, inside=False),
    "a colleague outside whom we cannot see": OnSlack(
        lambda office: office.olga, UNKNOWN, nobody_sees, inside=False
    ),
    "staff of another customer": OnSlack(lambda office: office.olga, NO, is_staff_elsewhere, inside=False),
}


async def member(office: Office, who: Human) -> Membership:
    person = Person("slack", who.id, who.user.name)
    return await office.halfdoor.desk.membership(person, Place("slack", office.back.id))


@pytest.mark.parametrize("inside", [False, True], ids=["outside", "inside"])
@pytest.mark.parametrize("name", SLACK)
async def test_what_each_kind_of_person_can_do_by_command_on_slack(
    socket: Office, name: str, inside: bool
) -> None:
    office, kind = socket, SLACK[name]
    if not (kind.inside if inside else kind.outside):
        return  # they are not in that channel: Slack shows it to nobody else
    keys: dict[str, str] = {}
    for verb in COMMANDS:
        keys[verb] = await office.ticket(f"About {verb}")
        if verb in ("reopen", "rate"):
            office.carla.say(office.front, "<@UHALFDOOR> close", thread=office.outside(keys[verb]))
            await office.settle()
    who = kind.who(office)
    kind.becomes(office, who)
    await office.settle()
    assert await member(office, who) is kind.seen
    channel = office.back if inside else office.front
    for verb, text in COMMANDS.items():
        if verb in ("console", "setup"):
            continue  # the desk's and the network's own
        before = office.carla.sees_everything(office.front).count(WORDS)
        told = await who.slash(channel, text.replace("ACME-1", keys[verb]))
        await office.settle()
        outcome = expected(parse(text, {}), kind.seen, inside=inside)
        if verb == "panel" and inside and kind.seen is YES:
            assert told.startswith("The panel belongs into a customer channel")
            continue
        assert told.startswith(UNSEEN) is (outcome in (REFUSED, KEPT)), (verb, told)
        assert ("kept inside" in told) is (outcome == KEPT), (verb, told)
        public = office.carla.sees_everything(office.front).count(WORDS) > before
        assert public is (outcome == PUBLIC), (verb, told)


#: What buttons and forms ask for, by their names on Slack.
PRESSED: dict[str, str] = {
    "open_ticket": "a form",
    "comment": "a form",
    "reply": "a form",
    "edit": "a form of staff",
    "note": "a form",
    "status": "a form of staff",
    "assign": "a form",
    "close": "a form",
    "read": "AskRecord",
    "close_customer": "AskClose",
    "reopen": "AskReopen",
    "recall": "AskRecall",
    "rate_[1-5]": "AskRate",
}
FILLED: dict[str, dict[str, str]] = {
    "open": {"title": WORDS, "text": ""},
    "comment": {"text": WORDS},
    "reply": {"text": WORDS},
    "edit": {"text": WORDS},
    "note": {"text": WORDS},
    "status": {"status": "pending", "visibility": "public"},
    "assign": {"visibility": "public"},
    "close": {"resolution": WORDS, "reason": WORDS},
    "publish": {},
    "setup": {},
}
ASKS: dict[str, a.Ask] = {
    "comment": a.AskComment("ACME-1", WORDS),
    "reply": a.AskReply("ACME-1", WORDS),
    "edit": a.AskEdit("ACME-1", "e", WORDS),
    "note": a.AskNote("ACME-1", WORDS),
    "status": a.AskStatus("ACME-1", None),
    "assign": a.AskAssign("ACME-1", None),
    "close": a.AskClose("ACME-1", WORDS, WORDS),
    "publish": a.AskPublish("ACME-1", "e"),
}


def test_every_button_and_form_of_slack_is_tried() -> None:
    names = registered()
    assert {getattr(one, "pattern", one) for one in names["action"]} == set(PRESSED)
    assert set(names["view"]) == set(FILLED)
    assert names["shortcut"] == ["raise", "publish"]


async def test_a_button_or_form_that_is_none_of_ours_does_nothing_on_slack(socket: Office) -> None:
    await socket.ticket()
    pressed = Interactions(socket.network, socket.halfdoor.desk, socket.clock, AsyncMock())
    before = await socket.halfdoor.store.read(lambda tx: tx.events("ACME-1"))
    told: list[Any] = []

    async def ack(**answer: Any) -> None:
        told.append(answer)

    value = json.dumps({"t": "ACME-1", "e": "0", "p": "x", "l": "en"})
    about = {"c": socket.front.id, "l": "en", "t": "ACME-1", "e": "0", "d": "0"}
    view: dict[str, Any] = {
        "id": "V1",
        "callback_id": "shut",
        "private_metadata": json.dumps(about),
        "state": {"values": {}},
    }
    view["blocks"] = [{"type": "input", "block_id": "text"}]
    body: dict[str, Any] = {
        "user": {"id": socket.robin.id},
        "channel": {"id": socket.back.id},
        "trigger_id": "T1",
    }
    action = {"action_id": "rate_6", "value": value, "action_ts": "1.1"}
    await pressed.button(cast("Any", ack), body, action)
    await pressed.form_button(cast("Any", ack), body, action)
    await pressed.form(cast("Any", ack), body, view)
    await socket.settle()
    assert await socket.halfdoor.store.read(lambda tx: tx.events("ACME-1")) == before
    words = "Something went wrong on our side"
    assert [words in one for one in socket.robin.told()] == [True, True]
    assert words in told[-1]["errors"]["text"]


def test_a_button_or_form_that_is_none_of_ours_does_nothing_on_discord() -> None:
    """Discord lets nobody press what is not there; one of another version of ours can be."""
    with pytest.raises(Refused):
        pressed("discord", "frobnicate", {"ticket": "ACME-1", "choice": "5"})
    with pytest.raises(Refused):
        given = {"resolution": WORDS, "reason": WORDS, "text": WORDS}
        entered("discord", "shut", {"ticket": "ACME-1"}, given, None, str)


@pytest.mark.parametrize("who", ["carla", "dora", "olga", "robin"])
@pytest.mark.parametrize("seen", ["as they are", "unseen"])
async def test_a_form_that_was_forged_or_opened_before_does_no_more_than_a_command(
    socket: Office, who: str, seen: str
) -> None:
    """Slack lets nobody forge these; a form that was opened before a right was lost comes just so."""
    office = socket
    await office.ticket()
    await office.robin.slash(office.back, "note ACME-1 canary of ours")
    await office.settle()
    if seen == "unseen":
        office.world.throw_out(office.back, office.kim.user)
        await office.settle()
    human: Human = getattr(office, who)
    member_now = await member(office, human)
    entries = [one.id for one in await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))]
    for form, fields in FILLED.items():
        if form in ("open", "setup"):
            continue
        for entry in entries:
            before = office.carla.sees_everything(office.front).count(WORDS)
            values = {name: {name: state(name, value)} for name, value in fields.items()}
            about = {"c": office.front.id, "l": "en", "t": "ACME-1", "e": entry, "d": "0"}
            view = {
                "id": office.world.fresh("V"),
                "callback_id": form,
                "type": "modal",
                "app_installed_team_id": HOST,
                "blocks": [{"type": "input", "block_id": "text"}],
                "private_metadata": json.dumps(about),
                "state": {"values": values},
            }
            person = {"id": human.id, "team_id": human.user.team, "name": human.user.name}
            payload = {
                "type": "view_submission",
                "team": {"id": human.user.team},
                "user": person,
                "view": view,
            }
            answer = await human._interact("interactive", payload | {"api_app_id": "A1", "token": "t"})
            await office.settle()
            assert "canary of ours" not in repr(answer)
            if member_now is YES:
                continue
            outcome = expected(ASKS[form], member_now, inside=False)
            public = office.carla.sees_everything(office.front).count(WORDS) > before
            assert public is (outcome == PUBLIC and "closed already" not in repr(answer)), (form, answer)
    notes = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
    if member_now is not YES:
        # A form stays open when it is refused: nothing is kept of it twice.
        assert sum(WORDS in one.text for one in notes if type(one).__name__ == "Note") == 0


def state(name: str, value: str) -> dict[str, Any]:
    if name in ("status", "visibility"):
        return {"selected_option": {"value": value}}
    return {"value": value}


async def test_a_connect_customer_is_one_whatever_we_cannot_see(socket: Office) -> None:
    office = socket
    await office.ticket()
    eve = office.human("Eve", team=GUEST_ORG)
    for bot in (office.human("Bot", bot=True),):
        office.world.join(office.back, bot.user)
        await office.settle()
        assert await member(office, bot) is NO
        office.world.leave(office.back, bot.user)
    office.world.throw_out(office.back, office.kim.user)
    await office.settle()
    assert [await member(office, one) for one in (office.carla, eve, office.dora)] == [NO] * 3
    assert await member(office, office.robin) is UNKNOWN


# ---------------------------------------------------------------- Discord

OPTIONS: dict[str, dict[str, Any]] = {
    "comment": {"text": WORDS},
    "reply": {"text": WORDS},
    "note": {"text": WORDS},
    "status": {"status": "pending"},
    "assign": {},
    "take": {},
    "priority": {"priority": "high"},
    "tag": {"tags": "canary"},
    "title": {"title": "Another"},
    "close": {"reason": WORDS},
    "time": {"time": "30m", "what": WORDS},
    "list": {},
    "preview": {},
    "duty": {"on": True},
    "help": {},
}
OWN = {"create", "reopen", "rate", "panel", "setup", "whoami", "console"}


@pytest.fixture
async def light(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(sqlite_url) as made:
        yield made


@pytest.mark.parametrize("name", ["staff", "unseen", "left", "joined", "customer", "another's staff"])
async def test_what_each_kind_of_person_can_do_by_command_on_discord(light: DiscordOffice, name: str) -> None:
    office = light
    await office.ticket()
    who, seen = office.robin, YES
    match name:
        case "unseen":
            office.forbid(office.back, view_channel=False)
            seen = UNKNOWN
        case "left":
            office.server.backend.remove_member_role(office.guild.id, who.id, office.team.id)
            seen = NO
        case "joined":
            who = office.human("Nina")
            office.server.backend.add_member_role(office.guild.id, who.id, office.team.id)
        case "customer":
            who, seen = office.carla, NO
        case "another's staff":
            role = office.guild.create_role("Beta team")
            who, seen = office.human("Bob", role), NO
        case _:
            pass
    await office.settle()
    person = Person("discord", str(who.id), "x")
    assert await office.halfdoor.desk.membership(person, Place("discord", str(office.back.id))) is seen
    for verb, options in OPTIONS.items():
        typed = {"list": "list", "take": "assign ACME-1 me", "assign": "assign ACME-1 nobody"}
        ask = parse(typed.get(verb, COMMANDS.get(verb, "")), {})
        about = {} if verb in ("list", "duty", "help") else {"ticket": "ACME-1"}
        told = await office.told(who, office.front, verb, **about, **options)
        outcome = expected(ask, seen, inside=False)
        assert told.startswith(UNSEEN) is (outcome in (REFUSED, KEPT)), (verb, told)
        assert ("kept inside" in told) is (outcome == KEPT), (verb, told)
        shown = any(WORDS in row for row in (*office.outside(), *office.sees(office.carla, office.front)))
        assert shown is (outcome == PUBLIC), (verb, told)
        if "is closed" in told:
            await office.told(office.carla, office.front, "reopen", ticket="ACME-1")
        if shown:
            return  # it is public now, and would be found again


def test_every_command_of_discord_is_tried() -> None:
    assert {one.name for one in group(Mock(spec=Listening)).commands} == set(OPTIONS) | OWN


# ---------------------------------------------------------------- the web

#: What is answered at each address to who has no key, one that was taken back, or the other side's.
FREE = {"/", "/static/{name}", "/demo/{secret}"} | {f"/{half}/enter/{{secret}}" for half in ("c", "team")}


async def test_every_address_is_shut_to_whoever_has_no_key_for_it(sqlite_url: str, tmp_path: Path) -> None:
    async with WebOffice(sqlite_url, tmp_path / "files") as office:
        carla, robin = await office.customer(), await office.staff()
        await carla.post("/c/", title="Hello", text="canary of hers")
        await robin.post("/team/ACME-1/write", to="team", text="canary of ours")
        gone = await office.customer(Person("web", "gone", "Gone"))
        await office.halfdoor.keys.revoke(FRONT, Person("web", "gone", "Gone"))
        late = await office.customer(Person("web", "late", "Late"))
        await office.halfdoor.store.transact(
            lambda tx: tx.drop_expired(office.clock.now() + timedelta(days=1))
        )
        await office.link("BETA", "Beta", Place("web", "beta"), Place("web", "beta-team"))
        bob = await office.customer(Person("web", "bob", "Bob"), Place("web", "beta"))
        callers = {
            "nobody": office.visitor("c"),
            "whose key was taken back": gone,
            "a customer at the team's": carla,
            "the team at a customer's": robin,
            "another's customer": bob,
        }
        assert late.half == "c"
        routes = {
            (one.method, one.resource.canonical)
            for one in office.network.application().router.routes()
            if one.resource is not None and one.method != "HEAD"
        }
        tried = 0
        for method, template in sorted(routes):
            if template in FREE:
                continue
            path = template
            for name, value in (("key", "ACME-1"), ("entry", "x"), ("number", "0"), ("act", "say")):
                path = path.replace(f"{{{name}}}", value)
            path = re.sub(r"\{name\}\.\{kind\}", "opened.csv", path)
            assert "{" not in path, f"{template} has no row"
            for name, who in callers.items():
                own = (name == "a customer at the team's" and path.startswith("/c/")) or (
                    name == "the team at a customer's" and path.startswith("/team/")
                )
                if own or (
                    name == "another's customer" and path in ("/c/", "/c/part", "/c/live", "/c/leave")
                ):
                    continue
                async with who.session.request(method, who.url + path, allow_redirects=False) as answer:
                    body = await answer.text()
                    assert answer.status in (401, 403, 404), (name, method, path, answer.status)
                    assert "canary" not in body
                    tried += 1
        assert tried > 60


@pytest.mark.parametrize(
    ("person", "place", "seen"),
    [
        (ROBIN, BACK, YES),
        (CARLA, BACK, NO),
        (Person("web", "", ""), BACK, NO),
        (Person("slack", "U1", "Robin"), BACK, NO),
        (ROBIN, Place("slack", "C0"), NO),
        (Person("discord", "1", "Robin"), Place("discord", "2"), UNKNOWN),
    ],
)
async def test_who_is_staff_of_pages_and_of_networks_that_are_not_set_up(
    sqlite_url: str, tmp_path: Path, person: Person, place: Place, seen: Membership
) -> None:
    async with WebOffice(sqlite_url, tmp_path / "files") as office:
        await office.staff()
        assert await office.halfdoor.desk.membership(person, place) is seen


async def test_staff_of_one_project_are_customers_of_another(socket: Office) -> None:
    office = socket
    await office.ticket()
    front = office.world.channel("beta-support", office.dora.user)
    back = office.world.channel("beta-desk", office.olga.user, private=True)
    beta = Project("BETA", "Beta"), [Place("slack", front.id)], Place("slack", back.id)
    await office.halfdoor.store.transact(lambda tx: tx.link_places(*beta))
    office.halfdoor.desk.forget()
    await office.robin.slash(office.back, "note ACME-1 canary of ours")
    await office.robin.slash(office.back, "priority ACME-1 urgent")
    person = Person("slack", office.olga.id, "Olga")
    seen = [
        await office.halfdoor.desk.membership(person, Place("slack", one.id)) for one in (office.back, back)
    ]
    assert seen == [NO, YES]
    for channel in (office.front, back):
        for text in ("status ACME-1", "list", "list urgent", "preview ACME-1", "time ACME-1"):
            told = await office.olga.slash(channel, text)
            assert "canary" not in told
            assert "rgent" not in told
