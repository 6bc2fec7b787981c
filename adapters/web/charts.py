"""Charts of numbers, drawn as pictures that need nothing beside themselves, and the same as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from bot.ports import Numbers, Spread
from bot.tickets.texts import say

#: What can be drawn, and kept as a table.
CHARTS = ("days", "times", "ages", "ratings", "booked", "people")
#: Those whose bars lie, because names are long.
LYING = ("booked", "people")
#: Colours that are told apart, and read, on a light ground and on a dark one.
COLOURS, INK = ("#3d8fc2", "#d79a1e"), "#7d868d"
#: Inches: how wide a picture is, how high at least, and how high each bar that lies.
WIDTH, HEIGHT, BAR = 6.4, 2.8, 0.35
#: Bars that lie get no higher than if there were so many.
FEW = 4

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted: some projects, in the days from the first to before `until` in a reader's zone."""

    projects: tuple[str, ...]
    since: date
    until: date
    zone: tzinfo


def rows(name: str, found: Numbers, span: Span, language: str) -> Iterator[Row]:
    """Return a chart's table: its heading, then its rows. Times are in hours."""

    def heading(*keys: str) -> Row:
        return tuple(say(f"numbers.{key}", language) for key in keys)

    match name:
        case "days":
            yield heading("day", "opened", "closed")
            day = span.since
            while day < span.until:
                yield day.isoformat(), str(found.opened.get(day, 0)), str(found.closed.get(day, 0))
                day += timedelta(days=1)
        case "times":
            yield heading("what", "median", "ninety", "count")
            for what, spread in (("first_answer", found.first_answer), ("to_close", found.to_close)):
                yield say(f"numbers.{what}", language), *_spread(spread)
        case "ages":
            yield heading("age", "open")
            for age, count in found.open_by_age.items():
                label = say("numbers.below", language, n=age) if age else say("numbers.older", language)
                yield label, str(count)
        case "ratings":
            yield heading("stars", "ratings.given")
            yield from ((str(stars), str(count)) for stars, count in found.ratings.items())
        case "booked":
            yield heading("project", "hours")
            yield from ((key, _hours(60 * booked)) for key, booked in found.booked.items())
        case _:
            yield heading("who", "hours")
            yield from ((who, _hours(60 * booked)) for who, booked in found.booked_by.items())


def svg(name: str, table: Sequence[Row]) -> bytes:
    """Draw a chart of its table."""
    import matplotlib as mpl  # it takes a second to load, and most never look at charts
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    heading, *drawn = table
    labels = [row[0][5:] if name == "days" else row[0] for row in drawn]
    series = heading[1:3]  # after those comes how many there were
    lying = name in LYING
    mpl.rcParams["svg.fonttype"] = "none"  # letters stay letters
    mpl.rcParams["text.parse_math"] = False  # and dollars dollars
    height = max(HEIGHT, BAR * len(drawn)) if lying else HEIGHT
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(series)
    for n, title in enumerate(series):
        places = [at + (n - (len(series) - 1) / 2) * width for at in range(len(drawn))]
        values = [float(row[n + 1] or 0) for row in drawn]
        (axes.barh if lying else axes.bar)(places, values, width, label=title, color=COLOURS[n])
    if lying:
        axes.set_yticks(range(len(labels)), labels, color=INK)
        axes.set_ylim(max(len(labels), FEW) - 0.5, -0.5)  # the most comes first
        axes.set_xlim(left=0)
    else:
        step = max(1, len(labels) // 8)
        axes.set_xticks(range(0, len(labels), step), labels[::step], color=INK)
        axes.set_ylim(bottom=0)
    (axes.xaxis if lying else axes.yaxis).set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(INK)
    if len(series) > 1:
        figure.legend(loc="outside lower center", ncols=len(series), frameon=False, labelcolor=INK)
    file = io.BytesIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return file.getvalue()


def table(rows: Iterable[Row]) -> str:
    """Write a chart's table as CSV. What would be a formula for a spreadsheet is only text."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(
            [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row]
        )
    return text.getvalue()


def _spread(spread: Spread | None) -> tuple[str, str, str]:
    return (
        ("", "", "0") if spread is None else (_hours(spread.median), _hours(spread.most), str(spread.count))
    )


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2f}"
