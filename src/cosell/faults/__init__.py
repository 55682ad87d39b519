"""Faults that somebody has asked for, so that a client can be seen to bear them."""

from cosell.faults.faults import Fault, Faults
from cosell.faults.rule import Rule

__all__ = ["Fault", "Faults", "Rule"]
