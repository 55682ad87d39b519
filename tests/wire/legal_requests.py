"""Legal values of every shape of the service model, and every way of breaking one of its constraints.

The texts for a pattern are written by hand, by pattern and not by shape, so that a shape with a new pattern fails
loudly here. Everything else is read from the model.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from cosell.wire.constraints import CLOSED_VALUES, DATE_PATTERN
from cosell.wire.model import Shape, service_model

Path = tuple[str | int, ...]
"""Members and list positions from the body's root down."""

ABSENT: Final = object()
"""Stands for a member that is left out."""

MOMENT: Final = "2026-05-04T09:15:22.123Z"
NO_SUCH_DAY: Final = "2031-02-29"
ASTRAL: Final = "\U0001d535"
"""One code point, two UTF-16 units, four bytes."""

LENGTH: Final = re.compile(r"\(\?s\)\.\{(\d+),(\d+)\}")

TEXTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    # pattern: (texts that match it, texts that do not)
    r"((0|([1-9][0-9]{0,30}))(\.[0-9]{0,2})?)?": (("1000.50", "", "0", "7."), ("01", "1.234", "-1", "1e3", ".5")),
    r"(0|([1-9][0-9]{0,30}))(\.[0-9]{0,2})?": (("1000.50", "0"), ("", "01", "9" * 32)),
    r"(?=.{0,2048}$)(arn:aws:iam::\d{12}:role/([-+=,.@_a-zA-Z0-9]+/)*)?[-+=,.@_a-zA-Z0-9]{1,64}": (
        ("ResourceSnapshots", "arn:aws:iam::111122223333:role/a/b"),
        ("", "r" * 65, "arn:aws:iam::1:role/a"),
    ),
    r"(?=.{0,2048}$)arn:aws:iam::\d{12}:role/([-+=,.@_a-zA-Z0-9]+/)*[-+=,.@_a-zA-Z0-9]{1,64}": (
        ("arn:aws:iam::111122223333:role/a/b",),
        ("", "role"),
    ),
    r"(?=.{0,256}$)([\p{L}\p{Z}\p{N}_.:/=+\-@]*)": (("Ärger 7", ""), ("a\tb", "x" * 257, "#")),
    r"(?=.{1,128}$)([\p{L}\p{Z}\p{N}_.:/=+\-@]*)": (("Größe/7", "名"), ("", "x" * 129, "a;b")),
    r"(?=.{0,80}$)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?": (
        ("jane.doe@example.com", "a@b.c"),
        ("", "Jane@example.com", "jane@example", "jane@-a.b", "a" * 70 + "@example.com"),
    ),
    r"(?=.{1,1000}$)arn:[\w+=/,.@-]+:partnercentral:[\w+=/,.@-]*:[0-9]{12}:catalog/([a-zA-Z]+)/[\w+=,.@-]+"
    r"(/[\w+=,.@-]+)*": (
        ("arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/opportunity/O1",),
        ("", "arn:aws:partnercentral:us-east-1:1:catalog/AWS/opportunity/O1"),
    ),
    r"(?=.{1,255}$)(arn:.*|engi-[0-9a-z]{13})": (("engi-0123456789abc", "arn:"), ("", "engi-1", "arn:" + "x" * 252)),
    r"(?=.{1,80}$)[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@[a-zA-Z0-9-]+(?:.[a-zA-Z0-9-]+)*": (
        ("Jane.Doe@example.com", "a@b", "a@b c"),
        ("", "jane", "a@b..c", "a@b.", "a" * 70 + "@example.com"),
    ),
    r"(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?": (
        ("https://www.example.com/a=b", "ab.c", "a-b..c"),
        ("", "a.b", "example", "ftp://a.com", "a b.com", "https://", "a." + "b" * 254),
    ),
    r"([0-9]{12}|\w{1,12})": (("111122223333", "team_7"), ("", "1111222233334", "é")),
    r"(arn:.*|eng-[0-9a-z]{14})": (("eng-0123456789abcd", "arn:"), ("", "eng-1")),
    r"(arn:.*|task-[0-9a-z]{13})": (("task-0123456789abc", "arn:"), ("", "task-1")),
    r".*task-[0-9a-z]{13}": (("task-0123456789abc", "my task-0123456789abc"), ("", "task-1")),
    r".{1,255}": (("token-1",), ("", "x" * 256)),
    r"O[0-9]{1,19}": (("O5465588",), ("", "5465588", "O", "O" + "1" * 20, "O\u0661")),
    r"S-[0-9]{1,19}": (("S-0051",), ("", "S0051")),
    r"[0-9]{9}": (("123456789",), ("", "12345678", "1234567890", "12345678\u0669")),
    r"[1-9][0-9]*": (("10",), ("", "0", "01")),
    DATE_PATTERN: (("2031-02-28",), ("", "2031-13-01", "2031-2-3", "0999-01-01", "2031-01-32")),
    r"[\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD]{1,80}": (
        ("später",),
        ("", "x" * 81, "\x7f", ASTRAL),
    ),
    r"[a-zA-Z0-9]{3,80}": (("Template1",), ("", "ab", "a-b")),
    r"[a-zA-Z]+": (("AWS", "Sandbox"), ("", "Sand box", "AWS1")),
    r"\+[1-9]\d{1,14}": (("+14155550100",), ("", "14155550100", "+0155", "+1\u0664\u0661")),
    r"arn:.*": (("arn:aws:x", "arn:"), ("", "arn")),
    r"arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\d+:\d{12}:AWSMarketplace/Offer/.*": (
        ("arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-1",),
        ("", "arn:aws:aws-marketplace:us-east-1:1:AWSMarketplace/Offer/offer-1"),
    ),
    r"arn:aws:aws-marketplace:[a-z]{1,2}-[a-z]*-\d+:\d{12}:AWSMarketplace/OfferSet/offerset-.*": (
        ("arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/OfferSet/offerset-1",),
        ("", "offerset-1"),
    ),
    r"arn:[a-z\-]*:partnercentral:[a-z0-9\-]*:[0-9]{12}:catalog/[a-zA-Z]+"
    r"/customer-account-bulk-job/bulkjob-[0-9a-z]{13}": (
        ("arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/customer-account-bulk-job/bulkjob-0123456789abc",),
        ("", "bulkjob-0123456789abc"),
    ),
    r"arn:[a-z\-]*:partnercentral:[a-z0-9\-]*:[0-9]{12}:catalog/[a-zA-Z]+/customer-account/cust-acc-[0-9a-z]{13}": (
        ("arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/customer-account/cust-acc-0123456789abc",),
        ("", "cust-acc-0123456789abc"),
    ),
    r"(arn:.*|bulkjob-[0-9a-z]{13})": (("bulkjob-0123456789abc", "arn:"), ("", "bulkjob-1")),
    r"(arn:.*|cust-acc-[0-9a-z]{13})": (("cust-acc-0123456789abc", "arn:"), ("", "cust-acc-1")),
    r"(arn:.*|eng-grp-[0-9a-z]{14})": (("eng-grp-0123456789abcd", "arn:"), ("", "eng-grp-1", "arn:" + "x" * 252)),
    r"bulkjob-[0-9a-z]{13}": (("bulkjob-0123456789abc",), ("", "bulkjob-0123456789abcd")),
    r"cust-acc-[0-9a-z]{13}": (("cust-acc-0123456789abc",), ("", "cust-acc-0123456789abC")),
    r"eng-grp-[0-9a-z]{14}": (("eng-grp-0123456789abcd",), ("", "eng-grp-0123456789abc")),
    r"(s3://|https://).*": (
        ("s3://bucket/accounts.csv", "https://", "https://" + "x" * 1992),
        ("", "s3:/bucket", "http://bucket", "https://" + "x" * 1993),
    ),
    r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*": (
        ("America/New_York", "UTC", "Etc/GMT+3", "x" * 64),
        ("", "/UTC", "America/", "a//b", "x" * 65, "A B"),
    ),
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]": (("09:30", "23:59"), ("", "24:00", "9:30", "09:60", "09:3\u0660")),
    r"arn:aws:partnercentral::[0-9]{12}:[a-zA-Z]+/engagement-invitation/engi-[0-9,a-z]{13}": (
        ("arn:aws:partnercentral::111122223333:AWS/engagement-invitation/engi-0123456789abc",),
        ("", "engi-0123456789abc"),
    ),
    r"ctx-[0-9a-z]{14}": (("ctx-0123456789abcd",), ("", "ctx-1")),
    r"eng-[0-9a-z]{14}": (("eng-0123456789abcd",), ("", "eng-0123456789abcD")),
    r"engi-[0-9,a-z]{13}": (("engi-0123456789abc",), ("", "engi-1")),
    r"https://(calculator\.aws|pricing\.calculator\.aws\.eu)/#/estimate\?id=[a-f0-9]{32,64}": (
        ("https://calculator.aws/#/estimate?id=" + "0a" * 16,),
        ("", "https://calculator-aws/#/estimate?id=" + "0a" * 16, "https://calculator.aws/#/estimate?id=" + "0g" * 16),
    ),
    r"job-[0-9a-z]{13}": (("job-0123456789abc",), ("", "job-1")),
    r"task-[0-9a-z]{14}": (("task-0123456789abcd",), ("", "task-0123456789abc")),
}


