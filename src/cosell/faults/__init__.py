"""Faults on demand, to show that a client can cope with them."""

from cosell.faults.faults import Fault, Faults
from cosell.faults.rule import Rule

__all__ = ["Fault", "Faults", "Rule"]
