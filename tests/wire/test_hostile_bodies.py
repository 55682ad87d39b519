"""Bodies that no client sends: each gets a precise answer, and a refused one changes nothing."""

import json
import random
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosell.errors import ServiceError
from cosell.operations import OPERATIONS
from cosell.wire import decode
from cosell.wire.encode import encode
from cosell.wire.model import service_model
from cosell.wire.protocol import LONGEST_BODY
from tests.complete_opportunity import UPDATED, complete, merged
from tests.wire.conftest import Service
from tests.wire.legal_requests import changed, legal, legal_texts, places

BODIES: Final = 10_000
INPUTS: Final = {name: service_model().operations[name].input.shape for name in sorted(OPERATIONS)}

TOKENS: Final = [
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"null", b"true", b"false", b"0", b"-1", b"20.0", b"1e400", b"-", b"."),
    *(b"9" * 30, b"9" * 5000, b"0" * 30, b"1e-400", b"NaN", b"Infinity", b'""', b"{}", b"[]", b"[[[[", b"[" * 40),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc0\xaf"),
    *(b"\\", b'\\"', b"/* */", b"\xe2\x80\xa8", b"\x1f", b" ", b"\n", b"'", b'"Catalog":', b'"__type":"x",'),
]
VALUES: Final[list[Any]] = [
    *(None, True, False, 0, -1, 1.5, 20.0, 10**18, -(10**18), 10**30, 1e308, -1e308, 5e-324, -0.0),
    *("", "\0", " ", "AWS", "Sandbox", "O1000001", "x" * 300, "\U0001d535" * 256, "\u2028", "2031-02-28", "9999-12-31"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-05-04T09:15:22.5+23:59", "İ", "ß", "\x7f", "%"),
    *([], [None], [[]], [""], {}, {"": None}, ["x"] * 300, ["O1000001"] * 20, {"SortBy": "Identifier"}),
]


def cut(chance: random.Random, body: bytes) -> bytes:
    start, end = sorted(chance.choices(range(len(body) + 1), k=2))
    return chance.choice([body[:start], body[start:], body[:start] + body[end:]])


def flip(chance: random.Random, body: bytes) -> bytes:
    changing = bytearray(body)
    for _ in range(min(chance.randint(1, 4), len(changing))):
        changing[chance.randrange(len(changing))] = chance.randrange(256)
    return bytes(changing)


def insert_a_token(chance: random.Random, body: bytes) -> bytes:
    position = chance.randint(0, len(body))
    return body[:position] + chance.choice(TOKENS) + body[position:]


def replace_a_token(chance: random.Random, body: bytes) -> bytes:
    parts = body.split(b'"')
    parts[chance.randrange(len(parts))] = chance.choice(TOKENS)
    return b'"'.join(parts)


def repeat_a_part(chance: random.Random, body: bytes) -> bytes:
    start, end = sorted(chance.choices(range(len(body) + 1), k=2))
    return body[:end] + body[start:end] * chance.randint(1, 3) + body[end:]


def nest(chance: random.Random, body: bytes) -> bytes:
    depth = chance.choice([1, 30, 31, 32, 33, 1000, 100_000])
    before, after = chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
    return before * depth + body + after * chance.choice([depth, 0])


BYTE_MUTATIONS: Final[list[Callable[[random.Random, bytes], bytes]]] = [
    *(cut, flip, insert_a_token, replace_a_token, repeat_a_part, nest)
]


def mutated_value(chance: random.Random, name: str, request: Any) -> Any:
    """The request with some places overwritten: by odd values, by each other's, by legal texts, or renamed."""
    spots = list(places(name, request))[1:]
    for path, shape_name, _ in chance.sample(spots, k=min(len(spots), chance.choice([1, 1, 1, 2, 5]))):
        kind = chance.random()
        if kind < 0.5:
            new = chance.choice(VALUES)
        elif kind < 0.7:
            new = chance.choice(spots)[2]
        elif service_model().shapes[shape_name].type == "string":
            new = chance.choice(legal_texts(shape_name))
        else:
            new = [chance.choice(VALUES) for _ in range(chance.randint(0, 12))]
        try:
            request = changed(request, path, new)
        except (AttributeError, TypeError, IndexError, AssertionError):  # an earlier change took the place away
            continue
    if isinstance(request, dict) and chance.random() < 0.1:
        names = list(request)
        return dict(zip(chance.sample(names, k=len(names)), request.values(), strict=True))
    return request


def mutated_body(chance: random.Random, operation: str, existing: dict[str, str]) -> bytes:
    """A body of the operation, half of the time about an opportunity that exists, mutated or not."""
    name = INPUTS[operation]
    request = legal(name, whole=chance.random() < 0.6)
    if operation in ("CreateOpportunity", "UpdateOpportunity"):
        request = merged(UPDATED, request)
    if "ClientToken" in request:
        request["ClientToken"] = f"token-{chance.randrange(1000)}"
    if "Project" in request:
        request["Project"].pop("RelatedOpportunityIdentifier", None)
    if operation != "ListOpportunities" and chance.random() < 0.5:
        request |= {member: value for member, value in existing.items() if member in request}
    if chance.random() < 0.6:
        request = mutated_value(chance, name, request)
    body = json.dumps(request, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.random() < 0.5:
        for _ in range(chance.randint(1, 2)):
            body = chance.choice(BYTE_MUTATIONS)(chance, body)
    return body


def declared_errors(operation: str) -> set[str]:
    """What the operation may answer: typed clients lose the type of any other exception of the model."""
    declared = {error.shape for error in service_model().operations[operation].errors}
    return declared | {"SerializationException", "RequestEntityTooLargeException"}


def newest(service: Service) -> list[Any]:
    """The opportunity of each catalog that changed last: any change at all gives it a later stamp."""
    pages = [service.call("ListOpportunities", {"Catalog": name, "MaxResults": 1}) for name in ("AWS", "Sandbox")]
    return [page.body["OpportunitySummaries"] for page in pages]


def test_ten_thousand_mutated_bodies_are_answered_precisely(service: Service) -> None:
    seed = random.getrandbits(64)  # pytest-randomly seeds this, and prints its own seed at the top
    chance = random.Random(seed)
    answers: dict[str, int] = {}
    created = service.call("CreateOpportunity", complete(Catalog="AWS", ClientToken="existing")).body
    existing = {"Identifier": created["Id"], "LastModifiedDate": created["LastModifiedDate"]}
    before = newest(service)
    for number in range(BODIES):
        operation = chance.choice(list(INPUTS))
        body = mutated_body(chance, operation, existing)
        told = service.call(operation, body)
        tale = f"seed {seed}, body {number} of {operation}: {body[:5000]!r}"
        answers[told.error] = answers.get(told.error, 0) + 1
        if told.status == 200:
            assert told.error == "", tale
            before = newest(service)
            if operation == "UpdateOpportunity" and told.body["Id"] == existing["Identifier"]:
                existing["LastModifiedDate"] = told.body["LastModifiedDate"]
        else:
            assert told.status in (400, 413), tale
            assert told.error in declared_errors(operation), tale
            assert told.headers["x-amzn-errortype"] == told.error, tale
            assert newest(service) == before, tale
    # The mutations reach every floor of the house, not only its door.
    assert {"ResourceNotFoundException", "ConflictException"} <= answers.keys()
    assert min(answers[""], answers["SerializationException"], answers["ValidationException"]) > BODIES // 20, answers


@pytest.mark.parametrize("operation", sorted(service_model().operations))
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_fast_decoder_and_the_full_walk_agree(operation: str, seed: int) -> None:
    chance = random.Random(seed)
    model = service_model().operations[operation]
    request = legal(model.input.shape, whole=chance.random() < 0.5)
    body = json.dumps(mutated_value(chance, model.input.shape, request)).encode()
    quick = decode.quick_request(model, body)
    try:
        full = decode.full_request(model, body)
    except ServiceError:
        assert quick is None
        return
    assert quick in (None, full)
    again = decode.quick_request(model, encode(full))
    assert again is not None
    assert encode(again) == encode(full)


@pytest.mark.parametrize("operation", sorted(service_model().operations))
@pytest.mark.parametrize("whole", [True, False], ids=["all members", "required members"])
def test_a_body_cut_anywhere_is_not_json(service: Service, operation: str, whole: bool) -> None:
    model = service_model().operations[operation]
    body = json.dumps(legal(model.input.shape, whole=whole), ensure_ascii=False).encode()
    for length in range(1, len(body)):
        assert decode.quick_request(model, body[:length]) is None
        with pytest.raises(ServiceError, match="The body is not valid JSON"):
            decode.full_request(model, body[:length])
        if operation in OPERATIONS:
            assert service.call(operation, body[:length]).error == "SerializationException"


NOT_JSON: Final = [
    *(b" ", b"\x00", b"\xff", b"{", b'{"Catalog": "AWS"', b'{"Catalog": "AWS"}}', b'{"Catalog": "AWS"} x', b"{'a': 1}"),
    *(b'\xef\xbb\xbf{"Catalog": "AWS"}', b'{"Catalog": "AWS",}', b'{"Catalog": "AWS" "NextToken": "a"}', b"nul"),
    *(b'{"Catalog": "\xff"}', b'{"Catalog": "\xed\xa0\x80"}', b'{"NextToken": "\\ud800", "Catalog": "AWS"}'),
    *(b'{"NextToken": "\\udc00", "Catalog": "AWS"}', b'{"NextToken": "\x00", "Catalog": "AWS"}'),
    *(b'{"Catalog": "AWS", "MaxResults": 020}', b'{"Catalog": "AWS", "MaxResults": NaN}', b'{"Catalog": "AWS", 1: 2}'),
    *(
        b'{"Catalog": "AWS", "MaxResults": ' + b"9" * 5000 + b"}",
        b'{"Catalog": "AWS", "x": tru}',
        '{"Catalog": "AWS"}'.encode("utf-16"),
    ),
]


@pytest.mark.parametrize("body", NOT_JSON)
def test_what_is_not_json_in_utf_8_is_reported_as_such(service: Service, body: bytes) -> None:
    told = service.call("ListOpportunities", body)
    assert (told.status, told.error) == (400, "SerializationException")
    assert told.body["message"] == "The body is not valid JSON."


@pytest.mark.parametrize("value", [b'"\xff"', b"1e400", b"9" * 5000], ids=["a byte", "a float", "an integer"])
def test_a_member_that_nobody_knows_is_read_only_where_something_is_wrong(service: Service, value: bytes) -> None:
    assert service.call("ListOpportunities", b'{"Catalog": "AWS", "x": %b}' % value).status == 200
    assert service.call("ListOpportunities", b'{"Catalog": "aws", "x": %b}' % value).error == "SerializationException"


@pytest.mark.parametrize("body", [b"[]", b'"AWS"', b"1", b"true", b"null", b'[{"Catalog": "AWS"}]'])
def test_a_body_is_an_object(service: Service, body: bytes) -> None:
    assert service.call("ListOpportunities", body).error == "SerializationException"


def test_of_two_equal_keys_the_last_one_counts(service: Service) -> None:
    assert service.call("ListOpportunities", b'{"Catalog": "Nowhere", "Catalog": "AWS"}').status == 200
    assert service.call("ListOpportunities", b'{"Catalog": null, "Catalog": "AWS"}').status == 200
    told = service.call("ListOpportunities", b'{"Catalog": "AWS", "Catalog": null}')
    assert told.violations == [("Catalog", "REQUIRED_FIELD_MISSING")]


def nested(depth: int) -> bytes:
    """A legal body of this many levels, the deepest in a member that nobody knows."""
    return b'{"Catalog": "AWS", "x": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def test_thirty_two_levels_are_read_and_no_more(service: Service) -> None:
    assert service.call("ListOpportunities", nested(32)).status == 200
    for depth in (33, 34, 1000, LONGEST_BODY // 2 - 20):
        told = service.call("ListOpportunities", nested(depth))
        assert (told.status, told.error) == (400, "SerializationException")
        assert told.body["message"] == "The body is nested more than 32 levels deep."


@pytest.mark.parametrize("text", ["[" * 100, '\\"[' * 100, "{[" * 50 + "\\\\", "]" * 100 + "[" * 100])
def test_brackets_in_texts_are_no_levels(service: Service, text: str) -> None:
    body = f'{{"Catalog": "AWS", "x": "{text}", "CustomerCompanyName": ["{text}"]}}'
    assert service.call("ListOpportunities", body.encode()).status == 200


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 40 + b'"' + b'\\"' * 500_000,  # a text without an end: each quote might begin one
        b"[" * 40 + b'"' + b"\\" * 1_000_000,
        b"[" * 40 + b'"' * 1_000_001,
        b"[" * 1_000_000,
        b"{" * 1_000_000,
        b'{"a":' * 200_000,
        b"[]" * 500_000,
        b'{"Catalog": "AWS", "x": "' + b"a" * 1_000_000,
    ],
    ids=["quotes that are escaped", "backslashes", "quotes", "brackets", "braces", "objects", "lists", "letters"],
)
def test_no_megabyte_keeps_the_reader_busy(service: Service, body: bytes) -> None:
    assert service.call("ListOpportunities", body).error == "SerializationException"


def test_the_longest_body_has_a_mebibyte(service: Service) -> None:
    body = b'{"Catalog": "AWS"}'.ljust(LONGEST_BODY)
    assert service.call("ListOpportunities", body).status == 200
    told = service.call("ListOpportunities", body + b" ")
    assert (told.status, told.error) == (413, "RequestEntityTooLargeException")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a" * 60 + "!", "a." * 40, "http://" + "www." * 60, "a@" + "a" * 70 + "@", "+1" * 9])
@pytest.mark.parametrize("times", [1, 50, 1_000])
def test_hostile_texts_are_refused_at_once(service: Service, text: str, times: int) -> None:
    contact = {"Email": text * times + "\n", "Phone": text * times + "\n"}
    request = {"Catalog": "AWS", "ClientToken": "t", "Customer": {"Contacts": [contact]}}
    assert service.call("CreateOpportunity", request).violations == [
        ("Customer.Contacts[0].Email", "INVALID_STRING_FORMAT"),
        ("Customer.Contacts[0].Phone", "INVALID_STRING_FORMAT"),
    ]
