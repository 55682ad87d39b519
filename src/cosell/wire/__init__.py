"""The wire: bytes to typed requests, typed responses to bytes, following the service model."""
