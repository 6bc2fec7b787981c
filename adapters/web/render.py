"""Draws pages. What a customer's page is given is what a customer is sent, and nothing else fits in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import jinja2
from markupsafe import Markup

from adapters.web import charts, markup
from bot import hub
from bot.asking import digest
from bot.pages import Column, Inside, Outside, Row
from bot.ports import Key, Numbers
from bot.tickets.deliveries import ClosingNotice, Leak
from bot.tickets.model import Message, Note, Person, Priority, Project, Side, Status
from bot.tickets.texts import duration, filesize, say

_env = jinja2.Environment(
    loader=jinja2.PackageLoader("adapters.web"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_env.filters.update(html=markup.html, moment=markup.moment, filesize=filesize, duration=duration)
_env.filters.update(
    digest=digest,
    plain=lambda text: " ".join(hub.plain(text).split()),
    typed=lambda text: text.replace(hub.JOINER, ""),
)
_env.filters.update(span=lambda seconds: span(seconds))
_env.tests.update(
    closing=lambda one: isinstance(one, ClosingNotice),
    message=lambda one: isinstance(one, Message),
    note=lambda one: isinstance(one, Note),
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a page is for: in which language, with which key, and the token that its forms carry."""

    language: str
    key: Key | None = None
    csrf: str = ""


def for_customer(outside: Outside, reader: Reader, about: Project, *, part: bool = False) -> str:
    """Draw a ticket for its customer; with `part` only what changes while it is open.

    Raises:
        Leak: something in it is not of the public types; the type checker was bypassed.
    """
    for item in outside.items:
        if type(item) not in (Message, ClosingNotice):
            raise Leak(f"{type(item).__name__} is not for customers")
    return _draw("ticket_part" if part else "ticket", reader, outside=outside, about=about)


def tickets(rows: list[Row], reader: Reader, about: Project, *, part: bool = False) -> str:
    """Draw a customer's list."""
    return _draw("tickets_part" if part else "tickets", reader, rows=rows, about=about)


def record(outside: Outside, reader: Reader, about: Project, *, style: str) -> str:
    """Draw the public record, to keep or to print: it needs nothing beside itself."""
    return _draw("record", reader, outside=outside, about=about, style=Markup(style))


def for_staff(inside: Inside, reader: Reader, about: Project, *, part: bool = False) -> str:
    """Draw both halves of a ticket for staff."""
    return _draw("console_part" if part else "console", reader, inside=inside, about=about)


def board(
    columns: list[Column],
    reader: Reader,
    about: Project,
    filters: Mapping[str, str],
    announced: list[str],
    *,
    part: bool = False,
) -> str:
    """Draw all tickets by status."""
    more = {"columns": columns, "filters": filters, "announced": announced}
    return _draw("board_part" if part else "board", reader, about=about, **more)


def numbers(found: Numbers, reader: Reader, about: Project, since: date, until: date) -> str:
    """Draw what managers count, of the days from `since` to before `until`."""
    tables = {name: list(charts.rows(name, found, since, until, reader.language)) for name in charts.CHARTS}
    given = sum(found.ratings.values())
    mean = sum(stars * count for stars, count in found.ratings.items()) / given if given else None
    return _draw(
        "numbers",
        reader,
        found=found,
        about=about,
        since=since.isoformat(),
        last=(until - timedelta(days=1)).isoformat(),
        rating=f"{mean:.1f}" if mean is not None else "",
        charts=charts.CHARTS,
        tables=tables,
    )


def words(text: str, reader: Reader, *, title: str = "Halfdoor") -> str:
    """Draw a page that only says something."""
    return _draw("words", reader, text=text, title=title)


def enter(reader: Reader, *, asks_name: bool, refused: str = "") -> str:
    """Draw the step between a link and its page: a form, so that no preview of a link uses it up."""
    return _draw("enter", reader, asks_name=asks_name, refused=refused)


def demo(reader: Reader, customer: str, team: str) -> str:
    """Draw both sides beside each other."""
    return _draw("demo", reader, customer=customer, team=team)


def span(seconds: float) -> str:
    """Write a length of time as people do: `45 min`, `3 h 20`, `2 d 4 h`."""
    minutes = round(seconds / 60)
    if minutes < 1440:
        return duration(minutes)
    days, rest = divmod(minutes, 1440)
    return f"{days} d {rest // 60} h" if rest >= 60 else f"{days} d"


def _draw(name: str, reader: Reader, **values: Any) -> str:
    def t(key: str, /, **more: object) -> str:
        return say(key, reader.language, **more)

    def timed(key: str, at: datetime, /, **more: object) -> Markup:
        """The same with a moment at its `{when}`."""
        before, _, after = t(key, when="\0", **more).partition("\0")
        return Markup("{}{}{}").format(before, markup.moment(at), after)

    def status(one: Status, *, customer: bool = False) -> str:
        pending = customer and one is Status.PENDING
        return t("status.pending.customer" if pending else f"status.{one.value}")

    def mine(person: Person) -> bool:
        me = reader.key.person if reader.key else None
        return me is not None and (me.network, me.id) == (person.network, person.id)

    def author(one: Message | Note, about: Project, *, customer: bool) -> str:
        staff = one.by.side is Side.STAFF
        if customer:
            return t("author.team", name=one.by.name) if staff else one.by.name
        if isinstance(one, Note):
            return one.by.name
        key = "post.published" if staff else "author.customer"
        return t(key, name=one.by.name, project=about.name)

    return _env.get_template(f"{name}.html").render(
        t=t,
        timed=timed,
        status_name=status,
        mine=mine,
        author=author,
        reader=reader,
        lang=reader.language.partition("-")[0],
        Status=Status,
        Priority=Priority,
        **values,
    )
