"""Opportunities in bulk: invented, taken from what AWS clients print, and written back."""
