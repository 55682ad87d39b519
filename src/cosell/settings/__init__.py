"""Every setting of cosell, in one place: its name, type, default and meaning.

A setting is an option of the commands that use it, a variable `COSELL_…`, and a key of `cosell.toml` in the working
directory; the option wins over the variable, the variable over the file, the file over the default.
"""

from cosell.settings.every_setting import CHOICES, DEFAULTS, FIELDS, OF_A_SERVER, Settings
from cosell.settings.file import FILE, from_file
from cosell.settings.readings import readings_of
from cosell.settings.values import checked
from cosell.settings.variables import unknown_variables

__all__ = [
    "CHOICES",
    "DEFAULTS",
    "FIELDS",
    "FILE",
    "OF_A_SERVER",
    "Settings",
    "checked",
    "from_file",
    "readings_of",
    "unknown_variables",
]
