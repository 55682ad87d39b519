"""AWS's side at work: does what is due, each thing once, at the moment at which it was due.

Several processes may work on one database. Scheduled work is stored in the database, in order; whoever does it moves
the entry on in the same transaction, so nothing is done twice and nothing is lost with a process.
"""

import random
from collections.abc import Callable
from typing import Final

import msgspec

from cosell.clock import LAST_MS
from cosell.context import Context, Scope
from cosell.engine import Engine
from cosell.errors import ServiceError
from cosell.operations.invitation.expire_invitation import expire_invitation
from cosell.operations.opportunity.appearance import appear
from cosell.operations.opportunity.appearance import give_up as give_up_appearance
from cosell.operations.opportunity.aws_edit import aws_edit
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.operations.task.due_tasks import carry_out_due, give_up
from cosell.rules.aws_side.review_script import STEP_OF, Script, Then, rule_for
from cosell.store.appearances import DueAppearance
from cosell.store.due_reviews import DueReview, ReviewEntry
from cosell.store.engagement import DueTask
from cosell.store.interface import StoreUnavailable, WriteTransaction
from cosell.store.invitations import DueInvitation
from cosell.wire.decode import decode
from cosell.wire.types import GetOpportunityResponse

NO_RULE: Final = -1

OnDefect = Callable[[str, Exception], object]
"""Called with what was being done, and how it failed."""


class Due(msgspec.Struct, frozen=True):
    """Something due at a moment, in milliseconds since 1970 UTC, and how to do it in a transaction."""

    due_ms: int
    scope: Scope
    what: str
    perform: Callable[[WriteTransaction, Context], None]
    give_up: Callable[[WriteTransaction], None] = lambda _: None


def work(
    engine: Engine, script: Script | None, until_ms: int, on_defect: OnDefect, limit: int | None = None
) -> int | None:
    """Do what is due by `until_ms`, in order, up to `limit` things; returns when the next one is due.

    None stands for no known moment. Without a script nobody reviews by himself; what is new appears, tasks go on and
    invitations expire all the same. What fails is given up, so that it holds up nothing else. Raises StoreUnavailable.
    Where there is a limit, what another process is doing meanwhile is left to it.
    """
    done = 0
    while limit is None or done < limit:
        item = _next(engine, script)
        if item is None or item.due_ms > until_ms:
            return None if item is None else item.due_ms
        if not _do(engine, item, on_defect, waits=limit is None):
            return None
        done += 1
    return until_ms


def _next(engine: Engine, script: Script | None) -> Due | None:
    """What is due first. Looked up each time: what one thing triggers may be due before everything else."""
    store = engine.store
    reviews = [] if script is None else [_review(script, item) for item in store.due_reviews(LAST_MS, 1)]
    appearances = [_appearance(item) for item in store.due_appearances(LAST_MS, 1)]
    tasks = [_task(item) for item in store.due_tasks(LAST_MS, 1)]
    invitations = [_invitation(item) for item in store.due_invitations(LAST_MS, 1)]
    return min([*appearances, *reviews, *tasks, *invitations], key=lambda item: item.due_ms, default=None)


def _do(engine: Engine, item: Due, on_defect: OnDefect, *, waits: bool) -> bool:
    """Do it, or give it up. False, and nothing is done, while another process works for AWS's side."""
    context = engine.context(item.scope, item.due_ms)
    try:
        with engine.store.write_for_aws(item.scope, waits=waits) as tx:
            if tx is None:
                return False
            item.perform(tx, context)
    except StoreUnavailable:
        raise
    except Exception as defect:  # noqa: BLE001  # one thing must not stop the others
        on_defect(item.what, defect)
        with engine.store.write(item.scope) as tx:
            item.give_up(tx)
    return True


def _appearance(item: DueAppearance) -> Due:
    return Due(
        item.due_ms,
        item.scope,
        f"appearance of {item.appearance.opportunity}",
        lambda tx, context: appear(tx, item.appearance, context),
        lambda tx: give_up_appearance(tx, item.appearance),
    )


def _task(item: DueTask) -> Due:
    return Due(
        item.due_ms,
        item.scope,
        item.task_id,
        lambda tx, context: carry_out_due(tx, item, context),
        lambda tx: give_up(tx, item),
    )


def _invitation(item: DueInvitation) -> Due:
    def give_up(tx: WriteTransaction) -> None:
        invitation = tx.invitation(item.invitation_id)
        if invitation is not None and invitation.expires_ms == item.due_ms:
            tx.put_invitation(msgspec.structs.replace(invitation, expires_ms=None))

    name = item.invitation_id
    return Due(item.due_ms, item.scope, name, lambda tx, context: expire_invitation(tx, name, context), give_up)


def _review(script: Script, item: DueReview) -> Due:
    def perform(tx: WriteTransaction, context: Context) -> None:
        entry = tx.review_entry(item.identifier)
        if entry is not None and entry.due_ms == item.due_ms:  # else somebody else was faster
            tx.put_review_entry(_moved_on(tx, script, entry, context))

    def give_up(tx: WriteTransaction) -> None:
        entry = tx.review_entry(item.identifier)
        if entry is not None and entry.due_ms == item.due_ms:  # else somebody else was luckier
            tx.put_review_entry(msgspec.structs.replace(entry, due_ms=None))

    return Due(item.due_ms, item.scope, f"review of {item.identifier}", perform, give_up)


def _moved_on(tx: WriteTransaction, script: Script, entry: ReviewEntry, context: Context) -> ReviewEntry:
    """Do an entry's next step: the entry with the one after that."""
    encoded = tx.record(entry.identifier)
    assert encoded is not None, "whatever removes an opportunity takes its review out"
    if entry.rule is None:
        record = decode(GetOpportunityResponse, encoded)
        chosen = rule_for(
            script, record, entry.submission, lambda index: _draw(script.seed, entry, index, context.scope)
        )
        return _planned(
            script, msgspec.structs.replace(entry, rule=NO_RULE if chosen is None else chosen), context.now_ms
        )
    steps = _steps(script, entry.rule)
    if entry.step < len(steps):
        _perform(tx, entry.identifier, steps[entry.step], context)
    return _planned(script, msgspec.structs.replace(entry, step=entry.step + 1), context.now_ms)


def _planned(script: Script, entry: ReviewEntry, since_ms: int) -> ReviewEntry:
    steps = _steps(script, entry.rule)
    due_ms = since_ms + steps[entry.step].after_ms if entry.step < len(steps) else None
    return msgspec.structs.replace(entry, due_ms=due_ms)


def _steps(script: Script, rule: int | None) -> list[Then]:
    """The steps of a rule; none if the script has changed since, and no longer has such a rule."""
    return script.when[rule].then if rule is not None and 0 <= rule < len(script.when) else []


def _perform(tx: WriteTransaction, identifier: str, then: Then, context: Context) -> None:
    """One step. If the opportunity's state no longer allows it, it is skipped: a person has decided meanwhile."""
    try:
        if then.do == "edit":
            aws_edit(tx, identifier, then.edit, context)
        else:
            decision = ReviewDecision(identifier, STEP_OF[then.do], then.comment, then.reason, then.bare)
            review_decision(tx, decision, context)
    except ServiceError:
        return


def _draw(seed: int, entry: ReviewEntry, rule: int, scope: Scope) -> float:
    """A number from 0 up to 1 that depends only on the opportunity, the submission, the rule and the seed."""
    key = f"{seed}/{scope.account}/{scope.catalog}/{entry.identifier}/{entry.submission}/{rule}"
    return random.Random(key).random()  # noqa: S311  # it decides a game, not a secret
