"""A caller's task: its start, its state, and its end. Tasks of every kind follow this path.

A task is done at once, or `Readings.task_delay_ms` after its start by whoever works then. A failure of the task is a
success of the call, and says why.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from cosell.context import Context
from cosell.rules.engagement.task import FAILED, IN_PROGRESS
from cosell.rules.identifiers import random_id, shared_arn
from cosell.store.engagement import StoredTask
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp


class TaskKind(NamedTuple):
    """What differs between kinds of tasks. A kind is named as the operation that starts it."""

    name: str
    name_in_arn: str
    summary: type[Any]
    """The structure that shows a task's state."""
    engagement: str
    """The member of the summary by which tasks are found as by their engagement."""
    carry_out: Callable[[WriteTransaction, StoredTask, Context], StoredTask]
    """Carries out a task in progress, and records how it ended."""


def started(
    tx: WriteTransaction, kind: TaskKind, request: msgspec.Struct, context: Context, **about: str
) -> msgspec.Raw:
    """Start a task, with `about` in its summary; returns its state, which is final if tasks take no time."""
    task_id = random_id("task-", 13, context.chance.getrandbits(104))
    summary = kind.summary(
        task_id=task_id,
        task_arn=shared_arn(context.scope.catalog, kind.name_in_arn, task_id),
        start_time=Timestamp.from_ms(context.now_ms),
        task_status=IN_PROGRESS,
        **about,
    )
    task = StoredTask(
        kind=kind.name,
        task_id=task_id,
        status=IN_PROGRESS,
        started_ms=context.now_ms,
        opportunity=summary.opportunity_id,
        engagement_id=getattr(summary, kind.engagement),
        due_ms=context.now_ms + context.readings.task_delay_ms,
        request=encode(request),
        summary=encode(summary),
    )
    tx.put_task(task)
    return _state(tx, kind, task, context)


def current(tx: WriteTransaction, answer: bytes, context: Context, kind: TaskKind) -> msgspec.Raw:
    """The current state of the task of an earlier answer: clients repeat a call with the same ClientToken to find out.

    Source: developer guide.
    """
    task = tx.task(kind.name, decode(kind.summary, answer).task_id)
    assert task is not None
    return _state(tx, kind, task, context)


def _state(tx: WriteTransaction, kind: TaskKind, task: StoredTask, context: Context) -> msgspec.Raw:
    is_due = task.due_ms is not None and task.due_ms <= context.now_ms
    return msgspec.Raw((kind.carry_out(tx, task, context) if is_due else task).summary)


def ended(tx: WriteTransaction, kind: TaskKind, task: StoredTask, **outcome: str) -> StoredTask:
    """Record how a task ended; `outcome` has members of its summary, `task_status` among them."""
    summary = msgspec.structs.replace(decode(kind.summary, task.summary), **outcome)
    result = msgspec.structs.replace(
        task,
        status=summary.task_status,
        opportunity=summary.opportunity_id,
        engagement_id=getattr(summary, kind.engagement),
        due_ms=None,
        summary=encode(summary),
    )
    tx.put_task(result)
    return result


def failed(tx: WriteTransaction, kind: TaskKind, task: StoredTask, reason: str, message: str) -> StoredTask:
    """Record that a task has failed, and why."""
    return ended(tx, kind, task, task_status=FAILED, reason_code=reason, message=message)
