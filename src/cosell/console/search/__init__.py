"""The search of the console: SearchOpportunities by words and conditions, with suggestions while one types."""
