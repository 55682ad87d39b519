"""What the pipeline's figures are, and how they are kept in step with the store."""
