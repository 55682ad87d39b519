-- What belongs to opportunities besides their records. Times are milliseconds since 1970 UTC; answers are kept encoded.
-- What one account owns has its scope; what several accounts share, an engagement and all in it, has the catalog.

CREATE TABLE solution (
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    created INTEGER NOT NULL,
    marketplace_arn TEXT,
    PRIMARY KEY (scope_id, id_key)
) WITHOUT ROWID;

-- `resource` is the end of an ARN: `opportunity/O1000001`.
CREATE TABLE tag_set (
    scope_id INTEGER NOT NULL REFERENCES scope,
    resource TEXT NOT NULL,
    tags BLOB NOT NULL,
    PRIMARY KEY (scope_id, resource)
) WITHOUT ROWID;

CREATE TABLE aws_summary (
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    summary BLOB NOT NULL,
    PRIMARY KEY (scope_id, id_key)
) WITHOUT ROWID;

CREATE TABLE engagement (
    catalog TEXT NOT NULL,
    engagement_id TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (catalog, engagement_id)
) WITHOUT ROWID;

-- Led by the account, because most questions are "mine".
CREATE TABLE engagement_member (
    account TEXT NOT NULL,
    catalog TEXT NOT NULL,
    engagement_id TEXT NOT NULL,
    joined INTEGER NOT NULL,
    company_name TEXT NOT NULL,
    website_url TEXT,
    PRIMARY KEY (account, catalog, engagement_id)
) WITHOUT ROWID;
CREATE INDEX engagement_member_by_engagement ON engagement_member (catalog, engagement_id, joined);

-- `expires` is that of a pending invitation. Accounts may be `aws`.
CREATE TABLE engagement_invitation (
    catalog TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    engagement_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    status TEXT NOT NULL,
    payload_type TEXT NOT NULL,
    invited INTEGER NOT NULL,
    expires INTEGER,
    record BLOB NOT NULL,
    PRIMARY KEY (catalog, invitation_id)
) WITHOUT ROWID;
CREATE INDEX engagement_invitation_by_engagement ON engagement_invitation (catalog, engagement_id, invited);
CREATE INDEX engagement_invitation_by_sender ON engagement_invitation (sender, catalog, invited, invitation_id);
CREATE INDEX engagement_invitation_by_receiver ON engagement_invitation (receiver, catalog, invited, invitation_id);
CREATE INDEX engagement_invitation_by_expiry ON engagement_invitation (expires) WHERE expires IS NOT NULL;

CREATE TABLE snapshot_job (
    scope_id INTEGER NOT NULL REFERENCES scope,
    job_id TEXT NOT NULL,
    engagement_id TEXT NOT NULL,
    opportunity TEXT NOT NULL,
    template TEXT NOT NULL,
    status TEXT NOT NULL,
    created INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (scope_id, job_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX snapshot_job_by_subject ON snapshot_job (scope_id, opportunity, engagement_id, template);

CREATE TABLE snapshot (
    catalog TEXT NOT NULL,
    engagement_id TEXT NOT NULL,
    opportunity TEXT NOT NULL,
    template TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (catalog, engagement_id, opportunity, template, revision)
) WITHOUT ROWID;

-- `due` is the moment at which a task in progress goes on; null where it has ended.
CREATE TABLE engagement_task (
    scope_id INTEGER NOT NULL REFERENCES scope,
    kind TEXT NOT NULL,
    task_id TEXT NOT NULL,
    status TEXT NOT NULL,
    started INTEGER NOT NULL,
    opportunity TEXT,
    engagement_id TEXT,
    due INTEGER,
    request BLOB NOT NULL,
    summary BLOB NOT NULL,
    PRIMARY KEY (scope_id, kind, task_id)
) WITHOUT ROWID;
CREATE INDEX engagement_task_by_start ON engagement_task (scope_id, kind, started, task_id);
CREATE INDEX engagement_task_by_opportunity ON engagement_task (scope_id, kind, opportunity);
CREATE INDEX engagement_task_by_engagement ON engagement_task (scope_id, kind, engagement_id);
CREATE INDEX engagement_task_by_due ON engagement_task (due) WHERE due IS NOT NULL;
