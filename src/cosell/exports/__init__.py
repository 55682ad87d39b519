"""Files of opportunities for a spreadsheet: what their columns are, and how they are written, page by page."""
