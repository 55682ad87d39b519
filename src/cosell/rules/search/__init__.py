"""SearchOpportunities: what can be asked, what a question means, and what of an opportunity an answer shows."""
