"""Draws pages. What a customer's page is given is what a customer is sent, and nothing else fits in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from adapters.web import charts, markup
from adapters.web.charts import Span
from bot import hub
from bot.context import digest
from bot.pages import Board, Done, Inside, Notice, Outside, Rows
from bot.ports import Key, Numbers, ProjectPlaces
from bot.tickets import events as e
from bot.tickets.deliveries import ClosingNotice, CustomerCard, Leak, StaffCard
from bot.tickets.events import visibility
from bot.tickets.labels import priority_label, status_label
from bot.tickets.model import Actor, Message, Note, Person, Priority, Project, Side, Status, Visibility
from bot.tickets.names import NAME_LIMIT, shown
from bot.words.keys import TextKey
from bot.words.say import duration, filesize, number, say

_env = jinja2.Environment(
    loader=jinja2.PackageLoader("adapters.web"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    auto_reload=False,
)
_env.filters.update(html=markup.html, moment=markup.moment)
_env.filters.update(
    digest=digest,
    plain=lambda text: " ".join(hub.plain(text).split()),
    typed=lambda text: text.replace(hub.JOINER, ""),
)
_env.tests.update(
    closing=lambda one: isinstance(one, ClosingNotice),
    message=lambda one: isinstance(one, Message),
    note=lambda one: isinstance(one, Note),
    notice=lambda one: isinstance(one, Notice),
    done=lambda one: isinstance(one, Done),
    ours=lambda one: one.by.side is Side.STAFF,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a page is for: in which language, with which key, and the token that its forms carry."""

    language: str
    key: Key | None = None
    csrf: str = ""


def whose(reader: Reader) -> tuple[str, str]:
    """Name who reads a page, and the place it is of, for what a browser keeps: it is theirs, and stays there.

    Both are empty for whoever is not signed in.
    """
    key = reader.key
    if key is None or not reader.csrf:
        return "", ""
    who, where = (key.person.network, key.person.id), (key.place.network, key.place.id)
    return _named(repr(who)), _named(repr(where))


def fingerprint(part: str, reader: Reader) -> str:
    """Name what a page shows by what it shows: what it does not show does not change its name."""
    return _named(part.replace(reader.csrf, ""))


def ticket_part(outside: Outside, reader: Reader, about: Project) -> str:
    """Draw what a customer sees of a ticket, which changes while it is open.

    Raises:
        Leak: something in it is not of the public types; the type checker was bypassed.
    """
    for item in outside.items:
        if type(item) not in (Message, ClosingNotice):
            raise Leak(f"{type(item).__name__} is not for customers")
    if type(outside.card) is not CustomerCard:
        raise Leak(f"{type(outside.card).__name__} is not for customers")
    return _draw("ticket_part", reader, outside=outside, about=about)


def ticket(part: str, card: CustomerCard, reader: Reader) -> str:
    """Draw a ticket's page for its customer around the part that changes."""
    return _whole("ticket", part, fingerprint(part, reader), reader, card=card)


def tickets_part(rows: Rows, reader: Reader, about: Project, words: str, news: Sequence[str]) -> str:
    """Draw a customer's list, and what was said to all of them or to this one."""
    return _draw("tickets_part", reader, rows=rows, about=about, words=words, news=news)


def tickets(part: str, rows: Rows, reader: Reader, about: Project, words: str, before: str) -> str:
    """Draw the page of a customer's list, of words that are looked for or of what is older than a ticket."""
    query = urlencode({"words": words, "before": before}) if words or before else ""
    shown = {"words": words, "before": before, "query": query, "empty": not rows.found and not query}
    return _whole("tickets", part, fingerprint(part, reader), reader, about=about, **shown)


def preview(message: Message, reader: Reader, about: Project) -> str:
    """Draw one message as its customer will get it."""
    if type(message) is not Message:
        raise Leak(f"{type(message).__name__} is not for customers")
    return _draw("preview", reader, one=message, about=about)


def record(outside: Outside, reader: Reader, about: Project, *, style: str) -> str:
    """Draw the public record, to keep or to print: it needs nothing beside itself."""
    return _draw("record", reader, outside=outside, about=about, style=Markup(style))


def console_part(inside: Inside, reader: Reader, about: Project) -> str:
    """Draw both halves of a ticket for staff."""
    return _draw("console_part", reader, inside=inside, about=about)


def console(part: str, seen: str, card: StaffCard, reader: Reader) -> str:
    """Draw a ticket's page for staff around both its halves."""
    return _whole("console", part, seen, reader, card=card)


def board_part(found: Board, reader: Reader, news: Sequence[str]) -> str:
    """Draw all tickets by status, and what staff must know before them."""
    return _draw("board_part", reader, board=found, news=news)


def board(
    part: str,
    seen: str,
    reader: Reader,
    about: Project,
    filters: Mapping[str, str],
    links: Sequence[ProjectPlaces],
) -> str:
    """Draw the page of the board."""
    return _whole("board", part, seen, reader, about=about, filters=filters, links=links)


