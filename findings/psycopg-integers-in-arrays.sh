#!/usr/bin/env bash
# psycopg sends arrays of integers as int2[] once a binary dumper is registered for int, whatever the integers are.
#
#   expected: after adapters.register_dumper(int, Int8BinaryDumper), as psycopg's documentation of adapters does it with
#             other types, integers go as int8, and arrays of them as int8[].
#   seen:     an integer alone goes as int8. An array goes as text with the type int2[], chosen from its first use: the
#             server refuses 1795875153148 with "out of range for type smallint".
# Register Int8Dumper, the one for text, in front of it: arrays of integers are sent as text, and take its type.
#
# psycopg 3.3.9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.3.9"
"$folder/venv/bin/python" - <<'PYTHON'
import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

NAMES = {20: "int8", 21: "int2", 1005: "int2[]", 1016: "int8[]"}


class Context:
    def __init__(self, *dumpers: type) -> None:
        self.adapters = AdaptersMap(psycopg.adapters)
        self.connection = None
        for dumper in dumpers:
            self.adapters.register_dumper(int, dumper)


print("psycopg", psycopg.__version__)
for dumpers, alone, array in [
    ((), "int2", "int2[]"),
    ((Int8BinaryDumper,), "int8", "int2[]"),
    ((Int8Dumper, Int8BinaryDumper), "int8", "int8[]"),
]:
    transformer = Transformer(Context(*dumpers))
    seen = []
    for value in (5, [5]):
        dumper = transformer.get_dumper(value, PyFormat.AUTO)
        seen.append(NAMES[dumper.oid])
    again = NAMES[transformer.get_dumper([5, 1795875153148], PyFormat.AUTO).oid]
    registered = ", ".join(dumper.__name__ for dumper in dumpers) or "nothing"
    print(f"{registered} registered: 5 as {seen[0]}, [5] as {seen[1]}, [5, 1795875153148] as {again}")
    assert seen == [alone, array]
    assert again == ("int2[]" if dumpers == (Int8BinaryDumper,) else "int8[]")
PYTHON
