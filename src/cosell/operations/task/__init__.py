"""Tasks: several steps behind one call, and how far each has got."""
