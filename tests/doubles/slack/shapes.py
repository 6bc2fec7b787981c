"""Block Kit as Slack documents it (docs.slack.dev/reference/block-kit): each object's keys, kinds and limits."""

from __future__ import annotations

from typing import Any

from tests.doubles.slack.checks import (
    Check,
    Keys,
    any_of,
    array,
    exactly_one,
    kind,
    number,
    one_of,
    ordered,
    refuse,
    shape,
    some,
    string,
    unique,
)

# ---------------------------------------------------------------- composition objects

flag = one_of(True, False)
url = string(3000, like=r"(https?|slack|mailto|tel):.+")


def plain(most: int) -> Check:
    return any_of(kind("plain_text", {"text": string(most)}, {"emoji": flag}))


def texts(most: int) -> dict[str, Check]:
    formatted = kind("mrkdwn", {"text": string(most)}, {"verbatim": flag})
    return {**kind("plain_text", {"text": string(most)}, {"emoji": flag}), **formatted}


def text(most: int) -> Check:
    return any_of(texts(most))


style = one_of("primary", "danger")
confirm = shape(
    {"title": plain(100), "text": plain(300), "confirm": plain(30), "deny": plain(30)}, {"style": style}
)
option = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
linked_option = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url})
#: Radio buttons and checkboxes may be formatted.
ticked_option = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
group = shape({"label": plain(75), "options": array(option, most=100)})
conversations = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
    some("include", "exclude_external_shared_channels", "exclude_bot_users"),
)
dispatch = shape({"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), most=2)})
slack_file = shape({}, {"id": string(), "url": url}, exactly_one("id", "url"))


# ---------------------------------------------------------------- rich text


def _not_empty(given: Any, path: str) -> None:
    if not given:
        refuse("must not be empty", path)


_letters = {"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag}
_mention = {"bold": flag, "italic": flag, "strike": flag, "highlight": flag, "client_highlight": flag}
_style = {"style": shape({}, _letters, _not_empty)}
_mention_style = {"style": shape({}, {**_mention, "unlink": flag}, _not_empty)}

_words = {
    **kind("text", {"text": string()}, _style),
    **kind("link", {"url": url}, {"text": string(), "unsafe": flag, **_style}),
}
_inline = any_of(
    {
        **_words,
        **kind("user", {"user_id": string()}, _mention_style),
        **kind("usergroup", {"usergroup_id": string()}, _mention_style),
        **kind("channel", {"channel_id": string()}, _mention_style),
        **kind("broadcast", {"range": one_of("here", "channel", "everyone")}, _mention_style),
        **kind(
            "emoji",
            {"name": string()},
            {"unicode": string(), "url": url, "skin_tone": number(2, 6), **_style},
        ),
        **kind(
            "date",
            {"timestamp": number(0), "format": string(like=r"[^{}]*(\{[a-z_]+\}[^{}]*)+")},
            {"url": url, "fallback": string(), **_style},
        ),
        **kind("color", {"value": string(like=r"#[0-9a-fA-F]{3,8}")}, _style),
    }
)
_border = {"border": one_of(0, 1)}
_section = kind("rich_text_section", {"elements": array(_inline, least=0)})
rich_text = kind(
    "rich_text",
    {
        "elements": array(
            any_of(
                {
                    **_section,
                    **kind(
                        "rich_text_list",
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": array(any_of(_section), least=0),
                        },
                        {"indent": number(0, 8), "offset": number(0), **_border},
                    ),
                    **kind("rich_text_quote", {"elements": array(_inline, least=0)}, _border),
                    **kind(
                        "rich_text_preformatted",
                        {"elements": array(any_of(_words), least=0)},
                        {"language": string(), **_border},
                    ),
                }
            )
        )
    },
    {"block_id": string(255)},
)


# ---------------------------------------------------------------- elements

#: Slack would make up an action_id that is left out, and then nobody could tell what was pressed.
_action = {"action_id": string(255)}
_confirm = {"confirm": confirm}
_focus = {"focus_on_load": flag}
_hint = {"placeholder": plain(150), **_focus}
_typed = {"dispatch_action_config": dispatch, **_hint}


def _initial_is_an_option(given: Any, path: str) -> None:
    groups = given.get("option_groups", [])
    options = given.get("options", [one for group in groups for one in group["options"]])
    chosen = given.get("initial_options", [given["initial_option"]] if "initial_option" in given else [])
    for one in chosen:
        if one not in options:
            refuse("initial option must be among the options", path)


def _initial_value_fits(given: Any, path: str) -> None:
    typed = len(given.get("initial_value", ""))
    if typed > given.get("max_length", 3000):
        refuse("initial_value is longer than max_length", f"{path}/initial_value")


def _select(name: str, most: int | None = None) -> dict[str, Check]:
    """A menu that takes its choices from `name`; many at a time when `most` is given."""
    many = most is not None
    several = {"max_selected_items": number(1)} if many else {}
    common = {**_hint, **_confirm, **several}
    one = {"static": "option", "external": "option", "users": "user"}.get(name, name.removesuffix("s"))
    value = option if one == "option" else string()
    initial: Keys = {f"initial_{one}s": array(value)} if many else {f"initial_{one}": value}
    full = f"multi_{name}_select" if many else f"{name}_select"
    may: dict[str, Check] = {**common, **initial}
    rules: list[Check] = []
    if name == "static":
        may |= {"options": array(option, most=100), "option_groups": array(group, most=100)}
        rules = [exactly_one("options", "option_groups"), _initial_is_an_option]
    if name == "external":
        may |= {"min_query_length": number(0)}
    if name == "conversations":
        may |= {"default_to_current_conversation": flag, "filter": conversations}
    if name in ("conversations", "channels") and not many:
        may |= {"response_url_enabled": flag}
    return kind(full, _action, may, *rules)


SOURCES = ("static", "external", "users", "conversations", "channels")
MENUS = {name: check for source in SOURCES for name, check in _select(source).items()}
MULTI = {name: check for source in SOURCES for name, check in _select(source, 1).items()}
_image = {"image_url": url, "slack_file": slack_file}
IMAGE = kind("image", {"alt_text": string(2000)}, _image, exactly_one("image_url", "slack_file"))
BUTTON = kind(
    "button",
    {"text": plain(75), **_action},
    {
        "url": url,
        "value": string(2000, least=0),
        "style": style,
        "accessibility_label": string(75),
        **_confirm,
    },
)
OVERFLOW = kind("overflow", {"options": array(linked_option, most=5), **_action}, _confirm)
CHOICES = {
    **kind(
        "radio_buttons",
        {"options": array(ticked_option, most=10), **_action},
        {"initial_option": ticked_option, **_confirm, **_focus},
        _initial_is_an_option,
    ),
    **kind(
        "checkboxes",
        {"options": array(ticked_option, most=10), **_action},
        {"initial_options": array(ticked_option), **_confirm, **_focus},
        _initial_is_an_option,
    ),
}
_day, _time = string(like=r"\d{4}-\d\d-\d\d"), string(like=r"([01]\d|2[0-3]):[0-5]\d")
PICKERS = {
    **kind("datepicker", _action, {"initial_date": _day, **_hint, **_confirm}),
    **kind("timepicker", _action, {"initial_time": _time, "timezone": string(), **_hint, **_confirm}),
    **kind(
        "datetimepicker",
        _action,
        {"initial_date_time": number(1_000_000_000, 9_999_999_999), **_focus, **_confirm},
    ),
}
_decimal = string(like=r"-?\d+(\.\d+)?")
FIELDS = {
    **kind(
        "plain_text_input",
        _action,
        {
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
            "initial_value": string(3000, least=0),
            **_typed,
        },
        ordered("min_length", "max_length"),
        _initial_value_fits,
    ),
    **kind("rich_text_input", _action, {"initial_value": any_of(rich_text), **_typed}),
    **kind("email_text_input", _action, {"initial_value": string(), **_typed}),
    **kind("url_text_input", _action, {"initial_value": string(), **_typed}),
    **kind(
        "number_input",
        {"is_decimal_allowed": flag, **_action},
        {"initial_value": _decimal, "min_value": _decimal, "max_value": _decimal, **_typed},
        ordered("min_value", "max_value"),
    ),
    **kind("file_input", _action, {"filetypes": array(string()), "max_files": number(1, 10)}),
}


# ---------------------------------------------------------------- charts and tables

_label = string(20)
_points = array(shape({"label": _label, "value": number(whole=False)}), most=20)
_series = array(shape({"name": _label, "data": _points}), most=12)
_axes = shape({"categories": array(_label, most=20)}, {"x_label": string(50), "y_label": string(50)})


def _above_zero(given: Any, path: str) -> None:
    number(whole=False)(given, path)
    if given <= 0:
        refuse("must be greater than 0", path)


def _points_match_categories(given: Any, path: str) -> None:
    categories = given["axis_config"]["categories"]
    for place, one in enumerate(given["series"]):
        if sorted(point["label"] for point in one["data"]) != sorted(categories):
            refuse("labels must match the categories", f"{path}/series/{place}/data")


_plotted = {"series": _series, "axis_config": _axes}
_plot_rules = (unique("name", "series"), _points_match_categories)
chart = any_of(
    {
        **kind("pie", {"segments": array(shape({"label": _label, "value": _above_zero}), most=12)}),
        **kind("bar", _plotted, None, *_plot_rules),
        **kind("line", _plotted, None, *_plot_rules),
        **kind("area", _plotted, None, *_plot_rules),
    }
)
_cell = any_of(
    {
        **kind("raw_text", {"text": string()}),
        **kind("raw_number", {"value": number(whole=False)}, {"text": string()}),
        **rich_text,
    }
)
_column = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})


