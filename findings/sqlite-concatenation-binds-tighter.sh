#!/usr/bin/env bash
# The same arithmetic inside || means two things: SQLite concatenates first, DuckDB calculates first.
#
# A span for date(), as a view would make it: '-' || month % 3 || ' months'
#   expected: '-1 months' for month 7.
#   seen:     '-1 months' in DuckDB; in SQLite the number -1: there || binds tighter than %, so it is
#             ('-' || 7) % (3 || ' months'). date(…, -1) is then NULL, and a comparison with it finds nothing.
# With parentheses, '-' || (month % 3) || ' months', both agree.
#
# SQLite of apsw 3.54.1.0, DuckDB 2.0.1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0 duckdb==2.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import apsw
import duckdb

for expression, by_sqlite, by_duckdb in [
    ("'-' || 7 % 3 || ' months'", -1, "-1 months"),
    ("'-' || (7 % 3) || ' months'", "-1 months", "-1 months"),
]:
    found = apsw.Connection(":memory:").execute(f"SELECT {expression}").get
    ((other,),) = duckdb.execute(f"SELECT {expression}").fetchall()
    print(f"{expression}: {found!r} in SQLite {apsw.sqlite_lib_version()}, {other!r} in DuckDB {duckdb.__version__}")
    assert (found, other) == (by_sqlite, by_duckdb)
begin = apsw.Connection(":memory:").execute("SELECT date('2026-11-27', 'start of month', '-' || 7 % 3 || ' months')").get
print("date() with it:", begin)
assert begin is None
PYTHON
