"""Answers as they came over the wire, rather than as boto3 parses them.

boto3 parses an answer by the model that it was installed with, and drops every member that the model does not know. A
mirror should have what AWS said. So answers are taken as bytes: only what the sync itself needs of a row is decoded,
and the rest goes into the mirror as it is, without nulls. What the installed model does not know is reported.

Source: decision docs/decisions/0008; service model, the answers of the three operations; recorded answers for nulls.
"""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from cosell.sync.moments import ms_of
from cosell.sync.target import Row

if TYPE_CHECKING:
    from botocore.model import Shape

ROWS: Final = "OpportunitySummaries"


class NoAnswer(Exception):
    """These bytes are not the operation's answer: truncated, or from something that is not the service."""


class PageOfRows(msgspec.Struct, frozen=True):
    """An answer of ListOpportunities. `account` is that of the first Arn; `unknown` are paths of members."""

    rows: list[Row]
    next_token: str | None
    account: str | None
    created_ms: int | None
    """When the last row was created: how far a pass in that order has got."""
    unknown: frozenset[str]

    def with_more(self, page: "PageOfRows") -> "PageOfRows":
        """This page with the rows of the next one."""
        return PageOfRows(
            self.rows + page.rows,
            page.next_token,
            self.account or page.account,
            page.created_ms,
            self.unknown | page.unknown,
        )


class Detail(msgspec.Struct, frozen=True):
    """An answer of GetOpportunity or GetAwsOpportunitySummary. Only the former says when it was modified."""

    raw: bytes
    last_modified_ms: int | None
    unknown: frozenset[str]


class _Page(msgspec.Struct, rename="pascal"):
    opportunity_summaries: list[msgspec.Raw]
    next_token: str | None = None


class _Head(msgspec.Struct, rename="pascal"):
    id: str
    last_modified_date: str | float
    created_date: str | float | None = None
    arn: str | None = None


class _DetailHead(msgspec.Struct, rename="pascal"):
    last_modified_date: str | float | None = None


_decode_page = msgspec.json.Decoder(_Page).decode
_decode_head = msgspec.json.Decoder(_Head).decode
_decode_detail_head = msgspec.json.Decoder(_DetailHead).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


class PageReader:
    """Reads answers of ListOpportunities. `shape` is what the installed model says of them."""

    def __init__(self, shape: "Shape") -> None:
        self._page = _Model(shape, without=ROWS)
        self._row = _Model(shape.members[ROWS].member)  # type: ignore[attr-defined]  # a list in a structure

    def __call__(self, body: bytes) -> PageOfRows:
        """The page that a body holds. Raises NoAnswer."""
        try:
            page = _decode_page(body)
            raws = [bytes(raw) for raw in page.opportunity_summaries]
            heads = [_decode_head(raw) for raw in raws]
            rows = [
                Row(head.id, ms_of(head.last_modified_date), _without_nulls(raw))
                for head, raw in zip(heads, raws, strict=True)
            ]
            created = heads[-1].created_date if heads else None
            created_ms = None if created is None else ms_of(created)
        except ValueError as error:  # also what msgspec raises
            raise NoAnswer(f"this is not an answer of ListOpportunities: {_why(error)}") from error
        unknown = self._page.unknown_in(body).union(*(self._row.unknown_in(raw) for raw in raws))
        account = next((account for head in heads if (account := _account_of(head.arn))), None)
        return PageOfRows(rows, page.next_token or None, account, created_ms, unknown)


class DetailReader:
    """Reads answers of an operation that returns a single thing."""

    def __init__(self, operation: str, shape: "Shape") -> None:
        self._operation = operation
        self._model = _Model(shape)

    def __call__(self, body: bytes) -> Detail:
        """The answer that a body holds. Raises NoAnswer."""
        try:
            modified = _decode_detail_head(body).last_modified_date
            modified_ms = None if modified is None else ms_of(modified)
            raw = _without_nulls(body)
        except ValueError as error:
            raise NoAnswer(f"this is not an answer of {self._operation}: {_why(error)}") from error
        return Detail(raw, modified_ms, self._model.unknown_in(raw))


def _why(error: ValueError) -> str:
    match error:
        case msgspec.ValidationError():
            return "its members are different"
        case msgspec.DecodeError():
            return "it is truncated, or not JSON"
    return "a date in it is invalid"


class _Model:
    """The members that the installed model knows."""

    def __init__(self, shape: "Shape", without: str = "") -> None:
        self._shape = shape
        self._without = without
        self._decode_known = msgspec.json.Decoder(_type_of(shape, without)).decode

    def unknown_in(self, raw: bytes) -> frozenset[str]:
        """Paths of the members that the model does not know; usually none, which costs one quick look."""
        try:
            self._decode_known(raw)
        except msgspec.ValidationError:
            members = _decode_object(raw)
            members.pop(self._without, None)
            return frozenset(_unknown(members, self._shape, ""))
        return frozenset()


def _type_of(shape: "Shape", without: str = "") -> Any:
    """A type that takes exactly the members that a shape knows, whatever their values are."""
    if shape.type_name == "structure":
        members = [
            (name, Any if name == without else _type_of(member) | None, None)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
        ]
        return msgspec.defstruct(shape.name, members, forbid_unknown_fields=True)
    if shape.type_name == "list":
        return list[_type_of(shape.member)]  # type: ignore[attr-defined, misc]
    return Any


def _unknown(value: Any, shape: "Shape", path: str) -> list[str]:
    if isinstance(value, dict) and shape.type_name == "structure":
        members = shape.members  # type: ignore[attr-defined]
        return [
            found
            for name, member in value.items()
            for found in (_unknown(member, members[name], f"{path}{name}.") if name in members else [f"{path}{name}"])
        ]
    if isinstance(value, list) and shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        return [found for member in value for found in _unknown(member, inner, path)]
    return []


def _without_nulls(raw: bytes) -> bytes:
    if b"null" not in raw:
        return raw
    return _encode(_pruned(_decode_object(raw)))


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _pruned(member) for name, member in value.items() if member is not None}
    return [_pruned(member) for member in value] if isinstance(value, list) else value


def _account_of(arn: str | None) -> str | None:
    """The account in `arn:aws:partnercentral:us-east-1:<account>:catalog/…`; None if there is none."""
    parts = (arn or "").split(":")
    return parts[4] or None if len(parts) > 5 else None