class Breakage(NamedTuple):
    """One constraint violated: put `value` at `path`, and `code` must be the answer for it."""

    path: Path
    value: object
    code: str


def shape_of(name: str) -> Shape:
    """The model's shape of this name."""
    return service_model().shapes[name]


def legal(name: str, *, whole: bool, within: frozenset[str] = frozenset()) -> Any:
    """A legal JSON value of the shape: with every member if `whole`, else with the required ones alone.

    Of a union it holds the first member, of a structure `within` itself the required members, and of a filter tree the
    first list with a condition in it.
    """
    shape = shape_of(name)
    whole = whole and name not in within
    within |= {name}
    match shape.type:
        case "structure":
            return {
                member: legal(shape.members[member].shape, whole=whole, within=within)
                for member in _chosen(shape, whole=whole)
            }
        case "list":
            assert shape.member is not None
            return [legal(shape.member.shape, whole=whole, within=within)] * max(shape.min or 0, whole)
        case "map":
            assert shape.key is not None
            assert shape.value is not None
            return {legal(shape.key.shape, whole=whole): legal(shape.value.shape, whole=whole)}
        case "timestamp":
            return MOMENT
        case "integer" | "long":
            return shape.min or 0
        case "double":
            return 12345678901234567890.5
        case "boolean":
            return True
    return legal_texts(name)[0]


