"""Engagements, their members, invitations and snapshots, and the tasks, in SQL. See `store/engagement.py`."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from cosell.context import Scope
from cosell.rules.engagement.task import TaskSelector
from cosell.rules.list.page_token import Position
from cosell.store.engagement import (
    DueTask,
    Member,
    StoredEngagement,
    StoredInvitation,
    StoredSnapshot,
    StoredSnapshotJob,
    StoredTask,
)
from cosell.store.page import Page
from cosell.store.sql.connection import SqlConnection, Value, put_statement
from cosell.store.sql.list_page import Filter, Listed, list_page

Stored = TypeVar("Stored", bound=msgspec.Struct)

_ENGAGEMENT = "engagement_id, created_by, created, record"
_MEMBER = "account, joined, company_name, website_url"
_INVITATION = "invitation_id, engagement_id, sender, receiver, status, payload_type, invited, expires, record"
_JOB = "job_id, engagement_id, opportunity, template, status, created, record"
_SNAPSHOT = "engagement_id, opportunity, template, revision, created_by, record"
_TASKS = Listed("engagement_task", "summary", moment="started", identifier="task_id")
_TASK = "kind, task_id, status, started, opportunity, engagement_id, due, request, summary"


_DUE_TASKS = (
    "SELECT account, catalog, kind, task_id, due FROM engagement_task JOIN scope USING (scope_id) "
    "WHERE due <= ? ORDER BY due, scope_id, task_id LIMIT ?"
)


def due_tasks(connection: SqlConnection, until_ms: int, limit: int) -> list[DueTask]:
    """See `Store.due_tasks`."""
    rows = connection.rows(_DUE_TASKS, (until_ms, limit))
    return [DueTask(Scope(account, catalog), *rest) for account, catalog, *rest in rows]


class EngagementRows:
    """What a reading transaction sees of them."""

    _connection: SqlConnection
    _scope: Scope
    _scope_id: int | None

    def engagement(self, engagement_id: str) -> StoredEngagement | None:
        """See `EngagementReader.engagement`."""
        statement = f"SELECT {_ENGAGEMENT} FROM engagement WHERE catalog = ? AND engagement_id = ?"
        return self._first(StoredEngagement, statement, self._scope.catalog, engagement_id)

    def members(self, engagement_id: str) -> Sequence[Member]:
        """See `EngagementReader.members`."""
        statement = (
            f"SELECT {_MEMBER} FROM engagement_member WHERE catalog = ? AND engagement_id = ? ORDER BY joined, account"
        )
        return self._all(Member, statement, self._scope.catalog, engagement_id)

    def invitation(self, invitation_id: str) -> StoredInvitation | None:
        """See `EngagementReader.invitation`."""
        statement = f"SELECT {_INVITATION} FROM engagement_invitation WHERE catalog = ? AND invitation_id = ?"
        return self._first(StoredInvitation, statement, self._scope.catalog, invitation_id)

    def invitations(self, engagement_id: str) -> Sequence[StoredInvitation]:
        """See `EngagementReader.invitations`."""
        statement = (
            f"SELECT {_INVITATION} FROM engagement_invitation "
            "WHERE catalog = ? AND engagement_id = ? ORDER BY invited, invitation_id"
        )
        return self._all(StoredInvitation, statement, self._scope.catalog, engagement_id)

    def snapshot_job(self, job_id: str) -> StoredSnapshotJob | None:
        """See `EngagementReader.snapshot_job`."""
        statement = f"SELECT {_JOB} FROM snapshot_job WHERE scope_id = ? AND job_id = ?"
        return self._first(StoredSnapshotJob, statement, self._scope_id, job_id)

    def snapshot_jobs(self, opportunity: str) -> Sequence[StoredSnapshotJob]:
        """See `EngagementReader.snapshot_jobs`."""
        statement = f"SELECT {_JOB} FROM snapshot_job WHERE scope_id = ? AND opportunity = ? ORDER BY created, job_id"
        return self._all(StoredSnapshotJob, statement, self._scope_id, opportunity)

    def latest_snapshot(self, engagement_id: str, opportunity: str, template: str) -> StoredSnapshot | None:
        """See `EngagementReader.latest_snapshot`."""
        statement = (
            f"SELECT {_SNAPSHOT} FROM snapshot WHERE catalog = ? AND engagement_id = ? AND opportunity = ? "
            "AND template = ? ORDER BY revision DESC LIMIT 1"
        )
        return self._first(StoredSnapshot, statement, self._scope.catalog, engagement_id, opportunity, template)

    def shared_opportunity(self, engagement_id: str) -> str | None:
        """See `EngagementReader.shared_opportunity`."""
        statement = "SELECT opportunity FROM snapshot WHERE catalog = ? AND engagement_id = ? LIMIT 1"
        row = self._connection.row(statement, (self._scope.catalog, engagement_id))
        return None if row is None else row[0]

    def task(self, kind: str, task_id: str) -> StoredTask | None:
        """See `EngagementReader.task`."""
        statement = f"SELECT {_TASK} FROM engagement_task WHERE scope_id = ? AND kind = ? AND task_id = ?"
        return self._first(StoredTask, statement, self._scope_id, kind, task_id)

    def task_page(self, selector: TaskSelector, after: Position | None, limit: int) -> Page:
        """See `EngagementReader.task_page`."""
        filters = (
            Filter("scope_id", [self._scope_id]),
            Filter("kind", [selector.kind]),
            Filter("status", selector.statuses),
            Filter("task_id", selector.task_ids),
            Filter("opportunity", selector.opportunities),
            Filter("engagement_id", selector.engagement_ids),
        )
        rows, last = list_page(self._connection, _TASKS, filters, after, limit, descending=selector.descending)
        return Page([summary for (summary,) in rows], last)

    def _first(self, kind: type[Stored], statement: str, *bindings: Value) -> Stored | None:
        row = self._connection.row(statement, bindings)
        return None if row is None else kind(*row)

    def _all(self, kind: type[Stored], statement: str, *bindings: Value) -> list[Stored]:
        rows = self._connection.rows(statement, bindings)
        return [kind(*row) for row in rows]


class EngagementChanges(EngagementRows):
    """What a writing transaction makes of them."""

    def put_engagement(self, engagement: StoredEngagement) -> None:
        """See `EngagementWriter.put_engagement`."""
        self._put("engagement", "catalog, engagement_id", f"catalog, {_ENGAGEMENT}", self._scope.catalog, engagement)

    def put_member(self, engagement_id: str, member: Member) -> None:
        """See `EngagementWriter.put_member`."""
        self._connection.put(
            put_statement(
                "engagement_member",
                "account, catalog, engagement_id",
                f"catalog, engagement_id, {_MEMBER}",
            ),
            (self._scope.catalog, engagement_id, *msgspec.structs.astuple(member)),
        )

    def put_invitation(self, invitation: StoredInvitation) -> None:
        """See `EngagementWriter.put_invitation`."""
        self._put(
            "engagement_invitation",
            "catalog, invitation_id",
            f"catalog, {_INVITATION}",
            self._scope.catalog,
            invitation,
        )

    def put_snapshot_job(self, job: StoredSnapshotJob) -> None:
        """See `EngagementWriter.put_snapshot_job`."""
        self._put("snapshot_job", "scope_id, job_id", f"scope_id, {_JOB}", self._scope_id, job)

    def put_snapshot(self, snapshot: StoredSnapshot) -> None:
        """See `EngagementWriter.put_snapshot`."""
        self._put(
            "snapshot",
            "catalog, engagement_id, opportunity, template, revision",
            f"catalog, {_SNAPSHOT}",
            self._scope.catalog,
            snapshot,
        )

    def put_task(self, task: StoredTask) -> None:
        """See `EngagementWriter.put_task`."""
        self._put("engagement_task", "scope_id, kind, task_id", f"scope_id, {_TASK}", self._scope_id, task)

    def clear_engagements(self) -> None:
        """Remove the scope's jobs and tasks, the engagements that its account has created, and its part in others."""
        account, catalog = self._scope.account, self._scope.catalog
        mine = "SELECT engagement_id FROM engagement WHERE catalog = ? AND created_by = ?"
        shown = f"SELECT engagement_id, opportunity FROM snapshot_job WHERE scope_id = {self._scope_id}"
        for table, is_mine in (
            ("engagement_member", "account = ?"),
            ("engagement_invitation", "? IN (sender, receiver)"),
            ("snapshot", f"created_by = ? OR (engagement_id, opportunity) IN ({shown})"),  # some are AWS's
        ):
            self._connection.put(
                f"DELETE FROM {table} WHERE catalog = ? AND ({is_mine} OR engagement_id IN ({mine}))",
                (catalog, account, catalog, account),
            )
        self._connection.put("DELETE FROM engagement WHERE catalog = ? AND created_by = ?", (catalog, account))
        for table in ("snapshot_job", "engagement_task"):
            self._connection.put(f"DELETE FROM {table} WHERE scope_id = ?", (self._scope_id,))

    def _put(self, table: str, key: str, columns: str, led_by: Value, stored: msgspec.Struct) -> None:
        self._connection.put(put_statement(table, key, columns), (led_by, *msgspec.structs.astuple(stored)))
