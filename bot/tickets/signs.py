"""What there is to see of a text, and what it looks like. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data  # type: ignore[import-untyped]

#: Signs that nobody sees: Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), among them the
#: fillers of Hangul, which count as letters, and two that are blank by their design.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800\U0001d159]"
)
#: Signs that turn the direction of what stands beside them.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: Kinds of signs with nothing to see: controls, what is private to somebody, spaces, and marks upon nothing.
_EMPTY = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp", "Mn", "Me", "Mc"})
#: Unicode's confusables: what each sign is taken for.
_CONFUSABLE: dict[str, list[dict[str, str]]] = confusables_data
#: Letters that are drawn as Latin ones, by what Unicode calls them: small capitals, circled ones, flags.
_LATIN = re.compile(r"(?:LATIN (?:SMALL |CAPITAL )?|SYMBOL )LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?$")
#: Letters of other scripts that a reader takes for Latin ones, although Unicode has them look like others.
_READ_AS = {"ε": "e", "η": "n", "τ": "t", "т": "t", "н": "h", "к": "k", "м": "m", "в": "b", "п": "n"}
#: What is read as a letter within a word, and letters that are taken for one another.
_ALIKE = str.maketrans("0134578i|!$@", "oleastblllsa")


def visible(text: str) -> bool:
    """Whether there is anything to see in a text."""
    return any(unicodedata.category(one) not in _EMPTY for one in _UNSEEN.sub("", text))


def straight(text: str) -> str:
    """Return a text without the signs that would turn or hide what stands beside it."""
    kept = _TURNING.sub("", text)
    return "".join(one for one in kept if unicodedata.category(one) not in ("Cc", "Cs", "Zl", "Zp"))


def skeleton(text: str) -> str:
    """Return what a text looks like: texts that are taken for one another have one skeleton.

    It says nothing to people. Other scripts' letters become the Latin ones they resemble (Unicode's
    confusables.txt, as the library has it), and digits the letters.
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
    bare = "".join(_drawn(one) for one in seen if not unicodedata.category(one).startswith("M"))
    return bare.casefold().translate(_ALIKE).replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=4096)
def _drawn(sign: str) -> str:
    """Return the Latin letters that a sign is taken for; itself when it is like none."""
    if sign.isascii() or sign in _READ_AS:
        return _READ_AS.get(sign, sign)
    for one in _CONFUSABLE.get(sign, ()):
        like = unicodedata.normalize("NFKD", _UNSEEN.sub("", one["c"]))
        if like.isascii() and like.isprintable():
            return like
    named = _LATIN.search(unicodedata.name(sign, ""))
    return named[1] if named else sign
