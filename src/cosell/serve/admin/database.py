"""Filling and emptying the database."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell.context import Scope
from cosell.datasets.seed import seed as fill
from cosell.serve.admin.fields import DEFAULT_CATALOG, Account, Catalog, given_moment_ms
from cosell.serve.admin.router import Room
from cosell.settings import DEFAULTS


class Seed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which pipeline to create."""

    count: Annotated[int, Meta(ge=0, le=100_000, description="How many opportunities.")] = 1000
    seed: Annotated[int, Meta(description="The same seed gives the same pipeline.")] = 1
    now: Annotated[str | None, Meta(description="The moment at which the pipeline ends. Without it, the engine's.")] = (
        None
    )
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Reset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to empty."""

    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which snapshot."""

    name: Annotated[str, Meta(description="Letters, digits, hyphens, dots and underlines, 64 at most.")]


def seed(room: Room, question: Seed) -> dict[str, Any]:
    """Add an invented pipeline to an account and catalog, without events."""
    scope = Scope(question.account, question.catalog)
    now_ms = room.engine.clock() if question.now is None else given_moment_ms(question.now)
    done = fill(
        room.engine.store, scope, count=question.count, seed=question.seed, now_ms=now_ms, advance=lambda _: None
    )
    return {"seeded": done.count, "moved": done.moved}


def reset(room: Room, question: Reset) -> dict[str, Any]:
    """Remove every opportunity of an account and catalog; identifiers and stamps continue where they were."""
    with room.engine.store.write(Scope(question.account, question.catalog)) as tx:
        return {"removed": tx.clear()}


def snapshots(room: Room, _: object) -> dict[str, Any]:
    """The names of the database's snapshots."""
    return {"snapshots": room.engine.store.states.names()}


def snapshot(room: Room, question: Named) -> dict[str, Any]:
    """Keep the whole database under a name, replacing an earlier snapshot with that name.

    It lies beside the database, in the folder whose name ends in `-snapshots`, with its SHA-256 in a file beside it;
    that of a database in memory is in memory. In PostgreSQL it is a copy of the tables in the same schema, which every
    server of the database finds.
    """
    return msgspec.to_builtins(room.engine.store.states.keep(question.name))  # type: ignore[no-any-return]


def restore(room: Room, question: Named) -> dict[str, Any]:
    """Restore a snapshot, completely or not at all, for every worker. One that is not what was made is refused.

    Readers have seen what came after it, so opportunities that differ from the current ones get new LastModifiedDates,
    as if they had been changed: a sync by watermark misses nothing. Those that came later are removed, as by a reset.
    Identifiers, stamps, the clock and the events with their delivery continue. No events are sent.
    """
    engine = room.engine
    return msgspec.to_builtins(engine.store.states.return_to(question.name, engine.clock()))  # type: ignore[no-any-return]


def forget(room: Room, question: Named) -> dict[str, Any]:
    """Remove a snapshot."""
    room.engine.store.states.forget(question.name)
    return snapshots(room, None)
