"""Discord's modals. Pure. What a form is about stands in its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import discord

from adapters.discord import markup
from adapters.discord.render import OURS
from bot.tickets.labels import status_label, visibility_label
from bot.tickets.model import TITLE_LIMIT, Status, Visibility
from bot.words.keys import TextKey
from bot.words.say import say

#: Discord's limits, in characters: of a title or label, and of a text typed into a modal.
LABEL, INPUT = 45, 4000
#: What a form's button says, which is its title too: Discord labels the button itself.
SUBMIT: Final[Mapping[str, TextKey]] = {
    "open": "form.open.submit",
    "comment": "form.comment.submit",
    "reply": "form.reply.submit",
    "edit": "form.edit.submit",
    "note": "form.note.submit",
    "publish": "form.publish.submit",
    "status": "form.status.submit",
    "assign": "form.assign.submit",
    "close": "form.close.submit",
}
#: The most choices of a select.
OPTIONS = 25


def open_ticket(language: str) -> discord.ui.Modal:
    """Ask for a title and, if they like, a description."""
    title = _text("title", say("form.open.subject", language), limit=TITLE_LIMIT)
    text = _text("text", say("form.open.text", language), lines=True, optional=True)
    return _form("open", language, (), title, text, _files(language))


def comment(language: str, ticket: str) -> discord.ui.Modal:
    """Ask a customer what to add."""
    text = _text("text", say("form.comment.text", language), lines=True)
    return _form("comment", language, (ticket,), text, _files(language))


def reply(language: str, ticket: str, name: str, place: str) -> discord.ui.Modal:
    """Ask staff for a reply, and say as whom and where the customer will see it."""
    text = _text("text", say("form.reply.text", language), lines=True)
    return _form("reply", language, (ticket,), text, _files(language), _seen_as(language, name, place))


def edit(language: str, ticket: str, entry: str, text: str, name: str, place: str) -> discord.ui.Modal:
    """Ask for the new text of a published reply of `name`."""
    field = _text("text", say("form.reply.text", language), lines=True, initial=text)
    return _form("edit", language, (ticket, entry), field, _seen_as(language, name, place))


def note(language: str, ticket: str) -> discord.ui.Modal:
    """Ask for a note."""
    text = _text("text", say("form.note.text", language), lines=True)
    return _form("note", language, (ticket,), text, _files(language), _hint(say("form.note.hint", language)))


def publish(language: str, ticket: str, entry: str, seen: str, shown: str) -> discord.ui.Modal:
    """Show staff what the customer would get of a note, before it is sent. `seen`: the note's digest."""
    about = (ticket, entry, seen)
    told = discord.ui.TextDisplay[Any](say("form.publish.shown", language))
    return _form("publish", language, about, told, discord.ui.TextDisplay(shown[:3500] or "–"))


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


def status(language: str, ticket: str, present: Status) -> discord.ui.Modal:
    """Ask for a status, beginning with the present one, and who may see it."""
    choices = [
        discord.SelectOption(label=status_label(one, language), value=one.value, default=one is present)
        for one in Status
        if one is not Status.CLOSED
    ]
    select = discord.ui.Select[Any](custom_id="status", options=choices)
    label = _label(say("form.status.status", language), select)
    return _form("status", language, (ticket,), label, _visibility(language))


def assign(language: str, ticket: str, me: int) -> discord.ui.Modal:
    """Ask to whom, the one who asks being the first guess, and who may see it."""
    first = [discord.SelectDefaultValue(id=me, type=discord.SelectDefaultValueType.user)]
    who = discord.ui.UserSelect[Any](custom_id="to", required=False, default_values=first, min_values=0)
    label = _label(say("form.assign.to", language), who)
    return _form("assign", language, (ticket,), label, _visibility(language))


def close(language: str, ticket: str) -> discord.ui.Modal:
    """Ask for a resolution the customer reads and a reason they don't."""
    resolution = f"🌐 {say('form.close.resolution', language)}"
    reason = f"🔒 {say('form.close.reason', language)}"
    return _form(
        "close",
        language,
        (ticket,),
        _text("resolution", resolution, lines=True, optional=True),
        _text("reason", reason, lines=True, optional=True),
        _hint(say("form.close.hint", language)),
    )


def ready(language: str, form: discord.ui.Modal, ident: int) -> discord.ui.Button[Any]:
    """Return the button that opens a form which was ready too late.

    Its id says which form that is, so that it can be made anew where it is not kept: after a restart, or in
    another process.
    """
    about = form.custom_id.removeprefix(f"{OURS}:")
    label = say("form.ready.open", language)
    custom_id = f"{OURS}:ready:{ident}:{about}"
    return discord.ui.Button(label=label, style=discord.ButtonStyle.primary, custom_id=custom_id[:100])


def _form(name: str, language: str, about: tuple[str, ...], *items: discord.ui.Item[Any]) -> discord.ui.Modal:
    title = " ".join((say(SUBMIT[name], language), *about[:1]))
    form = discord.ui.Modal(title=title[:LABEL], custom_id=":".join((OURS, name, *about)))
    for item in items:
        form.add_item(item)
    return form


def _text(
    name: str,
    label: str,
    *,
    limit: int = INPUT,
    lines: bool = False,
    optional: bool = False,
    initial: str = "",
) -> discord.ui.Label[Any]:
    style = discord.TextStyle.paragraph if lines else discord.TextStyle.short
    field = discord.ui.TextInput[Any](
        custom_id=name,
        style=style,
        required=not optional,
        max_length=limit,
        default=initial[:limit] or None,
    )
    return _label(label, field)


def _files(language: str) -> discord.ui.Label[Any]:
    upload = discord.ui.FileUpload[Any](custom_id="files", required=False, max_values=10)
    return _label(say("form.files", language), upload)


def _visibility(language: str) -> discord.ui.Label[Any]:
    options = [
        discord.SelectOption(
            label=visibility_label(one, language)[:100],
            value=one.value,
            default=one is Visibility.PUBLIC,
        )
        for one in Visibility
    ]
    select = discord.ui.Select[Any](custom_id="visibility", options=options)
    return _label(say("form.visibility", language), select)


def _label(text: str, component: discord.ui.Item[Any]) -> discord.ui.Label[Any]:
    """A label has 45 characters, and its description a hundred for what does not fit."""
    if len(text) <= LABEL:
        return discord.ui.Label(text=text, component=component)
    return discord.ui.Label(text=f"{text[: LABEL - 1]}…", description=text[:100], component=component)


def _seen_as(language: str, name: str, place: str) -> discord.ui.TextDisplay[Any]:
    author = say("author.team", language, name=markup.plain(name))
    return _hint(say("form.reply.seen_as", language, author=author, place=place))


def _hint(text: str) -> discord.ui.TextDisplay[Any]:
    return discord.ui.TextDisplay(f"-# {markup.strong(text)}")
