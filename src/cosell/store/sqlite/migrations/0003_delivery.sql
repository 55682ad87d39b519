-- What the delivery of events needs to know. Times are milliseconds since 1970 UTC.

-- `position` is the order of commits. Receivers are named as they are, since an account may receive an event of
-- another's doing before it has written anything. `subject` is what an event is about: its events keep their order.
ALTER TABLE outbox RENAME TO outbox_before;
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    catalog TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail_type TEXT NOT NULL,
    event_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    event BLOB NOT NULL
);
INSERT INTO outbox
SELECT
    position,
    account,
    catalog,
    json_extract(CAST(event AS TEXT), '$.detail.opportunity.identifier'),
    json_extract(CAST(event AS TEXT), '$."detail-type"'),
    event_id,
    unixepoch(json_extract(CAST(event AS TEXT), '$.time')) * 1000,
    event
FROM outbox_before JOIN scope USING (scope_id)
ORDER BY position;
DROP TABLE outbox_before;
CREATE INDEX outbox_by_receiver ON outbox (account, catalog);

-- Every event up to `cursor` was delivered, is held, or is a dead letter. `generation` grows whenever somebody else
-- than the deliverer moves the cursor or what is held, so that the deliverer begins anew from what it finds here.
CREATE TABLE sink (
    sink_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    cursor INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
);

-- Events that could not be delivered yet, and those that wait behind them because they are about the same subject.
CREATE TABLE held_event (
    sink_id INTEGER NOT NULL REFERENCES sink,
    position INTEGER NOT NULL REFERENCES outbox,
    subject TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_attempt INTEGER NOT NULL,
    next_attempt INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sink_id, position)
) WITHOUT ROWID;
CREATE INDEX held_event_by_position ON held_event (position);

CREATE TABLE dead_letter (
    sink_id INTEGER NOT NULL REFERENCES sink,
    position INTEGER NOT NULL REFERENCES outbox,
    attempts INTEGER NOT NULL,
    died INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sink_id, position)
) WITHOUT ROWID;
CREATE INDEX dead_letter_by_position ON dead_letter (position);