# ---------------------------------------------------------------- blocks

_id = {"block_id": string(255)}
BLOCKS: dict[str, Check] = {
    **kind("divider", None, _id),
    **kind("header", {"text": plain(150)}, _id),
    **kind(
        "section",
        None,
        {
            "text": text(3000),
            "fields": array(text(2000), most=10),
            "accessory": any_of({**BUTTON, **OVERFLOW, **CHOICES, **PICKERS, **MENUS, **MULTI, **IMAGE}),
            "expand": flag,
            **_id,
        },
        some("text", "fields"),
    ),
    **kind("context", {"elements": array(any_of({**texts(3000), **IMAGE}), most=10)}, _id),
    **kind(
        "actions",
        {"elements": array(any_of({**BUTTON, **OVERFLOW, **CHOICES, **PICKERS, **MENUS, **MULTI}), most=25)},
        _id,
        unique("action_id", "elements"),
    ),
    **kind(
        "image",
        {"alt_text": string(2000)},
        {"title": plain(2000), **_image, **_id},
        exactly_one("image_url", "slack_file"),
    ),
    **kind(
        "input",
        {"label": plain(2000), "element": any_of({**FIELDS, **CHOICES, **PICKERS, **MENUS, **MULTI})},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag, **_id},
    ),
    **rich_text,
    **kind("markdown", {"text": string(12_000)}, _id),
    **kind(
        "table",
        {"rows": array(array(_cell, most=20), most=100)},
        {"column_settings": array(_column, most=20), **_id},
    ),
    **kind("data_visualization", {"title": string(50), "chart": chart}, _id),
}
