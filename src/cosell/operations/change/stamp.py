"""The stamp of a change: its moment, later than that of every earlier change."""

from cosell.context import Context
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp


def new_stamp(tx: WriteTransaction, context: Context) -> Timestamp:
    """The moment of the change that this transaction makes."""
    return Timestamp.from_ms(tx.stamp(context.now_ms))
