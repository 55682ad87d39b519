#!/usr/bin/env bash
# apsw runs the statements after one that returns rows only when those rows are fetched, or never.
#
#   expected: execute() of three statements, and executemany() over three rows, run all of them, as with sqlite3's
#             executescript() and executemany().
#   seen:     execute() stops before the rows of the first PRAGMA, SELECT or RETURNING; executemany() with RETURNING
#             inserts one row of three. There is no error: if the cursor is not read, the rest never runs.
# `.fetchall()` after either runs everything. This bites in a migration file with one harmless PRAGMA.
#
# apsw 3.54.1.0 (its documentation says so; the silence is the surprise).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import apsw

SCRIPT = "CREATE TABLE deal (id TEXT); PRAGMA user_version; INSERT INTO deal VALUES ('O1')"
INSERT = "INSERT INTO deal VALUES (?) RETURNING id"


def count(connection: apsw.Connection) -> int:
    return connection.execute("SELECT count(*) FROM deal").get


print("apsw", apsw.apsw_version())
for read, of_script, of_rows in [(False, 0, 1), (True, 1, 4)]:
    connection = apsw.Connection(":memory:")
    cursor = connection.execute(SCRIPT)
    if read:
        cursor.fetchall()
    done = count(connection)
    cursor = connection.executemany(INSERT, [("O2",), ("O3",), ("O4",)])
    if read:
        cursor.fetchall()
    print(f"rows {'taken' if read else 'not taken'}: {done} behind the PRAGMA, {count(connection)} after executemany()")
    assert (done, count(connection)) == (of_script, of_rows)
PYTHON
