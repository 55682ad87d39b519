"""Delivering events: from the outbox to the sinks that the operator has named."""
