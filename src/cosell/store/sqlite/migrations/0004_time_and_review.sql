-- How the engine's time runs beside the wall's, for every process that shares this file: see clock.py.

CREATE TABLE course (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since_wall INTEGER NOT NULL,
    since INTEGER NOT NULL,
    factor REAL NOT NULL
);
INSERT INTO course VALUES (1, 0, 0, 1);

-- What AWS's side has to do with each opportunity that was ever submitted, and when: see aws_side/reviewer.py. `rule` is
-- null until a reviewer has chosen one, `due` is null where nothing is left to do.
CREATE TABLE review_agenda (
    scope_id INTEGER NOT NULL REFERENCES scope,
    id_key TEXT NOT NULL,
    submission INTEGER NOT NULL,
    rule INTEGER,
    step INTEGER NOT NULL,
    due INTEGER,
    PRIMARY KEY (scope_id, id_key)
) WITHOUT ROWID;
CREATE INDEX review_agenda_by_due ON review_agenda (due) WHERE due IS NOT NULL;

-- Whatever submits an opportunity puts it on the agenda, in the same transaction; 2 is Submitted, 3 In review.
-- Its time counts from the whole second: while a clock stands still, stamps run ahead of it by milliseconds.
CREATE TRIGGER submitted_when_new AFTER INSERT ON opportunity WHEN NEW.review_status IN (2, 3)
BEGIN
    INSERT INTO review_agenda VALUES (NEW.scope_id, NEW.id_key, 1, NULL, 0, NEW.last_modified / 1000 * 1000)
    ON CONFLICT DO UPDATE SET submission = submission + 1, rule = NULL, step = 0, due = excluded.due;
END;
CREATE TRIGGER submitted AFTER UPDATE OF review_status ON opportunity
WHEN NEW.review_status = 2 AND OLD.review_status <> 2
BEGIN
    INSERT INTO review_agenda VALUES (NEW.scope_id, NEW.id_key, 1, NULL, 0, NEW.last_modified / 1000 * 1000)
    ON CONFLICT DO UPDATE SET submission = submission + 1, rule = NULL, step = 0, due = excluded.due;
END;
INSERT INTO review_agenda
SELECT scope_id, id_key, 1, NULL, 0, last_modified / 1000 * 1000 FROM opportunity WHERE review_status IN (2, 3);

-- Opportunities that AWS refers to an account, hidden until their invitation is accepted.
CREATE TABLE aws_referral (
    scope_id INTEGER NOT NULL REFERENCES scope,
    invitation_id TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (scope_id, invitation_id)
) WITHOUT ROWID;
