"""Numbers with their nouns, as people write them."""


def counted(count: int, noun: str) -> str:
    """`1 opportunity`, `12,000 opportunities`, `2 mistakes`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"
