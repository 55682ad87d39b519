"""The pipeline in pictures, each of them also a file and a spreadsheet."""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from cosell.console.figures.figures import OPEN_STAGES, Figures
from cosell.console.figures.pipelines import StillCounting
from cosell.console.pipeline import charts
from cosell.console.pipeline.pictures import Picture, in_stages, pictures_of
from cosell.console.rows import row_of
from cosell.console.table.page import TABLE
from cosell.console.table.question import query_of
from cosell.console.visit.visit import REFRESH_S, Failure, Visit
from cosell.console.words import number, short_money
from cosell.formulas import disarmed

PIPELINE: Final = "/console/pipeline"
WAITING: Final = ("Submitted", "In review")


class Tile(msgspec.Struct, frozen=True):
    """A figure at the top of the page."""

    label: str
    texts: tuple[str, ...]
    address: str


def pipeline(visit: Visit) -> Response:
    """The page with every picture."""
    try:
        with visit.surroundings.pipelines.of(visit.scope) as figures:
            pictures = pictures_of(figures, visit.surroundings.engine.clock())
            tiles = tiles_of(visit, figures)
            total = figures.partitions.total()
    except StillCounting as still:
        return visit.page("counting.html", refresh_s=REFRESH_S, counted=still.counted, total=still.total)
    pictures = [_with_names(visit, picture) for picture in pictures]
    return visit.page(
        "pipeline.html",
        total=total,
        tiles=tiles,
        pictures=[picture for picture in pictures if not picture.is_empty],
        gauge=lambda value, most: Markup(charts.gauge(value, most)),  # noqa: S704  # numbers alone
        columns=lambda picture: Markup(  # noqa: S704  # numbers alone
            charts.columns([line.cells[0].value for line in picture.lines])
        ),
        address=lambda question: visit.link(TABLE, query_of(question)),
        file=lambda picture, kind: visit.link(f"{PIPELINE}/{picture.name}.{kind}"),
        level=level,
    )


def tiles_of(visit: Visit, figures: Figures) -> list[Tile]:
    """What one wants to know first."""
    waiting = sum(count for (_, status), count in figures.partitions.items() if status in WAITING)
    won, lost = in_stages(figures, "Launched"), in_stages(figures, "Closed Lost")
    spends: dict[str, int] = {}
    for (currency, stage), value in sorted(figures.spends.items()):
        if stage in OPEN_STAGES and value:
            spends[currency] = spends.get(currency, 0) + value
    opened: Mapping[str, Any] = {"LifeCycleStage": list(OPEN_STAGES)}
    return [
        Tile("Opportunities", (number(figures.partitions.total()),), visit.link(TABLE)),
        Tile("Open", (number(in_stages(figures, *OPEN_STAGES)),), visit.link(TABLE, query_of(opened))),
        Tile(
            "Open spend a month",
            tuple(short_money(value, currency) for currency, value in spends.items()) or ("–",),
            visit.link(TABLE, query_of(opened)),
        ),
        Tile(
            "Waiting for AWS",
            (number(waiting),),
            visit.link(TABLE, query_of({"LifeCycleReviewStatus": list(WAITING)})),
        ),
        Tile(
            "Win rate",
            (f"{won * 100 / (won + lost):.1f} %" if won + lost else "–",),
            visit.link(TABLE, query_of({"LifeCycleStage": ["Launched", "Closed Lost"]})),
        ),
    ]


def picture_svg(visit: Visit) -> Response:
    """A picture as a file."""
    picture = _asked_for(visit)
    return visit.file(charts.svg(picture).encode(), "image/svg+xml", f"{picture.name}.svg")


def picture_csv(visit: Visit) -> Response:
    """The figures of a picture for a spreadsheet."""
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
    """Programs that fetch a file wait for it; they would not know what to do with a page that says how far it is."""
    with visit.surroundings.pipelines.of(visit.scope, patiently=True) as figures:
        pictures = pictures_of(figures, visit.surroundings.engine.clock())
    for picture in pictures:
        if picture.name == visit.path_members["picture"]:
            return _with_names(visit, picture)
    raise Failure(404, "There is no such picture.", "Choose one on the page Pipeline.")


def _with_names(visit: Visit, picture: Picture) -> Picture:
    """Customers as one of their opportunities spells them: figures count them without upper and lower case."""
    if picture.name != "customers":
        return picture
    lines = []
    for line in picture.lines:
        (first,) = visit.ask("ListOpportunities", CustomerCompanyName=[line.label], MaxResults=1)[
            "OpportunitySummaries"
        ] or [None]
        lines.append(msgspec.structs.replace(line, label=row_of(first).customer) if first else line)
    return msgspec.structs.replace(picture, lines=tuple(lines))
