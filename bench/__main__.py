"""`scripts/bench`: measures the figures, prints them, and with --write puts them into docs/performance.md."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from bench.changes import creations_beside_bare_commits, log_of_a_creation, stream_beside_answer
from bench.console import pipeline, table_beside_page
from bench.databases import FOLDER
from bench.exports import exports_beside_boto3
from bench.figures import Figure
from bench.in_process import call_beside_canned
from bench.mirror_console import console_over_mirror
from bench.over_http import page_beside_constant, page_beside_dynamodb
from bench.pages import Cell, page_times
from bench.postgres import over_postgres
from bench.processes import memory, seeding, short_programs, start_beside_boto3
from bench.search import search_times, table_of_searches
from bench.search_databases import searches_over_databases, table_of_pairs
from bench.sync import first_sync
from bench.testing import fixtures_beside_moto, plugin_unused

LETTERS: Final = "abcdefghijklmptnsxqv"
PAGE: Final = Path("docs/performance.md")
START, END = "<!-- figures: written by scripts/bench --write -->", "<!-- end of figures -->"


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="the large size (1,000,000)")
    parser.add_argument("--small-rows", type=int, default=10_000, help="the small size (10,000)")
    parser.add_argument("--sync-rows", type=int, default=200_000, help="the size of a first sync (200,000)")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each side of a ratio (7)")
    parser.add_argument(
        "--only", default="abcdefghijklmptnsxqv", help="which figures, by letter (abcdefghijklmptnsxqv)"
    )
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE}")
    wanted = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    tables: list[str] = []

    def pages() -> list[Figure]:
        figures, cells = page_times(wanted.rows, wanted.small_rows)
        tables.append(_table(cells))
        return figures

    def searches() -> list[Figure]:
        figures, cells = search_times(wanted.rows, wanted.small_rows, wanted.rounds)
        tables.append(table_of_searches(cells))
        return figures

    def searches_beside() -> list[Figure]:
        figures, pairs = searches_over_databases(wanted.rows, wanted.rounds)
        tables.append(table_of_pairs(pairs))
        return figures

    measurements: dict[str, Callable[[], list[Figure]]] = {
        "g": lambda: seeding(wanted.rows),
        "a": lambda: [page_beside_constant(wanted.rows, wanted.rounds)],
        "b": pages,
        "c": lambda: [page_beside_dynamodb(wanted.small_rows, wanted.rounds)],
        "d": lambda: [call_beside_canned(wanted.small_rows)],
        "e": lambda: [start_beside_boto3(wanted.rounds * 2)],
        "f": lambda: [memory(wanted.rows)],
        "h": lambda: creations_beside_bare_commits(wanted.rounds),
        "m": lambda: [log_of_a_creation(wanted.small_rows)],
        "j": lambda: first_sync(wanted.sync_rows, wanted.small_rows, max(wanted.rounds // 3, 1)),
        "i": lambda: [stream_beside_answer(wanted.rounds * 20)],
        "k": lambda: [table_beside_page(wanted.rows, wanted.rounds)],
        "l": lambda: [pipeline(wanted.rows, wanted.rounds)],
        "p": lambda: short_programs(wanted.rounds * 2),
        "t": lambda: [*fixtures_beside_moto(wanted.rounds * 5), plugin_unused(wanted.rounds)],
        "n": searches,
        "s": searches_beside,
        "x": lambda: exports_beside_boto3(wanted.small_rows, wanted.rounds),
        "q": lambda: console_over_mirror(wanted.rows, wanted.rounds),
        "v": lambda: over_postgres(wanted.rows, wanted.small_rows, wanted.rounds),
    }
    lines = ["| | figure | measured | target | |", "| --- | --- | --- | --- | --- |"]
    for letter, measure in measurements.items():
        if letter in wanted.only:
            for figure in measure():
                verdict = "" if figure.met else "**missed** "
                line = f"| {letter} | {figure.name} | {figure.value} | {figure.target} | {verdict}{figure.detail} |"
                lines.append(line)
                print(line, file=sys.stderr, flush=True)
    text = f"`scripts/bench {' '.join(sys.argv[1:])}`, {_surroundings()}\n\n" + "\n".join(lines) + "\n"
    text += "".join(f"\n{table}" for table in tables)
    print(text)
    if wanted.write:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(START)
        PAGE.write_text(f"{before}{START}\n\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _surroundings() -> str:
    return (
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, {os.cpu_count()} processors, "
        f"{platform.system()} {platform.machine()}"
    )


def _table(cells: list[Cell]) -> str:
    lines = [
        "Milliseconds of a page, in process: small size → large size; `–` where there are fewer than 100 pages.",
        "",
        "| sort | filter | first, ascending | 100th, ascending | first, descending | 100th, descending |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    by_order = {(cell.sort_by, cell.filter, cell.order): cell for cell in cells}
    for sort_by, name in dict.fromkeys((cell.sort_by, cell.filter) for cell in cells):
        columns = []
        for order in ("ASCENDING", "DESCENDING"):
            cell = by_order[sort_by, name, order]
            columns += [_span(cell.first_ms), _span(cell.deep_ms) if cell.deep_ms else "–"]
        lines.append(f"| {sort_by} | {name} | {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def _span(ms: tuple[float, float]) -> str:
    return f"{ms[0]:.3f} → {ms[1]:.3f}"


if __name__ == "__main__":
    main()
