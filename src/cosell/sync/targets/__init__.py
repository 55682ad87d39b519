"""The databases that a mirror can live in."""
