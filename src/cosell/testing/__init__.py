"""cosell in other people's tests: an in-process client, and every client of a test answered here."""
