"""Charts of numbers, drawn as pictures that need nothing beside themselves, and the same as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

from bot.ports import Numbers, Spread
from bot.words.keys import TextKey
from bot.words.say import number, say

#: What can be drawn and kept as a table, and the title of each.
CHARTS: Final[Mapping[str, TextKey]] = {
    "days": "numbers.days",
    "times": "numbers.times",
    "ages": "numbers.ages",
    "ratings": "numbers.ratings",
    "booked": "numbers.booked",
    "people": "numbers.people",
}
#: Those whose bars lie, because names are long.
LYING = ("booked", "people")
#: Colours that are told apart on a light ground and on a dark one, and letters for each.
COLOURS, INK, INK_ON_DARK = ("#3d8fc2", "#d79a1e"), "#4b545b", "#c3ccd2"
#: Inches: how wide a picture is, how high at least, and how high each bar that lies; points: its letters.
WIDTH, HEIGHT, BAR, LETTERS = 4.8, 2.6, 0.35, 11
#: The most bars of one day, and of a week, that are drawn: then of a month. And the most with their values.
DAYS, WEEKS, VALUES = 62, 371, 12
#: Bars that lie get no higher than if there were so many.
FEW = 4

Row = tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted: some projects, in the days from the first to before `until` in a reader's zone."""

    projects: tuple[str, ...]
    since: date
    until: date
    zone: tzinfo


def rows(name: str, found: Numbers, span: Span, language: str) -> Iterator[Row]:
    """Return a chart's table: its heading, then its rows. Times are in hours."""

    def heading(*keys: TextKey) -> Row:
        return tuple(say(key, language) for key in keys)

    match name:
        case "days":
            yield heading("numbers.day", "numbers.opened", "numbers.closed")
            day = span.since
            while day < span.until:
                yield day.isoformat(), found.opened.get(day, 0), found.closed.get(day, 0)
                day += timedelta(days=1)
        case "times":
            yield heading("numbers.what", "numbers.median", "numbers.ninety", "numbers.count")
            yield say("numbers.first_answer", language), *_spread(found.first_answer)
            yield say("numbers.to_close", language), *_spread(found.to_close)
        case "ages":
            yield heading("numbers.age", "numbers.open")
            for age, count in found.open_by_age.items():
                label = say("numbers.below", language, n=age) if age else say("numbers.older", language)
                yield label, count
        case "ratings":
            yield heading("numbers.stars", "numbers.ratings.given")
            yield from ((str(stars), count) for stars, count in found.ratings.items())
        case "booked":
            yield heading("numbers.project", "numbers.hours")
            yield from ((key, _hours(60 * booked)) for key, booked in found.booked.items())
        case _:
            yield heading("numbers.who", "numbers.hours")
            yield from ((who, _hours(60 * booked)) for who, booked in found.booked_by.items())


def is_empty(rows: Iterable[Row]) -> bool:
    """Whether a table, without its heading, counts nothing."""
    return all(float(cell or 0) == 0 for row in rows for cell in row[1:])


def svg(name: str, table: Sequence[Row], language: str) -> bytes:
    """Draw a chart of its table. Of many days it draws weeks, or months of 30 days."""
    import matplotlib as mpl  # it takes a second to load, and most never look at charts
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    heading, *drawn = table
    each = 1
    if name == "days":
        each = 1 if len(drawn) <= DAYS else 7 if len(drawn) <= WEEKS else 30
        drawn = [_together(drawn[n : n + each]) for n in range(0, len(drawn), each)]
    shown = slice(None) if name != "days" else slice(5, None) if each < 30 else slice(7)
    labels = [str(row[0])[shown] for row in drawn]
    series = heading[1:3]  # after those comes how many there were
    lying = name in LYING
    mpl.rcParams["svg.fonttype"] = "none"  # letters stay letters
    mpl.rcParams["text.parse_math"] = False  # and dollars dollars
    mpl.rcParams["font.size"] = LETTERS
    height = max(HEIGHT, BAR * len(drawn)) if lying else HEIGHT
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(series)
    for n, title in enumerate(series):
        places = [at + (n - (len(series) - 1) / 2) * width for at in range(len(drawn))]
        values = [float(row[n + 1] or 0) for row in drawn]
        bars = (axes.barh if lying else axes.bar)(places, values, width, label=title, color=COLOURS[n])
        if len(drawn) <= VALUES:
            axes.bar_label(bars, [number(one, language, "#,##0.##") for one in values], color=INK, padding=2)
    if lying:
        axes.set_yticks(range(len(labels)), labels, color=INK)
        axes.set_ylim(max(len(labels), FEW) - 0.5, -0.5)  # the most comes first
    else:
        step = max(1, -(-len(labels) // 6))
        axes.set_xticks(range(0, len(labels), step), labels[::step], color=INK)
    if each > 1:
        axes.set_xlabel(say("numbers.each", language, n=each), color=INK)
    axes.margins(x=0.15 if lying else None, y=None if lying else 0.15)
    (axes.xaxis if lying else axes.yaxis).set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.tick_params(colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(INK)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series), frameon=False, labelcolor=INK)
    file = io.BytesIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    # Matplotlib writes each colour where it is used; on a dark ground letters and lines have another.
    dark = "".join(
        f'[style*="{what}: {INK}"]{{{what}:{INK_ON_DARK} !important}}' for what in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme: dark){{{dark}}}</style>"
    return file.getvalue().replace(b"<defs>", f"{style}<defs>".encode(), 1)


def _together(rows: Sequence[Row]) -> Row:
    """Count several days as one, which begins with the first."""
    return rows[0][0], *(sum(int(cell) for cell in column) for column in list(zip(*rows, strict=True))[1:])


def table(rows: Iterable[Row]) -> str:
    """Write a chart's table as CSV. What would be a formula for a spreadsheet is only text."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return f"\ufeff{text.getvalue()}"  # by its first sign spreadsheets know how letters are written


def _cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _spread(spread: Spread | None) -> Row:
    return ("", "", 0) if spread is None else (_hours(spread.median), _hours(spread.most), spread.count)


def _hours(seconds: float) -> float:
    return round(seconds / 3600, 2)
