"""What AWS does: scripts of its reviews, its edits, its own view, its referrals."""
