"""Pushing: opportunities from a file into the service, each created once."""
