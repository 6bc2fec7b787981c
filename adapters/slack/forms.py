"""Slack's modals. Pure. What a form is about travels in its private metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from adapters.slack import markup
from bot.ports import Link
from bot.tickets.decide import TEXT_LIMIT
from bot.tickets.labels import status_label, visibility_label
from bot.tickets.model import TITLE_LIMIT, Place, Status, Visibility
from bot.words.keys import TextKey
from bot.words.say import LANGUAGES, say

View: TypeAlias = dict[str, Any]

#: Slack's limit for a text typed into a modal, in characters.
INPUT_LIMIT = 3000

#: A form's title, and what its button says.
TITLES: Final[Mapping[str, tuple[TextKey, TextKey]]] = {
    "open": ("form.open.title", "form.open.submit"),
    "comment": ("form.comment.title", "form.comment.submit"),
    "reply": ("form.reply.title", "form.reply.submit"),
    "edit": ("form.edit.title", "form.edit.submit"),
    "note": ("form.note.title", "form.note.submit"),
    "publish": ("form.publish.title", "form.publish.submit"),
    "status": ("form.status.title", "form.status.submit"),
    "assign": ("form.assign.title", "form.assign.submit"),
    "close": ("form.close.title", "form.close.submit"),
    "setup": ("form.setup.title", "form.setup.submit"),
}


def open_ticket(language: str, channel: str) -> View:
    """Ask for a title and, if they like, a description."""
    return _form(
        "open",
        language,
        {"c": channel, "l": language},
        _text("title", say("form.open.subject", language), limit=TITLE_LIMIT),
        _text("text", say("form.open.text", language), lines=True, optional=True),
    )


def comment(language: str, channel: str, ticket: str) -> View:
    """Ask a customer what to add."""
    about = {"c": channel, "l": language, "t": ticket}
    text = _text("text", say("form.comment.text", language), lines=True)
    return _form("comment", language, about, _about(ticket), text)


def reply(language: str, channel: str, ticket: str, name: str, where: str) -> View:
    """Ask staff for a reply, and say as whom and where the customer will see it."""
    return _form(
        "reply",
        language,
        {"c": channel, "l": language, "t": ticket},
        _about(ticket),
        _text("text", say("form.reply.text", language), lines=True),
        _seen_as(language, name, where),
    )


def edit(language: str, channel: str, ticket: str, entry: str, text: str, name: str, where: str) -> View:
    """Ask for the new text of a published reply of `name`, which the customer will see in its place."""
    return _form(
        "edit",
        language,
        {"c": channel, "l": language, "t": ticket, "e": entry},
        _about(ticket),
        _text("text", say("form.reply.text", language), lines=True, initial=text),
        _seen_as(language, name, where),
    )


def note(language: str, channel: str, ticket: str) -> View:
    """Ask for a note."""
    return _form(
        "note",
        language,
        {"c": channel, "l": language, "t": ticket},
        _about(ticket),
        _text("text", say("form.note.text", language), lines=True),
        _hint(say("form.note.hint", language)),
    )


def publish(
    language: str, channel: str, ticket: str, entry: str, seen: str, blocks: list[dict[str, Any]]
) -> View:
    """Show staff what the customer would get of a note, before it is sent. `seen`: the note's digest."""
    about = {"c": channel, "l": language, "t": ticket, "e": entry, "d": seen}
    told = {"type": "section", "text": _plain(say("form.publish.shown", language))}
    return _form("publish", language, about, told, {"type": "divider"}, *blocks[:90])


def words(language: str, text: str) -> View:
    """Say something to somebody who used a shortcut where no message can be shown to them alone."""
    section = {"type": "section", "text": _plain(text[:3000])}
    return shown(say("form.words.title", language), [section], language)


def status(language: str, channel: str, ticket: str, present: Status) -> View:
    """Ask for a status, beginning with the present one, and who may see it."""
    choices = [(one.value, status_label(one, language)) for one in Status if one is not Status.CLOSED]
    return _form(
        "status",
        language,
        {"c": channel, "l": language, "t": ticket},
        _about(ticket),
        _select("status", say("form.status.status", language), choices, present.value),
        _visibility(language),
    )


def assign(language: str, channel: str, ticket: str, me: str) -> View:
    """Ask to whom, the one who asks being the first guess, and who may see it."""
    label = say("form.assign.to", language)
    who = {"type": "users_select", "action_id": "to", "initial_user": me}
    return _form(
        "assign",
        language,
        {"c": channel, "l": language, "t": ticket},
        _about(ticket),
        _input("to", label, who, optional=True),
        _visibility(language),
    )


