-- Every key begins with the scope, an account and a catalog, so that the tables can be spread over machines by it. What
-- several accounts share, an engagement and all in it, begins with the catalog. Texts sort by their bytes. Times are
-- milliseconds since 1970 UTC, days are ordinals; `id_key` and `company` sort as rules/list/sort_keys.py says.

CREATE TABLE installation (
    one integer PRIMARY KEY CHECK (one = 1),
    token_key bytea NOT NULL
);

-- The clock row: whoever writes to a scope holds it from the beginning to the commit, so `stamp` grows in the order of
-- commits. There is room in its page for a new version beside the old one. Changes up to `trimmed_position` were removed.
CREATE TABLE scope (
    scope_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    catalog text COLLATE "C" NOT NULL,
    stamp bigint NOT NULL DEFAULT 0,
    change_position bigint NOT NULL DEFAULT 0,
    opportunity_id bigint NOT NULL DEFAULT 0,
    trimmed_position bigint NOT NULL DEFAULT 0,
    trimmed_ms bigint NOT NULL DEFAULT 0,
    UNIQUE (account, catalog)
) WITH (fillfactor = 10);

-- The number of the next opportunity of the installation.
CREATE SEQUENCE opportunity_number MINVALUE 0;
-- Moves whenever numbers are reserved.
CREATE SEQUENCE opportunity_reservation;

