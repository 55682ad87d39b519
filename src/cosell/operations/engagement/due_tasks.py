"""Tasks that take time: whoever works for AWS's side carries them out once they are due."""

from cosell.context import Context
from cosell.operations.engagement.start_engagement_from_opportunity_task import carry_out, failed_by_a_defect
from cosell.store.engagement import DueTask, StoredTask
from cosell.store.interface import WriteTransaction


def carry_out_due(tx: WriteTransaction, due: DueTask, context: Context) -> None:
    """Carry a task out, unless somebody else was faster."""
    if task := _still_due(tx, due):
        carry_out(tx, task, context)


def give_up(tx: WriteTransaction, due: DueTask) -> None:
    """Let a task fail that could not be carried out, unless somebody else was luckier."""
    if task := _still_due(tx, due):
        failed_by_a_defect(tx, task)


def _still_due(tx: WriteTransaction, due: DueTask) -> StoredTask | None:
    task = tx.task(due.kind, due.task_id)
    return task if task is not None and task.due_ms == due.due_ms else None
