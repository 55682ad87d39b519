"""Keeps the deals of a CRM and their opportunities in AWS Partner Central in step."""