def _chosen(shape: Shape, *, whole: bool) -> list[str]:
    members = list(shape.members)
    if "AndAllFilters" in members:
        return ["AndAllFilters" if whole else "EqualsTo"]
    if shape.union:
        return members[:1]
    return members if whole else [member for member in members if member in shape.required]


def legal_texts(name: str) -> tuple[str, ...]:
    """Legal texts of a string shape: for a length the longest and the shortest, too."""
    shape = shape_of(name)
    if values := CLOSED_VALUES.get(name, shape.enum):
        return values
    if shape.pattern is None or LENGTH.fullmatch(shape.pattern):
        shortest, longest = length_bounds(shape)
        return ("x" * max(shortest, 1), ASTRAL * (longest or 5000), "\n" * shortest)
    return TEXTS[shape.pattern][0]


def illegal_texts(name: str) -> Iterator[tuple[str, str]]:
    """Texts that a shape of strings or of numbers refuses, with the code for each."""
    shape = shape_of(name)
    if shape.type == "double":
        yield from ((text, "INVALID_VALUE") for text in ("NaN", "Infinity", "-Infinity"))
        return
    if name in CLOSED_VALUES:
        yield "aws", "INVALID_VALUE"
    elif shape.enum:
        yield "Nothing of the kind", "INVALID_ENUM_VALUE"
        yield "", "INVALID_ENUM_VALUE"
        yield f"{shape.enum[0]} ", "INVALID_ENUM_VALUE"
    if shape.pattern is None or LENGTH.fullmatch(shape.pattern):
        shortest, longest = length_bounds(shape)
        if shortest:
            yield ASTRAL * (shortest - 1), "INVALID_STRING_FORMAT"
        if longest is not None:
            yield "x" * (longest + 1), "INVALID_STRING_FORMAT"
        return
    matching, others = TEXTS[shape.pattern]
    for text in (*others, f"{matching[0]}\n"):
        yield text, "INVALID_STRING_FORMAT"
    if shape.pattern == DATE_PATTERN:
        yield NO_SUCH_DAY, "INVALID_STRING_FORMAT"


