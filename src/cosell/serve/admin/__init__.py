"""The admin API under `/_cosell/`: what operators and tests do to a running cosell, beside the service's own API."""
