"""Discord's modals. Pure. What a form is about stands in its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

import discord

from adapters.discord import markup, render
from adapters.discord.render import OURS
from bot.view.forms import Choice, Entry, Field, Form, Uploads, Who
from bot.view.layout import Small
from bot.words.say import say

#: Discord's limits, in characters: of a title or label, and of a text typed into a modal.
LABEL, INPUT = 45, 4000
#: The most choices of a select.
OPTIONS = 25


def printed(form: Form, me: int, first: str | None = None) -> discord.ui.Modal:
    """Print a form that `me` opens; `first`: what is to be read before it is sent.

    Discord labels the button itself: the title says what it does.
    """
    about = [one for one in (form.ticket, form.entry, form.seen) if one]
    title = " ".join((form.submit, *about[:1]))
    modal = discord.ui.Modal(title=title[:LABEL], custom_id=":".join((OURS, form.act, *about)))
    if first is not None:
        modal.add_item(discord.ui.TextDisplay[Any](say("form.publish.shown", form.language)))
        modal.add_item(discord.ui.TextDisplay[Any](first[:3500] or "–"))
    # What is only read stands last: files are asked for above it.
    for field in form.fields:
        modal.add_item(_field(field, me))
    return modal


def about(rest: Sequence[str], second: str = "entry") -> dict[str, str]:
    """Return what a form or a button is about, by its id, in which `second` stands after the ticket."""
    return dict(zip(("ticket", second, "seen"), rest, strict=False))


def add(language: str, message: int, tickets: list[tuple[str, str]]) -> discord.ui.Modal:
    """Ask to which of some tickets a message belongs."""
    options = [
        discord.SelectOption(label=f"{key} · {title}"[:100], value=key) for key, title in tickets[:OPTIONS]
    ]
    select = discord.ui.Select[Any](custom_id="ticket", options=options)
    form = discord.ui.Modal(
        title=say("form.add.submit", language)[:LABEL], custom_id=":".join((OURS, "add", str(message)))
    )
    form.add_item(_label(say("form.add.ticket", language), select))
    return form


def ready(language: str, form: discord.ui.Modal, ident: int) -> discord.ui.Button[Any]:
    """Return the button that opens a form which was ready too late.

    Its id says which form that is, so that it can be made anew where it is not kept: after a restart, or in
    another process.
    """
    about = form.custom_id.removeprefix(f"{OURS}:")
    label = say("form.ready.open", language)
    custom_id = f"{OURS}:ready:{ident}:{about}"
    return discord.ui.Button(label=label, style=discord.ButtonStyle.primary, custom_id=custom_id[:100])


def _field(field: Field, me: int) -> discord.ui.Item[Any]:
    match field:
        case Entry(name=name, label=label, initial=initial):
            limit = field.limit or INPUT
            style = discord.TextStyle.paragraph if field.lines else discord.TextStyle.short
            entry = discord.ui.TextInput[Any](
                custom_id=name,
                style=style,
                required=not field.optional,
                max_length=limit,
                default=markup.content(initial)[:limit] or None,
            )
            return _label(label, entry)
        case Choice(name=name, label=label, values=values):
            options = [
                discord.SelectOption(label=text[:100], value=value, default=value == field.first)
                for value, text in values
            ]
            return _label(label, discord.ui.Select[Any](custom_id=name, options=options))
        case Who(name=name, label=label):
            first_guess = [discord.SelectDefaultValue(id=me, type=discord.SelectDefaultValueType.user)]
            who = discord.ui.UserSelect[Any](
                custom_id=name, required=False, default_values=first_guess, min_values=0
            )
            return _label(label, who)
        case Uploads(label=label):
            return _label(label, discord.ui.FileUpload[Any](custom_id="files", required=False, max_values=10))
        case Small(line=line):
            return discord.ui.TextDisplay(render.small(line))
        case _:
            assert_never(field)


def _label(text: str, component: discord.ui.Item[Any]) -> discord.ui.Label[Any]:
    """A label has 45 characters, and its description a hundred for what does not fit."""
    if len(text) <= LABEL:
        return discord.ui.Label(text=text, component=component)
    return discord.ui.Label(text=f"{text[: LABEL - 1]}…", description=text[:100], component=component)
