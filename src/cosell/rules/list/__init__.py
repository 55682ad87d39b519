"""Questions to lists: what one asks for, in which order, and from which page on."""
