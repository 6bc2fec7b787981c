"""Slack's modals. Pure. What a form is about travels in its private metadata."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from adapters.slack import markup, render
from bot.ports import ProjectPlaces
from bot.tickets.model import Place
from bot.view.forms import Choice, Entry, Field, Form, Uploads, Who
from bot.view.layout import Small
from bot.words.say import LANGUAGES, say

View: TypeAlias = dict[str, Any]

#: Slack's limit for a text typed into a modal, in characters.
INPUT_LIMIT = 3000


def printed(form: Form, channel: str, me: str, first: Sequence[dict[str, Any]] = ()) -> View:
    """Print a form that `me` opened in a channel; `first`: what is to be read before it is sent."""
    about = {"c": channel, "l": form.language}
    about |= {key: one for key, one in (("t", form.ticket), ("e", form.entry), ("d", form.seen)) if one}
    blocks = [_about(form.ticket)] if form.ticket and not first else []
    if first:
        told = {"type": "section", "text": _plain(say("form.publish.shown", form.language))}
        blocks += [told, {"type": "divider"}, *first[:90]]
    for field in form.fields:
        blocks += _field(field, me)
    return _form(form.act, form.language, about, form.title, form.submit, *blocks)


def words(language: str, text: str) -> View:
    """Say something to somebody who used a shortcut where no message can be shown to them alone."""
    section = {"type": "section", "text": _plain(text[:3000])}
    return shown(say("form.words.title", language), [section], language)


def setup(language: str, channel: str, link: ProjectPlaces | None = None) -> View:
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
        say("form.setup.title", language),
        say("form.setup.submit", language),
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


def _form(
    act: str, language: str, about: dict[str, str], title: str, submit: str, *blocks: dict[str, Any]
) -> View:
    return {
        "type": "modal",
        "callback_id": act,
        "private_metadata": json.dumps(about),
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain(say("form.cancel", language)),
        "blocks": list(blocks),
    }


def _field(field: Field, me: str) -> list[dict[str, Any]]:
    match field:
        case Entry(name=name, label=label):
            limit, initial = field.limit or INPUT_LIMIT, markup.mrkdwn(field.initial)
            lines, optional = field.lines, field.optional
            return [_text(name, label, limit=limit, lines=lines, optional=optional, initial=initial)]
        case Choice(name=name, label=label, values=values, first=first):
            return [_select(name, label, values, first, radio=field.all_shown)]
        case Who(name=name, label=label):
            who = {"type": "users_select", "action_id": name, "initial_user": me}
            return [_input(name, label, who, optional=True)]
        case Uploads():
            return []  # people put files into the thread
        case Small(line=line):
            return [render.small(line)]
        case _:
            assert_never(field)


def _text(
    name: str,
    label: str,
    *,
    limit: int = INPUT_LIMIT,
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


def _select(
    name: str, label: str, choices: Sequence[tuple[str, str]], first: str, *, radio: bool = False
) -> dict[str, Any]:
    options = [{"text": _plain(text), "value": value} for value, text in choices]
    initial = next((option for option in options if option["value"] == first), options[0])
    kind = "radio_buttons" if radio else "static_select"
    element = {"type": kind, "action_id": name, "options": options, "initial_option": initial}
    return _input(name, label, element)


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


def _hint(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
