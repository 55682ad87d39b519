"""The text of a test: a file that a newcomer can read, and that needs pytest, boto3 and cosell."""

import textwrap
from collections.abc import Sequence
from typing import Final

from cosell.saved_test.before import Before
from cosell.saved_test.calls import AnsweredCall, Surroundings, texts_in
from cosell.saved_test.expected import Known
from cosell.saved_test.literals import INDENT, WIDTH, literal
from cosell.saved_test.placeholders import meaning
from cosell.saved_test.setting_up import SEND, Needs, fixtures, imports
from cosell.saved_test.steps import (
    CLOCK,
    TRIED_AGAIN,
    Lines,
    clock_line,
    decision_line,
    lines_of,
    variables,
    why_left_out,
)
from cosell.wire.types import snake_case

WORTH_A_LINE_MS: Final = 3_600_000
"""Time that passes between two calls if nothing happens by itself."""


def program(
    calls: Sequence[AnsweredCall],
    catalogs: Sequence[str],
    found: Before,
    surroundings: Surroundings,
    notes: Sequence[str],
) -> str:
    """The test of calls, the oldest first. `catalogs` names that of each; `notes` are sentences for its head."""
    start_ms = next((answered.at_ms for answered in calls if answered.at_ms is not None), None)
    parts = _parts(calls, catalogs, found, surroundings, start_ms)
    text = _joined(parts)
    asked = [part for part in parts if isinstance(part, Lines)]
    needs = Needs(
        surroundings=surroundings,
        start_ms=start_ms,
        moves_clock=any(isinstance(part, str) and part.startswith(CLOCK) for part in parts),
        has_records=bool(found.records),
        has_faults=any(answered.fault for answered in calls),
        is_raw=any(lines.is_raw for lines in asked),
        tries_once=any(answered.error in TRIED_AGAIN for answered in calls),
        errors=sorted({name for lines in asked for name in lines.errors}),
        text=text,
    )
    takes = ["client"] + ["clock"] * needs.moves_clock + ["faults"] * needs.has_faults
    return (
        f"{_head(calls, notes)}\n{imports(needs)}{_records(found)}{SEND if needs.is_raw else ''}{fixtures(needs)}"
        f"\n\ndef {_name(calls)}({', '.join(takes)}):\n{text}"
    )


def _parts(
    calls: Sequence[AnsweredCall],
    catalogs: Sequence[str],
    found: Before,
    surroundings: Surroundings,
    now_ms: int | None,
) -> list[Lines | str]:
    """What happens, in order."""
    told = {meaning(text) for answered in calls for text in texts_in(answered.request)}
    known = Known(set(texts_in(found.records)), told | {meaning(text) for text in texts_in(found.records)})
    least_ms = 1 if surroundings.time_matters else WORTH_A_LINE_MS
    parts: list[Lines | str] = []
    for number, (answered, variable) in enumerate(zip(calls, variables(calls), strict=True)):
        if answered.at_ms is not None and now_ms is not None and abs(answered.at_ms - now_ms) >= least_ms:
            now_ms = answered.at_ms
            parts.append(clock_line(now_ms))
        if reason := why_left_out(answered):
            parts.append(f"{INDENT}# {answered.operation} is left out: {reason}.\n")
        else:
            parts.append(lines_of(answered, variable, known))
        parts += [decision_line(decision, catalogs[number], known) for decision in found.decisions.get(number, [])]
    return parts


def _joined(parts: Sequence[Lines | str]) -> str:
    """The text of a function in which an answer is kept only if it is used later."""
    text = ""
    for part in reversed(parts):
        if isinstance(part, str):
            text = part + text
            continue
        after = part.after + text
        variable = f"{part.variable} = " if part.variable and f"{part.variable}[" in after else ""
        text = f"{part.before}{part.indent}{variable}{part.asked}\n{after}"
    return text


def _head(calls: Sequence[AnsweredCall], notes: Sequence[str]) -> str:
    operations = list(dict.fromkeys(answered.operation for answered in calls))
    named = f"{', '.join(operations[:-1])} and {operations[-1]}" if len(operations) > 1 else operations[0]
    first = f"{named}: answered as a server has answered {'them' if len(calls) > 1 else 'it'}."
    paragraphs = ["Saved by `cosell requests save-test`.", *notes]
    wrapped = [textwrap.fill(paragraph, WIDTH, break_on_hyphens=False) for paragraph in paragraphs]
    return f'"""{textwrap.fill(first, WIDTH - 6)}\n\n' + "\n\n".join(wrapped) + '\n"""\n'


def _records(found: Before) -> str:
    if not found.records:
        return ""
    says = '"""What was there before, as GetOpportunity told it."""'
    return f"\nBEFORE = {literal(found.records, '', len('BEFORE = '))}\n{says}\n"


def _name(calls: Sequence[AnsweredCall]) -> str:
    if len(calls) > 1:
        return "test_these_calls_are_answered_as_before"
    return f"test_{snake_case(calls[0].operation)}_is_{'refused' if calls[0].error else 'answered'}_as_before"
