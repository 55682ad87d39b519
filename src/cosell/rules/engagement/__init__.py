"""Engagements, and what stands in them: invitations, snapshots, tasks."""
