"""How values are called before people: the key of each one's text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.tickets.model import Priority, Side, Status, Visibility
from bot.words.keys import TextKey
from bot.words.say import say

#: The text of each status, and of each priority.
STATUS: Final[Mapping[Status, TextKey]] = {
    Status.OPEN: "status.open",
    Status.IN_PROGRESS: "status.in_progress",
    Status.PENDING: "status.pending",
    Status.ON_HOLD: "status.on_hold",
    Status.CLOSED: "status.closed",
}
PRIORITY: Final[Mapping[Priority, TextKey]] = {
    Priority.LOW: "priority.low",
    Priority.NORMAL: "priority.normal",
    Priority.HIGH: "priority.high",
    Priority.URGENT: "priority.urgent",
}
_VISIBILITY: Final[Mapping[Visibility, TextKey]] = {
    Visibility.PUBLIC: "form.visibility.public",
    Visibility.INTERNAL: "form.visibility.internal",
}
#: Why nothing is posted into a place of each side, by the network's reason.
_DOOR: Final[Mapping[Side, Mapping[str, TextKey]]] = {
    Side.STAFF: {
        "shared": "shut.shared",
        "pending": "shut.pending",
        "public": "shut.public",
        "guests": "shut.guests",
        "archived": "shut.archived",
        "unseen": "shut.unseen",
        "permissions": "shut.permissions",
        "over": "shut.over",
    },
    Side.CUSTOMER: {
        "archived": "away.archived",
        "unseen": "away.unseen",
        "permissions": "away.permissions",
        "over": "away.over",
    },
}
#: Who can see a place, where its network did not say.
_SOMEBODY: Final[Mapping[Side, TextKey]] = {Side.STAFF: "shut.somebody", Side.CUSTOMER: "away.somebody"}
#: The buttons of the staff's card.
BUTTONS: Final[Mapping[str, TextKey]] = {
    "reply": "button.reply",
    "note": "button.note",
    "status": "button.status",
    "assign": "button.assign",
    "close": "button.close",
}


def status_label(status: Status, language: str, *, customer: bool = False) -> str:
    """Name a status; what waits for the customer waits, before a `customer`, for the reader."""
    waits = customer and status is Status.PENDING
    return say("status.pending.customer" if waits else STATUS[status], language)


def priority_label(priority: Priority, language: str) -> str:
    """Name a priority."""
    return say(PRIORITY[priority], language)


def visibility_label(visibility: Visibility, language: str) -> str:
    """Name who can see something."""
    return say(_VISIBILITY[visibility], language)


def door_label(side: Side, reason: str, who: str, project: str, language: str) -> str:
    """Say why a place of a side gets nothing now, or with the reason `over` that this is past."""
    who = who or say(_SOMEBODY[side], language, project=project)
    return say(_DOOR[side][reason], language, who=who, project=project)
