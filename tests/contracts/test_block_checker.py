"""The loopback Slack's checker of layouts: just inside each documented limit, and just outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.doubles.slack import validate
from tests.doubles.slack.world import SlackError

Layout = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Layout:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Layout:
    return {"type": "mrkdwn", "text": text, **more}


def section(text: Layout | None = None, **more: Any) -> Layout:
    return {"type": "section", "text": text or mrkdwn(), **more}


def context(*elements: Layout) -> Layout:
    return {"type": "context", "elements": list(elements)}


def actions(*elements: Layout) -> Layout:
    return {"type": "actions", "elements": list(elements)}


def button(action: str = "a", **more: Any) -> Layout:
    return {"type": "button", "action_id": action, "text": plain(), **more}


def options(n: int = 1, **more: Any) -> list[Layout]:
    return [{"text": plain(f"{i}"), "value": f"{i}", **more} for i in range(n)]


def menu(kind: str = "static_select", **more: Any) -> Layout:
    return {"type": kind, "action_id": "a", **more}


def groups(n: int, each: int = 1) -> list[Layout]:
    return [{"label": plain(), "options": options(each)} for _ in range(n)]


def field(element: Layout, **more: Any) -> Layout:
    return {"type": "input", "label": plain(), "element": element, **more}


def typed(**more: Any) -> Layout:
    return menu("plain_text_input", **more)


def picture(**more: Any) -> Layout:
    return {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "x", **more}


def rich(*elements: Layout, **more: Any) -> Layout:
    return {"type": "rich_text", "elements": list(elements), **more}


def line(*inner: Layout) -> Layout:
    return {"type": "rich_text_section", "elements": list(inner)}


def said(text: str = "x", **more: Any) -> Layout:
    return {"type": "text", "text": text, **more}


def listed(**more: Any) -> Layout:
    return rich({"type": "rich_text_list", "style": "bullet", "elements": [line(said())], **more})


def inline(kind: str, **more: Any) -> Layout:
    return rich(line({"type": kind, **more}))


def table(rows: int = 1, columns: int = 1, text: str = "x", **more: Any) -> Layout:
    cell = {"type": "raw_text", "text": text}
    return {"type": "table", "rows": [[cell] * columns] * rows, **more}


def chart(**more: Any) -> Layout:
    pie = {"type": "pie", "segments": [{"label": "x", "value": 1}]}
    return {"type": "data_visualization", "title": "x", "chart": pie, **more}


def pie(n: int, label: str = "x", value: float = 1) -> Layout:
    return chart(chart={"type": "pie", "segments": [{"label": label, "value": value}] * n})


def bars(series: int = 1, points: int = 1, name: str = "s", **axes: Any) -> Layout:
    labels = [f"p{n}" for n in range(points)]
    data = [{"label": label, "value": -1} for label in labels]
    drawn = [{"name": f"{name}{n}", "data": data} for n in range(series)]
    return chart(chart={"type": "bar", "series": drawn, "axis_config": {"categories": labels, **axes}})


def confirmed(**more: Any) -> Layout:
    asked = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}
    return actions(button(confirm=asked))


def without(layout: Layout, key: str) -> Layout:
    return {name: value for name, value in layout.items() if name != key}


S, F = section, field
#: For each limit a layout just inside and one just outside, for a message.
MESSAGE: dict[str, tuple[list[Layout], list[Layout]]] = {
    "blocks": ([S()] * 50, [S()] * 51),
    "kind of block": ([{"type": "divider"}], [{"type": "video"}]),
    "unknown field": ([{"type": "divider"}], [{"type": "divider", "text": plain()}]),
    "no inputs": ([S()], [F(typed())]),
    "block_id": ([S(block_id="x" * 255)], [S(block_id="x" * 256)]),
    "block_id, unique": ([S(block_id="a"), S(block_id="b")], [S(block_id="a"), S(block_id="a")]),
    "text, empty": ([S(mrkdwn("x"))], [S(mrkdwn(""))]),
    "text, a string": ([S(mrkdwn("1"))], [S({"type": "mrkdwn", "text": 1})]),
    "text, its kind": ([S(plain())], [S({"type": "markdown", "text": "x"})]),
    "verbatim, for mrkdwn": ([S(mrkdwn(verbatim=True))], [S(plain(verbatim=True))]),
    "verbatim, a boolean": ([S(mrkdwn(verbatim=False))], [S(mrkdwn(verbatim=1))]),
    "emoji, for plain text": ([S(plain(emoji=True))], [S(mrkdwn(emoji=True))]),
    "section text": ([S(mrkdwn("x" * 3000))], [S(mrkdwn("x" * 3001))]),
    "section, text or fields": ([{"type": "section", "fields": [plain()]}], [{"type": "section"}]),
    "fields": ([S(fields=[plain()] * 10)], [S(fields=[plain()] * 11)]),
    "fields, none": ([S(fields=[plain()])], [S(fields=[])]),
    "field": ([S(fields=[plain("x" * 2000)])], [S(fields=[plain("x" * 2001)])]),
    "accessory": ([S(accessory=button())], [S(accessory=typed())]),
    "header": (
        [{"type": "header", "text": plain("x" * 150)}],
        [{"type": "header", "text": plain("x" * 151)}],
    ),
    "header, plain": ([{"type": "header", "text": plain()}], [{"type": "header", "text": mrkdwn()}]),
    "context": ([context(*[mrkdwn()] * 10)], [context(*[mrkdwn()] * 11)]),
    "context, empty": ([context(plain())], [context()]),
    "context, its kinds": ([context(picture())], [context(button())]),
    "actions": (
        [actions(*[button(f"{n}") for n in range(25)])],
        [actions(*[button(f"{n}") for n in range(26)])],
    ),
    "actions, empty": ([actions(button())], [actions()]),
    "actions, their kinds": ([actions(menu("datepicker"))], [actions(typed())]),
    "action_id": ([actions(button("x" * 255))], [actions(button("x" * 256))]),
    "action_id, named": ([actions(button())], [actions(without(button(), "action_id"))]),
    "action_id, unique": ([actions(button("a"), button("b"))], [actions(button("a"), button("a"))]),
    "button": ([actions(button(text=plain("x" * 75)))], [actions(button(text=plain("x" * 76)))]),
    "button, plain": ([actions(button())], [actions(button(text=mrkdwn()))]),
    "button value": ([actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))]),
    "button url": (
        [actions(button(url="https://" + "x" * 2992))],
        [actions(button(url="https://" + "x" * 2993))],
    ),
    "button url, an address": (
        [actions(button(url="https://a.example"))],
        [actions(button(url="a.example"))],
    ),
    "button style": ([actions(button(style="danger"))], [actions(button(style="default"))]),
    "button label for screen readers": (
        [actions(button(accessibility_label="x" * 75))],
        [actions(button(accessibility_label="x" * 76))],
    ),
    "confirm title": ([confirmed(title=plain("x" * 100))], [confirmed(title=plain("x" * 101))]),
    "confirm text": ([confirmed(text=plain("x" * 300))], [confirmed(text=plain("x" * 301))]),
    "confirm, yes": ([confirmed(confirm=plain("x" * 30))], [confirmed(confirm=plain("x" * 31))]),
    "confirm, no": ([confirmed(deny=plain("x" * 30))], [confirmed(deny=plain("x" * 31))]),
    "confirm style": ([confirmed(style="danger")], [confirmed(style="warning")]),
    "overflow": (
        [actions(menu("overflow", options=options(5)))],
        [actions(menu("overflow", options=options(6)))],
    ),
    "url of an option, in an overflow": (
        [actions(menu("overflow", options=options(url="https://a.example")))],
        [actions(menu(options=options(url="https://a.example")))],
    ),
    "options": ([actions(menu(options=options(100)))], [actions(menu(options=options(101)))]),
    "options, none": ([actions(menu(options=options()))], [actions(menu(options=[]))]),
    "option groups": ([actions(menu(option_groups=groups(100)))], [actions(menu(option_groups=groups(101)))]),
    "options of a group": (
        [actions(menu(option_groups=groups(1, 100)))],
        [actions(menu(option_groups=groups(1, 101)))],
    ),
    "options or groups": (
        [actions(menu(options=options()))],
        [actions(menu(options=options(), option_groups=groups(1)))],
    ),
    "option": (
        [actions(menu(options=options(text=plain("x" * 75))))],
        [actions(menu(options=options(text=plain("x" * 76))))],
    ),
    "option, plain": (
        [actions(menu("radio_buttons", options=options(text=mrkdwn())))],
        [actions(menu(options=options(text=mrkdwn())))],
    ),
    "option value": (
        [actions(menu(options=options(value="x" * 150)))],
        [actions(menu(options=options(value="x" * 151)))],
    ),
    "option description": (
        [actions(menu(options=options(description=plain("x" * 75))))],
        [actions(menu(options=options(description=plain("x" * 76))))],
    ),
    "initial option": (
        [actions(menu(options=options(2), initial_option=options(2)[1]))],
        [actions(menu(options=options(1), initial_option=options(2)[1]))],
    ),
    "placeholder of a menu": (
        [actions(menu(options=options(), placeholder=plain("x" * 150)))],
        [actions(menu(options=options(), placeholder=plain("x" * 151)))],
    ),
    "filter of conversations": (
        [actions(menu("conversations_select", filter={"include": ["private"]}))],
        [actions(menu("conversations_select", filter={"include": ["secret"]}))],
    ),
    "filter of conversations, empty": (
        [actions(menu("conversations_select", filter={"exclude_bot_users": True}))],
        [actions(menu("conversations_select", filter={}))],
    ),
    "radio buttons": (
        [actions(menu("radio_buttons", options=options(10)))],
        [actions(menu("radio_buttons", options=options(11)))],
    ),
    "checkboxes": (
        [actions(menu("checkboxes", options=options(10)))],
        [actions(menu("checkboxes", options=options(11)))],
    ),
    "date": (
        [actions(menu("datepicker", initial_date="2030-01-31"))],
        [actions(menu("datepicker", initial_date="31.1.2030"))],
    ),
    "time": (
        [actions(menu("timepicker", initial_time="23:59"))],
        [actions(menu("timepicker", initial_time="24:00"))],
    ),
    "date and time": (
        [actions(menu("datetimepicker", initial_date_time=1_900_000_000))],
        [actions(menu("datetimepicker", initial_date_time=19_000_000_000))],
    ),
    "alt_text": ([picture(alt_text="x" * 2000)], [picture(alt_text="x" * 2001)]),
    "alt_text, required": ([picture()], [without(picture(), "alt_text")]),
    "alt_text, empty": ([picture(alt_text="x")], [picture(alt_text="")]),
    "image, its title": ([picture(title=plain("x" * 2000))], [picture(title=plain("x" * 2001))]),
    "image, from one source": (
        [without(picture(slack_file={"id": "F1"}), "image_url")],
        [picture(slack_file={"id": "F1"})],
    ),
    "image, from a source": ([picture()], [without(picture(), "image_url")]),
    "image_url": (
        [picture(image_url="https://" + "x" * 2992)],
        [picture(image_url="https://" + "x" * 2993)],
    ),
    "slack_file": (
        [without(picture(slack_file={"id": "F1"}), "image_url")],
        [without(picture(slack_file={"id": "F1", "url": "https://a.example"}), "image_url")],
    ),
    "rich text, its parts": ([rich(line(said()))], [rich(said())]),
    "rich text, empty": ([rich(line())], [rich()]),
    "rich text, no words": ([rich(line(said(" ")))], [rich(line(said("")))]),
    "rich text, unknown element": ([rich(line(said()))], [inline("video", url="https://a.example")]),
    "style": ([rich(line(said(style={"bold": True})))], [rich(line(said(style={"loud": True})))]),
    "style, a boolean": ([rich(line(said(style={"bold": False})))], [rich(line(said(style={"bold": 1})))]),
    "style, empty": ([rich(line(said()))], [rich(line(said(style={})))]),
    "list style": ([listed(style="ordered")], [listed(style="roman")]),
    "list indent": ([listed(indent=8)], [listed(indent=9)]),
    "list offset": ([listed(offset=0)], [listed(offset=-1)]),
    "list border": ([listed(border=1)], [listed(border=2)]),
    "list items": ([listed(elements=[line(said())])], [listed(elements=[said()])]),
    "quote border": (
        [rich({"type": "rich_text_quote", "elements": [said()], "border": 1})],
        [rich({"type": "rich_text_quote", "elements": [said()], "border": True})],
    ),
    "preformatted, words only": (
        [rich({"type": "rich_text_preformatted", "elements": [said()]})],
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "emoji", "name": "x"}]})],
    ),
    "link": (
        [inline("link", url="https://" + "x" * 2992)],
        [inline("link", url="https://" + "x" * 2993)],
    ),
    "link, its text": (
        [inline("link", url="https://a.example", text="x")],
        [inline("link", url="https://a.example", text="")],
    ),
    "link, an address": ([inline("link", url="mailto:a@b.example")], [inline("link", url="a.example")]),
    "user": ([inline("user", user_id="U1")], [inline("user", user="U1")]),
    "usergroup": ([inline("usergroup", usergroup_id="S1")], [inline("usergroup", usergroup_id="")]),
    "channel": ([inline("channel", channel_id="C1")], [inline("channel")]),
    "emoji": ([inline("emoji", name="wave")], [inline("emoji", name="")]),
    "skin tone": ([inline("emoji", name="wave", skin_tone=6)], [inline("emoji", name="wave", skin_tone=7)]),
    "broadcast": ([inline("broadcast", range="here")], [inline("broadcast", range="world")]),
    "date in words": (
        [inline("date", timestamp=1, format="at {time}")],
        [inline("date", timestamp=1, format="at noon")],
    ),
    "color": ([inline("color", value="#00ff00")], [inline("color", value="green")]),
    "markdown": ([{"type": "markdown", "text": "x" * 12_000}], [{"type": "markdown", "text": "x" * 12_001}]),
    "markdown, together": (
        [{"type": "markdown", "text": "x" * 6000}] * 2,
        [{"type": "markdown", "text": "x" * 6001}] * 2,
    ),
    "table rows": ([table(rows=100)], [table(rows=101)]),
    "table columns": ([table(columns=20)], [table(columns=21)]),
    "table cells, together": ([table(10, 10, "x" * 100)], [table(10, 10, "x" * 100), table()]),
    "table, empty cell": ([table(text=" ")], [table(text="")]),
    "column settings": ([table(column_settings=[{}] * 20)], [table(column_settings=[{}] * 21)]),
    "column alignment": (
        [table(column_settings=[{"align": "right"}])],
        [table(column_settings=[{"align": "top"}])],
    ),
    "charts": ([chart()] * 2, [chart()] * 3),
    "chart title": ([chart(title="x" * 50)], [chart(title="x" * 51)]),
    "segments": ([pie(12)], [pie(13)]),
    "segment": ([pie(1, "x" * 20)], [pie(1, "x" * 21)]),
    "segment value": ([pie(1, value=0.1)], [pie(1, value=0)]),
    "series": ([bars(12)], [bars(13)]),
    "points": ([bars(points=20)], [bars(points=21)]),
    "series name": ([bars(name="x" * 19)], [bars(name="x" * 20)]),
    "axis": ([bars(x_label="x" * 50)], [bars(x_label="x" * 51)]),
    "categories": ([bars(points=2)], [bars(points=2, categories=["p0"])]),
    "all text, together": (
        [S(mrkdwn("x" * 3000))] * 4 + [S(mrkdwn("x" * 700))],
        [S(mrkdwn("x" * 3000))] * 4 + [S(mrkdwn("x" * 701))],
    ),
}

#: The same for a form's elements.
FORM: dict[str, tuple[list[Layout], list[Layout]]] = {
    "blocks": ([S()] * 100, [S()] * 101),
    "label": ([F(typed(), label=plain("x" * 2000))], [F(typed(), label=plain("x" * 2001))]),
    "label, plain": ([F(typed())], [F(typed(), label=mrkdwn())]),
    "hint": ([F(typed(), hint=plain("x" * 2000))], [F(typed(), hint=plain("x" * 2001))]),
    "optional": ([F(typed(), optional=True)], [F(typed(), optional="yes")]),
    "element": ([F(typed())], [F(button())]),
    "max_length": ([F(typed(max_length=3000))], [F(typed(max_length=3001))]),
    "max_length, at least 1": ([F(typed(max_length=1))], [F(typed(max_length=0))]),
    "min_length": ([F(typed(min_length=3000))], [F(typed(min_length=3001))]),
    "min_length to max_length": (
        [F(typed(min_length=5, max_length=5))],
        [F(typed(min_length=6, max_length=5))],
    ),
    "initial_value": (
        [F(typed(initial_value="xx", max_length=2))],
        [F(typed(initial_value="xxx", max_length=2))],
    ),
    "placeholder": ([F(typed(placeholder=plain("x" * 150)))], [F(typed(placeholder=plain("x" * 151)))]),
    "dispatch": (
        [F(typed(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}))],
        [F(typed(dispatch_action_config={"trigger_actions_on": ["on_wish"]}))],
    ),
    "radio buttons": (
        [F(menu("radio_buttons", options=options(10)))],
        [F(menu("radio_buttons", options=options(11)))],
    ),
    "checkboxes": (
        [F(menu("checkboxes", options=options(10)))],
        [F(menu("checkboxes", options=options(11)))],
    ),
    "many of a menu": (
        [F(menu("multi_static_select", options=options(100), max_selected_items=1))],
        [F(menu("multi_static_select", options=options(100), max_selected_items=0))],
    ),
    "many of a menu, at first": (
        [F(menu("multi_static_select", options=options(2), initial_options=options(2)))],
        [F(menu("multi_static_select", options=options(1), initial_options=options(2)))],
    ),
    "one of a menu, at first": (
        [F(menu("users_select", initial_user="U1"))],
        [F(menu("users_select", initial_users=["U1"]))],
    ),
    "many conversations": (
        [F(menu("multi_conversations_select", initial_conversations=["C1"]))],
        [F(menu("multi_conversations_select", initial_conversation="C1"))],
    ),
    "rich text": (
        [F(menu("rich_text_input", initial_value=rich(line(said()))))],
        [F(menu("rich_text_input", initial_value="x"))],
    ),
    "number": (
        [F(menu("number_input", is_decimal_allowed=False, min_value="1", max_value="2"))],
        [F(menu("number_input", is_decimal_allowed=False, min_value="3", max_value="2"))],
    ),
    "number, with or without decimals": (
        [F(menu("number_input", is_decimal_allowed=True))],
        [F(menu("number_input"))],
    ),
    "files": ([F(menu("file_input", max_files=10))], [F(menu("file_input", max_files=11))]),
    "focus": (
        [F(typed(focus_on_load=True)), F(typed())],
        [F(typed(focus_on_load=True)), F(typed(focus_on_load=True))],
    ),
    "no markdown": ([S()], [{"type": "markdown", "text": "x"}]),
    "no table": ([S()], [table()]),
    "no chart": ([S()], [chart()]),
}


def modal(**more: Any) -> Layout:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": [F(typed())], **more}


def home(**more: Any) -> Layout:
    return {"type": "home", "blocks": [S()], **more}


VIEW: dict[str, tuple[Layout, Layout]] = {
    "kind": (modal(), modal(type="page")),
    "title": (modal(title=plain("x" * 24)), modal(title=plain("x" * 25))),
    "title, plain": (modal(), modal(title=mrkdwn())),
    "title, required": (modal(), without(modal(), "title")),
    "submit": (modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25))),
    "submit, for inputs": (without(modal(blocks=[S()]), "submit"), without(modal(), "submit")),
    "close": (modal(close=plain("x" * 24)), modal(close=plain("x" * 25))),
    "callback_id": (modal(callback_id="x" * 255), modal(callback_id="x" * 256)),
    "external_id": (modal(external_id="x" * 255), modal(external_id="x" * 256)),
    "private_metadata": (modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001)),
    "unknown field": (modal(notify_on_close=True), modal(channel="C1")),
    "home, its blocks": (home(blocks=[S()] * 100), home(blocks=[S()] * 101)),
    "home, with inputs": (home(blocks=[F(typed())]), home(blocks=[table()])),
    "home, no title": (home(), home(title=plain())),
    "home, no submit": (home(), home(submit=plain())),
    "home, private_metadata": (home(private_metadata="x" * 3000), home(private_metadata="x" * 3001)),
}

POST: dict[str, tuple[Layout, Layout, str]] = {
    "text": ({"text": "x" * 40_000}, {"text": "x" * 40_001}, "msg_too_long"),
    "text of an update": (
        {"text": "x" * 4000, "ts": "1.0"},
        {"text": "x" * 4001, "ts": "1.0"},
        "msg_too_long",
    ),
    "something to say": ({"blocks": [S()]}, {"text": "", "blocks": []}, "no_text"),
    "blocks": ({"blocks": [S()] * 50}, {"blocks": [S()] * 51}, "invalid_blocks"),
    "no inputs": ({"blocks": [S()]}, {"blocks": [F(typed())]}, "invalid_blocks"),
    "username": (
        {"text": "x", "username": "x" * 80},
        {"text": "x", "username": "x" * 81},
        "invalid_arguments",
    ),
    "icon": (
        {"text": "x", "icon_url": "https://a.example/x.png"},
        {"text": "x", "icon_url": "x.png"},
        "invalid_arguments",
    ),
    "metadata": (
        {"text": "x", "metadata": {"event_type": "x", "event_payload": {"id": "1"}}},
        {"text": "x", "metadata": {"event_type": "x"}},
        "invalid_metadata_format",
    ),
}


def refusal(check: Callable[[Any], None], given: Any) -> SlackError:
    with pytest.raises(SlackError) as refused:
        check(given)
    return refused.value


@pytest.mark.parametrize("limit", MESSAGE)
def test_a_message_may_go_up_to_each_limit(limit: str) -> None:
    inside, outside = MESSAGE[limit]
    validate.blocks(inside)
    error = refusal(validate.blocks, outside)
    assert error.code == ("msg_blocks_too_long" if limit == "all text, together" else "invalid_blocks")


@pytest.mark.parametrize("limit", FORM)
def test_a_form_may_go_up_to_each_limit(limit: str) -> None:
    inside, outside = FORM[limit]
    validate.view(modal(blocks=inside))
    error = refusal(validate.view, modal(blocks=outside))
    assert error.code == "invalid_arguments"
    assert error.more["why"]


@pytest.mark.parametrize("limit", VIEW)
def test_a_view_may_go_up_to_each_limit(limit: str) -> None:
    inside, outside = VIEW[limit]
    validate.view(inside)
    assert refusal(validate.view, outside).code == "invalid_arguments"


@pytest.mark.parametrize("limit", POST)
def test_a_post_may_go_up_to_each_limit(limit: str) -> None:
    inside, outside, code = POST[limit]
    validate.message(inside)
    assert refusal(validate.message, outside).code == code


def test_a_home_is_published_and_no_form() -> None:
    validate.home(home())
    assert refusal(validate.home, modal()).code == "invalid_arguments"


def test_a_view_may_weigh_a_quarter_of_a_megabyte() -> None:
    heavy = [S(mrkdwn("x" * 2400))] * 100
    validate.view(home(blocks=heavy))
    assert refusal(validate.view, home(blocks=[S(mrkdwn("x" * 2500))] * 100)).code == "view_too_large"


def test_a_refusal_says_where_and_why() -> None:
    error = refusal(validate.blocks, [S(), actions(button(text=plain("x" * 76)))])
    assert (
        error.more["why"] == "must be less than 76 characters [json-pointer:/blocks/1/elements/0/text/text]"
    )


def test_slacks_own_models_are_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "_block", lambda given, path: None)
    error = refusal(validate.blocks, [{"type": "header", "text": plain("x" * 151)}])
    assert "slack_sdk: text attribute cannot exceed 150 characters" in error.more["why"]


def test_checking_changes_nothing() -> None:
    layout = rich(line(said(style={"bold": True})))
    before = repr(layout)
    validate.blocks([layout])
    assert repr(layout) == before


@pytest.mark.parametrize(
    ("layout", "read"),
    [
        (section(mrkdwn("*a* &amp; <https://b.example|c>")), "*a* & c"),
        (section(mrkdwn("@here"), fields=[mrkdwn("<!here>", verbatim=True)]), "@here\nPING:loose\nPING:here"),
        (section(accessory=picture(alt_text="a door")), "x\n(image: a door)"),
        (context(mrkdwn("<!date^1^{time}|x>"), picture()), "(time) (image: x)"),
        (
            actions(button(text=plain("Yes")), menu(options=options(), placeholder=plain("Which"))),
            "[Yes] [Which v]",
        ),
        (actions(menu(options=options(2), initial_option=options(2)[1])), "[1 v]"),
        (actions(menu("overflow", options=options(2))), "[0 / 1 v]"),
        ({"type": "header", "text": plain("Head")}, "Head"),
        (picture(title=plain("Door"), alt_text="a door"), "Door\n(image: a door)"),
        ({"type": "divider"}, "---"),
        (field(typed(initial_value="old"), label=plain("New"), hint=plain("short")), "New: [old]\nshort"),
        (field(menu("radio_buttons", options=options(2), initial_option=options()[0])), "x: (x) 0 ( ) 1"),
        (rich(line(said("no", style={"strike": True}))), "~no~"),
        (
            rich(line(*[said(name, style={name: True}) for name in ("bold", "italic", "strike", "code")])),
            "*bold*_italic_~strike~`code`",
        ),
        (
            rich(line(said("x", style={"bold": True, "italic": True, "strike": True, "code": True}))),
            "*_~`x`~_*",
        ),
        (rich({"type": "rich_text_preformatted", "elements": [said("a\nb")]}), "```a\nb```"),
        (rich({"type": "rich_text_quote", "elements": [said("a\nb")]}), "> a\n> b"),
        (listed(elements=[line(said("a")), line(said("b"))], indent=1), "  • a\n  • b"),
        (listed(elements=[line(said("a")), line(said("b"))], style="ordered", offset=2), "3. a\n4. b"),
        (rich(line(said("a\n")), line(said("b"))), "a\nb"),
        (inline("link", url="https://a.example", text="here"), "here (https://a.example)"),
        (inline("link", url="https://a.example", text="https://a.example"), "https://a.example"),
        (inline("link", url="https://a.example"), "https://a.example"),
        (inline("user", user_id="U1"), "PING:U1"),
        (inline("usergroup", usergroup_id="S1"), "PING:group"),
        (inline("broadcast", range="channel"), "PING:channel"),
        (inline("channel", channel_id="C1"), "#C1"),
        (inline("emoji", name="wave"), ":wave:"),
        (inline("date", timestamp=1, format="{time}"), "(time)"),
        ({"type": "markdown", "text": "**a** @here"}, "**a** @here\nPING:loose"),
        (table(2, 2), "x | x\nx | x"),
        (chart(title="Tickets"), "(chart: Tickets)"),
    ],
)
def test_a_layout_is_read_out(layout: Layout, read: str) -> None:
    assert validate.read([layout], "") == read
