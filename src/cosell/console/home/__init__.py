"""The first page: of a server, and of a mirror."""
