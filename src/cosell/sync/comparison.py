"""Mirror and service side by side: what `cosell sync verify` finds, and what `--dry-run` would change.

Nothing is written. Every page from the service is compared with the same rows of the mirror.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from cosell.sync import plan
from cosell.sync.continuity import Continuity
from cosell.sync.runner import state_of
from cosell.sync.seen import Seen, unseen
from cosell.sync.service import Service
from cosell.sync.target import Difference, Identity, Row, Target, check_identity
from cosell.sync.walk import Head, Walk

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Comparison:
    """One walk through everything. `differences` yields each as it is found; the counts are final at its end.

    `behind` rows are newer than what the last sync could see, so the next one fetches them.
    """

    def __init__(
        self,
        service: Service,
        target: Target,
        *,
        overlap_ms: int,
        check: Callable[[], None],
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.compared = 0
        self.equal = 0
        self.behind = 0
        self._service = service
        self._target = target
        self._overlap_ms = overlap_ms
        self._check = check
        self._tell = tell

    def differences(self) -> Iterator[Difference]:
        """Every difference. Raises ForeignMirror, Refused, Unavailable and MirrorUnavailable."""
        head = first_answer(self._service, self._target)
        state = state_of(self._target)
        in_step_ms = plan.since_ms(state, self._overlap_ms)
        blank = plan.SyncState(sort_by=state.sort_by)
        walk = Walk(self._service, blank, head, overlap_ms=self._overlap_ms, full=True, check=self._check)
        with Seen() as seen:
            for page in walk:
                fresh = set(seen.missing(row.id for row in page.rows))
                kept = {row.id: row for row in self._target.summaries_of(fresh)}
                wrong = self._target.wrong_columns(list(kept.values()))
                for row in page.rows:
                    if row.id in fresh:
                        yield from self._compared(kept.get(row.id), row, wrong.get(row.id, ()), in_step_ms)
                seen.add(fresh)
                self._tell(self.compared)
            yield from self._vanished(seen)

    def _compared(
        self, kept: Row | None, row: Row, wrong: tuple[str, ...], in_step_ms: int | None
    ) -> Iterator[Difference]:
        self.compared += 1
        if kept is not None and kept.last_modified_ms == row.last_modified_ms:
            members = wrong if kept.raw == row.raw else _differing(_decode(kept.raw), _decode(row.raw)) + wrong
            if members:
                yield Difference("different", row.id, row.last_modified_ms, row.last_modified_ms, members)
            else:
                self.equal += 1
            return
        kept_ms = None if kept is None else kept.last_modified_ms
        if in_step_ms is None or row.last_modified_ms >= in_step_ms:
            self.behind += 1
        elif (kept_ms or 0) > row.last_modified_ms:
            yield Difference("ahead", row.id, kept_ms, row.last_modified_ms)
        else:
            yield Difference("missing" if kept is None else "stale", row.id, kept_ms, row.last_modified_ms)

    def _vanished(self, seen: Seen) -> Iterator[Difference]:
        for rows in unseen(self._target, seen):
            present = {row.id for row in self._service.present([row.id for row in rows]).rows}
            for row in rows:
                if row.id not in present:
                    yield Difference("vanished", row.id, row.last_modified_ms, None)


def first_answer(service: Service, target: Target) -> Head:
    """The service's newest rows. Raises ForeignMirror if they are of another account or catalog than the mirror."""
    head = service.head()
    check_identity(target.identity(), Identity(head[0].account, service.catalog, service.endpoint))
    return head


def what_would_change(
    service: Service, target: Target, *, overlap_ms: int, full: bool, check: Callable[[], None]
) -> Counter[str]:
    """How many rows a sync would find `new`, `changed` and `unchanged`, and how many would have vanished."""
    head = first_answer(service, target)
    state = state_of(target)
    counts: Counter[str] = Counter()
    doubts = Continuity(service, target)
    walk = Walk(service, state, head, overlap_ms=overlap_ms, full=full, doubts=doubts, check=check)
    with Seen() as seen:
        for page in walk:
            kept = {row.id: row for row in target.summaries_of(row.id for row in page.rows)}
            counts.update(_effect(kept.get(row.id), row) for row in page.rows)
            seen.add(row.id for row in page.rows)
        if walk.full:
            for rows in unseen(target, seen):
                counts["vanished"] += len(rows) - len(
                    {row.id for row in service.present([row.id for row in rows]).rows}
                )
    return counts


def _effect(had: Row | None, row: Row) -> str:
    if had is None:
        return "new"
    same = had.last_modified_ms == row.last_modified_ms and _decode(had.raw) == _decode(row.raw)
    return "unchanged" if same else "changed"


def _differing(kept: Any, given: Any, path: str = "") -> tuple[str, ...]:
    """Paths of the members whose values differ."""
    if isinstance(kept, dict) and isinstance(given, dict):
        return tuple(
            found
            for name in sorted(kept.keys() | given.keys())
            for found in _differing(kept.get(name), given.get(name), f"{path}.{name}" if path else name)
        )
    return () if kept == given else (path,)
