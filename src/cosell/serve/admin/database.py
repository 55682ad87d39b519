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
    """Which pipeline is wanted."""

    count: Annotated[int, Meta(ge=0, le=100_000, description="How many opportunities.")] = 1000
    seed: Annotated[int, Meta(description="The same seed gives the same pipeline.")] = 1
    now: Annotated[
        str | None, Meta(description="The moment that the pipeline looks back from. Without it, the engine's.")
    ] = None
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


class Reset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be emptied."""

    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


def seed(room: Room, question: Seed) -> dict[str, Any]:
    """Add a made-up pipeline to an account and catalog, without events."""
    scope = Scope(question.account, question.catalog)
    now_ms = room.engine.clock() if question.now is None else given_moment_ms(question.now)
    done = fill(
        room.engine.store, scope, count=question.count, seed=question.seed, now_ms=now_ms, advance=lambda _: None
    )
    return {"seeded": done.count, "moved": done.moved}


def reset(room: Room, question: Reset) -> dict[str, Any]:
    """Remove every opportunity of an account and catalog; identifiers and stamps go on where they were."""
    with room.engine.store.write(Scope(question.account, question.catalog)) as tx:
        return {"removed": tx.clear()}
