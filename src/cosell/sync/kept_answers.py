"""Everything that a mirror keeps of the service's answers, read back."""

from collections.abc import Iterator
from typing import Final

from cosell.sync.targets import details
from cosell.sync.targets.mirror import Mirror

AT_ONCE: Final = 1000


def kept_answers(mirror: Mirror) -> Iterator[bytes]:
    """Every summary, then every whole opportunity, without vanished ones: JSON texts, a line each."""
    after: str | None = None
    while rows := mirror.summaries(after, AT_ONCE):
        yield from (row.raw + b"\n" for row in rows)
        after = rows[-1].id
    yield from (answer + b"\n" for _, answer in _details(mirror, "opportunity"))


def kept_aws_summaries(mirror: Mirror) -> Iterator[tuple[str, bytes]]:
    """AWS's own view of every opportunity that has one, by its identifier."""
    return _details(mirror, "aws_summary")


def _details(mirror: Mirror, column: str) -> Iterator[tuple[str, bytes]]:
    after = ""
    while found := details.answers(mirror.database, column, after, AT_ONCE):
        yield from found
        after = found[-1][0]
