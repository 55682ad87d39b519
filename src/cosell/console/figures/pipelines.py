"""The figures of each scope, brought up to date when somebody looks.

A look takes only a few steps (see `store/changes.py`). If more are needed, because a scope is large and was never
counted, or has changed a lot, they run in a thread, and the visitor is told the progress. Counts are stored with
the data now and then, so the next worker, and the next start, resume from there (docs/decisions/0015).
"""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import msgspec

from cosell.console.figures.figures import Figures
from cosell.console.figures.restriction import EVERYTHING, Restriction
from cosell.context import Scope
from cosell.store.changes import Reached, Step
from cosell.store.interface import Store

MOST_SCOPES: Final = 8
"""Scopes, and restrictions of them, whose figures are in memory; the least recently used goes first."""
STEPS_AT_ONCE: Final = 5
"""Steps that a visitor waits for: some 50 ms."""
KEPT_WHOLE: Final = 2_500
KEPT_ON_THE_WAY: Final = 100_000
"""Opportunities added and subtracted since figures were last stored, after which they are stored again. Storing
takes as long as some thousand steps if a million customers have different names."""
PAUSE_S: Final = 2.0
"""How long to leave another process alone that was found to be ahead with the same count."""


class StillCounting(Exception):
    """The figures are not ready. `counted` of about `total` opportunities are in them; equal: changes are still out."""

    def __init__(self, counted: int, total: int) -> None:
        super().__init__(f"{counted} of {total}")
        self.counted = counted
        self.total = total


class _Kept:
    """The figures of a scope as far as they have got, and the lock for reading or moving them.

    Only those of everything are kept with the data.
    """

    def __init__(self, only: Restriction) -> None:
        self.only = only
        self.lock = threading.Lock()
        self.figures = Figures()
        self.reached: Reached | None = None  # None: read what somebody has kept
        self.unkept = 0  # opportunities put in or taken out since
        self.total = 0
        self.counted = 0
        self.counting: Future[None] | None = None

    def read(self, kept: tuple[Reached, bytes] | None) -> None:
        """Resume from what somebody has stored."""
        try:
            self.figures = Figures.decoded(kept[1]) if kept else Figures()
        except msgspec.ValidationError:  # by another version of cosell
            self.figures, kept = Figures(), None
        self.reached = kept[0] if kept else None
        self.unkept = 0
        self.counted = self.figures.partitions.total()

    def go(self, step: Step) -> None:
        """Add and subtract what the step says. If this fails half-way, the next one starts over."""
        self.reached = None
        if step.begins:
            self.figures, self.unkept, self.counted = Figures(), 0, 0
        for moved in step.moved:
            if moved.before is not None:
                self.figures.add(moved.before, -1, self.only)
            self.figures.add(moved.then, 1, self.only)
        for found in step.found:
            self.figures.add(found, 1, self.only)
        self.reached = step.reached
        self.unkept += len(step.moved) + len(step.found)
        self.counted += len(step.found) + sum(moved.before is None for moved in step.moved)

    def worth_keeping(self) -> tuple[Reached, bytes] | None:
        """What is to be stored now."""
        is_whole = self.reached is not None and self.reached.counted_to is None
        enough = KEPT_WHOLE if is_whole else KEPT_ON_THE_WAY
        if self.only != EVERYTHING or self.reached is None or self.unkept < enough:
            return None
        self.unkept = 0
        return self.reached, self.figures.encoded()


class Pipelines:
    """The figures of every scope that was asked for. Safe to use from many threads; `close` ends its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[Scope, Restriction], _Kept] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="counting")
        self._closing = threading.Event()

    def close(self) -> None:
        """Abort any counting. What was stored of it stays."""
        with self._lock:
            self._closing.set()
        self._threads.shutdown()

    @contextmanager
    def of(self, scope: Scope, only: Restriction = EVERYTHING, *, patiently: bool = False) -> Iterator[Figures]:
        """The figures of what matches in a scope, as last committed. They are frozen within the block: keep it short.

        Raises StillCounting if that would take too long for a visitor. Counting then continues in a thread, and a
        `patient` caller waits for it.
        """
        kept = self._kept_of(scope, only)
        while True:
            with kept.lock:
                if kept.counting is None or kept.counting.done():
                    counting, kept.counting = kept.counting, None
                    if counting is not None:
                        counting.result()
                    if any(self._is_last_step(scope, kept) for _ in range(STEPS_AT_ONCE)):
                        self._keep(scope, kept.worth_keeping())
                        yield kept.figures
                        return
                    kept.counting = self._begin(scope, kept)
                counting = kept.counting
            if counting is None or not patiently:
                raise StillCounting(kept.counted, kept.total)
            counting.result()

    def _kept_of(self, scope: Scope, only: Restriction) -> _Kept:
        with self._lock:
            kept = self._kept.pop((scope, only), None) or _Kept(only)
            self._kept[scope, only] = kept
            while len(self._kept) > MOST_SCOPES:
                del self._kept[next(iter(self._kept))]
            return kept

    def _begin(self, scope: Scope, kept: _Kept) -> "Future[None] | None":
        """The counting, in a thread; None if this is being closed."""
        with self._store.read(scope) as tx:
            kept.total = tx.count()
        with self._lock:
            return None if self._closing.is_set() else self._threads.submit(self._count, scope, kept)

    def _count(self, scope: Scope, kept: _Kept) -> None:
        while not self._closing.is_set():
            with kept.lock:
                is_last = self._is_last_step(scope, kept)
                worth_keeping = kept.worth_keeping()
            is_ahead = self._keep(scope, worth_keeping)
            if is_last:
                return
            if not is_ahead:
                self._closing.wait(PAUSE_S)
                with kept.lock:
                    kept.reached = None

    def _is_last_step(self, scope: Scope, kept: _Kept) -> bool:
        with self._store.read(scope) as tx:
            if kept.reached is None:
                kept.read(tx.kept_count() if kept.only == EVERYTHING else None)
            step = tx.step(kept.reached, whole=kept.only.needs_records)
        kept.go(step)
        return step.is_last

    def _keep(self, scope: Scope, worth_keeping: tuple[Reached, bytes] | None) -> bool:
        """Whether nobody has got as far."""
        if worth_keeping is None:
            return True
        with self._store.write(scope) as tx:
            return tx.keep_count(*worth_keeping)
