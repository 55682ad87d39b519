"""What is wanted of a database, and so whether it may be made."""

from enum import Enum, auto


class Access(Enum):
    """What is wanted of a database. Only `CREATE` makes one where there is none."""

    CREATE = auto()
    """To fill it, or to serve it."""
    CHANGE = auto()
    """To change what it holds."""
    READ = auto()
    """To look at it: a file, a folder and a file system that may not be written will do."""
