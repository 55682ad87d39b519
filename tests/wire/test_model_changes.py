"""What changed between two models of the service, in words."""

import msgspec
import pytest

from cosell.wire.model import Member, ServiceModel, service_model
from cosell.wire.model_changes import model_changes

REPLACE = msgspec.structs.replace
MODEL = service_model()


def with_shape(name: str, **members: object) -> ServiceModel:
    """The model with a shape that differs in these members."""
    return REPLACE(MODEL, shapes=MODEL.shapes | {name: REPLACE(MODEL.shapes[name], **members)})


def with_operation(name: str, **members: object) -> ServiceModel:
    """The model with an operation that differs in these members."""
    return REPLACE(MODEL, operations=MODEL.operations | {name: REPLACE(MODEL.operations[name], **members)})


TAG = MODEL.shapes["Tag"]
ERRORS = MODEL.operations["TagResource"].errors
CASES = [
    (
        REPLACE(MODEL, operations={n: o for n, o in MODEL.operations.items() if n != "TagResource"}),
        "TagResource is a new operation.",
        "TagResource is not an operation any more.",
    ),
    (
        with_operation("TagResource", errors=tuple(error for error in ERRORS if error.shape != "ConflictException")),
        "TagResource declares ConflictException.",
        "TagResource declares ConflictException no more.",
    ),
    (
        with_operation("TagResource", readonly=True),
        "TagResource changes something now.",
        "TagResource only reads now.",
    ),
    (
        with_operation("TagResource", output=None),
        "TagResource takes or answers another structure.",
        "TagResource takes or answers another structure.",
    ),
    (
        with_shape("Tag", members={"Key": TAG.members["Key"]}),
        "Tag has a new member Value, a TagValue.",
        "Tag has no member Value any more.",
    ),
    (
        with_shape("Tag", members=TAG.members | {"Value": Member("String")}),
        "Tag.Value is a TagValue; it was a String.",
        "Tag.Value is a String; it was a TagValue.",
    ),
    (
        with_shape("Tag", members=TAG.members | {"Key": Member("TagKey", idempotency_token=True)}),
        "Tag.Key is not filled by SDKs now.",
        "Tag.Key is filled by SDKs now.",
    ),
    (with_shape("Tag", required=("Key",)), "Tag.Value is required now.", "Tag.Value is not required now."),
    (
        with_shape("SortOrder", enum=("ASCENDING",)),
        "SortOrder may be DESCENDING too.",
        "SortOrder may not be DESCENDING any more.",
    ),
    (
        with_shape("TagList", max=None),
        "TagList: max is 200; it was not limited.",
        "TagList: max is not limited; it was 200.",
    ),
    (with_shape("TagValue", pattern="x"), "it was x.", "TagValue: pattern is x; it was"),
    (with_shape("Tag", union=True), "Tag is not marked as union now.", "Tag is marked as union now."),
    (
        with_shape("TagList", member=Member("String")),
        "TagList is another kind of list than before.",
        "TagList is another kind of list than before.",
    ),
]


@pytest.mark.parametrize(("other", "onwards", "back"), CASES)
def test_a_change_is_described_both_ways(other: ServiceModel, onwards: str, back: str) -> None:
    (change,) = model_changes(other, MODEL)
    assert onwards in change
    (change,) = model_changes(MODEL, other)
    assert back in change


def test_a_model_is_no_different_from_itself_whatever_the_order() -> None:
    turned = REPLACE(
        MODEL,
        operations=dict(reversed(MODEL.operations.items())),
        shapes={
            name: REPLACE(shape, enum=shape.enum[::-1], required=shape.required[::-1])
            for name, shape in MODEL.shapes.items()
        },
    )
    assert model_changes(turned, MODEL) == []
