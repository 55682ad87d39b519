"""New things appear: at once, or after a while, as reports describe AWS.

Until then no operation finds them. They are stamped when they appear, so readers by watermark meet them then
(docs/decisions/0029).
"""

import random

import msgspec

from cosell.context import Context
from cosell.operations.change.announcement import announce
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.opportunity.association import KINDS, EntityType, associated, with_associated
from cosell.store.appearances import Appearance
from cosell.store.interface import WriteTransaction
from cosell.store.opportunity import stored
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.types import GetOpportunityResponse


def show_opportunity(tx: WriteTransaction, record: GetOpportunityResponse, context: Context) -> None:
    """Have a new opportunity appear: now as it is, or later with another stamp."""
    if due_ms := _due_ms(context, record.id):
        tx.put_appearance(Appearance(record.id, due_ms, record=encode(record)))
    else:
        _insert(tx, record, context)


def show_association(
    tx: WriteTransaction, record: GetOpportunityResponse, entity_type: EntityType, entity: str, context: Context
) -> None:
    """Relate an entity to an opportunity."""
    if due_ms := _due_ms(context, record.id, entity_type, entity):
        tx.put_appearance(Appearance(record.id, due_ms, entity_type, entity))
    else:
        _relate(tx, record, entity_type, entity, context)


def appear(tx: WriteTransaction, appearance: Appearance, context: Context) -> None:
    """Have something appear that is due, unless somebody else was faster, or has loaded it meanwhile."""
    if not tx.remove_appearance(appearance):
        return
    if appearance.entity_type:
        record = record_of(tx, appearance.opportunity, context)
        _relate(tx, record, appearance.entity_type, appearance.entity, context)
    elif tx.record(appearance.opportunity) is None:
        assert appearance.record is not None
        record = decode(GetOpportunityResponse, appearance.record)
        _insert(tx, msgspec.structs.replace(record, last_modified_date=new_stamp(tx, context)), context)


def give_up(tx: WriteTransaction, appearance: Appearance) -> None:
    """Keep what could not appear, unless somebody else succeeded."""
    if tx.remove_appearance(appearance):
        tx.put_appearance(msgspec.structs.replace(appearance, due_ms=None))


def _insert(tx: WriteTransaction, record: GetOpportunityResponse, context: Context) -> None:
    tx.insert([stored(record)])
    announce(tx, "Opportunity Created", record, context)


def _relate(
    tx: WriteTransaction, record: GetOpportunityResponse, entity_type: EntityType, entity: str, context: Context
) -> None:
    kind = KINDS[entity_type]
    related = dict.fromkeys([*associated(record.related_entity_identifiers, kind), entity])
    put_changed(tx, with_associated(record, kind, list(related)), new_stamp(tx, context), context)


def _due_ms(context: Context, *names: str) -> int | None:
    """When something created now appears; None if that is at once.

    It depends only on the names, so every run is like the last, and all processes agree.
    """
    longest_ms = context.readings.appearance_delay_ms
    if not longest_ms:
        return None
    key = "/".join((context.scope.account, context.scope.catalog, *names))
    return context.now_ms + 1 + int(random.Random(key).random() * longest_ms)  # noqa: S311  # a game, no secret
