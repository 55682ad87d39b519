"""AWS's side at work: does what is due, each thing once, at the moment at which it was due.

Several processes may work on one database. What is due stands in the database, in order; whoever does it moves the
entry on in the same transaction, so nothing is done twice and nothing is lost with a process.
"""

import random
from collections.abc import Callable
from typing import Final

import msgspec

from cosell.context import Context
from cosell.engine import Engine
from cosell.errors import ServiceError
from cosell.operations.engagement.due_tasks import carry_out_due, give_up
from cosell.operations.opportunity.aws_edit import aws_edit
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.rules.review_script import STEP_OF, Script, Then, rule_for
from cosell.store.agenda import DueReview, ReviewEntry
from cosell.store.interface import StoreUnavailable, WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.types import GetOpportunityResponse

AT_ONCE: Final = 100
"""How much is read from the agenda at a time."""
NO_RULE: Final = -1

OnDefect = Callable[[str, Exception], None]
"""Is told what was being done, and how it failed."""


def work(engine: Engine, script: Script | None, until_ms: int, on_defect: OnDefect, limit: int | None = None) -> None:
    """Do what is due by `until_ms`: up to `limit` tasks, then as many reviews. Without a script nobody reviews.

    What fails is given up, so that it holds up nothing else. Raises StoreUnavailable.
    """
    _carry_out_tasks(engine, until_ms, on_defect, limit)
    remaining = AT_ONCE if limit is None else limit
    while script is not None and remaining > 0:
        due = engine.store.due_reviews(until_ms, min(remaining, AT_ONCE))
        if not due:
            return
        for item in due:
            _do(engine, script, item, on_defect)
        remaining -= len(due) if limit is not None else 0


def _carry_out_tasks(engine: Engine, until_ms: int, on_defect: OnDefect, limit: int | None) -> None:
    while tasks := engine.store.due_tasks(until_ms, limit or AT_ONCE):
        for task in tasks:
            context = Context(task.scope, task.due_ms, engine.chance, engine.store.token_key, engine.readings)
            try:
                with engine.store.write(task.scope) as tx:
                    carry_out_due(tx, task, context)
            except StoreUnavailable:
                raise
            except Exception as defect:  # noqa: BLE001  # one task must not stop the others
                on_defect(task.task_id, defect)
                with engine.store.write(task.scope) as tx:
                    give_up(tx, task)
        if limit is not None:
            return


def _do(engine: Engine, script: Script, item: DueReview, on_defect: OnDefect) -> None:
    try:
        with engine.store.write(item.scope) as tx:
            entry = tx.review_entry(item.identifier)
            if entry is not None and entry.due_ms == item.due_ms:  # else somebody else was faster
                tx.put_review_entry(_moved_on(tx, script, entry, engine, item))
    except StoreUnavailable:
        raise
    except Exception as defect:  # noqa: BLE001  # one opportunity must not stop the others
        on_defect(f"review of {item.identifier}", defect)
        with engine.store.write(item.scope) as tx:
            entry = tx.review_entry(item.identifier)
            if entry is not None:
                tx.put_review_entry(msgspec.structs.replace(entry, due_ms=None))


def _moved_on(tx: WriteTransaction, script: Script, entry: ReviewEntry, engine: Engine, item: DueReview) -> ReviewEntry:
    """Do an entry's next step: the entry with the one after that."""
    encoded = tx.record(entry.identifier)
    if encoded is None:
        return msgspec.structs.replace(entry, due_ms=None)
    if entry.rule is None:
        record = decode(GetOpportunityResponse, encoded)
        chosen = rule_for(script, record, entry.submission, lambda index: _draw(script.seed, item, entry, index))
        return _planned(script, msgspec.structs.replace(entry, rule=NO_RULE if chosen is None else chosen), item.due_ms)
    steps = _steps(script, entry.rule)
    if entry.step < len(steps):
        context = Context(item.scope, item.due_ms, engine.chance, engine.store.token_key)
        _perform(tx, entry.identifier, steps[entry.step], context)
    return _planned(script, msgspec.structs.replace(entry, step=entry.step + 1), item.due_ms)


def _planned(script: Script, entry: ReviewEntry, since_ms: int) -> ReviewEntry:
    steps = _steps(script, entry.rule)
    due_ms = since_ms + steps[entry.step].after_ms if entry.step < len(steps) else None
    return msgspec.structs.replace(entry, due_ms=due_ms)


def _steps(script: Script, rule: int | None) -> list[Then]:
    """The steps of a rule; none where the script has changed since, and has no such rule any more."""
    return script.when[rule].then if rule is not None and 0 <= rule < len(script.when) else []


def _perform(tx: WriteTransaction, identifier: str, then: Then, context: Context) -> None:
    """One step. What the opportunity's state does not allow any more is passed over: a person has decided meanwhile."""
    try:
        if then.do == "edit":
            aws_edit(tx, identifier, then.edit, context)
        else:
            review_decision(tx, ReviewDecision(identifier, STEP_OF[then.do], then.comment, then.reason), context)
    except ServiceError:
        return


def _draw(seed: int, item: DueReview, entry: ReviewEntry, rule: int) -> float:
    """A number from 0 up to 1 that depends on nothing but its opportunity, the submission, the rule and the seed."""
    key = f"{seed}/{item.scope.account}/{item.scope.catalog}/{item.identifier}/{entry.submission}/{rule}"
    return random.Random(key).random()  # noqa: S311  # it decides a game, not a secret
