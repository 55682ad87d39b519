"""One engine in memory, and the ways of asking it."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from cosell import flow
from cosell.engine import Engine
from cosell.wire.model import service_model

TARGET_PREFIX = service_model().metadata.target_prefix


class Told(NamedTuple):
    """An answer as a client reads it."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def error(self) -> str:
        """The exception's name, as boto3 reads it; empty for a success."""
        return str(self.body.get("__type", "")).rpartition("#")[2]

    @property
    def violations(self) -> list[tuple[str, str]]:
        """FieldName and Code of each entry of ErrorList."""
        return [(entry["FieldName"], entry["Code"]) for entry in self.body["ErrorList"]]


class Service:
    """A cosell in this process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def send(self, body: bytes, method: str = "POST", path: str = "/", **headers: str) -> Told:
        """Send bytes. Headers are spelled with underscores."""
        sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        answer = flow.answer(self.engine, flow.Call(method, path, sent, body))
        told = {name.decode(): value.decode() for name, value in answer.headers}
        return Told(answer.status, told, json.loads(answer.body or b"{}"))

    def call(self, operation: str, body: object) -> Told:
        """Call an operation as the SDKs do, with a JSON value or with bytes."""
        encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send(
            encoded, x_amz_target=f"{TARGET_PREFIX}.{operation}", content_type="application/x-amz-json-1.0"
        )


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """An empty cosell, shared by a module's tests."""
    engine = Engine.open(":memory:")
    yield Service(engine)
    engine.close()
