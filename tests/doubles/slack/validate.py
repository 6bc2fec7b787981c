"""Slack's checks on what an app sends: the shapes of Block Kit, and what each surface takes of them."""

from __future__ import annotations

import copy
import json
from typing import Any, Literal, TypeAlias

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.doubles.slack.aloud import aloud, read
from tests.doubles.slack.checks import Check, any_of, array, mapping, refuse, shape, string
from tests.doubles.slack.shapes import BLOCKS, flag, plain, url
from tests.doubles.slack.world import SlackError

__all__ = ["aloud", "blocks", "home", "message", "read", "view"]

Surface: TypeAlias = Literal["message", "modal", "home"]

#: Blocks that are for some surfaces only. Slack lets inputs into messages by now; Halfdoor has no use for them.
ONLY: dict[str, tuple[Surface, ...]] = {
    "input": ("modal", "home"),
    "markdown": ("message",),
    "table": ("message",),
    "data_visualization": ("message",),
}
#: A message's text and the text of all its blocks, where Slack counts them together; measured, not documented:
#: 13,202 characters pass, and each block costs about 100 more (msg_blocks_too_long: bolt-js#2509, metabase#79908).
TOGETHER, EACH_BLOCK = 13_200, 100
#: Documented: characters of a message's text when posted and when updated, bytes of a view.
POSTED, UPDATED, VIEW = 40_000, 4_000, 250_000
#: All markdown blocks of a message together, and all cells of its tables together, in characters.
MARKDOWN, CELLS = 12_000, 10_000
#: Charts in one message.
CHARTS = 2
#: Slack cuts a longer name without a word (username_too_long); its docs don't say where.
USERNAME = 80

_block = any_of(BLOCKS)
_view = {"private_metadata": string(3000, least=0), "callback_id": string(255), "external_id": string(255)}
_blocks = array(lambda given, path: None, least=0)
_MODAL = shape(
    {"type": string(), "title": plain(24), "blocks": _blocks},
    {"submit": plain(24), "close": plain(24), "clear_on_close": flag, "notify_on_close": flag, **_view},
)
_HOME = shape({"type": string(), "blocks": _blocks}, _view)
_METADATA = shape({"event_type": string(), "event_payload": mapping})


def blocks(given: list[dict[str, Any]], *, most: int = 50, surface: Surface = "message") -> None:
    """Raise as Slack does: invalid_blocks with the place and the reason, or msg_blocks_too_long."""
    array(_block, most=most, least=0)(given, "/blocks")
    for place, block in enumerate(given):
        if surface not in ONLY.get(block["type"], (surface,)):
            refuse(f"{block['type']} is not for a {surface}", f"/blocks/{place}")
    ids = [block["block_id"] for block in given if "block_id" in block]
    if len(ids) != len(set(ids)):
        refuse("block_id must be unique", "/blocks")
    kinds = [block["type"] for block in given]
    if kinds.count("data_visualization") > CHARTS:
        refuse(f"at most {CHARTS} data_visualization blocks", "/blocks")
    if sum(len(block["text"]) for block in given if block["type"] == "markdown") > MARKDOWN:
        refuse(f"markdown blocks have at most {MARKDOWN} characters together", "/blocks")
    if sum(_characters(block["rows"]) for block in given if block["type"] == "table") > CELLS:
        refuse(f"tables have at most {CELLS} characters together", "/blocks")
    if surface == "message" and _characters(given) + EACH_BLOCK * len(given) > TOGETHER:
        raise SlackError("msg_blocks_too_long")
    _second_opinion(given)


def message(payload: dict[str, Any]) -> None:
    """Raise for arguments of chat.postMessage, chat.postEphemeral or, with `ts`, chat.update."""
    text, layout = payload.get("text") or "", payload.get("blocks") or []
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", why="text is a string")
    if not text and not layout:
        raise SlackError("no_text")
    if len(text) > (UPDATED if "ts" in payload else POSTED):
        raise SlackError("msg_too_long")
    for name, check in (("username", string(USERNAME)), ("icon_url", url)):
        _argument(payload, name, check)
    if payload.get("icon_url") is not None and payload.get("icon_emoji") is not None:
        raise SlackError("invalid_arguments", why="either icon_url or icon_emoji")
    _argument(payload, "metadata", _METADATA, "invalid_metadata_format")
    blocks(layout, surface="message")


def view(given: dict[str, Any]) -> None:
    """Raise invalid_arguments for a modal or an App Home that Slack would refuse."""
    try:
        match given.get("type"):
            case "modal":
                _MODAL(given, "/view")
                if "submit" not in given and any(block.get("type") == "input" for block in given["blocks"]):
                    refuse("inputs need a submit button", "/view")
            case "home":
                _HOME(given, "/view")
            case other:
                refuse(f"unsupported type: {other}", "/view")
        blocks(given["blocks"], most=100, surface=given["type"])
        focused = [block for block in given["blocks"] if block.get("element", {}).get("focus_on_load")]
        if len(focused) > 1:
            refuse("focus_on_load is for one element", "/view/blocks")
    except SlackError as error:
        raise SlackError("invalid_arguments", why=error.more.get("why", error.code)) from None
    if len(json.dumps(given, ensure_ascii=False).encode()) > VIEW:
        raise SlackError("view_too_large")


def home(given: dict[str, Any]) -> None:
    """Raise for what views.publish would refuse."""
    if given.get("type") != "home":
        raise SlackError("invalid_arguments", why="views.publish takes a home")
    view(given)


def _argument(payload: dict[str, Any], name: str, check: Check, code: str = "invalid_arguments") -> None:
    if payload.get(name) is not None:
        try:
            check(payload[name], f"/{name}")
        except SlackError as error:
            raise SlackError(code, why=error.more["why"]) from None


def _characters(given: Any) -> int:
    """Count the characters of all texts in a layout."""
    match given:
        case {"text": str(text), **more}:
            return len(text) + _characters(more)
        case dict():
            return sum(_characters(one) for one in given.values())
        case list():
            return sum(_characters(one) for one in given)
        case _:
            return 0


def _second_opinion(given: list[dict[str, Any]]) -> None:
    """Let slack_sdk's own models look, which know most blocks, though not charts."""
    for place, block in enumerate(given):
        if block["type"] == "data_visualization":
            continue
        try:
            parsed = Block.parse(copy.deepcopy(block))
            assert parsed is not None, block["type"]
            parsed.to_dict()
        except SlackObjectFormationError as error:
            refuse(f"slack_sdk: {error}", f"/blocks/{place}")
