"""Who is who on Slack: names and pictures, guests and strangers, and who can see a staff channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.slack.api import Api
from bot.ports import Clock, NotSent
from bot.tickets.model import Membership, Person

log = structlog.get_logger()

#: How long a person's name and picture, and a channel's members, are believed without asking again.
PERSON_MEMORY = timedelta(hours=1)
MEMBERS_MEMORY = timedelta(minutes=5)
#: How long they are when we look at a door: the same people are in many.
LOOK_MEMORY = timedelta(seconds=30)
#: What Slack answers for a person or a channel that it won't show us.
HIDDEN = ("user_not_found", "user_not_visible", "users_not_found")
UNSEEN = ("channel_not_found", "not_in_channel", "is_archived")


@dataclass(frozen=True, slots=True)
class Known:
    """What Slack says of a person. `insider`: a full member of the workspace Halfdoor is installed in, or
    None when Slack won't say.

    `locale` is None for people of other organisations: Slack keeps it to itself.
    """

    person: Person
    insider: bool | None
    bot: bool
    locale: str | None = None


class People:
    """Asks Slack, and remembers the answers; member events keep what it remembers fresh."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._people: dict[str, tuple[datetime, Known]] = {}
        self._members: dict[str, tuple[datetime, frozenset[str]]] = {}
        #: What events say of people whom Slack won't tell us of when asked.
        self._told: dict[str, Person] = {}
        #: Counts the member events of a channel, so that an answer overtaken by one is not kept.
        self._changes: dict[str, int] = {}

    async def known(self, user: str, memory: timedelta = PERSON_MEMORY) -> Known:
        """Return what Slack knows of a user id, asked at most so long ago. Raises NotSent."""
        kept = self._people.get(user)
        now = self._clock.now()
        if kept is not None and timedelta() <= now - kept[0] < memory:
            return kept[1]
        try:
            answer = await self._api.call("users.info", user=user, include_locale="true")
        except NotSent as error:
            if not error.reason.startswith(HIDDEN):
                raise
            # Slack won't say who that is; what they said is taken all the same, as a customer's.
            return Known(self._told.get(user) or Person("slack", user, user), insider=None, bot=False)
        known = _known(answer["user"], await self._api.team())
        self._people[user] = now, known
        return known

    def told(self, user: str, profile: Mapping[str, Any]) -> None:
        """Keep what an event says of its author, for when Slack says nothing else."""
        name = profile.get("display_name") or profile.get("real_name")
        if user and name:
            picture = profile.get("image_72")
            self._told[user] = Person("slack", user, str(name), str(picture) if picture else None)

    async def person(self, user: str) -> Person:
        return (await self.known(user)).person

    async def named(self, users: list[str]) -> dict[str, Person]:
        """Return the people behind several ids."""
        found = await asyncio.gather(*(self.person(user) for user in users))
        return dict(zip(users, found, strict=True))

    async def membership(self, user: str, channel: str) -> Membership:
        """Whether the user is a full member of this workspace and sits in the channel.

        Guests of the workspace and members of other organisations are customers, wherever they sit.
        """
        insider = (await self.known(user)).insider
        if insider is False:
            return Membership.NO
        members = await self.members(channel)
        if members is None:
            return Membership.UNKNOWN
        if user not in members:
            return Membership.NO
        return Membership.UNKNOWN if insider is None else Membership.YES

    async def outsiders(self, channel: str) -> list[Person]:
        """Ask anew who sits in a channel without being known as a full member; bots do not count."""
        self.membership_changed(channel)
        members = await self.members(channel)
        if members is None:
            raise NotSent("Slack does not say who is in the channel", lost=True)
        found = await asyncio.gather(*(self.known(user, LOOK_MEMORY) for user in members))
        return [one.person for one in found if not one.insider and not one.bot]

    async def members(self, channel: str) -> frozenset[str] | None:
        """Return who sits in a channel; None when we cannot see it. Raises NotSent."""
        kept = self._members.get(channel)
        now = self._clock.now()
        if kept is not None and timedelta() <= now - kept[0] < MEMBERS_MEMORY:
            return kept[1]
        before = self._changes.get(channel, 0)
        try:
            found = await self._members_of(channel)
        except NotSent as error:
            if not error.reason.startswith(UNSEEN):
                raise
            log.error("staff_place_unseen", place=channel, reason=error.reason)
            return None
        if self._changes.get(channel, 0) == before:
            self._members[channel] = now, found
        return found

    async def _members_of(self, channel: str) -> frozenset[str]:
        pages = self._api.pages("conversations.members", "members", channel)
        return frozenset([user async for user in pages])

    def changed(self, user: dict[str, Any], team: str) -> bool:
        """Take a profile's news; return whether somebody is no full member any more, as far as we knew."""
        kept = self._people.pop(str(user.get("id")), None)
        known = kept[1].insider if kept else None
        return known is not False and _known(user, team).insider is False

    def membership_changed(self, channel: str) -> None:
        """Somebody joined or left: ask again before the next act."""
        self._changes[channel] = self._changes.get(channel, 0) + 1
        self._members.pop(channel, None)

    def forget(self) -> None:
        """Ask again who is who, and who is where."""
        for channel in {*self._members, *self._changes}:
            self.membership_changed(channel)
        self._people.clear()


def _known(user: dict[str, Any], team: str) -> Known:
    profile = user.get("profile") or {}
    name = (
        profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    )
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted"))
    bot = bool(user.get("is_bot"))
    # A person of an Enterprise Grid has one home workspace, and sits in others of the same organisation.
    grid = user.get("enterprise_user") or {}
    at_home = user.get("team_id") == team or team in (grid.get("teams") or [])
    return Known(
        Person("slack", user["id"], str(name or user["id"]), profile.get("image_72")),
        insider=at_home and not guest and not bot and not user.get("deleted"),
        bot=bot,
        locale=user.get("locale"),
    )
