"""Engagements, and what is in them: invitations, snapshots, tasks."""
