"""Types are built when they are first needed, which may be in several threads at once."""

from threading import RLock
from typing import Final

one_at_a_time: Final = RLock()
"""Held by whoever builds a type, or first lets msgspec look into one: msgspec 0.22 crashes if two threads do."""
