-- The days that ages are counted between, as numbers.

CREATE VIEW opportunity_day AS
SELECT
    id AS opportunity_id,
    today - DATE '1970-01-01' AS today,
    CAST(created_date AT TIME ZONE 'UTC' AS date) - DATE '1970-01-01' AS created_day,
    CAST(last_modified_date AT TIME ZONE 'UTC' AS date) - DATE '1970-01-01' AS modified_day,
    target_close_date - DATE '1970-01-01' AS close_day
FROM opportunity CROSS JOIN mirror_calendar
WHERE vanished_at IS NULL;
