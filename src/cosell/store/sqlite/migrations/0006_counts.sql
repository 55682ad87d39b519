-- What somebody has counted over a scope, and how far: see store/changes.py. `origin` and `position` are of
-- opportunity_change; opportunities up to the key `counted_to` are in it, or all where that is null.
CREATE TABLE kept_count (
    scope_id INTEGER PRIMARY KEY REFERENCES scope,
    origin INTEGER NOT NULL,
    position INTEGER NOT NULL,
    counted_to TEXT,
    count BLOB NOT NULL
);
