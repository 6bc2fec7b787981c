"""The command language, the texts, and Slack's markup."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import markup
from bot.tickets import asks as a
from bot.tickets.grammar import VERBS, minutes, parse, usages
from bot.tickets.model import Person, Priority, Status, Visibility
from bot.tickets.texts import TEXTS, Refused, duration, say
from tests.doubles.slack.validate import aloud

ROBIN = Person("slack", "U1", "Robin Smith")
PEOPLE = {"@Robin Smith": ROBIN}


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("", a.AskHelp()),
        ("create", a.AskOpen("")),
        ("create Export fails", a.AskOpen("Export fails")),
        ("reply acme-12 We found it\nand mend it", a.AskReply("ACME-12", "We found it\nand mend it")),
        ("comment ACME-12 hm", a.AskComment("ACME-12", "hm")),
        ("comment ACME-12 public: hm", a.AskComment("ACME-12", "hm", public=True)),
        ("comment ACME-12 --public hm", a.AskComment("ACME-12", "hm", public=True)),
        ("comment ACME-12 public holidays", a.AskComment("ACME-12", "public holidays")),
        ("status", a.AskDesk()),
        ("status ACME-12", a.AskStatus("ACME-12")),
        ("status ACME-12 on hold", a.AskStatus("ACME-12", Status.ON_HOLD)),
        (
            "STATUS ACME-12 In_Progress internal",
            a.AskStatus("ACME-12", Status.IN_PROGRESS, Visibility.INTERNAL),
        ),
        ("assign ACME-12 me", a.AskAssign("ACME-12", None, me=True)),
        ("assign ACME-12 nobody", a.AskAssign("ACME-12", None)),
        (
            "assign ACME-12 @Robin Smith internal",
            a.AskAssign("ACME-12", ROBIN, visibility=Visibility.INTERNAL),
        ),
        ("priority ACME-12 high", a.AskPriority("ACME-12", Priority.HIGH)),
        ("tag ACME-12 export -csv", a.AskTags("ACME-12", ("export",), ("csv",))),
        ("time ACME-12 1h30 reading code", a.AskTime("ACME-12", 90, "reading code")),
        ("time ACME-12", a.AskTime("ACME-12")),
        ("close ACME-12 done in 4.2", a.AskClose("ACME-12", reason="done in 4.2")),
        ("close ACME-12 public: done", a.AskClose("ACME-12", resolution="done")),
        ("rate ACME-12 4", a.AskRate("ACME-12", 4)),
        (
            "list on hold mine high csv",
            a.AskList((Status.ON_HOLD,), False, True, False, None, Priority.HIGH, "csv"),
        ),
        ("list unassigned", a.AskList(unassigned=True)),
        ("list in progress all", a.AskList((Status.IN_PROGRESS,), True)),
    ],
)
def test_commands_are_read(text: str, ask: a.Ask) -> None:
    assert parse(text, PEOPLE) == ask


def test_in_a_thread_the_key_is_left_out() -> None:
    assert parse("reply hello", {}, ticket="ACME-1") == a.AskReply("ACME-1", "hello")
    assert parse("close", {}, ticket="ACME-1") == a.AskClose("ACME-1")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("repyl ACME-1 x", "no.command.nearest"),
        ("xyzzy", "no.command"),
        ("reply", "no.usage"),
        ("status ACME-1 flying", "no.value"),
        ("priority ACME-1 soon", "no.value"),
        ("assign ACME-1 somebody", "no.usage"),
        ("time ACME-1 later", "no.minutes"),
        ("rate ACME-1 five", "no.stars"),
        ("tag ACME-1", "no.usage"),
    ],
)
def test_what_is_not_understood_is_refused_with_words(text: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text, PEOPLE)
    assert refused.value.key == key
    assert refused.value.words("en")


@given(st.text(max_size=60))
def test_no_text_breaks_the_command_language(text: str) -> None:
    words = "understood"
    try:
        parse(text, PEOPLE, ticket="ACME-1")
    except Refused as refused:
        words = refused.words("de")
    assert words


@pytest.mark.parametrize(
    ("text", "found"),
    [("45m", 45), ("1h", 60), ("1h30", 90), ("1h30m", 90), ("1:30", 90), ("90", 90), ("", None), ("x", None)],
)
def test_times_are_read(text: str, found: int | None) -> None:
    assert minutes(text) == found


def test_times_are_written() -> None:
    assert [duration(m) for m in (5, 60, 90, 605)] == ["5 min", "1 h", "1 h 30", "10 h 05"]


def test_every_command_has_a_usage_and_help_shows_them_all() -> None:
    assert [usage.split()[0] for usage in usages()] == list(VERBS)


def test_every_text_has_the_same_placeholders_in_every_language() -> None:
    for key, text in TEXTS.items():
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(words) if name}
            for words in (text.en, text.de, text.du)
            if words is not None
        ]
        assert all(one == fields[0] for one in fields), key
        assert "!" not in text.en.replace("<!", ""), f"{key}: no exclamation marks"


def test_the_language_is_the_projects() -> None:
    assert say("status.pending.customer", "de") == "Wartet auf Sie"
    assert say("status.pending.customer", "de-du") == "Wartet auf dich"
    assert say("status.pending.customer", "fr") == "Waiting for you"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("hi <@U1> and <@U2|kim>", "hi @Robin and @kim"),
        ("<#C1|general> <#C2>", "#general #C2"),
        ("<!here> <!channel|@channel> <!subteam^S1|@ops>", "@here @channel @ops"),
        ("<!date^1700000000^{date}|14 Nov>", "[2023-11-14 22:13 UTC](<time:1700000000:f>)"),
        ("<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"),
        ("<https://a.example|a.example>", "https://a.example"),
        ("<https://a.example|our docs>", "[our docs](<https://a.example>)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
    ],
)
def test_slacks_text_is_kept_as_people_read_it(raw: str, kept: str) -> None:
    assert markup.to_hub(raw, {"U1": "Robin"}) == kept


@given(st.text(max_size=200) | st.from_regex(r"[<>&@#!|a-z：＠ ]{0,60}"))
def test_no_name_or_title_can_ping_or_inject(text: str) -> None:
    out = markup.plain(text)
    assert "PING" not in aloud(out.replace("PING", ""))
    assert "<" not in out
    for word in ("@here", "@channel", "@everyone", "＠channel"):
        assert word not in out.lower()


@given(st.text(alphabet="ab &<>\n", max_size=400), st.integers(20, 60))
def test_pieces_fit_and_lose_nothing(text: str, limit: int) -> None:
    escaped = markup.escape(text)
    pieces = markup.pieces(escaped, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join(pieces).replace("\n", "") == escaped.replace("\n", "")
    for piece in pieces:
        assert not piece.endswith(("&", "&a", "&am", "&amp", "&l", "&lt", "&g", "&gt"))
