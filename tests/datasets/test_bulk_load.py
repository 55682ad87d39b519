"""A bulk load is all or nothing in every scope, also where it makes the indexes of the database anew."""

from itertools import islice
from pathlib import Path

import pytest

from cosell.context import Scope
from cosell.datasets.pipeline import opportunities
from cosell.datasets.timeline import Timeline
from cosell.engine import Engine
from cosell.rules.identifiers import id_key
from cosell.store.opportunity import StoredOpportunity, stored

FIRST, SECOND = Scope("111122223333", "AWS"), Scope("111122223333", "Sandbox")
NOW_MS = 1_782_820_800_000
MANY, FEW = 1_000_000, 10


def rows(scope: Scope, count: int) -> list[StoredOpportunity]:
    made = opportunities(scope, Timeline(count, 1, NOW_MS), count=count, seed=1, now_ms=NOW_MS, first_number=0)
    return [stored(record) for record in made]


def counts(engine: Engine) -> list[int]:
    found = []
    for scope in (FIRST, SECOND):
        with engine.store.read(scope) as tx:
            found.append(tx.count())
    return found


def load_and_fail(engine: Engine, expected: int) -> None:
    with engine.store.bulk_load([FIRST, SECOND], expected) as transactions:
        transactions[FIRST].insert(rows(FIRST, 700))
        transactions[SECOND].insert(islice(rows(SECOND, 5), 3))
        raise RuntimeError


@pytest.mark.parametrize("expected", [FEW, MANY])
@pytest.mark.parametrize("url", [":memory:", "file"])
def test_two_scopes_are_loaded_together_or_not_at_all(tmp_path: Path, url: str, expected: int) -> None:
    engine = Engine.open(str(tmp_path / "pipeline.db") if url == "file" else url)
    with pytest.raises(RuntimeError):
        load_and_fail(engine, expected)
    assert counts(engine) == [0, 0]
    with engine.store.bulk_load([FIRST, SECOND], expected) as transactions:
        transactions[FIRST].insert(rows(FIRST, 700))
        transactions[SECOND].insert(rows(SECOND, 5))
    assert counts(engine) == [700, 5]
    engine.close()


@pytest.mark.parametrize("expected", [FEW, MANY])
def test_an_identifier_that_comes_twice_undoes_the_load_and_is_named(expected: int) -> None:
    engine = Engine.open(":memory:")
    some = rows(FIRST, 5)
    with pytest.raises(KeyError) as refused, engine.store.bulk_load([FIRST], expected) as transactions:
        transactions[FIRST].insert([*some, some[2]])
    assert refused.value.args == (id_key("O1000003"),)
    assert counts(engine) == [0, 0]
    engine.close()


def test_after_a_load_that_failed_pages_are_as_fast_as_ever() -> None:
    engine = Engine.open(":memory:")
    with pytest.raises(RuntimeError), engine.store.bulk_load([FIRST], MANY):
        raise RuntimeError
    with engine.store.write(FIRST) as tx:
        tx.insert(rows(FIRST, 5))
        with pytest.raises(KeyError):  # the unique index is there
            tx.insert(rows(FIRST, 1))
    engine.close()
