"""The solution family."""
