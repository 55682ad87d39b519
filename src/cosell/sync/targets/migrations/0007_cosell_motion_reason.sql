ALTER TABLE opportunity_detail ADD COLUMN cosell_motion_reason $text;
