"""What AWS's side does by itself: it reviews what was submitted, and edits, following a script or a person."""
