"""Who may do what: the one place that every act passes. The place decides, not the person.

What is typed in a staff place is never public unless staff, known to be staff at that moment, say so
explicitly. Somebody of whom we cannot tell whether they are staff publishes nothing that staff would keep
inside, wherever they are.
"""

from __future__ import annotations

from typing import assert_never

from bot.tickets import asks as a
from bot.tickets.model import Membership, Side
from bot.words.say import Refused


class NotAdmitted(Refused):
    """Somebody asked for what is not theirs to do, or may not be: what they wrote is kept inside."""


def acts_for(membership: Membership, place: Side) -> Side:
    """Return which half of the door somebody acts for: who is in a staff place is inside, whoever it is."""
    return Side.STAFF if place is Side.STAFF or membership is Membership.YES else Side.CUSTOMER


def staff_only(membership: Membership) -> None:
    """Let only those pass who are known to be staff now. Raises NotAdmitted, with words for either."""
    match membership:
        case Membership.YES:
            return
        case Membership.NO:
            raise NotAdmitted("no.staff_only")
        case Membership.UNKNOWN:
            raise NotAdmitted("no.unknown")
        case _:
            assert_never(membership)


def admit(ask: a.Ask, membership: Membership, place: Side) -> None:
    """Let pass what somebody may ask for from a place of that side. Raises NotAdmitted."""
    inside, unknown = place is Side.STAFF, membership is Membership.UNKNOWN
    match ask:
        case a.AskHelp() | a.AskWhoAmI() | a.AskSetup() | a.AskRecord():
            return  # it is public, or the network's own to decide
        case a.AskDesk() | a.AskList() | a.AskStatus(status=None):
            # Whoever is not known to be staff sees the public half; staff must not take that for the whole.
            if inside and unknown:
                staff_only(membership)
        case a.AskOpen() | a.AskReopen():
            # It is public from either side: outside anybody may.
            if inside:
                staff_only(membership)
        case a.AskClose():
            # Its words are a customer's public word, and staff's reason for themselves.
            if inside or (unknown and (ask.resolution or ask.reason).strip()):
                staff_only(membership)
        case a.AskComment():
            if inside or unknown:
                staff_only(membership)
        case a.AskRate():
            if unknown:
                staff_only(membership)
            if inside or membership is Membership.YES:
                raise NotAdmitted("no.customer_only")
        case (
            a.AskReply() | a.AskNote() | a.AskEdit() | a.AskRecall() | a.AskRetract() | a.AskPublish()
            | a.AskStatus() | a.AskAssign() | a.AskPriority() | a.AskTags() | a.AskTitle() | a.AskTime()
            | a.AskPreview() | a.AskPanel() | a.AskDuty() | a.AskConsole()
        ):  # fmt: skip
            staff_only(membership)
        case _:
            assert_never(ask)


def words_of(ask: a.Ask) -> str:
    """Return what somebody wrote with what they ask for, if it is theirs to be kept."""
    match ask:
        case a.AskComment() | a.AskReply() | a.AskNote():
            return ask.text.strip()
        case a.AskClose():
            return "\n\n".join(part.strip() for part in (ask.resolution, ask.reason) if part.strip())
        case _:
            return ""
