"""A customer never looks like the team, and what cannot be seen is no name and no title."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.model import Actor, Person, Side, title_of
from bot.tickets.names import imitates, refusal, shown
from bot.tickets.signs import skeleton, visible
from bot.words.say import LANGUAGES, say

UNSEEN = [
    "", " ", "\u00a0", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u200e", "\u202e", "\u2066",
    "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u180e", "\u17b4", "\ufe0f", "\U000e0041", "\u0301", "\x07",
    "\u2028", "\U0001d173", "\u200b \u3164\u2800",
]  # fmt: skip
ALIKE = [
    "Robin (Support)", "Robin (Support)\u200b", "Robin（Support）", "Robin\u00a0(Support)", "Rоbin (Suрport)",
    "Robin (SUPPORT)", "Robin [Support]", "support", "Acme Support", "Kundensupport", "Sup\u00adport", "Sup port",
    "S u p p o r t", "S.u.p.p.o.r.t", "Sŭppört", "5upp0rt", "ꜱᴜᴘᴘᴏʀᴛ", "🅢🅤🅟🅟🅞🅡🅣", "ⓢⓤⓟⓟⓞⓡⓣ", "𝐒𝐮𝐩𝐩𝐨𝐫𝐭", "Ѕuррогt",
    "\u202dSupport", "🇸🇺🇵🇵🇴🇷🇹", "Halfdoor", "HaIfdoor", "Half Door", "HALF-DOOR", "Ηalfdооr", "The Team", "Теam",
    "теам", "Tearn", "Teamleitung", "Staff", "Admin", "Kundendienst", "Kunden Service", "Help Desk", "Robin → customer",
    "Robin → Kunde", "Robin -> customer", "Robin ⇒ customer", "Robin ➜ x", "🌐 Robin", "🔒 Robin", "Robin ✅", "Robin ✔",
]  # fmt: skip
PLAIN = [
    "Carla", "Dora Mint", "Anna Müller", "Jürgen Steam", "José (she/her)", "Tess Upport", "Tim Arnold", "O'Neil", "李雷",
    "Мария Иванова", "Ελένη Παπαδοπούλου", "محمد علي", "J. R. R. Tolkien", "Stafford", "Carla (Acme)", "राज", "김민수",
]  # fmt: skip


def called(name: str, side: Side = Side.CUSTOMER, language: str = "en") -> str:
    return shown(Actor(Person("web", "1", name), side), language)


@pytest.mark.parametrize("text", UNSEEN)
def test_what_cannot_be_seen_is_nothing(text: str) -> None:
    assert not visible(text)
    assert title_of(text) == ""
    assert refusal(text, ()) in ("web.name", "web.name.unseen")
    assert called(text) == "somebody without a name"


@pytest.mark.parametrize("text", ["a", "?", "😀", "❤\ufe0f", "ﷺ", "e\u0301", "\u200bx", "🫨", *PLAIN])
def test_all_else_can_be_seen(text: str) -> None:
    assert visible(text)


def test_a_title_is_the_first_line_that_can_be_seen() -> None:
    assert title_of("\u3164\n\u200b\n  The  export \nfails") == "The export"


@pytest.mark.parametrize("name", ALIKE)
def test_a_name_that_looks_like_the_teams_is_refused_and_is_drawn_as_a_customers(name: str) -> None:
    assert imitates(name)
    assert refusal(name, ()) == "web.name.alike"
    for language, mark in (("en", "customer “"), ("de", "Kunde „"), ("de-du", "Kunde „")):
        drawn = called(name, language=language)
        assert drawn.startswith(mark)
        assert not set(drawn) & set("()[]→⇒➜🌐🔒✅✔>\u202d")


@pytest.mark.parametrize("name", PLAIN)
def test_names_of_people_are_shown_as_they_are(name: str) -> None:
    assert not imitates(name)
    assert refusal(name, ("Robin", "Kim")) is None
    assert called(name) == name


@pytest.mark.parametrize(
    "name", ["Robin", "ROBIN", "Rоbin", "R0bin", "Ｒｏｂｉｎ", "Rob\u200bin", "r o b i n", "Röbin"]
)
def test_nobody_comes_in_as_somebody_of_the_team(name: str) -> None:
    assert refusal(name, ("Kim", "Robin")) == "web.name.alike"
    assert refusal(name, ("Kim",)) is None
    assert refusal("Robin Mint", ("Robin",)) is None


def test_the_team_is_called_as_it_is() -> None:
    assert called("Robin (Support)", Side.STAFF) == "Robin (Support)"


def test_nothing_in_a_name_turns_or_hides_what_follows_it() -> None:
    assert called("evil\u202e\u2066 x\u2028y\x1b") == "evil xy"


UNHEARD = st.sampled_from(["\u200b", "\u00ad", "\u2060", "\u202e", "\u034f", "\ufe0f", "\u0301", "\u200d"])
LIKE = {
    "o": "оοｏ0", "p": "рｐ", "s": "ѕｓ", "e": "еｅ", "a": "аａ", "i": "іιｉ", "r": "ｒ", "t": "ｔ", "u": "ｕ", "m": "ｍ",
    "n": "ｎ", "b": "ｂ", "(": "（", ")": "）", " ": "\u00a0\u2003", "→": "⟶➔⇒",
}  # fmt: skip


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """The team's mark beside a name, with signs that look alike, and some that nobody sees."""
    name = draw(st.sampled_from(["Robin (Support)", "Robin → customer", "The team", "Support"]))
    signs: list[str] = []
    for one in name:
        signs.append(draw(st.sampled_from([one, one.upper(), *LIKE.get(one.lower(), "")])))
        signs += draw(st.lists(UNHEARD, max_size=1))
    return "".join(signs)


@given(disguised())
def test_no_disguise_makes_a_customer_look_like_the_team(name: str) -> None:
    assert refusal(name, ()) == "web.name.alike"
    for language in LANGUAGES:
        drawn = unicodedata.normalize("NFKC", called(name, language=language))
        assert drawn.startswith(("customer “", "Kunde „"))
        assert "(" not in drawn
        assert "→" not in drawn


@given(st.text(max_size=40))
def test_no_name_at_all_reads_like_a_teams(name: str) -> None:
    drawn = called(name)
    team = say("author.team", "en", name="")
    assert not skeleton(drawn).rstrip().endswith(skeleton(team).strip())
    assert visible(drawn)
