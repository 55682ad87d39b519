"""The service model, read from the data that botocore installs.

Nothing about a shape is written down in cosell: a newer botocore brings newer shapes. Only the file is read;
botocore itself is not imported, which keeps a server's start short.

Source: botocore's `data/partnercentral-selling/2022-07-26/service-2.json.gz`. Decision: docs/decisions/0002.
"""

import functools
import gzip
import importlib.util
from pathlib import Path

import msgspec

SERVICE = "partnercentral-selling"
API_VERSION = "2022-07-26"


class Member(msgspec.Struct, frozen=True, rename="camel"):
    """A named reference from one shape to another."""

    shape: str
    idempotency_token: bool = False


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """One shape of the model. Lengths count code points, `min` and `max` are bounds of what `type` measures."""

    type: str
    members: dict[str, Member] = {}
    required: tuple[str, ...] = ()
    member: Member | None = None
    key: Member | None = None
    value: Member | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    min: int | None = None
    max: int | None = None
    union: bool = False
    sensitive: bool = False
    exception: bool = False
    fault: bool = False


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """One operation of the model: the shapes that go in and out, and the exceptions that it declares."""

    name: str
    input: Member
    errors: tuple[Member, ...]
    output: Member | None = None
    readonly: bool = False


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """The part of the model's metadata that the protocol needs."""

    target_prefix: str
    signing_name: str


class ServiceModel(msgspec.Struct, frozen=True):
    """The whole model: `operations` and `shapes` by their names."""

    metadata: Metadata
    operations: dict[str, Operation]
    shapes: dict[str, Shape]


def data_file() -> Path:
    """The installed model file."""
    botocore = importlib.util.find_spec("botocore")
    assert botocore is not None, "botocore comes with boto3, which cosell requires"
    assert botocore.origin is not None
    return Path(botocore.origin).parent / "data" / SERVICE / API_VERSION / "service-2.json.gz"


@functools.cache
def service_model() -> ServiceModel:
    """The model, read once for each process (about 4 ms)."""
    return msgspec.json.decode(gzip.decompress(data_file().read_bytes()), type=ServiceModel)
