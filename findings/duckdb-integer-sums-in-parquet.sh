#!/usr/bin/env bash
# DuckDB writes a sum of integers into Parquet as a floating-point number.
#
#   expected: sum() of a BIGINT column stays an integer in the file.
#   seen:     sum() of integers is a HUGEINT, which Parquet does not have, and COPY silently writes it as DOUBLE:
#             9007199254740993 comes back as 9007199254740992.0, and a summed count comes back as 3.0.
# CAST(sum(x) AS BIGINT) keeps it.
#
# DuckDB 2.0.1; 1.5.5 does the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cd "$folder"
for version in 1.5.5 2.0.1; do
  venv/bin/pip install --quiet --disable-pip-version-check "duckdb==$version"
  venv/bin/python - <<'PYTHON'
import duckdb

duckdb.execute("CREATE TABLE amount AS SELECT CAST(9007199254740992 AS BIGINT) AS cents UNION ALL SELECT 1")
for expression, kind, value in [
    ("sum(cents)", "DOUBLE", 9007199254740992.0),
    ("CAST(sum(cents) AS BIGINT)", "BIGINT", 9007199254740993),
]:
    ((exact,),) = duckdb.execute(f"SELECT {expression} FROM amount").fetchall()
    duckdb.execute(f"COPY (SELECT {expression} AS total FROM amount) TO 'total.parquet'")
    ((total, type_),) = duckdb.execute("SELECT total, typeof(total) FROM 'total.parquet'").fetchall()
    print(f"DuckDB {duckdb.__version__}, {expression}: {exact} is {total!r} in the file, a {type_}")
    assert exact == 9007199254740993
    assert (type_, total) == (kind, value)
PYTHON
done
