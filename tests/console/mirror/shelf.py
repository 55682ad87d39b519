"""A mirror that a test fills by hand, asked as the console's pages ask it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from cosell.clock import Clock
from cosell.context import Scope
from cosell.datasets.answers import record_of
from cosell.engine import Engine
from cosell.serve.mirror_store import MirrorStore
from cosell.store.interface import Store
from cosell.sync.moments import ms_of
from cosell.sync.target import Row as Summary
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.reading import Reading
from cosell.sync.targets.tables import TABLES
from cosell.wire.encode import encode
from tests.conftest import ACCOUNT
from tests.search.oracle import Record
from tests.search.oracle import Row as Deal
from tests.search.partner import Partner
from tests.store.caller import NOON_MS, stored_form
from tests.sync.targets.rows import IDENTITY, STATE

HERE = Scope(ACCOUNT, "Sandbox")
KEPT_TABLES = ("mirror_migration", "sync_state")


class Shelf:
    """An open mirror, empty at first, as the source of a store. `partner` asks that."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.store = MirrorStore(self, self._failed)
        self.store.scope = HERE
        self.partner = Partner(Engine(cast("Store", self.store), Clock()))
        self._made = 0
        self.empty()

    def scope(self) -> Scope:
        """Whose it is."""
        return HERE

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """How it is at one moment."""
        with self.mirror.database.snapshot():
            yield Reading(self.mirror)

    def health(self) -> dict[str, Any]:
        """How it is."""
        raise AssertionError

    def _failed(self, error: Exception) -> None:
        raise error

    def empty(self) -> None:
        """Remove what a mirror holds, as if it were another one."""
        for table in TABLES:
            if table.name not in KEPT_TABLES:
                self.mirror.database.run(f"DELETE FROM {table.name}")
        self.store.refused.clear()
        self._made += 1
        self.run = self.mirror.begin_run("once", NOON_MS + self._made, IDENTITY)

    def keep(self, records: Sequence[Record]) -> None:
        """Keep what lists say of opportunities, as a sync does."""
        opportunities = map(stored_form, records)
        rows = [Summary(f"O{one.id_key[1:]}", one.last_modified_ms, one.summary) for one in opportunities]
        self.mirror.keep_page(self.run, IDENTITY, rows, STATE, NOON_MS, want_details=False)

    def keep_raw(self, documents: Iterable[Record]) -> None:
        """Keep summaries as they come."""
        rows = [Summary(one["Id"], ms_of(one["LastModifiedDate"]), json.dumps(one).encode()) for one in documents]
        self.mirror.keep_page(self.run, IDENTITY, rows, STATE, NOON_MS, want_details=False)

    def keep_deals(self, deals: Sequence[Deal]) -> None:
        """Keep opportunities with their details, as a sync does that fetches them."""
        self.keep([deal.record for deal in deals])
        for deal in deals:
            whole = stored_form(deal.record)
            view = None if deal.view is None else json.dumps(deal.view).encode()
            self.mirror.keep_detail(deal.record["Id"], whole.last_modified_ms, whole.record, view, NOON_MS)


def taken(given: Record) -> Record:
    """An opportunity as cosell takes it from AWS: with the ARN that it has there, and amounts in one form."""
    return dict(json.loads(encode(record_of(given, HERE.account, HERE.catalog)[0])))
