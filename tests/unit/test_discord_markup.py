"""Discord's formatting to the hub's and back: exact, and without the power to ping or to break out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import markup
from adapters.slack import markup as slack
from bot import hub
from tests.unit.test_hub import trees

NAMES = {"1": "Robin_Lee", "2": "Support", "3": "acme-desk"}


@given(trees)
def test_what_is_written_is_read_back(tree: list[hub.Block]) -> None:
    text = hub.write(tree)
    assert markup.to_hub(markup.content(text), NAMES) == text


@given(trees)
def test_nothing_written_can_ping(tree: list[hub.Block]) -> None:
    written = markup.content(hub.write(tree))
    outside = re.sub(r"(`+)(?!`)(?:.|\n)*?[^`]\1(?!`)|<t:1764000000:R>", "", written)
    assert not re.search(r"(?<!\\)<(@|#|a?:|t:|/)|@(everyone|here)", outside)


@given(st.text(st.sampled_from("ab *_~`|<>@#:1.-\n\\()[]é/"), max_size=60) | st.text(max_size=60))
def test_any_text_is_some_hub_text(text: str) -> None:
    once = markup.to_hub(text, NAMES)
    assert hub.write(hub.read(once)) == once


@given(trees)
def test_what_was_said_on_slack_is_shown_on_discord_and_the_other_way_round(tree: list[hub.Block]) -> None:
    said = slack.to_hub("", {}, [slack.rich_text(hub.write(tree))])
    shown = markup.to_hub(markup.content(said), {})
    assert slack.to_hub("", {}, [slack.rich_text(shown)]) == said


@pytest.mark.parametrize(
    ("discord", "shown"),
    [
        ("**b** *i* ~~s~~ __u__", "**b** *i* ~~s~~ **u**"),
        ("# Title\ntext", "**Title**\n\ntext"),
        ("-# small", "small"),
        ("> quoted\nnot", "> quoted\n\nnot"),
        (">>> all\nof it", "> all\n> of it"),
        (">no quote", f"{hub.JOINER}>no quote"),
        ("- a\n- b\nafter", "- a\n- b\n\nafter"),
        ("```py\nx = 1\n```", "```\nx = 1\n```"),
        ("see ```x``` there", "see\n\n```\nx\n```\n\nthere"),
        ("<@1> <@!1> <@&2> <#3> <@9>", r"@Robin\_Lee @Robin\_Lee @Support #acme-desk @someone"),
        ("<:party:77> <a:wave:78>", ":party: :wave:"),
        ("<t:0:R> <t:0>", "[1970-01-01 00:00 UTC](<time:0:R>) [1970-01-01 00:00 UTC](<time:0:f>)"),
        ("<t:9999999999999>", "9999999999999"),
        ("a ||hidden|| b", "a [hidden](<spoiler:>) b"),
        ("||**two**\nlines||", "[**two**](<spoiler:>)\n[lines](<spoiler:>)"),
        ("||see [this](https://x.org) [1]||", r"[see this (https://x.org) \[1\]](<spoiler:>)"),
        ("||```py\nx[0]\n```||", r"[x\[0\]](<spoiler:>)"),
        ("|| || and `||code||`", "|| || and `||code||`"),
        ("<https://example.com/a_b>", r"https://example.com/a\_b"),
        ("[here](https://example.com)", "[here](<https://example.com>)"),
        (r"\*no\* \<@1>", r"\*no\* <@1>"),
        ("</ticket list:5>", "/ticket list"),
    ],
)
def test_each_row_of_the_table(discord: str, shown: str) -> None:
    assert markup.to_hub(discord, NAMES) == shown


@pytest.mark.parametrize("code", ["``", "a``b", "```", "`", "a```b``c"])
def test_code_of_backticks_is_no_block(code: str) -> None:
    text = hub.write([hub.Paragraph((hub.Span(code, code=True),))])
    written = markup.content(text)
    assert "```" not in written
    assert written.replace(hub.JOINER, "") != ""
    assert markup.to_hub(written, NAMES) == text


def test_an_address_keeps_its_signs() -> None:
    assert markup.content(r"see https://example.com/a\_b\_c now").replace(hub.JOINER, "") == (
        "see https://example.com/a_b_c now"
    )


@given(st.text(max_size=40))
def test_a_name_stays_one_line_of_text(name: str) -> None:
    written = markup.plain(name)
    assert "\n" not in written
    assert not re.search(r"(?<!\\)<(@|#)|@(everyone|here)", written)


@pytest.mark.parametrize(
    ("text", "anywhere", "first"),
    [
        ("<@9> reply x", True, "<@9>"),
        ("\n <@!9>, reply x", True, "<@!9>"),
        ("<@&9> reply x", True, "<@&9>"),
        ("Hi <@9>", True, None),
        ("\u200b<@9> reply x", True, None),
        ("||<@9> reply x||", True, None),
        ("> <@9> reply x", False, None),
        (">>> said\n<@9> reply x", False, None),
        ("> said\n<@9> reply x", True, None),
        ("```\n>>> 1\n```\n<@9> why?", True, None),
        ("`<@9>` reply x", False, None),
        ("\\<@9> reply x", False, None),
        ("@9 \ue000 <@8> <#9>", False, None),
    ],
)
def test_a_mention_is_a_token_with_an_id(text: str, anywhere: bool, first: str | None) -> None:
    assert markup.addressed(text, ("9",)) == markup.Addressed(anywhere, first)


@pytest.mark.parametrize("name", [":bug: *x* <@1>", "@everyone", "# big", "1. one", "10:30 :a:b:"])
def test_a_name_shows_as_it_is_written(name: str) -> None:
    written = markup.plain(name)
    assert re.sub(r"\\(?=[^\w\s])", "", written.replace(hub.JOINER, "")) == name
    assert not re.search(r"(?<!\\)[<#*]|@(?=everyone)|:[\w+~-]+:", written)
