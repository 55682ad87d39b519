"""The pipeline in charts."""
