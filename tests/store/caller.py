"""A caller of an engine in this process, one step inside both entrances, and a clock that is set by hand.

A boto3 client would hide what goes over the wire (nulls, nanoseconds, statuses) and cost most of a test's time.
"""

import json
from typing import Any

from cosell import flow
from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.opportunity import StoredOpportunity, stored
from cosell.wire.decode import decode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse
from tests.complete_opportunity import UPDATED, complete, merged, written
from tests.conftest import ACCOUNT

Record = dict[str, Any]
"""A GetOpportunity answer in plain values, stamps as texts."""

DAY_MS = 24 * 60 * 60 * 1000
NOON_MS = 1_780_000_000_000


class HandClock:
    """Stands still until it is moved."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


class Refused(Exception):
    """The service answered with an error."""

    def __init__(self, status: int, body: Record) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.name = body["__type"].partition("#")[2]
        self.body = body


class Caller:
    """Asks for operations as `account`. Every keyword is a member of the request; answers are plain JSON values."""

    def __init__(self, engine: Engine, account: str = ACCOUNT, catalog: str = "Sandbox") -> None:
        self.engine = engine
        self.scope = Scope(account, catalog)

    def answer(self, operation: str, **members: Any) -> flow.Answer:
        """What goes back, whether it is a success or not."""
        headers = {
            b"x-amz-target": f"AWSPartnerCentralSelling.{operation}".encode(),
            b"authorization": f"AWS4-HMAC-SHA256 Credential={self.scope.account}/".encode(),
        }
        body = json.dumps({"Catalog": self.scope.catalog} | members).encode()
        return flow.answer(self.engine, flow.Call("POST", "/", headers, body))

    def __call__(self, operation: str, **members: Any) -> Record:
        answer = self.answer(operation, **members)
        if answer.status != 200:
            raise Refused(answer.status, json.loads(answer.body))
        return dict(json.loads(answer.body or b"{}"))

    def create(self, token: str, **members: Any) -> Record:
        """CreateOpportunity with a ClientToken, of a complete opportunity with these members."""
        return self("CreateOpportunity", ClientToken=token, **complete(**members))

    def get(self, identifier: str) -> Record:
        """GetOpportunity."""
        return self("GetOpportunity", Identifier=identifier)

    def update(self, identifier: str, **members: Any) -> Record:
        """UpdateOpportunity as clients do it: all is sent back as it was read and made complete, but for these members.

        It starts from the latest stamp, unless `members` name another.
        """
        record = self.get(identifier)
        stamp = {"LastModifiedDate": record["LastModifiedDate"]}
        return self(
            "UpdateOpportunity", Identifier=identifier, **stamp | merged(merged(UPDATED, written(record)), members)
        )

    def replace(self, identifier: str, **members: Any) -> None:
        """Put other members into a record as they are, past the rules but at a new stamp. Its status stays."""
        before = self.get(identifier)
        kept = {name: before[name] for name in ("Catalog", "Id", "CreatedDate", "RelatedEntityIdentifiers")}
        life_cycle = before["LifeCycle"] | members.get("LifeCycle", {})
        with self.engine.store.write(self.scope) as tx:
            stamp = {"LastModifiedDate": moment(tx.stamp(self.engine.clock()))}
            tx.replace(stored_form(kept | members | stamp | {"LifeCycle": life_cycle}))

    def page(self, **request: Any) -> Record:
        """ListOpportunities."""
        return self("ListOpportunities", **request)

    def put(self, records: list[Record]) -> None:
        """Place records into the store as they are, past the operations."""
        with self.engine.store.write(self.scope) as tx:
            tx.insert([stored_form(record) for record in records])

    def records(self) -> list[Record]:
        """Every record of the scope, by identifier."""
        with self.engine.store.read(self.scope) as tx:
            return [json.loads(record) for record in tx.records()]


def announced(engine: Engine) -> list[Record]:
    """Every event in the outbox, in order."""
    return [json.loads(waiting.event.body) for waiting in engine.store.outbox.after(0, 1_000)]


def moment(ms: int) -> str:
    """A stamp as answers show it."""
    return str(Timestamp.from_ms(ms))


def stored_form(record: Record) -> StoredOpportunity:
    """What the store keeps of a record."""
    return stored(decode(GetOpportunityResponse, json.dumps(record).encode()))


def record(identifier: str, *, last_modified_ms: int = NOON_MS, created_ms: int = NOON_MS, **members: Any) -> Record:
    """The smallest record that the store takes, with `members` added or replaced."""
    return {
        "Catalog": "Sandbox",
        "Id": identifier,
        "LastModifiedDate": moment(last_modified_ms),
        "CreatedDate": moment(created_ms),
        "RelatedEntityIdentifiers": {},
        "LifeCycle": {"Stage": "Prospect", "ReviewStatus": "Pending Submission"},
    } | members