def numbers(found: Numbers, span: Span, links: Sequence[ProjectPlaces], reader: Reader, refused: str) -> str:
    """Draw what managers count; `refused` says why it is not what they asked for."""
    names = {link.project.key: link.project.name for link in links}
    tables = {name: list(charts.rows(name, found, span, reader.language)) for name in charts.CHARTS}
    given = sum(found.ratings.values())
    mean = sum(stars * count for stars, count in found.ratings.items()) / given if given else None
    return _draw(
        "numbers",
        reader,
        found=found,
        names=names,
        projects=span.projects,
        since=span.since.isoformat(),
        last=(span.until - timedelta(days=1)).isoformat(),
        zone=span.zone,
        titles=charts.CHARTS,
        shown_cell=partial(_cell, language=reader.language),
        rating=number(mean, reader.language, "0.0") if mean is not None else "",
        tables=tables,
        nothing={name for name, (_, *rows) in tables.items() if charts.is_empty(rows)},
        refused=refused,
    )


def words(text: str, reader: Reader, *, back: str) -> str:
    """Draw a page that only says something, with the way back if there is one."""
    return _draw("words", reader, text=text, back=back)


def enter(reader: Reader, *, asks_name: bool, refused: str = "") -> str:
    """Draw the step between a link and its page: a form, so that no preview of a link uses it up."""
    return _draw("enter", reader, asks_name=asks_name, refused=refused, limit=NAME_LIMIT)


def demo(reader: Reader, customer: str, team: str) -> str:
    """Draw both sides beside each other."""
    return _draw("demo", reader, customer=customer, team=team)


def _cell(cell: str | float, language: str) -> str:
    if isinstance(cell, str):
        return cell
    return number(cell, language, "#,##0.00" if isinstance(cell, float) else "#,##0")


def took(seconds: float, language: str) -> str:
    """Write a length of time as people do: `45 min`, `3 h 20`, `2 d 4 h`."""
    minutes = round(seconds / 60)
    if minutes < 1440:
        return duration(minutes, language)
    days, rest = divmod(minutes, 1440)
    if rest < 60:
        return say("duration.days", language, days=days)
    return say("duration.days.hours", language, days=days, hours=rest // 60)


def _named(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _whole(name: str, part: str, seen: str, reader: Reader, **values: Any) -> str:
    """Draw a page around its part that changes; `seen` names what that shows."""
    return _draw(name, reader, part=Markup(part), seen=seen, **values)


def _draw(name: str, reader: Reader, **values: Any) -> str:
    def t(key: TextKey, /, **more: object) -> str:
        return say(key, reader.language, **more)

    def timed(key: TextKey, at: datetime, /, **more: object) -> Markup:
        """The same with a moment at its `{when}`."""
        before, _, after = t(key, when="\0", **more).partition("\0")
        return Markup("{}{}{}").format(before, markup.moment(at), after)

    def done(one: Done) -> str:
        """Say what was done to a ticket, and whether its customer knows."""
        sign = "🔒" if visibility(one) is Visibility.INTERNAL else "🌐"
        name = named(one.by)
        match one:
            case e.StatusChanged():
                told = t("web.did.status", name=name, status=status_label(one.status, reader.language))
            case e.Assigned(to=None):
                told = t("web.did.unassigned", name=name)
            case e.Assigned(to=to):
                told = t("web.did.assigned", name=name, to=to.name if to else "")
            case e.PriorityChanged():
                told = t(
                    "web.did.priority", name=name, priority=priority_label(one.priority, reader.language)
                )
            case e.Retitled():
                told = t("web.did.title", name=name, title=one.title)
            case e.Closed():
                told = t("web.did.closed", name=name)
            case e.Reopened():
                told = t("web.did.reopened", name=name)
        return f"{sign} {told}"

    def mine(person: Person) -> bool:
        me = reader.key.person if reader.key else None
        return me is not None and (me.network, me.id) == (person.network, person.id)

    def named(by: Actor) -> str:
        return shown(by, reader.language)

    def ours(name: str) -> Markup:
        """Write a name of the team's with its mark, which is no part of any name."""
        return Markup('{} <span class="mark">{}</span>').format(name, t("author.mark"))

    def author(one: Message | Note, about: Project, *, customer: bool) -> str:
        staff, name = one.by.side is Side.STAFF, named(one.by)
        if customer:
            return ours(name) if staff else name
        if isinstance(one, Note):
            return name
        key: TextKey = "post.published" if staff else "author.customer"
        return t(key, name=name, project=about.name)

    return _env.get_template(f"{name}.html").render(
        t=t,
        timed=timed,
        status_name=partial(status_label, language=reader.language),
        priority_name=partial(priority_label, language=reader.language),
        took=partial(took, language=reader.language),
        duration=partial(duration, language=reader.language),
        filesize=partial(filesize, language=reader.language),
        mine=mine,
        done=done,
        author=author,
        named=named,
        ours=ours,
        reader=reader,
        whose=whose(reader),
        lang=reader.language.partition("-")[0],
        Status=Status,
        Priority=Priority,
        **values,
    )
