"""Slack's limits on layouts, and the words of screen readers for what passes them."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.doubles.slack.world import SlackError

LIMITS = {"section": 3000, "button": 75, "value": 2000, "header": 150}


def blocks(given: list[dict[str, Any]], *, most: int = 50) -> None:
    """Raise invalid_blocks as Slack does. The SDK's models check nothing of this on their own."""
    if len(given) > most:
        raise SlackError("invalid_blocks", why="too many blocks")
    ids = [block["block_id"] for block in given if "block_id" in block]
    if len(ids) != len(set(ids)):
        raise SlackError("invalid_blocks", why="duplicate block_id")
    for block in given:
        match block.get("type"):
            case "section":
                _text(block.get("text"), LIMITS["section"])
            case "context":
                if not 1 <= len(block["elements"]) <= 10:
                    raise SlackError("invalid_blocks", why="context elements")
                for element in block["elements"]:
                    _text(element, LIMITS["section"])
            case "actions":
                if not 1 <= len(block["elements"]) <= 25:
                    raise SlackError("invalid_blocks", why="actions")
                names = [element["action_id"] for element in block["elements"]]
                if len(names) != len(set(names)):
                    raise SlackError("invalid_blocks", why="duplicate action_id")
                for element in block["elements"]:
                    _button(element)
            case "divider" | "rich_text":
                pass
            case "input":
                _text(block["label"], 2000, plain=True)
                _element(block["element"])
            case other:
                raise SlackError("invalid_blocks", why=f"unknown block {other}")


def view(given: dict[str, Any]) -> None:
    """Raise invalid_arguments for a modal that Slack would refuse."""
    try:
        _text(given["title"], 24, plain=True)
        _text(given["close"], 24, plain=True)
        if "submit" in given:
            _text(given["submit"], 24, plain=True)
        elif any(block["type"] == "input" for block in given["blocks"]):
            raise SlackError("invalid_blocks", why="inputs need a submit button")
        if len(given.get("private_metadata", "")) > 3000:
            raise SlackError("invalid_blocks", why="private_metadata")
        blocks(given["blocks"], most=100)
    except SlackError as error:
        raise SlackError("invalid_arguments", why=error.more) from None


def _text(given: Any, limit: int, *, plain: bool = False) -> None:
    if not isinstance(given, dict) or given.get("type") not in ("mrkdwn", "plain_text"):
        raise SlackError("invalid_blocks", why=f"no text object: {given!r}")
    if plain and given["type"] != "plain_text":
        raise SlackError("invalid_blocks", why="must be plain_text")
    if plain and "verbatim" in given:
        raise SlackError("invalid_blocks", why="verbatim is for mrkdwn")
    if not 1 <= len(given["text"]) <= limit:
        raise SlackError("invalid_blocks", why=f"text of {len(given['text'])}")


def _button(given: dict[str, Any]) -> None:
    if given["type"] != "button":
        raise SlackError("invalid_blocks", why=given["type"])
    _text(given["text"], LIMITS["button"], plain=True)
    if len(given.get("value", "")) > LIMITS["value"] or len(given["action_id"]) > 255:
        raise SlackError("invalid_blocks", why="button value")
    if given.get("style") not in (None, "primary", "danger"):
        raise SlackError("invalid_blocks", why="style")


def _element(given: dict[str, Any]) -> None:
    match given["type"]:
        case "plain_text_input":
            if not 1 <= given.get("max_length", 3000) <= 3000:
                raise SlackError("invalid_blocks", why="max_length")
            if len(given.get("initial_value", "")) > given.get("max_length", 3000):
                raise SlackError("invalid_blocks", why="initial_value")
        case "static_select" | "radio_buttons":
            if not 1 <= len(given["options"]) <= 100:
                raise SlackError("invalid_blocks", why="options")
            if given.get("initial_option") not in (None, *given["options"]):
                raise SlackError("invalid_blocks", why="initial_option")
        case "users_select" | "conversations_select":
            pass
        case other:
            raise SlackError("invalid_blocks", why=f"unknown element {other}")


def aloud(text: str) -> str:
    """Read mrkdwn out: entities resolved as a reader sees them, times as `(time)`."""
    text = re.sub(r"<!date\^[^>]*>", "(time)", text)
    text = re.sub(r"<!(here|channel|everyone)[^>]*>", r"PING:\1", text)
    text = re.sub(r"<@([A-Z0-9]+)[^>]*>", r"PING:\1", text)
    text = re.sub(r"<!subteam[^>]*>", "PING:group", text)
    text = re.sub(r"<#([A-Z0-9]+)[^>]*>", r"#\1", text)
    text = re.sub(r"<(https?://[^>|]*)(\|[^>]*)?>", r"\1", text)
    return html.unescape(text)


def read(given: list[dict[str, Any]], text: str) -> str:
    """Read a message out: its blocks line by line, or its text if it has none."""
    lines: list[str] = []
    for block in given:
        match block["type"]:
            case "section":
                lines.append(aloud(block["text"]["text"]))
                if not block["text"].get("verbatim") and re.search(r"@(here|channel|everyone)", lines[-1]):
                    lines.append("PING:loose")
            case "context":
                lines.append(" ".join(aloud(element["text"]) for element in block["elements"]))
            case "actions":
                lines.append(" ".join(f"[{element['text']['text']}]" for element in block["elements"]))
            case "rich_text":
                for element in block["elements"]:
                    lines += _rich(element)
            case "divider":
                lines.append("---")
            case _:
                lines.append(f"({block['type']})")
    return "\n".join(lines) or aloud(text)


def _rich(element: dict[str, Any]) -> list[str]:
    """Read one element of a rich_text block out, with signs for its formatting."""
    inner = element["elements"]
    match element["type"]:
        case "rich_text_list":
            first, indent = element.get("offset", 0) + 1, "  " * element.get("indent", 0)
            ordered = element["style"] == "ordered"
            return [
                f"{indent}{f'{n}.' if ordered else '•'} {_inline(section['elements'])}"
                for n, section in enumerate(inner, first)
            ]
        case "rich_text_preformatted":
            return [f"```{_inline(inner)}```"]
        case "rich_text_quote":
            return [f"> {line}" for line in _inline(inner).split("\n")]
        case _:
            return _inline(inner).split("\n")


def _inline(elements: list[dict[str, Any]]) -> str:
    found = ""
    for one in elements:
        match one["type"]:
            case "text":
                text = one["text"]
            case "link":
                text = one.get("text", one["url"])
                text += f" ({one['url']})" if text != one["url"] else ""
            case "emoji":
                text = f":{one['name']}:"
            case other:
                text = f"PING:{other}"
        for style, sign in (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*")):
            text = f"{sign}{text}{sign}" if one.get("style", {}).get(style) else text
        found += text
    return found
