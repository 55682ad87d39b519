"""The questions that searches are measured by: DuckDB finds the same rows, in the same order."""

from pathlib import Path

from bench.databases import seed
from bench.search import cells_over, figures_of, table_of_searches

ROWS = 2_100
"""More than a hundred pages."""


def test_a_hundred_pages_of_every_measured_question_are_those_of_duckdb(tmp_path: Path) -> None:
    seed(tmp_path / "seeded.db", ROWS)
    cells = cells_over(tmp_path / "seeded.db", rounds=1, repeat=1)
    assert {cell.page for cell in cells} == {"first", "100th"}
    median, *_ = figures_of(cells, ROWS)
    assert f"the median of {len(cells)} cells" in median.name
    table = table_of_searches(cells)
    assert all(f"| {cell.question} |" in table for cell in cells)
