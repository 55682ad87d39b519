"""What has happened to an opportunity: each change with its differences, and the events that it sent."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from cosell.console.visit.visit import Visit
from cosell.wire.timestamps import Timestamp

MOST_SHOWN: Final = 50
ALWAYS_DIFFERENT: Final = frozenset({"LastModifiedDate"})
NOT_THERE: Final = "–"
NOT_KEPT: Final = "Earlier changes are no longer kept"
WHY_NOT_KEPT: Final = "The setting --keep-history says how long they are kept."


class Difference(msgspec.Struct, frozen=True):
    """A member, named by its path as in the service model, before and after a change."""

    path: str
    before: str
    after: str


class ShownChange(msgspec.Struct, frozen=True):
    """A change: when, what it comes to in a few words, and its differences, or a note if there are none."""

    time: str
    headline: str
    differences: tuple[Difference, ...]
    note: str = "No member changed."


class ShownEvent(msgspec.Struct, frozen=True):
    """An event that was announced, and its envelope for reading."""

    time: str
    detail_type: str
    event_id: str
    body: str


def changes_of(visit: Visit, identifier: str, record: Mapping[str, Any]) -> list[ShownChange]:
    """The last changes of the opportunity whose record is this now, the newest first."""
    with visit.surroundings.engine.store.read(visit.scope) as tx:
        history, trimmed_ms = tx.history(identifier, MOST_SHOWN), tx.trimmed_ms()
    shown = []
    after: Mapping[str, Any] = record
    for change in history:
        before = msgspec.json.decode(change.before)
        differences = tuple(differences_between(before, after))
        shown.append(ShownChange(str(Timestamp.from_ms(change.changed_ms)), headline_of(differences), differences))
        after = before
    if len(history) < MOST_SHOWN:
        if trimmed_ms >= Timestamp.parse(record["CreatedDate"]).ms:
            shown.append(ShownChange(str(Timestamp.from_ms(trimmed_ms)), NOT_KEPT, (), WHY_NOT_KEPT))
        shown.append(ShownChange(record["CreatedDate"], "Created", (), "Nothing was there before."))
    return shown


def events_of(visit: Visit, identifier: str) -> list[ShownEvent]:
    """The last events that the account got about an opportunity, the newest first."""
    waiting = visit.surroundings.engine.store.outbox.about(identifier, visit.scope, MOST_SHOWN)
    return [
        ShownEvent(
            str(Timestamp.from_ms(one.event.time_ms)),
            one.event.detail_type,
            one.event.event_id,
            msgspec.json.format(one.event.body, indent=2).decode(),
        )
        for one in waiting
    ]


def differences_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """The members in which two records differ, in the order in which the later one has them."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for path in dict.fromkeys([*new, *old]):
        if path not in ALWAYS_DIFFERENT and old.get(path) != new.get(path):
            yield Difference(path, old.get(path, NOT_THERE), new.get(path, NOT_THERE))


def headline_of(differences: tuple[Difference, ...]) -> str:
    """What a change comes to: the step of the review or of the sale if it is one, else how many members changed."""
    by_path = {difference.path: difference for difference in differences}
    steps = [
        f"{name}: {by_path[path].before} → {by_path[path].after}"
        for name, path in (("Review", "LifeCycle.ReviewStatus"), ("Stage", "LifeCycle.Stage"))
        if path in by_path
    ]
    if steps:
        return ", ".join(steps)
    return f"{len(differences)} members changed" if len(differences) > 1 else "".join(by_path) or "Touched"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value that has no members, by its path. Lists of plain values count as one value."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, str(value)
