"""The sync: a database of the user's own, in step with AWS or with a cosell."""
