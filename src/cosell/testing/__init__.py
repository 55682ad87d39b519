"""cosell in the tests of others: a client in this process, and every client of a test answered here."""
