"""What the store keeps of engagements, and its interface: members, invitations, snapshots, jobs and tasks.

An engagement and everything in it is shared by its members, so it belongs to a catalog and to no account; the operation
decides who may see it. A snapshot job and a task belong to an account. Records are answers, already encoded
(docs/decisions/0005); the other members are what queries use. Times are milliseconds since 1970 UTC, and accounts may
be `aws`.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cosell.context import Scope
from cosell.rules.engagement.task import TaskSelector
from cosell.rules.event import InvitationStatus
from cosell.rules.list.page_token import Position
from cosell.store.page import Page


class StoredEngagement(msgspec.Struct, frozen=True):
    """An engagement. Its record is a GetEngagement answer."""

    engagement_id: str
    created_by: str
    created_ms: int
    record: bytes


class Member(msgspec.Struct, frozen=True):
    """A member of an engagement."""

    account: str
    joined_ms: int
    company_name: str
    website_url: str | None = None


class StoredInvitation(msgspec.Struct, frozen=True):
    """An invitation. Its record is a GetEngagementInvitation answer; only a pending one expires."""

    invitation_id: str
    engagement_id: str
    sender: str
    receiver: str
    status: InvitationStatus
    payload_type: str
    invited_ms: int
    expires_ms: int | None
    record: bytes


class StoredSnapshotJob(msgspec.Struct, frozen=True):
    """A job that takes snapshots of an opportunity for an engagement. Its record is a GetResourceSnapshotJob answer."""

    job_id: str
    engagement_id: str
    opportunity: str
    template: str
    status: str
    created_ms: int
    record: bytes


class StoredSnapshot(msgspec.Struct, frozen=True):
    """A snapshot. Its record is a GetResourceSnapshot answer."""

    engagement_id: str
    opportunity: str
    template: str
    revision: int
    created_by: str
    record: bytes


class StoredTask(msgspec.Struct, frozen=True):
    """A task of the kind named by its operation. While it is in progress it continues at `due_ms`.

    `request` is what started it, `summary` its entry in the answer of the List operation.
    """

    kind: str
    task_id: str
    status: str
    started_ms: int
    opportunity: str | None
    engagement_id: str | None
    due_ms: int | None
    request: bytes
    summary: bytes


class DueTask(msgspec.Struct, frozen=True):
    """A task that continues at `due_ms`, and whose it is."""

    scope: Scope
    kind: str
    task_id: str
    due_ms: int


class EngagementReader(Protocol):
    """Sees the engagements of one catalog, and the jobs and tasks of one scope."""

    def engagement(self, engagement_id: str) -> StoredEngagement | None:
        """An engagement; None if the catalog has no such one."""

    def members(self, engagement_id: str) -> Sequence[Member]:
        """The members of an engagement, in the order in which they joined."""

    def invitation(self, invitation_id: str) -> StoredInvitation | None:
        """An invitation; None if the catalog has no such one."""

    def invitations(self, engagement_id: str) -> Sequence[StoredInvitation]:
        """The invitations to an engagement, oldest first."""

    def snapshot_job(self, job_id: str) -> StoredSnapshotJob | None:
        """A job; None if the scope has no such one."""

    def snapshot_jobs(self, opportunity: str) -> Sequence[StoredSnapshotJob]:
        """The jobs that take snapshots of an opportunity, running or not, oldest first."""

    def latest_snapshot(self, engagement_id: str, opportunity: str, template: str) -> StoredSnapshot | None:
        """The snapshot with the highest revision; None before the first."""

    def shared_opportunity(self, engagement_id: str) -> str | None:
        """The opportunity that the snapshots in an engagement show; None before the first."""

    def task(self, kind: str, task_id: str) -> StoredTask | None:
        """A task; None if the scope has no such one."""

    def task_page(self, selector: TaskSelector, after: Position | None, limit: int) -> Page:
        """Up to `limit` tasks after `after`."""


class EngagementWriter(EngagementReader, Protocol):
    """Changes them. What is put replaces the former one, if there is one."""

    def put_engagement(self, engagement: StoredEngagement) -> None:
        """Keep an engagement."""

    def put_member(self, engagement_id: str, member: Member) -> None:
        """Make an account a member of an engagement."""

    def put_invitation(self, invitation: StoredInvitation) -> None:
        """Keep an invitation."""

    def put_snapshot_job(self, job: StoredSnapshotJob) -> None:
        """Keep a job."""

    def put_snapshot(self, snapshot: StoredSnapshot) -> None:
        """Keep a snapshot."""

    def put_task(self, task: StoredTask) -> None:
        """Keep a task."""
