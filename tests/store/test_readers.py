"""Connections that readers of a file share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.context import Scope
from cosell.store.sqlite import SqliteStore

SCOPE = Scope("111122223333", "Sandbox")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(tmp_path / "cosell.db"), new_token_key=b"key")
    yield store
    store.close()


def test_who_reads_alone_reads_through_one_connection_whoever_read_beside_it_before(store: SqliteStore) -> None:
    """Each connection keeps pages of its own in memory, so a second one is only for those who read at the same time."""

    def read() -> Any:
        return store.read(SCOPE)

    with read() as alone:
        first = alone._connection
    for _ in range(3):
        with read() as one, read() as another:
            assert {first} < {one._connection, another._connection}
    outer, inner = read(), read()
    with outer:
        inner.__enter__()
    inner.__exit__(None, None, None)  # the later one is given back last
    with read() as alone:
        assert alone._connection is first
