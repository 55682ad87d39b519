"""The command line. One module for each command, loaded on first use."""
