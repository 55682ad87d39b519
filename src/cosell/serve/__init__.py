"""The server: HTTP in front of the flow."""
