"""Forms, told once: what each asks for, what stands in it, and what was asked by whoever sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.tickets import asks as a
from bot.tickets.labels import status_label, visibility_label
from bot.tickets.model import TITLE_LIMIT, Person, Status, Visibility
from bot.view.customer import STARS
from bot.view.layout import Line, Look, Small, Spot, Text, filled
from bot.words.keys import TextKey
from bot.words.say import say


@dataclass(frozen=True, slots=True)
class Entry:
    """A text to type, of `limit` characters at most or of what a network takes; `initial` is hub text."""

    name: str
    label: str
    limit: int | None = None
    lines: bool = False
    optional: bool = False
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each with its label; `all_shown`: beside each other, where a network can."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...]
    first: str
    all_shown: bool = False


@dataclass(frozen=True, slots=True)
class Who:
    """A person, or nobody; whoever asks is the first guess."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Uploads:
    """Files, where a network's forms take them."""

    label: str


Field: TypeAlias = Entry | Choice | Who | Uploads | Small


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is about travels with it, and comes back when it is sent. `seen` is a text's digest."""

    act: str
    language: str
    title: str
    submit: str
    fields: tuple[Field, ...] = ()
    ticket: str = ""
    entry: str = ""
    seen: str = ""


#: Each form's title, and what its button says.
_TITLES: Final[Mapping[str, tuple[TextKey, TextKey]]] = {
    "open": ("form.open.title", "form.open.submit"),
    "comment": ("form.comment.title", "form.comment.submit"),
    "reply": ("form.reply.title", "form.reply.submit"),
    "edit": ("form.edit.title", "form.edit.submit"),
    "note": ("form.note.title", "form.note.submit"),
    "publish": ("form.publish.title", "form.publish.submit"),
    "status": ("form.status.title", "form.status.submit"),
    "assign": ("form.assign.title", "form.assign.submit"),
    "close": ("form.close.title", "form.close.submit"),
}
#: The fields that hold somebody's words.
WORDS: Final = frozenset({"text", "resolution", "reason"})
#: The acts that have a form, but for what is made of somebody's post.
FORMS: Final = tuple(act for act in _TITLES if act != "publish")


def open_ticket(language: str) -> Form:
    """Ask for a title and, if they like, a description."""
    title = Entry("title", say("form.open.subject", language), TITLE_LIMIT)
    text = Entry("text", say("form.open.text", language), lines=True, optional=True)
    return _form("open", language, title, text, _uploads(language))


def comment(language: str, ticket: str) -> Form:
    """Ask a customer what to add."""
    text = Entry("text", say("form.comment.text", language), lines=True)
    return _form("comment", language, text, _uploads(language), ticket=ticket)


def reply(language: str, ticket: str, by: str, where: Spot) -> Form:
    """Ask staff for a reply, and say as whom and where the customer will see it."""
    text = Entry("text", say("form.reply.text", language), lines=True)
    seen = _seen_as(language, by, where)
    return _form("reply", language, text, _uploads(language), seen, ticket=ticket)


def edit(language: str, ticket: str, entry: str, text: str, by: str, where: Spot) -> Form:
    """Ask for the new text of a published reply, which the customer will see in its place."""
    field = Entry("text", say("form.reply.text", language), lines=True, initial=text)
    return _form("edit", language, field, _seen_as(language, by, where), ticket=ticket, entry=entry)


def note(language: str, ticket: str) -> Form:
    """Ask for a note."""
    text = Entry("text", say("form.note.text", language), lines=True)
    hint = _hint(say("form.note.hint", language))
    return _form("note", language, text, _uploads(language), hint, ticket=ticket)


def publish(language: str, ticket: str, entry: str, seen: str) -> Form:
    """Ask whether a note is to be sent as the customer would get it, which the network shows below."""
    return _form("publish", language, ticket=ticket, entry=entry, seen=seen)


def status(language: str, ticket: str, present: Status) -> Form:
    """Ask for a status, beginning with the present one, and who may see it."""
    values = tuple((one.value, status_label(one, language)) for one in Status if one is not Status.CLOSED)
    field = Choice("status", say("form.status.status", language), values, present.value)
    return _form("status", language, field, _visibility(language), ticket=ticket)


def assign(language: str, ticket: str) -> Form:
    """Ask to whom, and who may see it."""
    who = Who("to", say("form.assign.to", language))
    return _form("assign", language, who, _visibility(language), ticket=ticket)


def close(language: str, ticket: str) -> Form:
    """Ask for a resolution the customer reads and a reason they don't."""
    resolution, reason = say("form.close.resolution", language), say("form.close.reason", language)
    return _form(
        "close",
        language,
        Entry("resolution", f"🌐 {resolution}", lines=True, optional=True),
        Entry("reason", f"🔒 {reason}", lines=True, optional=True),
        _hint(say("form.close.hint", language)),
        ticket=ticket,
    )


def entered(act: str, about: Mapping[str, str], given: Mapping[str, str], to: Person | None) -> a.Ask | None:
    """Return what is asked by a form with hub text in its fields; None for one that is none of ours.

    `about` has what the form is about: its `ticket`, `entry` and `seen`. `to` is the person in it.
    """
    ticket, text = about.get("ticket", ""), given.get("text", "")
    match act:
        case "open":
            return a.AskOpen(given["title"], text)
        case "comment":
            return a.AskComment(ticket, text)
        case "reply":
            return a.AskReply(ticket, text)
        case "edit":
            return a.AskEdit(ticket, about["entry"], text)
        case "note":
            return a.AskNote(ticket, text)
        case "publish":
            return a.AskPublish(ticket, about["entry"], about["seen"])
        case "status":
            return a.AskStatus(ticket, Status(given["status"]), Visibility(given["visibility"]))
        case "assign":
            return a.AskAssign(ticket, to, visibility=Visibility(given["visibility"]))
        case "close":
            return a.AskClose(ticket, given["resolution"], given["reason"])
        case _:
            return None


def pressed(act: str, about: Mapping[str, str]) -> a.Ask | None:
    """Return what is asked by a button that acts at once; None for one that is none of ours.

    `about` has what it is about: its `ticket`, and the `entry` or the `choice`.
    """
    ticket = about.get("ticket", "")
    match act:
        case "close_customer":
            return a.AskClose(ticket)
        case "reopen":
            return a.AskReopen(ticket)
        case "recall":
            return a.AskRecall(ticket, about["entry"])
        case "rate" if about["choice"] in STARS:
            return a.AskRate(ticket, int(about["choice"]))
        case "read":
            return a.AskRecord(ticket)
        case _:
            return None


def _form(act: str, language: str, *fields: Field, ticket: str = "", entry: str = "", seen: str = "") -> Form:
    title, submit = (say(key, language) for key in _TITLES[act])
    return Form(act, language, title, submit, fields, ticket, entry, seen)


def _uploads(language: str) -> Uploads:
    return Uploads(say("form.files", language))


def _visibility(language: str) -> Choice:
    values = tuple((one.value, visibility_label(one, language)) for one in Visibility)
    label = say("form.visibility", language)
    return Choice("visibility", label, values, Visibility.PUBLIC.value, all_shown=True)


def _seen_as(language: str, by: str, where: Spot) -> Small:
    author = say("author.team", language, name=by)
    return Small(filled("form.reply.seen_as", language, author=author, place=where))


def _hint(text: str) -> Small:
    line: Line = (Text(text, Look.OURS),)
    return Small(line)
