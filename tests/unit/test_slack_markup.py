"""Slack's formatting to the hub's and back: exact, and without the power to ping."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import markup
from bot import hub
from tests.unit.test_hub import trees

NAMES = {"UROBIN": "Robin Lee", "UBOT": "Halfdoor"}


@given(trees)
def test_what_is_shown_is_read_back(tree: list[hub.Block]) -> None:
    text = hub.write(tree)
    shown = markup.rich_text(text)
    if hub.read(text) and hub.SPOILER not in text:  # Slack cannot hide anything
        assert markup.to_hub("", {}, [shown]) == text


@given(trees)
def test_no_shown_text_can_ping(tree: list[hub.Block]) -> None:
    kinds = json.dumps(markup.rich_text(hub.write(tree)))
    assert '"type": "user' not in kinds
    assert '"type": "broadcast"' not in kinds
    assert '"type": "channel"' not in kinds


@given(st.text(max_size=80))
def test_any_mrkdwn_is_some_hub_text(text: str) -> None:
    once = markup.to_hub(text, NAMES)
    assert hub.write(hub.read(once)) == once


words = st.text(st.sampled_from("abcé ."), min_size=1, max_size=8)
simple = st.lists(
    st.one_of(
        st.builds(
            lambda text, bold, italic, strike: hub.Paragraph((hub.Span(f"a{text}z", bold, italic, strike),)),
            words, st.booleans(), st.booleans(), st.booleans(),
        ),
        st.builds(lambda text: hub.Quote((hub.Span(f"a{text}z"),)), words),
        st.builds(lambda text, depth: hub.Item((hub.Span(f"a{text}z"),), depth), words, st.integers(0, 2)),
        st.builds(lambda text: hub.Code(f"a{text}z"), words),
    ),
    max_size=4,
)  # fmt: skip


@given(simple)
def test_what_stands_in_a_form_to_be_edited_is_read_back(tree: list[hub.Block]) -> None:
    text = hub.write(tree)
    assert markup.typed(markup.mrkdwn(text)) == text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("*bold* _it_ ~gone~ `co*de*`", "**bold** *it* ~~gone~~ `co*de*`"),
        ("2*3*4 and snake_case_name", r"2\*3\*4 and snake\_case\_name"),
        ("*both _of_ them*", "**both** **\u2060*of*\u2060** **them**"),
        ("<https://a.example/x_y|docs> <https://a.example>", "[docs](<https://a.example/x_y>) https://a.example"),
        ("<@UROBIN> <@UNOBODY|Ann> <#C1|general> <!here> <!subteam^S1|@devs>", "@Robin Lee @Ann #general @here @devs"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("&gt; said\n&gt; so\nanswer", "> said\n> so\n\nanswer"),
        ("```\nif a &lt; b:\n    *x*\n```", "```\nif a < b:\n    *x*\n```"),
        ("• one\n    • two\n1. three", "- one\n  - two\n\n1. three"),
        (":tada: :+1: :wave::skin-tone-3: :acme-logo: 12:30:45", "🎉 👍 👋🏼 :acme-logo: 12:30:45"),
        ("<!date^1392734382^{date}|18 Feb 2014>", "[2014-02-18 14:39 UTC](<time:1392734382:f>)"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
    ],
)  # fmt: skip
def test_mrkdwn_is_read(given: str, expected: str) -> None:
    assert markup.to_hub(given, NAMES) == expected


def test_rich_text_is_read_with_mentions_lists_and_emoji() -> None:
    def text(text: str, **style: bool) -> dict[str, object]:
        return {"type": "text", "text": text, **({"style": style} if style else {})}

    def section(*elements: object) -> dict[str, object]:
        return {"type": "rich_text_section", "elements": list(elements)}

    block = {
        "type": "rich_text",
        "elements": [
            section(
                {"type": "user", "user_id": "UBOT"},
                text(" reply See "),
                {"type": "user", "user_id": "UROBIN"},
                text(" at noon", bold=True),
                {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fd"},
                {"type": "emoji", "name": "acme"},
                {"type": "broadcast", "range": "here"},
            ),
            {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [section(text("a"))]},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(text("b"))]},
            {
                "type": "rich_text_list",
                "style": "ordered",
                "offset": 1,
                "indent": 0,
                "elements": [section(text("c"))],
            },
            {"type": "rich_text_preformatted", "elements": [text("x = 1")]},
        ],
    }
    assert markup.to_hub("ignored", NAMES, [block]) == (
        "@Halfdoor reply See @Robin Lee **at noon**👋🏽:acme:@here"
        + "\n\n1. a\n   - b\n2. c\n\n```\nx = 1\n```"
    )
