-- What depends on today, in UTC: the one part of the views in which databases differ.

CREATE VIEW mirror_calendar AS
SELECT
    today,
    CAST(date_trunc('quarter', CAST(today AS timestamp)) AS date) AS quarter_start,
    CAST(date_trunc('quarter', CAST(today AS timestamp)) + INTERVAL '3 months' AS date) AS next_quarter_start,
    now() - INTERVAL '168 hours' AS week_ago
FROM (SELECT CAST(now() AT TIME ZONE 'UTC' AS date) AS today) AS days;

CREATE VIEW opportunity_age AS
SELECT
    id AS opportunity_id,
    today - CAST(created_date AT TIME ZONE 'UTC' AS date) AS days_since_created,
    today - CAST(last_modified_date AT TIME ZONE 'UTC' AS date) AS days_since_modified,
    target_close_date - today AS days_until_close
FROM opportunity CROSS JOIN mirror_calendar
WHERE vanished_at IS NULL;
