-- What is new to an account and nobody finds yet: an opportunity (its related entity is empty), or what was associated with
-- one. `due` is when it appears, null where that was tried in vain. See store/appearances.py.
CREATE TABLE appearance (
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity TEXT NOT NULL,
    due INTEGER,
    record BLOB,
    PRIMARY KEY (scope_id, id_key, entity_type, entity)
) WITHOUT ROWID;
CREATE INDEX appearance_by_due ON appearance (due) WHERE due IS NOT NULL;
