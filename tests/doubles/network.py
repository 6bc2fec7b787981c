"""A network in memory that notes every call, and fails as it is told to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.ports import FileGone, PlaceShut
from bot.tickets.deliveries import CustomerCard, Delivery, StaffCard, StaffNotice
from bot.tickets.model import Actor, Membership, Message, Note, Person, Place, PostRef, Side

CARLA = Actor(Person("fake", "UCARLA", "Carla"), Side.CUSTOMER)
ROBIN = Actor(Person("fake", "UROBIN", "Robin"), Side.STAFF)


@dataclass
class FakeNetwork:
    """A network that notes every call, and fails as it is told to."""

    name: str = "fake"
    pace: float = 0.0
    burst: int = 1
    posts: list[tuple[str, str]] = field(default_factory=list)
    shut: PlaceShut | None = None
    #: Whether we cannot see who is in the staff place.
    unseen: bool = False
    in_parts: Callable[[Delivery], tuple[str, ...]] = lambda _: ("",)
    updates: list[tuple[str, str]] = field(default_factory=list)
    marks: dict[str, PostRef] = field(default_factory=dict)
    #: Called before a post takes effect, and after; may raise or wait.
    before: Callable[[Delivery], Any] = lambda delivery: None
    after: Callable[[Delivery], Any] = lambda delivery: None
    under_way: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: What stands now, and what each person was told alone.
    standing: dict[PostRef, str] = field(default_factory=dict)
    told: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    most: int = 0
    overlaps: int = 0

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        return self.in_parts(delivery)

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        surface = f"{delivery.surface.ticket}{type(delivery).__name__}"
        self.under_way[surface] += 1
        self.overlaps += self.under_way[surface] > 1
        self.most = max(self.most, sum(self.under_way.values()))
        try:
            await self._maybe(self.before(delivery))
            place = delivery.surface.place
            post = self.marks[mark] = PostRef(place, f"{len(self.posts) + 1}")
            self.posts.append((place.id, text(delivery)))
            self.standing[post] = text(delivery)
            await self._maybe(self.after(delivery))
            return post
        finally:
            self.under_way[surface] -= 1

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> None:
        self.updates.append((delivery.surface.place.id, text(delivery)))
        self.standing[post] = text(delivery)

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        self.updates.append((delivery.surface.place.id, "removed"))
        self.standing.pop(post, None)

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str]
    ) -> dict[str, PostRef]:
        return {part: self.marks[mark] for part, mark in marks.items() if mark in self.marks}

    async def door(self, place: Place, side: Side) -> PlaceShut | None:
        return self.shut if side is Side.STAFF else None

    async def announce(self, place: Place, text: str) -> None:
        self.updates.append((place.id, text))
        self.standing[PostRef(place, f"announced {len(self.updates)}")] = text

    async def tell(self, person: Person, text: str) -> None:
        self.updates.append((person.id, text))
        self.told[person.id].append(text)

    def forget(self, place: Place | None = None) -> None:
        """Nothing is remembered."""

    async def membership(self, person: Person, staff_place: Place) -> Membership:
        if self.unseen:
            return Membership.UNKNOWN
        return Membership.YES if person == ROBIN.person else Membership.NO

    def fetch(self, file: Any) -> Any:
        raise FileGone

    async def run(self) -> None: ...

    async def close(self) -> None: ...

    async def _maybe(self, result: Any) -> None:
        if asyncio.iscoroutine(result):
            await result

    def read(self, place: Place) -> list[str]:
        """Return what stands in a place and its threads."""
        return [shown for post, shown in self.standing.items() if post.place == place]

    def said(self, place: str) -> list[str]:
        return [text for where, text in self.posts if where == place and not text.endswith("card")]


def text(delivery: Delivery) -> str:
    match delivery.content:
        case CustomerCard() | StaffCard():
            return f"{delivery.surface.ticket} {delivery.content.title} card"
        case Message() | Note() | StaffNotice():
            return delivery.content.text
        case _:
            return type(delivery.content).__name__
