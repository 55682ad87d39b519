"""The admin API under `/_cosell/`: what operators and tests do to a running cosell, besides the service's own API."""
