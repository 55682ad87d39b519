"""What every change has: a stamp, and the events that announce it."""
