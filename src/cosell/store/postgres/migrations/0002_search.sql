-- What searches read instead of records: see store/search_index.py, and docs/decisions/0033, 0039 and 0046. It is fed later
-- than opportunities are written, and `search_pending` says of which it does not know yet what they have become.

-- `reading` is that of rules/search/entry.py under which all entries were made. Whoever makes them anew locks this table.
CREATE TABLE search_reading (one integer PRIMARY KEY CHECK (one = 1), reading text NOT NULL);
INSERT INTO search_reading VALUES (1, '');

-- Opportunities with higher numbers than `fed_until` have no entries yet, so `search_pending` has only others. Whoever
-- feeds a scope holds its clock row, as whoever writes to it does.
CREATE TABLE search_state (
    scope_id integer PRIMARY KEY,
    fed_until bigint NOT NULL
);
CREATE INDEX opportunity_by_number ON opportunity (scope_id, opportunity_id);

-- Opportunities that no entry can have, because an index would refuse it, stay here, and are `kept`.
CREATE TABLE search_pending (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    kept boolean NOT NULL DEFAULT false,
    PRIMARY KEY (scope_id, id_key)
);

-- The codes of texts. `field` is a number of store/sql/search_columns.py, `key` sorts as rules/list/sort_keys.py says.
CREATE SEQUENCE search_code;
CREATE TABLE search_text (
    scope_id integer NOT NULL,
    field smallint NOT NULL,
    key bytea NOT NULL,
    code integer NOT NULL,
    PRIMARY KEY (scope_id, field, key)
);
CREATE UNIQUE INDEX search_text_by_code ON search_text (scope_id, code);

-- What is told by numbers, in short rows. No column is ever null, so that no condition is. Lists have the codes of their
-- elements, each between spaces.
CREATE TABLE search_entry (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    last_modified bigint NOT NULL,
    created bigint NOT NULL,
    target_close integer NOT NULL,
    estimated_mrr numeric NOT NULL,
    stage integer NOT NULL,
    review_status integer NOT NULL,
    country_code integer NOT NULL,
    opportunity_type integer NOT NULL,
    industry integer NOT NULL,
    origin integer NOT NULL,
    cosell_motion integer NOT NULL,
    opportunity_owner integer NOT NULL,
    engagement_score integer NOT NULL,
    apn_programs_codes text COLLATE "C" NOT NULL,
    tags_codes text COLLATE "C" NOT NULL,
    offer_id_codes text COLLATE "C" NOT NULL,
    offer_set_id_codes text COLLATE "C" NOT NULL,
    aws_marketplace_solution_codes text COLLATE "C" NOT NULL,
    PRIMARY KEY (scope_id, id_key)
);

-- The texts of an entry, in UTF-8, since a text of PostgreSQL's can have no NUL. Lists have the least element, which they
-- are sorted by, and all of them folded. `summary` is packed: see store/search_summary.py.
CREATE TABLE search_written (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    customer_company_name bytea NOT NULL,
    partner_project_title bytea NOT NULL,
    next_step bytea NOT NULL,
    partner_opportunity_identifier bytea NOT NULL,
    aws_account_id bytea NOT NULL,
    customer_company_name_folded bytea NOT NULL,
    partner_project_title_folded bytea NOT NULL,
    next_step_folded bytea NOT NULL,
    partner_opportunity_identifier_folded bytea NOT NULL,
    aws_account_id_folded bytea NOT NULL,
    opportunity_owner_folded bytea NOT NULL,
    spaced bytea NOT NULL,
    apn_programs_folded bytea NOT NULL,
    apn_programs_least bytea NOT NULL,
    apn_programs_least_folded bytea NOT NULL,
    tags_folded bytea NOT NULL,
    tags_least bytea NOT NULL,
    tags_least_folded bytea NOT NULL,
    offer_id_folded bytea NOT NULL,
    offer_id_least bytea NOT NULL,
    offer_id_least_folded bytea NOT NULL,
    offer_set_id_folded bytea NOT NULL,
    offer_set_id_least bytea NOT NULL,
    offer_set_id_least_folded bytea NOT NULL,
    aws_marketplace_solution_folded bytea NOT NULL,
    summary bytea NOT NULL,
    PRIMARY KEY (scope_id, id_key)
);

-- The terms of an entry, with U+0001 between them: see store/search_terms.py. A table of their own, so that the index is
-- written only where they change. The second index has one entry in 64, and tells how many the first would give.
CREATE TABLE search_terms (
    scope_id integer NOT NULL,
    id_key text COLLATE "C" NOT NULL,
    sampled boolean NOT NULL,
    terms text COLLATE "C" NOT NULL,
    PRIMARY KEY (scope_id, id_key)
);
CREATE INDEX search_by_terms ON search_terms
USING gin (array_to_tsvector(string_to_array(terms, E'\x01'))) WITH (gin_pending_list_limit = 1024);
CREATE INDEX search_by_terms_of_sample ON search_terms
USING gin (array_to_tsvector(string_to_array(terms, E'\x01'))) WITH (gin_pending_list_limit = 64) WHERE sampled;

-- Numbers only grow within a scope, so a new opportunity always stands behind `fed_until`.
CREATE FUNCTION search_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending
    SELECT moved.scope_id, moved.id_key FROM moved JOIN search_state USING (scope_id)
    WHERE moved.opportunity_id <= fed_until
    ON CONFLICT (scope_id, id_key) DO UPDATE SET kept = false WHERE search_pending.kept;
    RETURN NULL;
END $$;
CREATE TRIGGER search_changed AFTER UPDATE ON opportunity
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_changed();
CREATE TRIGGER search_gone AFTER DELETE ON opportunity
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_changed();

CREATE FUNCTION search_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending
    SELECT opportunity.scope_id, opportunity.id_key
    FROM moved JOIN opportunity USING (scope_id, id_key) JOIN search_state USING (scope_id)
    WHERE opportunity_id <= fed_until
    ON CONFLICT (scope_id, id_key) DO UPDATE SET kept = false WHERE search_pending.kept;
    RETURN NULL;
END $$;
CREATE TRIGGER search_seen_by_aws AFTER INSERT ON aws_summary
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_seen();
CREATE TRIGGER search_seen_anew_by_aws AFTER UPDATE ON aws_summary
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_seen();
CREATE TRIGGER search_unseen_by_aws AFTER DELETE ON aws_summary
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_seen();

CREATE FUNCTION search_tagged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_pending
    SELECT opportunity.scope_id, opportunity.id_key
    FROM moved
    JOIN opportunity ON opportunity.scope_id = moved.scope_id
        AND opportunity.id_key = chr(97 + length(substr(moved.resource, 14))) || substr(moved.resource, 14)
    JOIN search_state ON search_state.scope_id = moved.scope_id
    WHERE moved.resource LIKE 'opportunity/O%' AND opportunity_id <= fed_until
    ON CONFLICT (scope_id, id_key) DO UPDATE SET kept = false WHERE search_pending.kept;
    RETURN NULL;
END $$;
CREATE TRIGGER search_tagged AFTER INSERT ON tag_set
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_tagged();
CREATE TRIGGER search_tagged_anew AFTER UPDATE ON tag_set
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_tagged();
CREATE TRIGGER search_untagged AFTER DELETE ON tag_set
REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_tagged();
