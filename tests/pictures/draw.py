"""Draws Slack's payloads as HTML that looks as Slack shows them."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.pictures.words import Payload, Reader

CSS = (Path(__file__).parent / "slack.css").read_text()
OURS, COLOURS = "#2b4a3f", ("#4a154b", "#1264a3", "#b5560b", "#7c2e6b", "#37686e")
#: What stands in a field that is empty and has no words of its own.
EMPTY = {
    "static_select": "Select an option",
    "users_select": "Select a user",
    "conversations_select": "Select a conversation",
}


# ---------------------------------------------------------------- pages


def page(drawn: str, width: int) -> str:
    """Return a whole page around what was drawn."""
    sizes = f".picture {{ box-sizing: border-box; width: {width}px; }}"
    return f'<!doctype html><meta charset="utf-8"><style>{CSS}{sizes}</style>{drawn}'


def picture(payload: Payload | Sequence[Payload], reader: Reader) -> str:
    """Draw a view, or posts, each under the place where it stands."""
    if not isinstance(payload, Mapping):
        return f'<div class="picture">{_posts(payload, reader)}</div>'
    blocks = _blocks(payload["blocks"], reader)
    if payload["type"] == "home":
        return f'<div class="picture">{blocks}</div>'
    close = reader.plain(payload["close"]) if "close" in payload else "Close"
    buttons = f'<span class="button">{close}</span>'
    if "submit" in payload:
        buttons += f'<span class="button primary">{reader.plain(payload["submit"])}</span>'
    top = f'{_avatar("Halfdoor")}{reader.plain(payload["title"])}<span class="x">✕</span>'
    form = f'<div class="top">{top}</div><div class="body">{blocks}</div><div class="bottom">{buttons}</div>'
    return f'<div class="picture"><div class="form">{form}</div></div>'


def _posts(posts: Sequence[Payload], reader: Reader) -> str:
    drawn, before = "", ""
    for post in posts:
        name = html.escape(reader.names.get(post.get("channel", ""), "channel"))
        thread = " Thread" if post.get("thread_ts") else ""
        place = f'<div class="place"><b># {name}</b>{thread}</div>'
        drawn += place if place != before else ""
        before = place
        if "user" in post:
            drawn += '<div class="only">Only visible to you</div>'
        drawn += _post(post, reader)
    return drawn


def _post(post: Payload, reader: Reader) -> str:
    author = post.get("username") or "Halfdoor"
    said = _blocks(post["blocks"], reader) if post.get("blocks") else reader.mrkdwn(post["text"])
    time = f'<span class="time">{reader.now:%H:%M}</span>'
    name = f'<span class="name">{html.escape(author)}</span><span class="app">APP</span>{time}'
    return f'<div class="post">{_avatar(author)}<div class="said">{name}{said}</div></div>'


# ---------------------------------------------------------------- blocks


def _blocks(given: Sequence[Payload], reader: Reader) -> str:
    return "".join(_block(block, reader) for block in given)


def _block(block: Payload, reader: Reader) -> str:
    match block["type"]:
        case "section":
            words = reader.text(block["text"]) if "text" in block else ""
            fields = "".join(f"<div>{reader.text(one)}</div>" for one in block.get("fields", []))
            words += f'<div class="fields">{fields}</div>' if fields else ""
            beside = _element(block["accessory"], reader) if "accessory" in block else ""
            return f'<div class="section"><div class="words">{words}</div>{beside}</div>'
        case "context":
            elements = "".join(f"<span>{_element(one, reader)}</span>" for one in block["elements"])
            return f'<div class="context">{elements}</div>'
        case "actions":
            elements = "".join(_element(one, reader) for one in block["elements"])
            return f'<div class="actions">{elements}</div>'
        case "divider":
            return "<hr>"
        case "header":
            return f'<div class="header">{reader.plain(block["text"])}</div>'
        case "image":
            title = f"<div>{reader.plain(block['title'])}</div>" if "title" in block else ""
            return f"{title}{_element(block, reader)}"
        case "input":
            label = reader.plain(block["label"])
            label += ' <span class="optional">(optional)</span>' if block.get("optional") else ""
            hint = f'<div class="hint">{reader.plain(block["hint"])}</div>' if "hint" in block else ""
            field = _element(block["element"], reader)
            return f'<div class="input"><div class="label">{label}</div>{field}{hint}</div>'
        case "rich_text":
            return "".join(reader.rich(part) for part in block["elements"])
        case "markdown":
            return f"<pre>{html.escape(block['text'])}</pre>"
        case "table":
            rows = ("".join(f"<td>{_cell(cell, reader)}</td>" for cell in row) for row in block["rows"])
            return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        case "data_visualization":
            return _chart(block, reader)
        case other:
            raise ValueError(f"cannot draw {other}")


def _element(element: Payload, reader: Reader) -> str:
    kind = element["type"]
    match kind:
        case "mrkdwn" | "plain_text":
            return reader.text(element)
        case "image":
            return f'<span class="image">{html.escape(element["alt_text"])}</span>'
        case "button":
            return f'<span class="button {element.get("style", "")}">{reader.plain(element["text"])}</span>'
        case "overflow":
            return '<span class="button">⋯</span>'
        case "radio_buttons" | "checkboxes":
            chosen = element.get("initial_options", [element.get("initial_option")])
            square = "" if kind == "radio_buttons" else " square"
            return "".join(
                f'<div class="choice"><i class="{"on" if one in chosen else ""}{square}"></i>'
                f"<span>{reader.text(one['text'])}</span></div>"
                for one in element["options"]
            )
        case _ if kind.endswith("_select"):
            return f'<div class="field menu">{_filled(element, reader)}</div>'
        case _:
            lines = " lines" if element.get("multiline") else ""
            return f'<div class="field{lines}">{_filled(element, reader)}</div>'


def _filled(element: Payload, reader: Reader) -> str:
    for key, value in element.items():
        if key.startswith("initial_"):
            several = value if isinstance(value, list) else [value]
            return html.escape(", ".join(_value(element["type"], one, reader) for one in several))
    words = EMPTY.get(element["type"].removeprefix("multi_"), "")
    words = element["placeholder"]["text"] if "placeholder" in element else words
    return f'<span class="empty">{html.escape(words)}&nbsp;</span>'


def _value(kind: str, value: Any, reader: Reader) -> str:
    if isinstance(value, Mapping):
        return str(value["text"]["text"])
    sign = "# " if "conversations" in kind else ""
    return f"{sign}{reader.names[value]}" if value in reader.names else str(value)


def _cell(cell: Payload, reader: Reader) -> str:
    if cell["type"] == "rich_text":
        return _block(cell, reader)
    return html.escape(str(cell.get("text", cell.get("value"))))


def _chart(block: Payload, reader: Reader) -> str:
    """Enough of a chart to see what it tells: each value as a bar."""
    chart = block["chart"]
    values = chart.get("segments") or [one for series in chart["series"] for one in series["data"]]
    most = max(one["value"] for one in values) or 1
    bars = "".join(
        f'<div class="bar">{html.escape(one["label"])}'
        f'<span style="width: {100 * one["value"] / most:.0f}%"></span>{one["value"]}</div>'
        for one in values
    )
    return f'<div class="chart"><b>{html.escape(block["title"])}</b>{bars}</div>'


def _avatar(name: str) -> str:
    initials = "".join(word[0] for word in re.findall(r"\w+", name)[:1]).upper() or "?"
    colour = OURS if name == "Halfdoor" else COLOURS[zlib.crc32(name.split()[0].encode()) % len(COLOURS)]
    return f'<span class="avatar" style="background: {colour}">{html.escape(initials)}</span>'
