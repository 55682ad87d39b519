"""Who asks: keys and accounts."""
