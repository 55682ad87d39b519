"""A pytest test made from calls that a server has answered: it sends them again, and expects the same answers."""
