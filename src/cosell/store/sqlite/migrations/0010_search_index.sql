-- What searches read instead of records: see store/search_index.py and docs/decisions/0033. It is fed later than
-- opportunities are written, and `search_pending` says of which opportunities it does not know yet what they are.

-- `reading` is that of rules/search/entry.py under which the entries were made.
CREATE TABLE search_state (one INTEGER PRIMARY KEY CHECK (one = 1), reading TEXT NOT NULL);
INSERT INTO search_state VALUES (1, '');

-- Its row may name an opportunity that is gone, or one that has taken its number since.
CREATE TABLE search_pending (
    scope_id INTEGER NOT NULL,
    opportunity_id INTEGER NOT NULL,
    PRIMARY KEY (scope_id, opportunity_id)
) WITHOUT ROWID;

-- The codes of texts. `field` is a number of search_columns.py, `key` sorts as rules/list/sort_keys.py says.
CREATE TABLE search_text (
    scope_id INTEGER NOT NULL,
    field INTEGER NOT NULL,
    key BLOB NOT NULL,
    code INTEGER NOT NULL,
    PRIMARY KEY (scope_id, field, key)
) WITHOUT ROWID;

-- No column is ever null, so that no condition is. Lists have the codes of their elements, each between spaces; the
-- least element, which they are sorted by; and all of them folded. `summary` is packed: see store/search_summary.py.
CREATE TABLE search_entry (
    opportunity_id INTEGER PRIMARY KEY,
    scope_id INTEGER NOT NULL,
    id_key TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    created INTEGER NOT NULL,
    target_close INTEGER NOT NULL,
    estimated_mrr NOT NULL,
    stage INTEGER NOT NULL,
    review_status INTEGER NOT NULL,
    country_code INTEGER NOT NULL,
    opportunity_type INTEGER NOT NULL,
    industry INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    cosell_motion INTEGER NOT NULL,
    opportunity_owner INTEGER NOT NULL,
    engagement_score INTEGER NOT NULL,
    customer_company_name TEXT NOT NULL,
    partner_project_title TEXT NOT NULL,
    next_step TEXT NOT NULL,
    partner_opportunity_identifier TEXT NOT NULL,
    aws_account_id TEXT NOT NULL,
    customer_company_name_folded TEXT NOT NULL,
    partner_project_title_folded TEXT NOT NULL,
    next_step_folded TEXT NOT NULL,
    partner_opportunity_identifier_folded TEXT NOT NULL,
    aws_account_id_folded TEXT NOT NULL,
    opportunity_owner_folded TEXT NOT NULL,
    spaced TEXT NOT NULL,
    apn_programs_codes TEXT NOT NULL,
    apn_programs_folded TEXT NOT NULL,
    apn_programs_least TEXT NOT NULL,
    apn_programs_least_folded TEXT NOT NULL,
    tags_codes TEXT NOT NULL,
    tags_folded TEXT NOT NULL,
    tags_least TEXT NOT NULL,
    tags_least_folded TEXT NOT NULL,
    offer_id_codes TEXT NOT NULL,
    offer_id_folded TEXT NOT NULL,
    offer_id_least TEXT NOT NULL,
    offer_id_least_folded TEXT NOT NULL,
    offer_set_id_codes TEXT NOT NULL,
    offer_set_id_folded TEXT NOT NULL,
    offer_set_id_least TEXT NOT NULL,
    offer_set_id_least_folded TEXT NOT NULL,
    aws_marketplace_solution_codes TEXT NOT NULL,
    aws_marketplace_solution_folded TEXT NOT NULL,
    summary BLOB NOT NULL
);

-- All folded texts of an entry as one, with two separators at its end, so that its last characters begin trigrams, too.
CREATE VIRTUAL TABLE search_words USING fts5(
    words, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = none
);
CREATE VIRTUAL TABLE search_trigrams USING fts5vocab(search_words, instance);
-- All codes of an entry.
CREATE VIRTUAL TABLE search_codes USING fts5(
    codes, tokenize = 'ascii', content = '', contentless_delete = 1, detail = none
);

CREATE TRIGGER search_new AFTER INSERT ON opportunity
BEGIN
    INSERT INTO search_pending VALUES (NEW.scope_id, NEW.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_changed AFTER UPDATE ON opportunity
BEGIN
    INSERT INTO search_pending VALUES (NEW.scope_id, NEW.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_gone AFTER DELETE ON opportunity
BEGIN
    INSERT INTO search_pending VALUES (OLD.scope_id, OLD.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_tagged AFTER INSERT ON tag_set WHEN NEW.resource LIKE 'opportunity/O%'
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = NEW.scope_id
        AND id_key = char(97 + length(substr(NEW.resource, 14))) || substr(NEW.resource, 14)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_untagged AFTER DELETE ON tag_set WHEN OLD.resource LIKE 'opportunity/O%'
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = OLD.scope_id
        AND id_key = char(97 + length(substr(OLD.resource, 14))) || substr(OLD.resource, 14)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_seen_by_aws AFTER INSERT ON aws_summary
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity WHERE scope_id = NEW.scope_id AND id_key = NEW.id_key
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_unseen_by_aws AFTER DELETE ON aws_summary
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity WHERE scope_id = OLD.scope_id AND id_key = OLD.id_key
    ON CONFLICT DO NOTHING;
END;
