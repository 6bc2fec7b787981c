"""The pictures in the manifest folder show what the code sends today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.doubles.slack import validate
from tests.pictures import draw
from tests.pictures.__main__ import FOLDER, payloads, written
from tests.pictures.gallery import NOW, PICTURES, READER

STALE = (
    "what Slack is sent has changed: please run `uv run python -m tests.pictures` and look at the pictures"
)


def test_the_pictures_show_what_is_sent_today() -> None:
    drawn = json.loads((FOLDER / "payloads.json").read_text())
    now = json.loads(written(payloads()))
    changed = {name for name in drawn | now if drawn.get(name) != now.get(name)}
    assert not changed, STALE


def test_every_picture_is_there_small_and_shown() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(files) == set(PICTURES), STALE
    assert {name for name, size in files.items() if not 3_000 < size < 60_000} == set()
    readme = (FOLDER.parent / "README.md").read_text()
    assert {name for name in files if f"(pictures/{name}.png)" not in readme} == set()


@pytest.mark.parametrize("name", PICTURES)
def test_slack_takes_what_is_on_a_picture(name: str) -> None:
    payload = PICTURES[name]()
    if isinstance(payload, Mapping):
        validate.view(payload)
    else:
        for post in payload:
            validate.message(post)


def test_whatever_is_drawn_is_escaped() -> None:
    evil = "<script>&amp;"
    text = {"type": "plain_text", "text": evil}
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}
    post = {
        "channel": "C1",
        "username": evil,
        "text": evil,
        "blocks": [
            {"type": "section", "text": text, "fields": [{"type": "mrkdwn", "text": f"*{evil}* `{evil}`"}]},
            {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": text}]},
            {"type": "rich_text", "elements": [words]},
        ],
    }
    assert "<script" not in draw.picture([post], READER)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*a* _b_ ~c~ `*d*`", "<b>a</b> <i>b</i> <s>c</s> <code>*d*</code>"),
        ("_(a: b)_ 1*2*3 snake_case_word", "<i>(a: b)</i> 1*2*3 snake_case_word"),
        ("*_a_*", "<b><i>a</i></b>"),
        ("a &amp; &lt;b&gt;", "a &amp; &lt;b&gt;"),
        ("&gt; a\nb", "<blockquote>a</blockquote>b"),
        ("```a\n*b*```", "<pre>a\n*b*</pre>"),
        ("<https://a.example|here>", "<a>here</a>"),
        (
            "<#C0CUSTOMER> <@U0ROBIN>",
            '<span class="mention">#acme-support</span> <span class="mention">@Robin</span>',
        ),
        (":wave:", "👋"),
        (f"<!date^{int(NOW.timestamp())}^{{date_short_pretty}} at {{time}}|x>", "today at 10:31"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_shows_it(text: str, drawn: str) -> None:
    assert READER.mrkdwn(text) == drawn


def test_dates_are_drawn_as_slack_shows_them() -> None:
    def at(days: int, form: str) -> str:
        return READER.date(int((NOW + timedelta(days=days)).timestamp()), form)

    assert at(-1, "{date_pretty}") == "yesterday"
    assert at(1, "{date_long_pretty}") == "tomorrow"
    assert at(7, "{date_long_pretty} {time}") == "Thursday, March 12th, 2026 10:31"
    assert at(8, "{date_short}") == "Mar 13, 2026"
