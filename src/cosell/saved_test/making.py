"""From calls to the test that replays them."""

from collections.abc import Sequence
from typing import Final

import msgspec

from cosell.context import Scope
from cosell.errors import UserError
from cosell.saved_test.before import Before, before
from cosell.saved_test.calls import AnsweredCall, Surroundings
from cosell.saved_test.placeholders import NoPlaceholder, Placeholders
from cosell.saved_test.program import program
from cosell.saved_test.steps import why_left_out
from cosell.store.interface import Store
from cosell.wire.model import service_model

RECORD: Final = "GetOpportunityResponse"


def saved_test(
    store: Store,
    surroundings: Surroundings,
    earlier: Sequence[AnsweredCall],
    calls: Sequence[AnsweredCall],
    *,
    reveal: bool,
) -> str:
    """The text of a test that replays `calls` of one account, oldest first; `earlier` ones came before them.

    Unless it is to `reveal` them, placeholders take the place of sensitive values. Raises UserError if no such test
    can be made.
    """
    if all(reason := why_left_out(answered) for answered in calls):
        raise UserError(f"nothing of this can be sent again: {reason}", "choose other calls")
    catalogs = [_catalog_of(answered) for answered in calls]
    found = Before()
    for catalog in dict.fromkeys(catalogs):
        with store.read(Scope(surroundings.account, catalog)) as tx:
            of_catalog = before(tx, _only(catalog, earlier), _only(catalog, calls), by_hand=surroundings.script is None)
        found.records += of_catalog.records
        found.missing += of_catalog.missing
        for number, decisions in of_catalog.decisions.items():
            found.decisions.setdefault(number, []).extend(decisions)
    calls, found.records = (list(calls), found.records) if reveal else _hidden(calls, found.records)
    return program(calls, catalogs, found, surroundings, _notes(found, reveal=reveal))


def _notes(found: Before, *, reveal: bool) -> list[str]:
    notes = [
        "Sensitive values are in it as they were."
        if reveal
        else "Placeholders stand for what the service model marks as sensitive."
    ]
    if found.records:
        notes.append(
            "BEFORE is loaded first. Tags, engagements, AWS's own view and solutions that were added are not in it: "
            "where an answer hangs on them, make them in the fixture `client`."
        )
    if found.missing:
        notes.append(
            f"Not brought along, because these calls have not made it: {', '.join(found.missing)}. Where an answer "
            "hangs on it, make it in the fixture `client`."
        )
    return notes


def _catalog_of(answered: AnsweredCall) -> str:
    """The catalog that a call was about; requests about tags name it in an ARN."""
    is_aws = answered.members.get("Catalog") == "AWS" or ":catalog/AWS/" in str(answered.members.get("ResourceArn"))
    return "AWS" if is_aws else "Sandbox"


def _only(catalog: str, calls: Sequence[AnsweredCall]) -> list[AnsweredCall]:
    """The calls, with nothing in those of another catalog."""
    return [
        answered
        if _catalog_of(answered) == catalog
        else msgspec.structs.replace(answered, request={}, answer=None, at_ms=None)
        for answered in calls
    ]


def _hidden(
    calls: Sequence[AnsweredCall], records: list[dict[str, object]]
) -> tuple[list[AnsweredCall], list[dict[str, object]]]:
    placeholders = Placeholders()
    shapes = [_shapes_of(answered) for answered in calls]
    for answered, (input_shape, output_shape) in zip(calls, shapes, strict=True):
        if isinstance(answered.request, bytes):
            raise NoPlaceholder(
                f"a body of {answered.operation} is not JSON, so nobody knows what is sensitive in it",
                "save it with --reveal",
            )
        placeholders.learn(input_shape, answered.request)
        placeholders.learn(output_shape, answered.success)
    for record in records:
        placeholders.learn(RECORD, record)
    return [
        msgspec.structs.replace(
            answered,
            request=placeholders.hide(input_shape, answered.request),
            answer=placeholders.hide(output_shape, answered.answer) if answered.error is None else answered.answer,
        )
        for answered, (input_shape, output_shape) in zip(calls, shapes, strict=True)
    ], [placeholders.hide(RECORD, record) for record in records]


def _shapes_of(answered: AnsweredCall) -> tuple[str, str]:
    operation = service_model().operations[answered.operation]
    return operation.input.shape, operation.output.shape if operation.output else operation.input.shape
