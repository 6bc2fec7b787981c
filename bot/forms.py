"""What stands in a form when somebody opens it, and what is asked by sending it or by pressing a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.desk import Desk, unknown
from bot.tickets import asks as a
from bot.tickets.model import Person, Place
from bot.view import forms
from bot.view.layout import Spot


async def form_for(
    desk: Desk,
    act: str,
    place: Place,
    by: Person,
    language: str,
    about: Mapping[str, str],
    where: Spot | None = None,
) -> forms.Form:
    """Return the form of an act, as somebody opens it by a button in `place`.

    `about` has its `ticket` and `entry`; `where` is the customer's place, which is looked up where no button
    says it.

    Raises:
        Refused: they may not; or no act of ours has such a form.
    """
    ticket, entry = about.get("ticket", ""), about.get("entry", "")
    match act:
        case "open":
            return forms.open_ticket(language)
        case "comment":
            return forms.comment(language, ticket)
        case "reply":
            where = where or Spot(await desk.customer_place(place, by, ticket))
            return forms.reply(language, ticket, by.name, where)
        case "edit":
            text, author, seen = await desk.reply_text(place, by, ticket, entry)
            return forms.edit(language, ticket, entry, text, author, Spot(seen))
        case "note":
            return forms.note(language, ticket)
        case "status":
            return forms.status(language, ticket, await desk.status(place, by, ticket))
        case "assign":
            return forms.assign(language, ticket)
        case "close":
            return forms.close(language, ticket)
        case _:
            raise unknown(place.network, act)


def entered(
    network: str,
    act: str,
    about: Mapping[str, str],
    given: Mapping[str, str],
    to: Person | None,
    typed: Callable[[str], str],
) -> a.Ask:
    """Return what is asked by a form; `typed` reads what somebody typed there as hub text.

    Raises:
        Refused: it is none of ours.
    """
    words = {name: typed(one) if name in forms.WORDS else one for name, one in given.items()}
    ask = forms.entered(act, about, words, to)
    if ask is None:
        raise unknown(network, act)
    return ask


def pressed(network: str, act: str, about: Mapping[str, str]) -> a.Ask:
    """Return what is asked by a button that acts at once.

    Raises:
        Refused: it is none of ours.
    """
    ask = forms.pressed(act, about)
    if ask is None:
        raise unknown(network, act)
    return ask
