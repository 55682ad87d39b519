-- What every opportunity was before each of its changes, in the order of commits; `before` is null where it was not yet.
-- A row with an empty `id_key` says that the whole scope has become another one: a large load, or a reset.
CREATE TABLE opportunity_change (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    changed INTEGER NOT NULL,
    before BLOB
);
CREATE INDEX change_by_opportunity ON opportunity_change (scope_id, id_key);

-- The events that an opportunity has sent.
CREATE INDEX outbox_by_subject ON outbox (account, catalog, subject);