def close(language: str, channel: str, ticket: str) -> View:
    """Ask for a resolution the customer reads and a reason they don't."""
    return _form(
        "close",
        language,
        {"c": channel, "l": language, "t": ticket},
        _about(ticket),
        _text("resolution", f"🌐 {say('form.close.resolution', language)}", lines=True, optional=True),
        _text("reason", f"🔒 {say('form.close.reason', language)}", lines=True, optional=True),
        _hint(say("form.close.hint", language)),
    )


def setup(language: str, channel: str, link: Link | None = None) -> View:
    """Ask which channels belong to a project; `link` is the one that the channel belongs to already."""
    here = channel
    known, staff_place = (link.project, link.staff_place) if link else (None, None)
    if link is not None and staff_place == Place("slack", channel):
        channel = next((one.id for one in link.customer_places if one.network == "slack"), channel)
    customers = {"type": "conversations_select", "action_id": "customer", "initial_conversation": channel}
    customers["filter"] = {"include": ["public", "private"], "exclude_bot_users": True}  # type: ignore[assignment]
    staff = {
        "type": "conversations_select",
        "action_id": "staff",
        "filter": {"include": ["private"], "exclude_external_shared_channels": True},
    }
    if staff_place is not None and staff_place.network == "slack":
        staff["initial_conversation"] = staff_place.id
    return _form(
        "setup",
        language,
        {"c": here, "l": language},
        _text("key", say("form.setup.key", language), limit=10, initial=known.key if known else ""),
        _text("name", say("form.setup.name", language), limit=60, initial=known.name if known else ""),
        _select(
            "language",
            say("form.setup.language", language),
            [(one, say("language", one)) for one in LANGUAGES],
            known.language if known else language,
        ),
        _input("customer", say("form.setup.customer", language), customers),
        _input("staff", say("form.setup.staff", language), staff),
        _select(
            "every",
            say("form.setup.every", language),
            [
                ("no", say("form.setup.every.no", language)),
                ("yes", say("form.setup.every.yes", language)),
            ],
            "yes" if known and known.every_message else "no",
        ),
    )


def shown(title: str, blocks: list[dict[str, Any]], language: str) -> View:
    """Show something to read, with nothing to send."""
    return {
        "type": "modal",
        "callback_id": "shown",
        "title": _plain(title[:24]),
        "close": _plain(say("form.cancel", language)),
        "blocks": blocks[:100],
    }


def _form(name: str, language: str, about: dict[str, str], *blocks: dict[str, Any]) -> View:
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": json.dumps(about),
        "title": _plain(say(TITLES[name][0], language)),
        "submit": _plain(say(TITLES[name][1], language)),
        "close": _plain(say("form.cancel", language)),
        "blocks": list(blocks),
    }


def _text(
    name: str,
    label: str,
    *,
    limit: int = min(INPUT_LIMIT, TEXT_LIMIT),
    lines: bool = False,
    optional: bool = False,
    initial: str = "",
) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": lines,
        "max_length": limit,
    }
    if initial:
        element["initial_value"] = initial[:limit]
    return _input(name, label, element, optional=optional)


def _select(name: str, label: str, choices: list[tuple[str, str]], first: str) -> dict[str, Any]:
    options = [{"text": _plain(text), "value": value} for value, text in choices]
    initial = next((option for option in options if option["value"] == first), options[0])
    element = {"type": "static_select", "action_id": name, "options": options, "initial_option": initial}
    return _input(name, label, element)


def _visibility(language: str) -> dict[str, Any]:
    options = [{"text": _plain(visibility_label(one, language)), "value": one.value} for one in Visibility]
    element = {
        "type": "radio_buttons",
        "action_id": "visibility",
        "options": options,
        "initial_option": options[0],
    }
    return _input("visibility", say("form.visibility", language), element)


def _input(name: str, label: str, element: dict[str, Any], *, optional: bool = False) -> dict[str, Any]:
    """The block's id is its field's name: that is what an error is shown beside."""
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "element": element,
        "optional": optional,
    }


def _about(ticket: str) -> dict[str, Any]:
    """Say which ticket a form is about."""
    return _hint(f"*{ticket}*")


def _seen_as(language: str, name: str, where: str) -> dict[str, Any]:
    author = say("author.team", language, name=name)
    if markup.is_quiet(author):
        return _hint(say("form.reply.seen_as", language, author=markup.plain(author), place=where))
    before, after = say("form.reply.seen_as", language, author=author, place="\n").split("\n")
    place = {"type": "mrkdwn", "text": where, "verbatim": True}
    elements = [{**_plain(before.strip()), "emoji": False}, place, _plain(after.strip() or ".")]
    return {"type": "context", "elements": elements}


def _hint(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
