"""The wire: bytes to typed requests, typed responses to bytes, as the service model says."""
