"""The wire: recent calls, and how to send one again."""
