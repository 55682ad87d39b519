"""What AWS's side does by itself: it reviews what was submitted, and edits, as a script or a person tells it."""
