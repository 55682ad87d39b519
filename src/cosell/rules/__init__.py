"""The rules of the service: tables and pure functions. No I/O, no clock, no chance."""
