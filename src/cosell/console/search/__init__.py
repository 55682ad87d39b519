"""The console's search: SearchOpportunities by words and conditions, with suggestions as you type."""
