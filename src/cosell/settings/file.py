"""The settings that `cosell.toml` in the working directory gives."""

from pathlib import Path
from typing import Any, Final

from cosell.errors import UserError
from cosell.json_and_toml import Unreadable, toml_of
from cosell.nearest import nearest
from cosell.settings.every_setting import FIELDS
from cosell.settings.values import checked

FILE: Final = "cosell.toml"
_SEE: Final = "see docs/reference/settings.md"


def from_file(folder: Path) -> dict[str, Any]:
    """The settings that `cosell.toml` gives; empty if there is no file.

    Raises UserError if the file cannot be read, is not TOML, names an unknown setting or gives one a value that it
    cannot have.
    """
    try:
        given = toml_of((folder / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {FILE}: {error.strerror}", "fix it, or go to another folder") from None
    except Unreadable as mistake:
        raise UserError(f"{FILE} {mistake}", _SEE) from None
    for name, value in given.items():
        if name not in FIELDS:
            raise UserError(f"{FILE}: there is no setting {name}", nearest(name, FIELDS))
        try:
            checked(name, value)
        except UserError as mistake:
            raise UserError(f"{FILE}: {name} {mistake.message}", mistake.next_step or _SEE) from None
    return given
