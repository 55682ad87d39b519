"""A mirror in a browser."""
