"""The page of one opportunity, and what has changed in it."""
