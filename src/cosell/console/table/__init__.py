"""The table of opportunities: exactly what ListOpportunities can do."""