-- The position of the event that was announced last. Whoever announces one holds it until the commit: positions are the
-- order of commits, so a reader that has come so far has missed nothing.
CREATE TABLE event_position (
    one integer PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO event_position VALUES (1, 0);

CREATE TABLE course (
    one integer PRIMARY KEY CHECK (one = 1),
    since_wall bigint NOT NULL,
    since bigint NOT NULL,
    factor double precision NOT NULL
);
INSERT INTO course VALUES (1, 0, 0, 1);

-- `opportunity_id` grows with each creation in its scope.
CREATE TABLE opportunity (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    opportunity_id bigint NOT NULL,
    stage smallint NOT NULL,
    review_status smallint NOT NULL,
    last_modified bigint NOT NULL,
    created bigint NOT NULL,
    target_close integer NOT NULL,
    company bytea NOT NULL,
    summary bytea NOT NULL,
    CONSTRAINT opportunity_by_id_key PRIMARY KEY (scope_id, id_key)
);
-- Read by GetOpportunity alone, so it stays out of the way of pages. Most records are a little longer than what
-- PostgreSQL leaves uncompressed; compressing one costs it more than all else that a creation writes.
CREATE TABLE opportunity_record (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (scope_id, id_key)
) WITH (toast_tuple_target = 8160);

-- Stretches of the orders, with the least and greatest dates in each: see store/sql/zone_maps.py. `low` and `high` are of
-- dates, `low_key` and `high_key` of identifiers.
CREATE TABLE zone (
    scope_id integer NOT NULL,
    sort text COLLATE "C" NOT NULL,
    low bigint NOT NULL,
    low_key text COLLATE "C" NOT NULL,
    high bigint NOT NULL,
    high_key text COLLATE "C" NOT NULL,
    least_last_modified bigint NOT NULL,
    most_last_modified bigint NOT NULL,
    least_created bigint NOT NULL,
    most_created bigint NOT NULL,
    least_target_close integer NOT NULL,
    most_target_close integer NOT NULL,
    PRIMARY KEY (scope_id, sort, low, low_key)
);

CREATE TABLE client_token (
    scope_id integer NOT NULL,
    operation text COLLATE "C" NOT NULL,
    client_token text COLLATE "C" NOT NULL,
    request_digest bytea NOT NULL,
    answer bytea NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (scope_id, operation, client_token)
);
CREATE INDEX client_token_by_until ON client_token (scope_id, until);

-- What every opportunity was before each of its changes, in the order of commits; `before` is null where it was not yet.
-- A row with an empty `id_key` says that the whole scope has become another one: a large load, or a reset.
CREATE TABLE opportunity_change (
    scope_id integer NOT NULL,
    position bigint NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    changed bigint NOT NULL,
    before bytea,
    PRIMARY KEY (scope_id, position)
) WITH (toast_tuple_target = 8160);
CREATE INDEX change_by_opportunity ON opportunity_change (scope_id, id_key, position) WHERE before IS NOT NULL;

CREATE TABLE kept_count (
    scope_id integer PRIMARY KEY,
    origin bigint NOT NULL,
    position bigint NOT NULL,
    counted_to text COLLATE "C",
    count bytea NOT NULL
);

CREATE TABLE solution (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    identifier text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    marketplace_arn text COLLATE "C",
    PRIMARY KEY (scope_id, id_key)
);

CREATE TABLE tag_set (
    scope_id integer NOT NULL,
    resource text COLLATE "C" NOT NULL,
    tags bytea NOT NULL,
    PRIMARY KEY (scope_id, resource)
);

CREATE TABLE aws_summary (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    summary bytea NOT NULL,
    PRIMARY KEY (scope_id, id_key)
);

CREATE TABLE aws_referral (
    scope_id integer NOT NULL,
    invitation_id text COLLATE "C" NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (scope_id, invitation_id)
);

CREATE TABLE appearance (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    entity_type text COLLATE "C" NOT NULL,
    entity text COLLATE "C" NOT NULL,
    due bigint,
    record bytea,
    PRIMARY KEY (scope_id, id_key, entity_type, entity)
);
CREATE INDEX appearance_by_due ON appearance (due) WHERE due IS NOT NULL;

-- What AWS's side has to do with each opportunity that was ever submitted, and when. `rule` is null until a reviewer has
-- chosen one, `due` is null where nothing is left to do.
CREATE TABLE review_agenda (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    submission integer NOT NULL,
    rule integer,
    step integer NOT NULL,
    due bigint,
    PRIMARY KEY (scope_id, id_key)
);
CREATE INDEX review_agenda_by_due ON review_agenda (due) WHERE due IS NOT NULL;

-- Whatever submits an opportunity puts it on the agenda, in the same transaction; 2 is Submitted, 3 In review.
-- Its time counts from the whole second: while a clock stands still, stamps run ahead of it by milliseconds.
CREATE FUNCTION put_on_agenda() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO review_agenda VALUES (NEW.scope_id, NEW.id_key, 1, NULL, 0, NEW.last_modified / 1000 * 1000)
    ON CONFLICT (scope_id, id_key)
    DO UPDATE SET submission = review_agenda.submission + 1, rule = NULL, step = 0, due = excluded.due;
    RETURN NULL;
END $$;
CREATE TRIGGER submitted_when_new AFTER INSERT ON opportunity
FOR EACH ROW WHEN (NEW.review_status IN (2, 3)) EXECUTE FUNCTION put_on_agenda();
CREATE TRIGGER submitted AFTER UPDATE ON opportunity
FOR EACH ROW WHEN (NEW.review_status = 2 AND OLD.review_status <> 2) EXECUTE FUNCTION put_on_agenda();

CREATE TABLE engagement (
    catalog text COLLATE "C" NOT NULL,
    engagement_id text COLLATE "C" NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (catalog, engagement_id)
);

-- Led by the account, because most questions are "mine".
CREATE TABLE engagement_member (
    account text COLLATE "C" NOT NULL,
    catalog text COLLATE "C" NOT NULL,
    engagement_id text COLLATE "C" NOT NULL,
    joined bigint NOT NULL,
    company_name text COLLATE "C" NOT NULL,
    website_url text COLLATE "C",
    PRIMARY KEY (account, catalog, engagement_id)
);
CREATE INDEX engagement_member_by_engagement ON engagement_member (catalog, engagement_id, joined);

-- `expires` is that of a pending invitation. Accounts may be `aws`.
CREATE TABLE engagement_invitation (
    catalog text COLLATE "C" NOT NULL,
    invitation_id text COLLATE "C" NOT NULL,
    engagement_id text COLLATE "C" NOT NULL,
    sender text COLLATE "C" NOT NULL,
    receiver text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    payload_type text COLLATE "C" NOT NULL,
    invited bigint NOT NULL,
    expires bigint,
    record bytea NOT NULL,
    PRIMARY KEY (catalog, invitation_id)
);
CREATE INDEX engagement_invitation_by_engagement ON engagement_invitation (catalog, engagement_id, invited);
CREATE INDEX engagement_invitation_by_sender ON engagement_invitation (sender, catalog, invited, invitation_id);
CREATE INDEX engagement_invitation_by_receiver ON engagement_invitation (receiver, catalog, invited, invitation_id);
CREATE INDEX engagement_invitation_by_expiry ON engagement_invitation (expires) WHERE expires IS NOT NULL;

CREATE TABLE snapshot_job (
    scope_id integer NOT NULL,
    job_id text COLLATE "C" NOT NULL,
    engagement_id text COLLATE "C" NOT NULL,
    opportunity text COLLATE "C" NOT NULL,
    template text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (scope_id, job_id)
);
CREATE UNIQUE INDEX snapshot_job_by_subject ON snapshot_job (scope_id, opportunity, engagement_id, template);

CREATE TABLE snapshot (
    catalog text COLLATE "C" NOT NULL,
    engagement_id text COLLATE "C" NOT NULL,
    opportunity text COLLATE "C" NOT NULL,
    template text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (catalog, engagement_id, opportunity, template, revision)
);

-- `due` is the moment at which a task in progress goes on; null where it has ended.
CREATE TABLE engagement_task (
    scope_id integer NOT NULL,
    kind text COLLATE "C" NOT NULL,
    task_id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    started bigint NOT NULL,
    opportunity text COLLATE "C",
    engagement_id text COLLATE "C",
    due bigint,
    request bytea NOT NULL,
    summary bytea NOT NULL,
    PRIMARY KEY (scope_id, kind, task_id)
);
CREATE INDEX engagement_task_by_start ON engagement_task (scope_id, kind, started, task_id);
CREATE INDEX engagement_task_by_opportunity ON engagement_task (scope_id, kind, opportunity);
CREATE INDEX engagement_task_by_engagement ON engagement_task (scope_id, kind, engagement_id);
CREATE INDEX engagement_task_by_due ON engagement_task (due) WHERE due IS NOT NULL;

-- Events wait here for delivery. Receivers are named as they are, since an account may receive an event of another's doing
-- before it has written anything. `subject` is what an event is about: its events keep their order.
CREATE TABLE outbox (
    position bigint PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    catalog text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    detail_type text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    time bigint NOT NULL,
    event bytea NOT NULL
);
CREATE INDEX outbox_by_subject ON outbox (account, catalog, subject, position);

-- Every event up to `cursor` was delivered, is held, or is a dead letter. `generation` grows whenever somebody else
-- than the deliverer moves the cursor or what is held, so that the deliverer begins anew from what it finds here.
CREATE TABLE sink (
    sink_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    cursor bigint NOT NULL,
    generation bigint NOT NULL DEFAULT 0,
    gone integer NOT NULL DEFAULT 0,
    delivered bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0
);

-- Events that could not be delivered yet, and those that wait behind them because they are about the same subject.
CREATE TABLE held_event (
    sink_id integer NOT NULL,
    position bigint NOT NULL,
    subject text COLLATE "C" NOT NULL,
    attempts integer NOT NULL,
    first_attempt bigint NOT NULL,
    next_attempt bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    PRIMARY KEY (sink_id, position)
);
CREATE INDEX held_event_by_position ON held_event (position);

CREATE TABLE dead_letter (
    sink_id integer NOT NULL,
    position bigint NOT NULL,
    attempts integer NOT NULL,
    died bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    PRIMARY KEY (sink_id, position)
);
CREATE INDEX dead_letter_by_position ON dead_letter (position);

-- Which process delivers events, and until when. Whoever takes it over gives every sink another generation.
CREATE TABLE delivery_lease (
    one integer PRIMARY KEY CHECK (one = 1),
    holder text COLLATE "C" NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 10);
INSERT INTO delivery_lease VALUES (1, '', '-infinity');

-- Kept states by name. The copies of tables that belong to one are named saved_state_NUMBER_TABLE.
CREATE TABLE saved_state (
    state_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    schema_version integer NOT NULL
);
