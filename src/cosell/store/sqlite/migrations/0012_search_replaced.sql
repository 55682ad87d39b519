-- Tags and AWS's summaries that are put in the place of others are updates of their rows: searches have to know of them.
CREATE TRIGGER search_tagged_anew AFTER UPDATE ON tag_set WHEN NEW.resource LIKE 'opportunity/O%'
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = NEW.scope_id
        AND id_key = char(97 + length(substr(NEW.resource, 14))) || substr(NEW.resource, 14)
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_seen_anew_by_aws AFTER UPDATE ON aws_summary
BEGIN
    INSERT INTO search_pending
    SELECT scope_id, opportunity_id FROM opportunity
    WHERE scope_id = NEW.scope_id AND id_key = NEW.id_key
        AND opportunity_id <= (SELECT fed_until FROM search_state)
    ON CONFLICT DO NOTHING;
END;
