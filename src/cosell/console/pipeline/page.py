"""The pipeline in charts, each of them also an image and a spreadsheet."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from cosell.console.figures.restriction import Restriction
from cosell.console.pipeline import charts
from cosell.console.pipeline.links import link_of
from cosell.console.pipeline.periods import CHOICES, NoPeriod, Period, period_of
from cosell.console.pipeline.picture import Picture
from cosell.console.pipeline.pictures import pictures_of
from cosell.console.pipeline.sums import sums_of
from cosell.console.pipeline.tiles import tiles_of
from cosell.console.rows import row_of
from cosell.console.visit.visit import Failure, Query, Visit
from cosell.formulas import disarmed

PIPELINE: Final = "/console/pipeline"
PART: Final = "all that match and have this in the customer's name"
FILTERS: Final = ("period", "from", "to", "country", "industry", "owner")


class Asked(msgspec.Struct, frozen=True):
    """What an address asks for."""

    given: dict[str, str]
    period: Period | None
    only: Restriction

    @property
    def query(self) -> Query:
        """The same as members of an address."""
        return list(self.given.items())


def pipeline(visit: Visit) -> Response:
    """The page with every chart."""
    asked = _asked(visit)
    pipelines, reporting = visit.surroundings.pipelines, visit.surroundings.reporting
    with pipelines.of(visit.scope) as figures:
        total = figures.partitions.total()
        countries, industries = (_named(names) for names in (figures.countries, figures.industries))
    with pipelines.of(visit.scope, asked.only) as figures:
        sums = sums_of(figures, asked.period, reporting)
        before = sums_of(figures, asked.period.before, reporting) if asked.period else None
        pictures = pictures_of(figures, sums, asked.period, reporting, visit.surroundings.engine.clock())
        tiles = tiles_of(figures, sums, before, asked.period, reporting)
    pictures = [_with_names(visit, picture, asked.only) for picture in pictures if not picture.is_empty]

    def address(question: Mapping[str, Any]) -> str:
        return visit.link(*link_of(question, asked.only))

    return visit.page(
        "pipeline.html",
        total=total,
        tiles=tiles,
        of_period=[picture for picture in pictures if not picture.is_of_all],
        of_all=[picture for picture in pictures if picture.is_of_all],
        asked=asked,
        choices={name: words for name, (words, _) in CHOICES.items()},
        countries={name: name for name in countries},
        industries={name: name for name in industries},
        gauge=lambda value, most: Markup(charts.gauge(value, most)),  # noqa: S704  # numbers alone
        column=lambda value, most: Markup(charts.column(value, most)),  # noqa: S704  # numbers alone
        address=address,
        file=lambda picture, kind: visit.link(f"{PIPELINE}/{picture.name}.{kind}", asked.query),
        level=level,
        clear=visit.link(PIPELINE),
    )


def _asked(visit: Visit) -> Asked:
    """Raises Failure for an invalid period."""
    given = {name: value for name in FILTERS if (value := visit.first(name).strip())}
    today = datetime.fromtimestamp(visit.surroundings.engine.clock() / 1000, UTC).date()
    try:
        period = period_of(given, today)
    except NoPeriod as reason:
        raise Failure(400, str(reason), "Go back, and choose another period.") from None
    restriction = Restriction(**{name: given[name] for name in Restriction.__struct_fields__ if name in given})
    return Asked(given, period, restriction)


def _named(counts: Mapping[str, int]) -> list[str]:
    return sorted(name for name, count in counts.items() if name and count)


def picture_svg(visit: Visit) -> Response:
    """A chart as a file."""
    picture = _asked_for(visit)
    return visit.file(charts.svg(picture).encode(), "image/svg+xml", f"{picture.name}.svg")


def picture_csv(visit: Visit) -> Response:
    """The figures of a chart for a spreadsheet."""
    picture = _asked_for(visit)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([picture.label, *picture.headings])
    for line in picture.lines:
        writer.writerow([disarmed(line.label), *(cell.plain for cell in line.cells)])
    return visit.file(text.getvalue().encode(), "text/csv; charset=utf-8", f"{picture.name}.csv")


def level(value: int, most: int) -> int:
    """How strongly a cell of a grid is coloured, from 0 to 5."""
    return 0 if value == 0 else 1 + min(4, value * 5 // (most + 1))


def _asked_for(visit: Visit) -> Picture:
    """Programs that fetch a file wait for it; they would not know what to do with a page that shows the progress."""
    asked, reporting = _asked(visit), visit.surroundings.reporting
    with visit.surroundings.pipelines.of(visit.scope, asked.only, patiently=True) as figures:
        sums = sums_of(figures, asked.period, reporting)
        pictures = pictures_of(figures, sums, asked.period, reporting, visit.surroundings.engine.clock())
    for picture in pictures:
        if picture.name == visit.path_members["picture"]:
            return _with_names(visit, picture, asked.only)
    raise Failure(404, "There is no such chart.", "Choose one on the page Pipeline.")


def _with_names(visit: Visit, picture: Picture, only: Restriction) -> Picture:
    """Customers in the spelling of one of their opportunities: figures count them case-insensitively."""
    if picture.name != "customers":
        return picture
    lines = []
    for line in picture.lines:
        (first,) = visit.ask("ListOpportunities", CustomerCompanyName=[line.label], MaxResults=1)[
            "OpportunitySummaries"
        ] or [None]
        label = row_of(first).customer if first else line.label
        opens = "" if only == Restriction() else PART
        cells = tuple(msgspec.structs.replace(cell, opens=opens) for cell in line.cells)
        lines.append(msgspec.structs.replace(line, label=label, cells=cells))
    return msgspec.structs.replace(picture, lines=tuple(lines))
