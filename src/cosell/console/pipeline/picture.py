"""A chart of the pipeline: lines of cells, each a figure with its text and the query that it counts."""

from typing import Any, Literal

import msgspec

from cosell.console.pipeline.periods import Period
from cosell.console.words import number

Kind = Literal["bars", "columns", "grid"]
Question = dict[str, Any]


class Cell(msgspec.Struct, frozen=True):
    """One figure: its value, its text, its spreadsheet value, and the query that it counts, if any.

    If the API has no such filter, the query is the nearest one, and `opens` says what it finds. `exact` is set if the
    text is rounded.
    """

    value: int
    text: str
    plain: str
    question: Question | None
    opens: str = ""
    exact: str = ""


class Line(msgspec.Struct, frozen=True):
    """The figures of one label."""

    label: str
    cells: tuple[Cell, ...]


class Picture(msgspec.Struct, frozen=True):
    """A chart. `name` is its address, `headings` name the cells of each line.

    If it `is_of_all`, it shows everything, whatever the period.
    """

    name: str
    title: str
    note: str
    kind: Kind
    label: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    is_of_all: bool = True

    @property
    def most(self) -> int:
        """The largest value, for the scale; at least 1."""
        return max((cell.value for line in self.lines for cell in line.cells), default=1) or 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(cell.value for line in self.lines for cell in line.cells)


def question_of(period: Period | None) -> Question:
    """The filter for what closes in a period; None: for everything."""
    if period is None:
        return {}
    return {
        "TargetCloseDate": {
            "AfterTargetCloseDate": period.first.isoformat(),
            "BeforeTargetCloseDate": period.last.isoformat(),
        }
    }


def count_cell(value: int, question: Question | None) -> Cell:
    """A number of opportunities."""
    return Cell(value, number(value), str(value), question)
