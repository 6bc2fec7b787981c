"""The command language, the texts, and Slack's markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import markup
from bot import hub
from bot.tickets import asks as a
from bot.tickets.booking import booked
from bot.tickets.grammar import VERBS, parse, usages
from bot.tickets.model import Person, Priority, Status, Visibility
from bot.words.say import Refused
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
        ("list On-Hold", a.AskList((Status.ON_HOLD,))),
        ("list @Robin Smith urgent", a.AskList(assignee=ROBIN, priority=Priority.URGENT)),
        ("time ACME-1 1 h 30 what for", a.AskTime("ACME-1", 90, "what for")),
        ("time ACME-1 1,5h: what for", a.AskTime("ACME-1", 90, "what for")),
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
        ("time ACME-1 1h30x", "no.minutes"),
        ("rate ACME-1 five", "no.stars"),
        ("list urgnet", "no.filter.nearest"),
        ("list foo:bar", "no.filter"),
        ("list @robyn", "no.filter.person"),
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


def minutes(text: str) -> int | None:
    """Read a time that stands alone; None when it is none."""
    try:
        found, what = booked(text)
    except Refused:
        return None
    return None if what else found


@pytest.mark.parametrize(
    ("text", "found"),
    [("45m", 45), ("1h", 60), ("1h30", 90), ("1h30m", 90), ("1:30", 90), ("90", 90), ("", None), ("x", None)],
)
def test_times_are_read(text: str, found: int | None) -> None:
    assert minutes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 h 30 what for", (90, "what for")),
        ("1,5h", (90, "")),
        ("2.5h call", (150, "call")),
        (".5h", None),
        ("½ h", (30, "")),
        ("1½ Stunden Anruf", (90, "Anruf")),
        ("1.33h", (80, "")),
        ("90m", (90, "")),
        ("1 h", (60, "")),
        ("45 min", (45, "")),
        ("45 MIN. reading", (45, "reading")),
        ("2 Std.", (120, "")),
        ("1 Std. 30 Min. Anruf", (90, "Anruf")),
        ("1 hour 15 minutes", (75, "")),
        ("1 Stunde und 15 Minuten", (75, "")),
        ("1:30 h on site", (90, "on site")),
        ("1h30 – on site", (90, "on site")),
        ("1h, 30 mails", (60, "30 mails")),
        ("1h30 20 mails", (90, "20 mails")),
        ("45m second opinion", (45, "second opinion")),
        ("90 reading code\nand more", (90, "reading code\nand more")),
        ("24h", (1440, "")),
        ("1\u00a0h\u00a030", (90, "")),
        ("1h30x", None),
        ("1h 30x", None),
        ("1,5,2h", None),
        ("1.5.2h", None),
        ("1,5", None),
        ("1,5h 30", None),
        ("-1h", None),
        ("0", None),
        ("0h", None),
        ("0.001h", None),
        ("25h", None),
        ("1441", None),
        ("1h 90m", None),
        ("1:90", None),
        ("1:5", None),
        ("1:30:00", None),
        ("30m 1h", None),
        ("1h30m20s", None),
        ("1h 30m 20s", None),
        ("1h30 2h", None),
        ("2 days", None),
        ("1 d 2h", None),
        ("1h 5 days", None),
        ("1h 30% done", None),
        ("2d", None),
        ("about 1h", None),
        ("h", None),
    ],
)
def test_times_are_read_as_people_mean_them_or_not_at_all(text: str, found: tuple[int, str] | None) -> None:
    if found is not None:
        assert booked(text) == found
        return
    with pytest.raises(Refused) as refused:
        booked(text)
    assert refused.value.key == "no.minutes"


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("urgnet", "urgent"),
        ("urgant", "urgent"),
        ("Urgen", "urgent"),
        ("opne", "open"),
        ("hihg", "high"),
        ("lwo", "low"),
        ("opeen", "open"),
        ("clsoed", "closed"),
        ("close", "closed"),
        ("unasigned", "unassigned"),
        ("pendign", "pending"),
        ("statsu:open", "open"),
        ("status:opne", "open"),
        ("prio:high", "high"),
        ("priority:HIGH", "high"),
        ("--closed", "closed"),
        ("@me", None),
    ],
)
def test_what_is_almost_a_filter_is_refused_with_the_nearest(text: str, nearest: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parse(f"list export {text}", PEOPLE)
    assert text in refused.value.words("en")
    if nearest is not None:
        assert refused.value.values["nearest"] == nearest


@pytest.mark.parametrize(
    "text",
    [
        "export fails",
        "night height formal spending sending",
        "mail call email menu line",
        "told cold mind opened",
        "Error: timeout 12:30 https://acme.example std::string C:\\temp",
        "csv-import -5 a--b",
        "Ärger ΣΦΑΛΜΑ ガラス",
    ],
)
def test_words_to_look_for_are_no_filters(text: str) -> None:
    assert parse(f"list {text}", PEOPLE) == a.AskList(words=hub.plain(text))


@pytest.mark.parametrize(
    "quoted", ['"high urgnet"', "“high urgnet”", "„high urgnet“", "»high urgnet«", "'high urgnet'"]
)
def test_what_stands_in_quotes_is_looked_for(quoted: str) -> None:
    assert parse(f"list low {quoted}", PEOPLE) == a.AskList(priority=Priority.LOW, words="high urgnet")
    assert parse('list "@Robin Smith" "status:open"', PEOPLE) == a.AskList(words="@Robin Smith status:open")


def test_a_name_that_begins_like_anothers_is_no_filter_for_them() -> None:
    ann, anna = Person("slack", "U2", "Ann"), Person("slack", "U3", "Anna Lee")
    people = {"@Ann": ann, "@Anna Lee": anna}
    assert parse("list @Anna Lee", people) == a.AskList(assignee=anna)
    assert parse("list @Ann x", people) == a.AskList(assignee=ann, words="x")
    with pytest.raises(Refused):
        parse("list @Annika", people)


def test_every_command_has_a_usage_and_help_shows_them_all() -> None:
    assert [usage.split()[0] for usage in usages()] == list(VERBS)


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
