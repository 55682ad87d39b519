"""The service model that cosell serves: its own copy, whichever botocore is installed beside it.

Nothing about a shape is written down in cosell's code: it is all in the files of `data/`. They are botocore's,
unchanged and laid out as botocore's own loader expects them; `tools/upgrade_model.py` fetches newer ones, and keeps
what it replaces.

Source: the release of botocore that `data/source.json` names. Decision: docs/decisions/0031.
"""

import functools
import gzip
from pathlib import Path
from typing import Final

import msgspec

SERVICE = "partnercentral-selling"
API_VERSION = "2022-07-26"
DATA: Final = Path(__file__).parent / "data"
"""Where the model's files are, as a data path of botocore's: a client that is given it knows what cosell serves."""


class Member(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A named reference from one shape to another."""

    shape: str
    idempotency_token: bool = False


class Shape(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
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


class Operation(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
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


class Source(msgspec.Struct, frozen=True):
    """Where the model comes from: a release of a package, and its month, by which the model is named."""

    package: str
    version: str
    month: str
    licence: str


class Paginator(msgspec.Struct, frozen=True):
    """How SDKs follow the pages of an operation: `result_key` is the member of an answer that holds a page's items."""

    result_key: str


class _Paginators(msgspec.Struct, frozen=True):
    pagination: dict[str, Paginator]


def file_in(data_path: Path, name: str) -> Path:
    """The file of the service in a data path of botocore's: `service-2.json.gz`, say."""
    return data_path / SERVICE / API_VERSION / name


def model_in(file: Path) -> ServiceModel:
    """The model in a file of botocore's."""
    return msgspec.json.decode(gzip.decompress(file.read_bytes()), type=ServiceModel)


@functools.cache
def service_model() -> ServiceModel:
    """The model that cosell serves, read once for each process (about 6 ms)."""
    return model_in(file_in(DATA, "service-2.json.gz"))


@functools.cache
def paginators() -> dict[str, Paginator]:
    """How SDKs follow the pages of those operations that have pages, by their names."""
    text = file_in(DATA, "paginators-1.json").read_bytes()
    return msgspec.json.decode(text, type=_Paginators).pagination


def served_month(pinned: str = "") -> str:
    """The month by which the served model is called: that of an older one that is pinned, or of the newest."""
    return pinned or model_source().month


@functools.cache
def model_source() -> Source:
    """The release of botocore that the model comes from."""
    return msgspec.json.decode((DATA / "source.json").read_bytes(), type=Source)
