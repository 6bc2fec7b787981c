"""Charts of numbers, drawn as pictures that need nothing beside themselves, and the same as tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

from bot.ports import Numbers
from bot.tickets.texts import say

#: What can be drawn, and kept as a table.
CHARTS = ("days", "ages", "ratings", "booked")
#: Colours that are told apart, and read, on a light ground and on a dark one.
COLOURS, INK = ("#3d8fc2", "#d79a1e"), "#7d868d"


def rows(name: str, found: Numbers, since: date, until: date, language: str) -> Iterator[tuple[str, ...]]:
    """Return a chart's table: its heading, then its rows."""
    match name:
        case "days":
            yield tuple(say(f"numbers.{one}", language) for one in ("day", "opened", "closed"))
            day = since
            while day < until:
                yield day.isoformat(), str(found.opened.get(day, 0)), str(found.closed.get(day, 0))
                day += timedelta(days=1)
        case "ages":
            yield say("numbers.age", language), say("numbers.open", language)
            for age, count in found.open_by_age.items():
                label = say("numbers.below", language, n=age) if age else say("numbers.older", language)
                yield label, str(count)
        case "ratings":
            yield say("numbers.stars", language), say("numbers.ratings", language)
            yield from ((str(stars), str(count)) for stars, count in found.ratings.items())
        case _:
            yield say("numbers.who", language), say("numbers.minutes", language)
            yield from ((name, str(minutes)) for name, minutes in found.booked.items())


def svg(name: str, found: Numbers, since: date, until: date, language: str) -> bytes:
    """Draw a chart."""
    import matplotlib as mpl  # it takes a second to load, and most never look at charts
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    heading, *drawn = rows(name, found, since, until, language)
    labels = [row[0][5:] if name == "days" else row[0] for row in drawn]
    series = heading[1:]
    mpl.rcParams["svg.fonttype"] = "none"  # letters stay letters
    figure = Figure(figsize=(6.4, 2.8), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / len(series)
    for n, title in enumerate(series):
        places = [at + (n - (len(series) - 1) / 2) * width for at in range(len(drawn))]
        axes.bar(places, [int(row[n + 1]) for row in drawn], width, label=title, color=COLOURS[n])
    step = max(1, len(labels) // 8)
    axes.set_xticks(range(0, len(labels), step), labels[::step], color=INK)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
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


def table(name: str, found: Numbers, since: date, until: date, language: str) -> str:
    """Write a chart's table as CSV. What would be a formula for a spreadsheet is only text."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows(name, found, since, until, language):
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row])
    return text.getvalue()
