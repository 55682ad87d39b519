-- The orders of lists, with what a walk is filtered by. Made once keys are there, which takes less time.
CREATE INDEX opportunity_key_by_last_modified ON opportunity_key (last_modified, id_key, stage, review_status);
CREATE INDEX opportunity_key_by_created ON opportunity_key (created, id_key, stage, review_status);
CREATE INDEX opportunity_key_by_target_close ON opportunity_key (target_close, id_key, stage, review_status);
CREATE INDEX opportunity_key_by_company ON opportunity_key (company, id_key, stage, review_status);
CREATE INDEX opportunity_key_by_arrival ON opportunity_key (arrival);
