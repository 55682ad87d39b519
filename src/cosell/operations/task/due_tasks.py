"""Tasks that take time: AWS's side carries them out once they are due."""

from typing import Final

from cosell.context import Context
from cosell.operations.task import start_engagement_by_accepting_invitation_task as by_accepting_invitation
from cosell.operations.task import start_engagement_from_opportunity_task as from_opportunity
from cosell.operations.task.task import failed
from cosell.store.engagement import DueTask, StoredTask
from cosell.store.interface import WriteTransaction

KINDS: Final = {kind.name: kind for kind in (from_opportunity.KIND, by_accepting_invitation.KIND)}
"""Every kind of task, by the name of the operation that starts it."""


def carry_out_due(tx: WriteTransaction, due: DueTask, context: Context) -> None:
    """Carry out a task, unless somebody else was faster."""
    if task := _still_due(tx, due):
        KINDS[task.kind].carry_out(tx, task, context)


def give_up(tx: WriteTransaction, due: DueTask) -> None:
    """Fail a task that could not be carried out, unless somebody else succeeded."""
    if task := _still_due(tx, due):
        failed(tx, KINDS[task.kind], task, "InternalError", "cosell failed; its log says how.")


def _still_due(tx: WriteTransaction, due: DueTask) -> StoredTask | None:
    task = tx.task(due.kind, due.task_id)
    return task if task is not None and task.due_ms == due.due_ms else None
