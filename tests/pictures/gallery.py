"""What is on the pictures: the payloads of one ticket, made by the code that sends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from adapters.slack import forms, network, render
from bot.ports import Answer, Listing, Preview, Words
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    CustomerContent,
    StaffCard,
    StaffContent,
    ToCustomer,
    ToStaff,
)
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    Priority,
    Project,
    Recall,
    Side,
    StaffSurface,
    Status,
)
from bot.view import forms as view_forms
from bot.view.layout import Spot
from bot.words.say import Refused, say
from tests.pictures.words import Reader

Payload: TypeAlias = dict[str, Any]

NOW = datetime(2026, 3, 5, 10, 31, tzinfo=UTC)
OPENED = datetime(2026, 3, 5, 10, 4, tzinfo=UTC)
CUSTOMERS, TEAM = Place("slack", "C0CUSTOMER"), Place("slack", "C0TEAM")
CARLA, ROBIN, KIM = (Person("slack", f"U0{name.upper()}", name) for name in ("Carla", "Robin", "Kim"))
BOT = "U0HALFDOOR"
NAMES = (
    {CUSTOMERS.id: "acme-support", TEAM.id: "acme-team"}
    | {one.id: one.name for one in (CARLA, ROBIN, KIM)}
    | {BOT: "Halfdoor"}
)
READER = Reader(NOW, NAMES)
KEY, TITLE = "ACME-12", "Export fails with an empty file"
EN, DE = Project("ACME", "Acme"), Project("ACME", "Acme", language="de")
SUPPORT = Actor(ROBIN, Side.STAFF)

MESSAGE = Message(
    id="m1",
    ticket=KEY,
    by=Actor(CARLA, Side.CUSTOMER),
    at=NOW,
    text="It happens with the *March* report too:\n\n1. Press `Export`\n2. Open the file, it has 0 bytes",
)
REPLY = Message(id="m2", ticket=KEY, by=SUPPORT, at=NOW, text="We found it, a fix goes out **today**.")
RECALLED = Message(
    id="m3", ticket=KEY, by=SUPPORT, at=NOW, text="Please try again tomorrow.", recalled=Recall(SUPPORT, NOW)
)
NOTE = Note(id="n1", ticket=KEY, by=SUPPORT, at=NOW, text="That is the new CSV writer, see the deploy log.")
RESOLUTION = Message(
    id="m4", ticket=KEY, by=SUPPORT, at=NOW, text="Fixed in 4.2.1, please reload the page.", resolves=1
)


def customer_card(status: Status = Status.OPEN, assignee: str | None = None) -> CustomerCard:
    return CustomerCard(
        ticket=KEY,
        title=TITLE,
        status=status,
        assignee=assignee,
        opened_by=CARLA.name,
        opened_at=OPENED,
        follows=None,
        reopen_days=7,
    )


def closing(rating: int | None = None) -> ClosingNotice:
    return ClosingNotice(
        ticket=KEY,
        number=1,
        closed_by=ROBIN.name,
        at=NOW,
        until=NOW + timedelta(days=7),
        resolution=RESOLUTION,
        rating=rating,
        reopened_by=None,
        expired=False,
    )


def staff_card(key: str = KEY, title: str = TITLE, status: Status = Status.ON_HOLD) -> StaffCard:
    return StaffCard(
        ticket=key,
        title=title,
        status=status,
        public_status=Status.IN_PROGRESS,
        assignee=ROBIN,
        public_assignee=ROBIN,
        priority=Priority.HIGH,
        tags=("export", "regression"),
        booked_minutes=90,
        requester=CARLA.name,
        project=EN.name,
        customer_place=CUSTOMERS,
        opened_at=OPENED,
        follows=None,
        rating=None,
    )


# ---------------------------------------------------------------- the arguments of Slack's methods


def customer(content: CustomerContent, about: Project = EN) -> Payload:
    thread = "1.0" if isinstance(content, Message | ClosingNotice) else None
    surface = CustomerSurface(KEY, about, CUSTOMERS, thread)
    return posted(network.posting(ToCustomer(surface, content), "mark", customize=True))


def staff(content: StaffContent, about: Project = EN) -> Payload:
    thread = "1.0" if isinstance(content, Message | Note) else None
    surface = StaffSurface(KEY, about, TEAM, thread)
    return posted(network.posting(ToStaff(surface, content), "mark", customize=True))


def posted(arguments: Payload) -> Payload:
    return {name: value for name, value in arguments.items() if value is not None}


def shown(post: render.Post, place: Place, **more: Any) -> Payload:
    return {"channel": place.id, "text": post.text, "blocks": post.blocks, **more}


def told(answer: Answer, place: Place, thread: str | None = None) -> Payload:
    more = {"user": ROBIN.id} | ({"thread_ts": thread} if thread else {})
    return shown(render.answer(answer), place, **more)


def tombstone() -> Payload:
    """What chat.update leaves of a reply: Slack keeps the name it was posted under."""
    left = render.tombstone("en")
    return customer(REPLY) | {"text": left.text, "blocks": left.blocks}


def preview() -> Preview:
    surface = CustomerSurface(KEY, EN, CUSTOMERS, "1.0")
    contents = (customer_card(Status.IN_PROGRESS, ROBIN.name), MESSAGE, REPLY)
    return Preview(tuple(ToCustomer(surface, one) for one in contents), "en")


def mistyped() -> Words:
    refused = Refused("no.command.nearest", word="repyl", nearest="reply")
    return Words(f"{refused.words('en')} {say('said.stayed', 'en')}", refused=True)


def listing() -> Listing:
    second = staff_card("ACME-11", "Login page is slow", Status.IN_PROGRESS)
    title = say("list.title", "en", n=2, project=EN.name)
    return Listing(title, (staff_card(), second), 0, "en")


def to_publish() -> Payload:
    reply = Message(id=NOTE.id, ticket=KEY, by=SUPPORT, at=NOW, text=NOTE.text)
    blocks = render.for_customer(reply, EN).named().blocks
    return forms.printed(view_forms.publish("en", KEY, NOTE.id, "seen"), TEAM.id, ROBIN.id, blocks)


def inside(form: view_forms.Form) -> Payload:
    return forms.printed(form, TEAM.id, ROBIN.id)


def home() -> Payload:
    """What awaits Robin, on all desks."""
    third = staff_card("BETA-3", "Invoice has the wrong address", Status.PENDING)
    first = replace(listing(), title=say("home.mine", "en", n=2))
    waiting = Listing(say("home.waiting", "en", n=1), (replace(third, project="Beta"),), 0, "en")
    nobody = Listing(say("home.unassigned", "en", n=0), (), 0, "en")
    return render.home((first, nobody, waiting), render.nowhere)


#: Each picture's name, and what makes the payload drawn on it: posts, or one view.
PICTURES: dict[str, Callable[[], list[Payload] | Payload]] = {
    "panel": lambda: [shown(render.panel("en"), CUSTOMERS)],
    "customer-card": lambda: [customer(customer_card())],
    "customer-card-in-progress": lambda: [customer(customer_card(Status.IN_PROGRESS, ROBIN.name))],
    "customer-card-closed": lambda: [customer(customer_card(Status.CLOSED, ROBIN.name))],
    "customer-card-de": lambda: [customer(customer_card(Status.PENDING, ROBIN.name), DE)],
    "message": lambda: [customer(MESSAGE), staff(MESSAGE)],
    "reply": lambda: [customer(REPLY), staff(REPLY)],
    "recalled": lambda: [tombstone(), staff(RECALLED)],
    "closing": lambda: [customer(closing())],
    "closing-rated": lambda: [customer(closing(rating=5))],
    "staff-card": lambda: [staff(staff_card())],
    "note": lambda: [staff(NOTE)],
    "mistyped": lambda: [told(mistyped(), TEAM, "1.0")],
    "list": lambda: [told(listing(), TEAM)],
    "preview": lambda: [told(preview(), TEAM, "1.0")],
    "form-open": lambda: forms.printed(view_forms.open_ticket("en"), CUSTOMERS.id, CARLA.id),
    "form-comment": lambda: forms.printed(view_forms.comment("en", KEY), CUSTOMERS.id, CARLA.id),
    "form-reply": lambda: inside(view_forms.reply("en", KEY, ROBIN.name, Spot(CUSTOMERS))),
    "form-edit": lambda: inside(
        view_forms.edit("en", KEY, REPLY.id, REPLY.text, ROBIN.name, Spot(CUSTOMERS))
    ),
    "form-note": lambda: inside(view_forms.note("en", KEY)),
    "form-publish": to_publish,
    "form-status": lambda: inside(view_forms.status("en", KEY, Status.IN_PROGRESS)),
    "form-assign": lambda: inside(view_forms.assign("en", KEY)),
    "form-close": lambda: inside(view_forms.close("en", KEY)),
    "form-close-de": lambda: inside(view_forms.close("de", KEY)),
    "form-record": lambda: forms.shown(
        say("form.record.title", "en"), render.answer(preview()).blocks[1:], "en"
    ),
    "home": home,
    "home-customer": lambda: render.home_of_others("en", BOT),
    "form-setup": lambda: forms.setup("en", CUSTOMERS.id),
}
