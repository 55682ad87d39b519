"""Faults: what somebody has asked to go wrong."""
