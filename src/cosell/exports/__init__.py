"""Files of opportunities for a spreadsheet: their columns, and how they are written, page by page."""
