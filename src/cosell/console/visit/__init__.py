"""What every page stands on: one request, who makes it, templates, and how answers are sent."""
