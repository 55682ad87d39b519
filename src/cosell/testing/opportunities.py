"""What a test needs to exist before it begins: opportunities of one account and catalog.

They are created through the service's operations, as by a client, but meet no faults, and do not count as calls.
"""

import json
import os
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Any, Final

import msgspec

from cosell import flow
from cosell.context import Scope
from cosell.datasets.load import Reading, store_all
from cosell.datasets.seed import seed as fill
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.example import example_opportunity
from cosell.rules.identifiers import uuid_of
from cosell.wire.model import service_model

MOST_TOLD: Final = 20
"""Mistakes of a file that are told."""


class Opportunities(Sized):
    """The opportunities of one account in one catalog. Its length is how many there are, and it iterates over their
    identifiers.

    Errors are those of `cosell.errors`: a ValidationException has the whole ErrorList.
    """

    def __init__(self, engine: Engine, scope: Scope, answer: Callable[[Engine, flow.Call], flow.Answer]) -> None:
        self._engine = engine
        self._scope = scope
        self._answer = answer

    def create(self, company: str = "Blue Heron Freight", **changes: Any) -> str:
        """Create the opportunity of `cosell.example_opportunity` with these changes; returns its identifier."""
        members = example_opportunity(company, now_ms=self._engine.clock(), **changes)
        token = uuid_of(self._engine.chance.getrandbits(128))
        created: str = self._perform("CreateOpportunity", {"ClientToken": token, **members})["Id"]
        return created

    def submit(self, identifier: str, *, involvement_type: str = "Co-Sell", visibility: str = "Full") -> None:
        """Submit an opportunity to AWS for review."""
        self._perform(
            "SubmitOpportunity",
            {"Identifier": identifier, "InvolvementType": involvement_type, "Visibility": visibility},
        )

    def get(self, identifier: str) -> dict[str, Any]:
        """An opportunity as GetOpportunity returns it, in JSON values: moments are texts."""
        return self._perform("GetOpportunity", {"Identifier": identifier})

    def seed(self, count: int, *, seed: int = 1) -> list[str]:
        """Add `count` invented opportunities, without events; returns their identifiers. One seed, one pipeline."""
        before = frozenset(self)
        fill(
            self._engine.store,
            self._scope,
            count=count,
            seed=seed,
            now_ms=self._engine.clock(),
            advance=lambda _: None,
        )
        return [identifier for identifier in self if identifier not in before]

    def load(self, path: str | os.PathLike[str]) -> int:
        """Load opportunities from what AWS clients print, as `cosell load` does, without events; returns how many.

        Those that name a catalog go there. Raises UserError, and loads none, if one is refused, and OSError if the file
        cannot be read.
        """
        with Path(path).open("rb") as lines, Reading(self._scope.account, self._scope.catalog) as reading:
            reading.read(lines)
            if reading.refusals:
                told = "; ".join(map(str, reading.refusals[:MOST_TOLD]))
                raise UserError(f"nothing was loaded from {os.fspath(path)}: {told}")
            store_all(reading, self._engine.store, lambda _: None)
            return reading.count

    def __len__(self) -> int:
        with self._engine.store.read(self._scope) as tx:
            return tx.count()

    def __iter__(self) -> Iterator[str]:
        with self._engine.store.read(self._scope) as tx:
            return iter([msgspec.json.decode(record, type=_Named).id for record in tx.records()])

    def _perform(self, operation: str, members: dict[str, Any]) -> dict[str, Any]:
        headers = {
            b"x-amz-target": f"{service_model().metadata.target_prefix}.{operation}".encode(),
            b"authorization": f"AWS4-HMAC-SHA256 Credential={self._scope.account}/arranged".encode(),
        }
        body = json.dumps({"Catalog": self._scope.catalog, **members}).encode()
        answer = self._answer(self._engine.without_faults(), flow.Call("POST", "/", headers, body))
        if answer.error is not None:
            raise answer.error from answer.defect
        answered: dict[str, Any] = msgspec.json.decode(answer.body or b"{}")
        return answered


class _Named(msgspec.Struct):
    id: str = msgspec.field(name="Id")
