"""The engagement family."""
