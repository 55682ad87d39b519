"""SQL that both databases speak: what a transaction does over a `SqlConnection`, whichever database has it."""
