"""The hub format: what is written is read back as it was, and a cut text loses nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import hub
from bot.hub import Block, Code, Item, Paragraph, Quote, Span

texts = st.text(
    st.one_of(
        st.sampled_from(list("ab *_~`[]()<>#+-.!&|\\\n1:@/…\u2060\"'é漢🎉")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)
links = st.sampled_from(
    [
        *(None, None, None, "https://example.com/a_b*c?x=1&y=(2)", "mailto:a@example.com", "javascript:x"),
        *(hub.SPOILER, "time:1764000000:R", "time:99999999999999:f"),
    ]
)
spans = st.lists(
    st.builds(Span, texts, st.booleans(), st.booleans(), st.booleans(), st.booleans(), links), max_size=4
).map(tuple)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, spans),
    st.builds(Quote, spans),
    st.builds(Item, spans, st.integers(0, 3), st.one_of(st.none(), st.integers(0, 200))),
    st.builds(Code, texts),
)
trees = st.lists(blocks, max_size=5)


@given(trees)
def test_what_is_written_is_read_back(tree: list[Block]) -> None:
    assert hub.read(hub.write(tree)) == hub.tidy(tree)


@given(trees)
def test_tidy_is_tidy(tree: list[Block]) -> None:
    once = hub.tidy(tree)
    assert hub.tidy(once) == once


@given(st.text(max_size=60))
def test_any_text_is_some_tree(text: str) -> None:
    assert hub.read(hub.write(hub.read(text))) == hub.read(text)


def letters(*texts: str) -> str:
    """Return all that is said, without signs and addresses."""
    said: list[str] = []
    for block in (block for text in texts for block in hub.read(text)):
        said += [block.text] if isinstance(block, Code) else [span.text for span in block.spans]
    return re.sub(r"\s", "", "".join(said))


@given(trees, st.integers(40, 80))
def test_a_cut_text_says_the_same(tree: list[Block], limit: int) -> None:
    whole = hub.write(tree)
    parts = hub.pieces(whole, limit)
    assert letters(*parts) == letters(whole)


def test_a_long_text_is_cut_at_sensible_places() -> None:
    words = "This is a sentence of some length. " * 40
    listed = "\n".join(f"- item {n}" for n in range(60))
    code = "```\n" + "\n".join(f"line {n}" for n in range(100)) + "\n```"
    parts = hub.pieces(f"{words}\n\n{listed}\n\n{code}", 500)
    assert all(len(hub.plain(part)) <= 520 for part in parts)
    assert parts[0].endswith("length.")
    assert any(part.startswith("- item") or "\n- item" in part for part in parts)
    assert all("```" not in part or part.count("```") % 2 == 0 for part in parts)
    assert all(isinstance(hub.read(part)[-1], Code) for part in parts[-2:])


def test_a_word_without_an_end_is_cut_all_the_same() -> None:
    parts = hub.pieces("x" * 1000, 300)
    assert "".join(parts) == "x" * 1000
    assert max(map(len, parts)) <= 300


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**bold** and *it* and ~~gone~~ `code`", "bold and it and gone code"),
        ("see [the docs](https://example.com/x)", "see the docs (https://example.com/x)"),
        ("- a\n  - b\n1. c", "• a\n  • b\n1. c"),
        ("> quoted", "quoted"),
        ("# not a heading & <b>", "# not a heading & <b>"),
    ],
)
def test_plain_says_it_without_formatting(text: str, plain: str) -> None:
    assert hub.plain(text) == plain
