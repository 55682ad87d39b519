"""Queries of lists: what they ask for, in which order, and from which page on."""
