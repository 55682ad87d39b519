-- Opportunities of every account and catalog ("scope"), with one pair of indexes for each order of ListOpportunities.
-- Times are milliseconds since 1970 UTC, days are ordinals; `id_key` and `company` sort as rules/list/sort_keys.py says.

CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    token_key BLOB NOT NULL,
    next_number INTEGER NOT NULL
);

-- The clock row: `last_stamp` only grows, and only under the writer's lock.
CREATE TABLE scope (
    scope_id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    catalog TEXT NOT NULL,
    last_stamp INTEGER NOT NULL,
    UNIQUE (account, catalog)
);

CREATE TABLE opportunity (
    opportunity_id INTEGER PRIMARY KEY,
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    stage INTEGER NOT NULL,
    review_status INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    created INTEGER NOT NULL,
    target_close INTEGER NOT NULL,
    company BLOB NOT NULL,
    summary BLOB NOT NULL
);

-- Read by GetOpportunity alone, so it stays out of the way of pages.
CREATE TABLE opportunity_record (
    opportunity_id INTEGER PRIMARY KEY REFERENCES opportunity,
    record BLOB NOT NULL
);

-- Stretches of the orders, with the least and greatest dates in each: see zones.py. `low` and `high` are keys of `sort`.
CREATE TABLE zone (
    scope_id INTEGER NOT NULL,
    sort TEXT NOT NULL,
    low NOT NULL,
    high NOT NULL,
    least_last_modified INTEGER NOT NULL,
    most_last_modified INTEGER NOT NULL,
    least_created INTEGER NOT NULL,
    most_created INTEGER NOT NULL,
    least_target_close INTEGER NOT NULL,
    most_target_close INTEGER NOT NULL,
    PRIMARY KEY (scope_id, sort, low)
) WITHOUT ROWID;

CREATE TABLE client_token (
    scope_id INTEGER NOT NULL,
    operation TEXT NOT NULL,
    client_token TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    answer BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (scope_id, operation, client_token)
) WITHOUT ROWID;
CREATE INDEX client_token_by_until ON client_token (until);

-- Events wait here for delivery; `position` is the order of commits.
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    scope_id INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    id_key TEXT NOT NULL,
    event BLOB NOT NULL
);
CREATE INDEX outbox_by_scope ON outbox (scope_id);
