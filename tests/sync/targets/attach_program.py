"""Attaches a mirror in a file to the DuckDB in a folder, asks it what stands on stdin by names, and prints the answers.

python -m tests.sync.targets.attach_program FOLDER FILE < QUESTIONS
"""

import json
import sys
from pathlib import Path

folder, file = sys.argv[1:]
sys.path.insert(0, folder)

import duckdb  # noqa: E402

from tests.sync.targets.deals import plain  # noqa: E402

(extension,) = Path(folder).glob(f"duckdb_extension_sqlite_scanner/**/v{duckdb.__version__}/*.duckdb_extension")
with duckdb.connect() as connection:
    if file.endswith(".db"):
        connection.execute(f"LOAD '{extension}'")
    kind = ", TYPE sqlite" if file.endswith(".db") else ""
    connection.execute(f"ATTACH '{file}' AS mirror (READ_ONLY{kind})")
    connection.execute("USE mirror")
    connection.execute("SET TimeZone = 'Pacific/Kiritimati'")
    asked = json.load(sys.stdin)
    json.dump({name: plain(connection.execute(question).fetchall()) for name, question in asked.items()}, sys.stdout)
