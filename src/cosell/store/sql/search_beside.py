"""What a search may ask about besides the record, as SQL over a table with the keys of opportunities."""


def tags_of(table: str) -> str:
    """The tags, encoded; null where there are none."""
    return (
        f"(SELECT tags FROM tag_set WHERE tag_set.scope_id = {table}.scope_id "
        f"AND resource = 'opportunity/O' || substr({table}.id_key, 2))"
    )


def aws_summary_of(table: str) -> str:
    """AWS's side, encoded; null where it has said nothing yet."""
    return (
        f"(SELECT aws_summary.summary FROM aws_summary "
        f"WHERE aws_summary.scope_id = {table}.scope_id AND aws_summary.id_key = {table}.id_key)"
    )
