"""Each structure of the model, to bytes and back."""

import json
import runpy
from pathlib import Path

import msgspec
import pytest

import cosell.wire.types
from cosell.wire import decode, types
from cosell.wire.constraints import DATE_PATTERN
from cosell.wire.encode import encode
from cosell.wire.model import Member, Shape, service_model
from tests.wire.legal_requests import changed, legal, places

STRUCTURES = sorted(
    name for name, shape in service_model().shapes.items() if shape.type == "structure" and not shape.exception
)
each_structure = pytest.mark.parametrize("name", STRUCTURES)


@each_structure
@pytest.mark.parametrize("whole", [True, False], ids=["all members", "required members"])
def test_a_structure_survives_the_way_to_bytes_and_back(name: str, whole: bool) -> None:
    value = legal(name, whole=whole)
    typed = decode.decode(types.structure(name), json.dumps(value).encode())
    encoded = encode(typed)
    assert json.loads(encoded) == value
    assert encode(decode.decode(types.structure(name), encoded)) == encoded


@each_structure
def test_a_structure_cut_anywhere_is_refused(name: str) -> None:
    text = json.dumps(legal(name, whole=True), ensure_ascii=False).encode()
    for length in range(len(text)):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            decode.decode(types.structure(name), text[:length])


@each_structure
def test_null_is_never_written(name: str) -> None:
    value = legal(name, whole=False)
    shape = service_model().shapes[name]
    nulls = dict.fromkeys(member for member in shape.members if member not in value)
    typed = decode.decode(types.structure(name), json.dumps(value | nulls).encode())
    assert json.loads(encode(typed)) == value


@each_structure
@pytest.mark.parametrize("whole", [True, False], ids=["all members", "required members"])
def test_what_is_newer_than_the_model_comes_back_as_it_was(name: str, whole: bool) -> None:
    value = legal(name, whole=whole)
    for path, shape_name, _ in list(places(name, value)):
        shape = service_model().shapes[shape_name]
        if shape.type == "string" and shape.pattern != DATE_PATTERN:
            value = changed(value, path, "newer \n" * 1000)
    nulls = dict.fromkeys(set(service_model().shapes[name].members) - set(value))
    typed = decode.decode(types.structure(name), json.dumps(nulls | value).encode())
    assert json.loads(encode(typed)) == value


def test_what_lacks_a_required_member_is_no_structure_however_new() -> None:
    with pytest.raises(TypeError, match="company_name"):
        decode.decode(types.Account, b'{"Industry": "Newer"}')


@each_structure
def test_every_structure_can_be_imported_by_its_name(name: str) -> None:
    assert getattr(types, name) is types.structure(name)


@pytest.mark.parametrize("name", ["ListOpportunity", "String", "TagList", "__path__"])
def test_what_is_no_structure_cannot_be_imported(name: str) -> None:
    with pytest.raises(AttributeError, match="no structure"):
        getattr(types, name)


def test_members_are_spelled_in_snake_case() -> None:
    names = {"OpportunitySummaries": "opportunity_summaries", "AwsAccountId": "aws_account_id", "Id": "id"}
    assert {name: types.snake_case(name) for name in names} == names


def test_summaries_are_passed_on_as_the_store_keeps_them() -> None:
    summary = b'{ "Catalog":"AWS" }'
    answer = decode.decode(types.ListOpportunitiesResponse, b'{"OpportunitySummaries":[%b]}' % summary)
    assert summary in encode(answer)


def test_what_has_no_form_on_the_wire_is_not_encoded() -> None:
    with pytest.raises(NotImplementedError, match="object has no form on the wire"):
        encode({"Id": object()})


def test_a_kind_of_shape_that_cosell_does_not_know_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = service_model().shapes
    monkeypatch.setitem(shapes, "Blob", Shape(type="blob"))
    monkeypatch.setitem(shapes, "Novelty", Shape(type="structure", members={"Bytes": Member("Blob")}))
    with pytest.raises(AssertionError, match="new kind of shape: blob"):
        types.structure("Novelty")


def test_type_checkers_see_the_model_that_is_installed() -> None:
    tool = Path(__file__).parents[2] / "tools" / "write_wire_types.py"
    seen = Path(cosell.wire.types.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    assert seen == runpy.run_path(str(tool))["stub"](), "run tools/write_wire_types.py"
