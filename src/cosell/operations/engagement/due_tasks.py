"""Tasks that take time: whoever works for AWS's side carries them out once they are due."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cosell.context import Context
from cosell.operations.engagement.start_engagement_from_opportunity_task import carry_out, failed_by_a_defect
from cosell.operations.invitation.start_engagement_by_accepting_invitation_task import (
    acceptance_failed_by_a_defect,
    carry_out_acceptance,
)
from cosell.rules.task import ENGAGEMENT_BY_ACCEPTING_INVITATION, ENGAGEMENT_FROM_OPPORTUNITY
from cosell.store.engagement import DueTask, StoredTask
from cosell.store.interface import WriteTransaction

_WAYS: Final[Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    # kind: how such a task is carried out, and how it fails that could not be
    ENGAGEMENT_BY_ACCEPTING_INVITATION: (carry_out_acceptance, acceptance_failed_by_a_defect),
    ENGAGEMENT_FROM_OPPORTUNITY: (carry_out, failed_by_a_defect),
}


def carry_out_due(tx: WriteTransaction, due: DueTask, context: Context) -> None:
    """Carry a task out, unless somebody else was faster."""
    if task := _still_due(tx, due):
        _WAYS[task.kind][0](tx, task, context)


def give_up(tx: WriteTransaction, due: DueTask) -> None:
    """Let a task fail that could not be carried out, unless somebody else was luckier."""
    if task := _still_due(tx, due):
        _WAYS[task.kind][1](tx, task)


def _still_due(tx: WriteTransaction, due: DueTask) -> StoredTask | None:
    task = tx.task(due.kind, due.task_id)
    return task if task is not None and task.due_ms == due.due_ms else None
