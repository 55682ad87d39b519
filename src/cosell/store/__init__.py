"""Where opportunities are kept. What is stored, and what a page asks for, is decided here, once for every database."""
