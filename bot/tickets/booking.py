"""How long something took, and what it was for, as people write it."""

from __future__ import annotations

import re
import unicodedata

from bot.tickets.decide import DAY_MINUTES
from bot.words.say import Refused

_HOURS = r"(?:h|hrs?|hours?|std|stdn|stunden?)\.?"
_MINUTES = r"(?:m|mins?|minutes?|minuten?)\.?"
_LONGER = r"(?:d|days?|tage?|w|wk|weeks?|wochen?|months?|monate?|s|secs?|seconds?|sek|sekunden?)\.?"
_UNIT = rf"(?:{_HOURS}|{_MINUTES}|{_LONGER})(?!\w)"
_NUMBER = r"(?:\d{1,4}(?:[.,]\d{1,2})?|\d{0,2}\s?[½¼¾])"
_END = r"(?=$|\s|[,;:](?:\s|$))"

#: Each way to write a time, the one that reads most of it first.
_WAYS = tuple(
    re.compile(way + _END, re.IGNORECASE)
    for way in (
        rf"(?P<h>\d{{1,2}}):(?P<m>[0-5]\d)(?:\s*{_HOURS})?",
        rf"(?P<h>\d{{1,3}})\s*{_HOURS}\s*(?:(?:and|und)\s+)?(?P<m>[0-5]?\d)(?P<unit>\s*{_MINUTES})?",
        rf"(?P<h>{_NUMBER})\s*(?P<unit>{_HOURS})",
        rf"(?P<m>\d{{1,4}})(?P<unit>\s*{_MINUTES})?",
    )
)
#: What begins what it was for, and is no part of it.
_BETWEEN = re.compile(r"[\s,;:]*(?:[-–—]\s+)?")
#: A second time where there should be none, and the unit of a number that was taken for minutes.
_MORE = re.compile(rf"(?:{_NUMBER}\s*{_UNIT}|\d+:\d)", re.IGNORECASE)
_UNITS = re.compile(_UNIT, re.IGNORECASE)


def booked(text: str) -> tuple[int, str]:
    """Read `1h30 what for`: minutes, and what comes after them. `1,5 h`, `1:30`, `45 min` and `90` are times.

    Raises:
        Refused: it does not begin with a time, or what follows could be more of it: none is half read.
    """
    text = text.strip()
    for way in _WAYS:
        if (found := way.match(text)) is not None:
            break
    else:
        raise Refused("no.minutes", field="time")
    parts = found.groupdict()
    whole = _hours(parts.get("h")) * 60 + int(parts.get("m") or 0)
    minutes = int(whole + 0.5)
    between = _BETWEEN.match(text, found.end())
    assert between is not None
    what = text[between.end() :]
    bare = "unit" in parts and not parts["unit"]
    unread = (
        _MORE.match(what) is not None
        or (bare and _UNITS.match(what) is not None)
        or ("m" not in parts and not between[0].strip() and what[:1].isdigit())
    )
    if unread or not 1 <= minutes <= DAY_MINUTES:
        raise Refused("no.minutes", field="time")
    return minutes, what


def _hours(hours: str | None) -> float:
    if not hours:
        return 0
    whole = hours.rstrip("½¼¾ ")
    part = hours[len(whole) :].strip()
    return float(whole.replace(",", ".") or 0) + (unicodedata.numeric(part) if part else 0)
