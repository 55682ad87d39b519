-- What searches read, in another form: see docs/decisions/0039. All of it is fed anew.
DROP TABLE search_trigrams;
DROP TABLE search_words;
DROP TABLE search_codes;
DROP TABLE search_entry;
DELETE FROM search_text;
DELETE FROM search_pending;

-- Opportunities with higher numbers than `fed_until` have no entries yet, so `search_pending` has only others.
ALTER TABLE search_state ADD COLUMN fed_until INTEGER NOT NULL DEFAULT 0;
UPDATE search_state SET reading = '';

-- What is told by numbers, in rows so short that a page holds many of them. No column is ever null, so that no condition
-- is. Lists have the codes of their elements, each between spaces.
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
    apn_programs_codes TEXT NOT NULL,
    tags_codes TEXT NOT NULL,
    offer_id_codes TEXT NOT NULL,
    offer_set_id_codes TEXT NOT NULL,
    aws_marketplace_solution_codes TEXT NOT NULL
);

-- The texts of an entry. Lists have the least element, which they are sorted by, and all of them folded. `summary` is
-- packed: see store/search_summary.py.
CREATE TABLE search_written (
    opportunity_id INTEGER PRIMARY KEY,
    scope_id INTEGER NOT NULL,
    id_key TEXT NOT NULL,
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
    apn_programs_folded TEXT NOT NULL,
    apn_programs_least TEXT NOT NULL,
    apn_programs_least_folded TEXT NOT NULL,
    tags_folded TEXT NOT NULL,
    tags_least TEXT NOT NULL,
    tags_least_folded TEXT NOT NULL,
    offer_id_folded TEXT NOT NULL,
    offer_id_least TEXT NOT NULL,
    offer_id_least_folded TEXT NOT NULL,
    offer_set_id_folded TEXT NOT NULL,
    offer_set_id_least TEXT NOT NULL,
    offer_set_id_least_folded TEXT NOT NULL,
    aws_marketplace_solution_folded TEXT NOT NULL,
    summary BLOB NOT NULL
);

-- The trigrams of an entry's folded texts, and its codes: see store/search_terms.py.
CREATE VIRTUAL TABLE search_terms USING fts5(
    terms, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = none
);
CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_terms, instance);

DROP TRIGGER search_new;
DROP TRIGGER search_changed;
DROP TRIGGER search_gone;
DROP TRIGGER search_tagged;
DROP TRIGGER search_untagged;
DROP TRIGGER search_seen_by_aws;
DROP TRIGGER search_unseen_by_aws;

CREATE TRIGGER search_new AFTER INSERT ON opportunity
WHEN NEW.opportunity_id <= (SELECT fed_until FROM search_state)
BEGIN
    INSERT INTO search_pending VALUES (NEW.scope_id, NEW.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_changed AFTER UPDATE ON opportunity
WHEN NEW.opportunity_id <= (SELECT fed_until FROM search_state)
BEGIN
    INSERT INTO search_pending VALUES (NEW.scope_id, NEW.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_gone AFTER DELETE ON opportunity
WHEN OLD.opportunity_id <= (SELECT fed_until FROM search_state)
BEGIN
    INSERT INTO search_pending VALUES (OLD.scope_id, OLD.opportunity_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_tagged AFTER INSERT ON tag_set WHEN NEW.resource LIKE 'opportunity/O%'
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = NEW.scope_id
        AND id_key = char(97 + length(substr(NEW.resource, 14))) || substr(NEW.resource, 14)
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_untagged AFTER DELETE ON tag_set WHEN OLD.resource LIKE 'opportunity/O%'
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = OLD.scope_id
        AND id_key = char(97 + length(substr(OLD.resource, 14))) || substr(OLD.resource, 14)
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_seen_by_aws AFTER INSERT ON aws_summary
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = NEW.scope_id AND id_key = NEW.id_key
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_unseen_by_aws AFTER DELETE ON aws_summary
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = OLD.scope_id AND id_key = OLD.id_key
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
