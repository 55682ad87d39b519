"""The opportunity family."""
