#!/usr/bin/env bash
# XlsxWriter's write_row() leaves out the cells after a text that is too long, and only returns a number.
#
#   expected: an Excel cell holds 32,767 characters; a longer text is truncated or refused, and its neighbours are written.
#   seen:     the text is truncated, write_row() returns -2, raises nothing, and the rest of the row is missing.
#             The next row is complete again. Cell by cell, with write_string(), the neighbours are written.
# So a table with one endless comment has holes in unrelated columns. Truncate texts first.
#
# XlsxWriter 3.3.1, read again by openpyxl 3.1.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check XlsxWriter==3.3.1 openpyxl==3.1.5
cd "$folder"
venv/bin/python - <<'PYTHON'
import openpyxl
import xlsxwriter

ROW = ["O1", "long" * 10_000, "Qualified", 7]
print("XlsxWriter", xlsxwriter.__version__)
for options in ({}, {"constant_memory": True}):
    with xlsxwriter.Workbook("deals.xlsx", options) as book:
        sheet = book.add_worksheet()
        told = [sheet.write_row(0, 0, ROW), sheet.write_row(1, 0, ["O2", "short", "Qualified", 7])]
        told += [sheet.write(2, column, value) for column, value in enumerate(ROW)]
    read = [
        [len(value) if isinstance(value, str) and len(value) > 99 else value for value in row]
        for row in openpyxl.load_workbook("deals.xlsx").active.iter_rows(values_only=True)
    ]
    print(options or "in memory", told, *read, sep="\n  ")
    assert told == [-2, 0, 0, -2, 0, 0]
    assert read == [["O1", 32_767, None, None], ["O2", "short", "Qualified", 7], ["O1", 32_767, "Qualified", 7]]
PYTHON
