"""Opportunities in bulk: made up, taken from what AWS clients print, and written back."""
