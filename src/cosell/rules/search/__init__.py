"""SearchOpportunities: what can be asked, what a query means, and what its results show of an opportunity."""