def length_bounds(shape: Shape) -> tuple[int, int | None]:
    """The shortest and the longest text of a string shape that has no other constraint."""
    length = LENGTH.fullmatch(shape.pattern or "")
    return (int(length[1]), int(length[2])) if length else (shape.min or 0, shape.max)


def breakages(name: str, value: Any, path: Path = ()) -> Iterator[Breakage]:
    """Every way of violating one constraint of a legal value, in the model's member order."""
    shape = shape_of(name)
    match shape.type:
        case "structure":
            for member_name, member in shape.members.items():
                member_path = (*path, member_name)
                if member_name in shape.required:
                    yield Breakage(member_path, ABSENT, "REQUIRED_FIELD_MISSING")
                    yield Breakage(member_path, None, "REQUIRED_FIELD_MISSING")
                if member_name in value:
                    yield from breakages(member.shape, value[member_name], member_path)
        case "list":
            assert shape.member is not None
            yield from bound_breakages(shape, value, path)
            if value:
                yield Breakage((*path, 0), None, "INVALID_VALUE")
                yield from breakages(shape.member.shape, value[0], (*path, 0))
        case "integer":
            yield from bound_breakages(shape, value, path)
        case "string" | "double":
            for text, code in illegal_texts(name):
                yield Breakage(path, text, code)


def bound_breakages(shape: Shape, value: Any, path: Path) -> Iterator[Breakage]:
    """A list too short and one too long, a number too small and one too large."""
    is_list = shape.type == "list"
    if shape.min:
        too_little = value[: shape.min - 1] if is_list else shape.min - 1
        yield Breakage(path, too_little, "NOT_ENOUGH_VALUES" if is_list else "VALUE_OUT_OF_RANGE")
    if shape.max is not None:
        too_much = value[:1] * (shape.max + 1) if is_list else shape.max + 1
        yield Breakage(path, too_much, "TOO_MANY_VALUES" if is_list else "VALUE_OUT_OF_RANGE")


def places(name: str, value: Any, path: Path = ()) -> Iterator[tuple[Path, str, Any]]:
    """Every place of a value, the root first: its path, the name of its shape, and what stands there."""
    yield path, name, value
    shape = shape_of(name)
    if shape.type == "structure":
        for member_name, member in shape.members.items():
            if member_name in value:
                yield from places(member.shape, value[member_name], (*path, member_name))
    elif shape.type == "list" and value:
        assert shape.member is not None
        yield from places(shape.member.shape, value[0], (*path, 0))


def changed(value: Any, path: Path, new: object) -> Any:
    """The value with `new` at `path`, or without what is there if `new` is ABSENT. What was given stays as it was."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        assert isinstance(first, int)
        return [*value[:first], changed(value[first], rest, new), *value[first + 1 :]]
    if new is ABSENT and not rest:
        return {member: inner for member, inner in value.items() if member != first}
    return value | {first: changed(value.get(first), rest, new)}


def field_name(path: Path) -> str:
    """A path as FieldName shows it: `Project.ExpectedCustomerSpend[0].Amount`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
