"""The tag family."""
