-- When anything was written last, what was written since, and how many have not vanished.
CREATE INDEX opportunity_by_changed_at ON opportunity (changed_at, vanished_at);
CREATE INDEX opportunity_detail_by_seen_at ON opportunity_detail (seen_at);
