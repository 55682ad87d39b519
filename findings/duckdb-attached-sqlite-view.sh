#!/usr/bin/env bash
# A view in a SQLite file silently gives a different number through DuckDB than through SQLite.
#
# A view of days since a date, in a file that DuckDB attaches with its sqlite_scanner:
#   expected: 91 days, as SQLite itself gives.
#   seen:     2,459,345 days. DuckDB cannot bind julianday(), so it parses the view, prints it again and has SQLite run that.
#             Its parser has turned date(x) into CAST(x AS DATE), a type that SQLite does not have: it reads "2026-08-28"
#             as the number 2026, a day of the year 4708 BC. count(*) has become count_star(), which fails.
# With substr(x, 1, 10) and count(1) both give the same.
#
# DuckDB 1.5.5, duckdb-extension-sqlite-scanner 1.5.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==1.5.5 duckdb-extension-sqlite-scanner==1.5.5
cd "$folder"
venv/bin/python - <<'PYTHON'
import sqlite3
from pathlib import Path

import duckdb
import duckdb_extension_sqlite_scanner as scanner

file = sqlite3.connect("deals.db")
file.executescript("""
    CREATE TABLE deal (id TEXT, created TEXT);
    INSERT INTO deal VALUES ('O1', '2026-08-28T12:00:00.000Z');
    CREATE VIEW by_date AS SELECT CAST(julianday('2026-11-27') - julianday(date(created)) AS INTEGER) AS days FROM deal;
    CREATE VIEW by_text AS
        SELECT CAST(julianday('2026-11-27') - julianday(substr(created, 1, 10)) AS INTEGER) AS days FROM deal;
    CREATE VIEW counted AS SELECT count(*) AS deals, max(julianday(created)) AS last FROM deal;
""")
(extension,) = Path(scanner.__file__).parent.rglob("*.duckdb_extension")
attached = duckdb.connect()
attached.execute(f"LOAD '{extension}'")
attached.execute("ATTACH 'deals.db' AS deals (TYPE sqlite, READ_ONLY)")

for view, by_sqlite, by_duckdb in [("by_date", 91, 2_459_345), ("by_text", 91, 91)]:
    ((own,),) = file.execute(f"SELECT days FROM {view}")
    ((other,),) = attached.execute(f"SELECT CAST(days AS INTEGER) FROM deals.{view}").fetchall()
    print(f"{view}: {own} in SQLite {sqlite3.sqlite_version}, {other} in DuckDB {duckdb.__version__}")
    assert (own, other) == (by_sqlite, by_duckdb)
try:
    attached.execute("SELECT * FROM deals.counted").fetchall()
except duckdb.Error as error:
    print(f"counted: {str(error).splitlines()[0]}")
    assert "count_star()" in str(error)
else:
    raise AssertionError("count(*) is read now")
PYTHON
