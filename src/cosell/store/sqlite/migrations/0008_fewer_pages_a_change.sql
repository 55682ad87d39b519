-- A change writes as few pages as it can (docs/decisions/0027): what only grows stands in one table, positions come from
-- there instead of from AUTOINCREMENT's own, and what one index finds has no second one.

-- The next number of an opportunity (0), the latest position of the outbox (-1) and of the changes (-2), and for each
-- scope_id the scope's latest stamp. Values only grow, and only under the writer's lock. See counters.py.
CREATE TABLE counter (counter_id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counter SELECT 0, next_number FROM installation;
INSERT INTO counter SELECT -1, seq FROM sqlite_sequence WHERE name = 'outbox';
INSERT INTO counter SELECT -2, seq FROM sqlite_sequence WHERE name = 'opportunity_change';
INSERT INTO counter SELECT scope_id, last_stamp FROM scope;
ALTER TABLE installation DROP COLUMN next_number;
ALTER TABLE scope DROP COLUMN last_stamp;

CREATE TABLE new_outbox (
    position INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    catalog TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    event_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    event BLOB NOT NULL
);
INSERT INTO new_outbox SELECT position, account, catalog, subject, detail_type, event_id, time, event FROM outbox;
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE INDEX outbox_by_subject ON outbox (account, catalog, subject);

-- A creation changes nothing that was there, so no history has it, and no index. The row with an empty `id_key`, which says
-- that the scope has become another one, has an empty `before`, to be found.
CREATE TABLE new_change (
    position INTEGER PRIMARY KEY,
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    changed INTEGER NOT NULL,
    before BLOB
);
INSERT INTO new_change
SELECT position, scope_id, id_key, changed, CASE id_key WHEN '' THEN x'' ELSE before END FROM opportunity_change;
DROP TABLE opportunity_change;
ALTER TABLE new_change RENAME TO opportunity_change;
CREATE INDEX change_by_opportunity ON opportunity_change (scope_id, id_key) WHERE before IS NOT NULL;

-- Led by the day of `until`, so that what is to be forgotten is one range; there are never more than a few days.
CREATE TABLE new_token (
    until_day INTEGER NOT NULL,
    scope_id INTEGER NOT NULL,
    operation TEXT NOT NULL,
    client_token TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    answer BLOB NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (until_day, scope_id, operation, client_token)
) WITHOUT ROWID;
INSERT INTO new_token
SELECT until / 86400000, scope_id, operation, client_token, request_digest, answer, until FROM client_token;
DROP TABLE client_token;
ALTER TABLE new_token RENAME TO client_token;

-- opportunity_by_id_key begins with the same columns. That an identifier is new is seen to by whatever inserts it.
DROP INDEX IF EXISTS opportunity_by_identity;
