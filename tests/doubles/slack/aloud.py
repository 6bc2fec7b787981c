"""The words of screen readers: a layout read out line by line, so that tests can say what people see."""

from __future__ import annotations

import html
import re
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]

_LOOSE = re.compile(r"@(here|channel|everyone)")


def aloud(text: str) -> str:
    """Read mrkdwn out: entities resolved as a reader sees them, times as `(time)`."""
    text = re.sub(r"<!date\^[^>]*>", "(time)", text)
    text = re.sub(r"<!(here|channel|everyone)[^>]*>", r"PING:\1", text)
    text = re.sub(r"<@([A-Z0-9]+)[^>]*>", r"PING:\1", text)
    text = re.sub(r"<!subteam[^>]*>", "PING:group", text)
    text = re.sub(r"<#([A-Z0-9]+)[^>]*>", r"#\1", text)
    text = re.sub(r"<https?://[^>|]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<(https?://[^>]*)>", r"\1", text)
    return html.unescape(text)


def styled(given: list[Block]) -> list[str]:
    """Return each run of words that a reader sees in a style or as an emoji because mrkdwn is read for signs.

    docs.slack.dev/messaging/formatting-message-text: `*bold*`, `_italic_`, `~struck~`, code in backticks, a
    leading `>`, and names of emoji in colons. In rich text, and in plain_text without `emoji`, signs are signs.
    """
    found: list[str] = []
    for text in _marked(given):
        for one in _STYLE.finditer(text):
            found += [next(group for group in one.groups() if group is not None)]
    return found


_STYLE = re.compile(
    r"`([^`\n]+)`|(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])|(?<![\w_])_([^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~([^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])|(:[a-z0-9_+'-]+:)|^(&gt;.*)$",
    re.MULTILINE,
)


def _marked(given: Any) -> list[str]:
    match given:
        case {"type": "mrkdwn", "text": str(text)}:
            return [text]
        case {"type": "plain_text", "text": str(text), **more}:
            return re.findall(r":[a-z0-9_+'-]+:", text) if more.get("emoji", True) else []
        case {"type": "rich_text"}:
            return []
        case dict():
            return [text for one in given.values() for text in _marked(one)]
        case list():
            return [text for one in given for text in _marked(one)]
        case _:
            return []


def read(given: list[Block], text: str) -> str:
    """Read a message out: its blocks line by line, or its text if it has none."""
    return "\n".join(line for block in given for line in _block(block)) or aloud(text)


def _block(block: Block) -> list[str]:
    match block["type"]:
        case "section":
            return _section(block)
        case "context":
            return [" ".join(_element(element) for element in block["elements"])]
        case "actions":
            return [" ".join(_element(element) for element in block["elements"])]
        case "divider":
            return ["---"]
        case "header":
            return [block["text"]["text"]]
        case "image":
            title = [block["title"]["text"]] if "title" in block else []
            return [*title, _element(block)]
        case "input":
            hint = [block["hint"]["text"]] if "hint" in block else []
            return [f"{block['label']['text']}: {_element(block['element'])}", *hint]
        case "rich_text":
            return [line for part in block["elements"] for line in _part(part)]
        case "markdown":
            return _loosely(block["text"], block["text"])
        case "table":
            return [" | ".join(_cell(cell) for cell in row) for row in block["rows"]]
        case "data_visualization":
            return [f"(chart: {block['title']})"]
        case other:
            return [f"({other})"]


def _section(block: Block) -> list[str]:
    lines = []
    for one in ([block["text"]] if "text" in block else []) + block.get("fields", []):
        said = aloud(one["text"])
        lines += [said] if one.get("verbatim") else _loosely(said, said)
    if "accessory" in block:
        lines.append(_element(block["accessory"]))
    return lines


def _loosely(said: str, parsed: str) -> list[str]:
    """What Slack parses by itself may ping without any brackets."""
    return [said, "PING:loose"] if _LOOSE.search(parsed) else [said]


def _element(element: Block) -> str:
    match element["type"]:
        case "mrkdwn" | "plain_text":
            return aloud(element["text"])
        case "image":
            return f"(image: {element['alt_text']})"
        case "button" | "workflow_button":
            return f"[{element['text']['text']}]"
        case "overflow":
            return f"[{' / '.join(option['text']['text'] for option in element['options'])} v]"
        case "radio_buttons" | "checkboxes":
            chosen = element.get("initial_options", [element.get("initial_option")])
            ticks = [
                ("(x) " if one in chosen else "( ) ") + one["text"]["text"] for one in element["options"]
            ]
            return " ".join(ticks)
        case name if name.endswith("_select"):
            return f"[{_chosen(element)} v]"
        case _:
            return f"[{_chosen(element)}]"


def _chosen(element: Block) -> str:
    """What stands in a field before anyone touches it, else its hint, else its name."""
    for key, value in element.items():
        if key.startswith("initial_"):
            several = value if isinstance(value, list) else [value]
            return ", ".join(_said(one) for one in several)
    return element["placeholder"]["text"] if "placeholder" in element else ""


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return value["text"]["text"] if "text" in value else "\n".join(_block(value))
    return str(value)


def _cell(cell: Block) -> str:
    if cell["type"] == "rich_text":
        return " ".join(_block(cell))
    return str(cell["text"] if "text" in cell else cell["value"])


# ---------------------------------------------------------------- rich text


def _part(part: Block) -> list[str]:
    match part["type"]:
        case "rich_text_list":
            first = part.get("offset", 0) + 1
            margin = "  " * part.get("indent", 0)
            signs = [
                "•" if part["style"] == "bullet" else f"{n}."
                for n in range(first, first + len(part["elements"]))
            ]
            return [
                f"{margin}{sign} {_line(item)}" for sign, item in zip(signs, part["elements"], strict=True)
            ]
        case "rich_text_quote":
            return [f"> {line}" for line in _line(part).split("\n")]
        case "rich_text_preformatted":
            return [f"```{_line(part)}```"]
        case _:
            return [_line(part)]


def _line(part: Block) -> str:
    """One stretch of words; the line break that a composer leaves at its end is not one more line."""
    return "".join(_inline(one) for one in part["elements"]).removesuffix("\n")


def _inline(one: Block) -> str:
    match one["type"]:
        case "text":
            said = one["text"]
        case "link":
            said = one["url"] if one.get("text") in (None, one["url"]) else f"{one['text']} ({one['url']})"
        case "user":
            said = f"PING:{one['user_id']}"
        case "usergroup":
            said = "PING:group"
        case "broadcast":
            said = f"PING:{one['range']}"
        case "channel":
            said = f"#{one['channel_id']}"
        case "emoji":
            said = f":{one['name']}:"
        case "date":
            said = "(time)"
        case "color":
            said = one["value"]
        case other:
            said = f"({other})"
    style = one.get("style", {})
    for name, sign in (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*")):
        if style.get(name):
            said = f"{sign}{said}{sign}"
    return str(said)
