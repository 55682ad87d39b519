"""What a page of rows does to the rows that a mirror has: pure, so that every database does the same."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from cosell.sync.target import Kept, Row
from cosell.sync.targets.changes import Change, changes
from cosell.sync.targets.values import Document, document_of


class Stored(msgspec.Struct, frozen=True):
    """A row as the mirror has it. `vanished`: the service was seen without it."""

    row: Row
    vanished: bool = False


class Arrival(msgspec.Struct, frozen=True):
    """A row to be written, with its members."""

    row: Row
    document: Document


class Seen(msgspec.Struct, frozen=True):
    """A change that a page contained, of the version that has `last_modified_ms`."""

    id: str
    last_modified_ms: int
    change: Change


class Merge(msgspec.Struct, frozen=True):
    """What to write: `arrivals` by their identifiers, of which `replaced` were there; what changed; the count."""

    arrivals: Mapping[str, Arrival]
    replaced: frozenset[str]
    seen: list[Seen]
    kept: Kept


def merge(
    stored: Mapping[str, Stored],
    rows: Iterable[Row],
    *,
    service_is_right: bool = False,
    rewrite: Collection[str] = (),
) -> Merge:
    """Apply `rows` in their order. A row replaces another unless the existing one has a later LastModifiedDate.

    If the `service_is_right`, it replaces that one, too. Rows to `rewrite` are written even if they are the same.

    Raises ValueError if a row is not a JSON object.
    """
    now = dict(stored)
    arrivals: dict[str, Arrival] = {}
    seen: list[Seen] = []
    new = changed = unchanged = older = 0
    for row in rows:
        before = now.get(row.id)
        if before is None:
            new += 1
            arrivals[row.id] = Arrival(row, document_of(row.raw))
        elif row.last_modified_ms < before.row.last_modified_ms and not (service_is_right or before.vanished):
            older += 1
            continue
        else:
            found = _differences(before, row)
            if not found and row.last_modified_ms == before.row.last_modified_ms and row.id not in rewrite:
                unchanged += 1
                continue
            changed += 1
            seen += (Seen(row.id, row.last_modified_ms, change) for change in found)
            arrivals[row.id] = Arrival(row, document_of(row.raw))
        now[row.id] = Stored(row)
    kept = Kept(new=new, changed=changed, unchanged=unchanged, older=older)
    return Merge(arrivals, frozenset(arrivals.keys() & stored.keys()), seen, kept)


def _differences(before: Stored, row: Row) -> list[Change]:
    back = [Change("Id", None, row.id)] if before.vanished else []
    if before.row.raw == row.raw:
        return back
    return back + changes(document_of(before.row.raw), document_of(row.raw))
