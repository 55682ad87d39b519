"""What a database is opened for, and so whether it may be created."""

from enum import Enum, auto


class Access(Enum):
    """What a database is opened for. Only `CREATE` creates one if there is none."""

    CREATE = auto()
    """To fill it, or to serve it."""
    CHANGE = auto()
    """To change what it holds."""
    READ = auto()
    """To read it: a read-only file, folder and file system will do."""
