-- What depends on today, in UTC: the one part of the views in which databases differ.

CREATE VIEW mirror_calendar AS
SELECT
    today,
    date(today, 'start of month', '-' || ((CAST(strftime('%m', today) AS INTEGER) - 1) % 3) || ' months')
        AS quarter_start,
    date(today, 'start of month', '+' || (3 - (CAST(strftime('%m', today) AS INTEGER) - 1) % 3) || ' months')
        AS next_quarter_start,
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-7 days') AS week_ago
FROM (SELECT date('now') AS today);

CREATE VIEW opportunity_age AS
SELECT
    id AS opportunity_id,
    CAST(julianday(today) - julianday(date(created_date)) AS INTEGER) AS days_since_created,
    CAST(julianday(today) - julianday(date(last_modified_date)) AS INTEGER) AS days_since_modified,
    CAST(julianday(target_close_date) - julianday(today) AS INTEGER) AS days_until_close
FROM opportunity CROSS JOIN mirror_calendar
WHERE vanished_at IS NULL;
