"""The meaning of the columns in a user's files, kept in a file: TOML, or JSON if its name ends so.

"Account Name" = "company_name"
"Internal notes" = ""           # left out
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from cosell.errors import UserError
from cosell.json_and_toml import Unreadable, json_of, toml_of
from cosell.sync.push.columns import Renamed
from cosell.whole_file import whole_file

_WRITE: Final = """write lines such as "Account Name" = "company_name" into it"""


def column_map(path: Path | None, said: Iterable[str]) -> Renamed:
    """The meanings in a file, if it exists, and the given ones, such as `Account Name=company_name`, which win.

    Raises UserError if the file is no such map, and for what has no `=`.
    """
    meanings = _read(path) if path is not None else {}
    for text in said:
        name, separator, meant = text.partition("=")
        if not separator or not name.strip():
            raise UserError(f"--map {text!r} has no name before a =", "say it like --map 'Account Name=company_name'")
        meanings[name.strip()] = meant.strip()
    return meanings


def keep(path: Path, renamed: Renamed) -> None:
    """Write a map if it has something new. Raises UserError if it cannot be written."""
    if path.exists() and _read(path) == renamed:
        return
    lines = [
        f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(renamed[name], ensure_ascii=False)}" for name in renamed
    ]
    text = json.dumps(renamed, ensure_ascii=False, indent=2) if _is_json(path) else "\n".join(lines)
    try:
        with whole_file(path) as file:
            file.write(f"{text}\n".encode())
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}", "name another file with --map-file") from None


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_bytes()
        read: Any = json_of(text) if _is_json(path) else toml_of(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", "name another file with --map-file") from None
    except Unreadable as mistake:
        raise UserError(f"{path} {mistake}", _WRITE) from None
    if not isinstance(read, dict) or not all(isinstance(meant, str) for meant in read.values()):
        raise UserError(f"{path} is not a map of columns", _WRITE)
    return read


def _is_json(path: Path) -> bool:
    return path.suffix == ".json"
