"""`ports.Network` in memory: what each side would read, as lines of text."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from bot.ports import Content, FileGone, NotSent, Shut
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    Delivery,
    StaffCard,
    StaffNotice,
    ToCustomer,
)
from bot.tickets.model import File, Message, Note, Person, Place, PostRef, Side, Status
from bot.tickets.texts import duration, say

STAFF_PLACE = Place("console", "staff")
CUSTOMER_PLACE = Place("console", "customer")


class ConsoleNetwork:
    """Keeps each place's posts in order; `staff` holds who can see the staff place."""

    name = "console"
    pace = 0.0
    burst = 1

    def __init__(self, staff: frozenset[str]) -> None:
        self.places: dict[str, dict[str, str]] = {STAFF_PLACE.id: {}, CUSTOMER_PLACE.id: {}}
        self._staff = staff
        self._marks: dict[str, PostRef] = {}
        self._count = 0
        #: The message posted last, as its buttons would name it.
        self.last_entry = ""

    def write(self, place: Place, text: str) -> PostRef:
        """Put a post into a place."""
        self._count += 1
        post = PostRef(place, str(self._count))
        self.places[place.id][post.id] = text
        return post

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        return ("",)

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        if isinstance(delivery.content, Message):
            self.last_entry = delivery.content.id
        post = self._marks[mark] = self.write(delivery.surface.place, lines(delivery))
        return post

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> None:
        if post.id not in self.places[post.place.id]:
            raise NotSent("the post is gone", final=True)
        self.places[post.place.id][post.id] = lines(delivery)

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        self.places[post.place.id].pop(post.id, None)

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str]
    ) -> dict[str, PostRef]:
        return {part: self._marks[mark] for part, mark in marks.items() if mark in self._marks}

    async def door(self, place: Place, side: Side) -> Shut | None:
        return None

    async def announce(self, place: Place, text: str) -> None:
        self.write(place, text)

    async def tell(self, person: Person, text: str) -> None:
        self.write(STAFF_PLACE, f"{person.name}: {text}")

    async def is_staff(self, person: Person, staff_place: Place) -> bool:
        return person.id in self._staff

    def fetch(self, file: File) -> AbstractAsyncContextManager[Content]:
        raise FileGone

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing to let go of."""


def lines(delivery: Delivery) -> str:
    """Write out what a delivery shows."""
    language, content = delivery.surface.project.language, delivery.content
    match content:
        case CustomerCard():
            who = say("card.assigned", language, name=content.assignee) if content.assignee else ""
            who = "" if content.status is Status.CLOSED else who
            status = say(f"status.{content.status.value}", language)
            return f"[b]{content.ticket} · {content.title}[/b]\n{' · '.join(filter(None, (status, who)))}"
        case StaffCard():
            status = say(f"status.{content.status.value}", language)
            if content.public_status is not content.status:
                seen = say(f"status.{content.public_status.value}", language)
                status += f" ({say('card.customer_sees', language, status=seen)})"
            who = content.assignee.name if content.assignee else say("card.unassigned", language)
            booked = say("card.booked", language, time=duration(content.booked_minutes))
            parts = [status, who, booked if content.booked_minutes else "", " ".join(content.tags)]
            return f"[b]{content.ticket} · {content.title}[/b]\n{' · '.join(filter(None, parts))}"
        case ClosingNotice():
            text = f"✅ {say('closing.solved', language, key=content.ticket)}"
            if content.resolution is not None:
                text += f' {content.resolution.by.name}: "{content.resolution.text}"'
            if content.reopened_by:
                return f"{text}\n{say('closing.reopened', language, name=content.reopened_by)}"
            rated = content.rating and say("closing.rated", language, stars=content.rating)
            return f"{text}\n{rated or say('closing.how', language)}"
        case StaffNotice(text=text):
            return text
        case Note():
            return f"🔒 {content.by.name}: {content.text}"
        case Message():
            return _message(content, to_customer=isinstance(delivery, ToCustomer), language=language)


def _message(message: Message, *, to_customer: bool, language: str) -> str:
    staff = message.by.side is Side.STAFF
    name = message.by.name
    if to_customer:
        author = say("author.team", language, name=name) if staff else name
        return f"{author}: {message.text}"
    author = say("post.published", language, name=name) if staff else name
    if message.recalled is not None:
        return f"🌐 [s]{author}: {message.text}[/s]"
    return f"🌐 {author}: {message.text}"
