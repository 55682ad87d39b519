"""Faults: what has been set to go wrong."""
