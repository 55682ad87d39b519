-- The views of a SQLite mirror again, for programs that do not leave their text to SQLite. DuckDB, where it attaches
-- the file, binds a view itself; where it cannot, it writes the view's text anew, `date(x)` as a cast to a type and
-- `count(*)` as a function that SQLite does not have, and takes all that comes back for text. So here
-- * what only SQLite knows stands apart, in functions that DuckDB does not have: mirror_calendar and opportunity_day;
-- * every other view means the same to both.
-- Decision: docs/decisions/0026.

DROP VIEW changed_this_week;
DROP VIEW closing_this_quarter;
DROP VIEW stuck_in_review;
DROP VIEW open_pipeline_by_age;
DROP VIEW open_spend_by_currency;
DROP VIEW open_spend_by_stage;
DROP VIEW open_pipeline_by_stage;
DROP VIEW open_opportunity;
DROP VIEW opportunity_age;
DROP VIEW mirror_calendar;

CREATE VIEW mirror_calendar AS
SELECT
    today,
    strftime('%Y-%m-%d', today, 'start of month', '-' || months_gone || ' months') AS quarter_start,
    strftime('%Y-%m-%d', today, 'start of month', '+' || (3 - months_gone) || ' months') AS next_quarter_start,
    strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-7 days') AS week_ago
FROM (
    SELECT strftime('%Y-%m-%d', 'now') AS today, (CAST(strftime('%m', 'now') AS INTEGER) - 1) % 3 AS months_gone
) AS quarter;

CREATE VIEW opportunity_day AS
SELECT
    id AS opportunity_id,
    CAST(julianday(today) - 2440587.5 AS INTEGER) AS today,
    CAST(julianday(substr(created_date, 1, 10)) - 2440587.5 AS INTEGER) AS created_day,
    CAST(julianday(substr(last_modified_date, 1, 10)) - 2440587.5 AS INTEGER) AS modified_day,
    CAST(julianday(target_close_date) - 2440587.5 AS INTEGER) AS close_day
FROM opportunity CROSS JOIN mirror_calendar
WHERE vanished_at IS NULL;

CREATE VIEW opportunity_age AS
SELECT
    opportunity_id,
    CAST(today AS INTEGER) - CAST(created_day AS INTEGER) AS days_since_created,
    CAST(today AS INTEGER) - CAST(modified_day AS INTEGER) AS days_since_modified,
    CAST(close_day AS INTEGER) - CAST(today AS INTEGER) AS days_until_close
FROM opportunity_day;

CREATE VIEW open_opportunity AS
SELECT
    id,
    partner_opportunity_identifier,
    company_name,
    country_code,
    industry,
    CASE stage
        WHEN 'Prospect' THEN 1
        WHEN 'Qualified' THEN 2
        WHEN 'Technical Validation' THEN 3
        WHEN 'Business Validation' THEN 4
        WHEN 'Committed' THEN 5
        ELSE 6
    END AS stage_order,
    stage,
    review_status,
    created_date,
    last_modified_date,
    target_close_date,
    days_since_created,
    days_since_modified,
    days_until_close
FROM opportunity JOIN opportunity_age ON opportunity_id = id
WHERE stage IS NULL OR stage NOT IN ('Launched', 'Closed Lost');

CREATE VIEW open_pipeline_by_stage AS
SELECT
    stage_order,
    stage,
    count(1) AS opportunities,
    sum(CASE WHEN review_status = 'Approved' THEN 1 ELSE 0 END) AS approved,
    sum(CASE WHEN days_until_close < 0 THEN 1 ELSE 0 END) AS overdue,
    max(days_since_created) AS oldest_days
FROM open_opportunity
GROUP BY stage_order, stage;

CREATE VIEW open_spend_by_stage AS
SELECT
    stage_order,
    stage,
    currency_code,
    frequency,
    count(DISTINCT id) AS opportunities,
    round(sum(amount), 2) AS amount
FROM open_opportunity JOIN expected_customer_spend ON opportunity_id = id
GROUP BY stage_order, stage, currency_code, frequency;

CREATE VIEW open_spend_by_currency AS
SELECT
    currency_code,
    frequency,
    count(DISTINCT id) AS opportunities,
    round(sum(amount), 2) AS amount
FROM open_opportunity JOIN expected_customer_spend ON opportunity_id = id
GROUP BY currency_code, frequency;

CREATE VIEW open_pipeline_by_age AS
SELECT
    stage_order,
    stage,
    sum(CASE WHEN days_since_created <= 30 THEN 1 ELSE 0 END) AS up_to_30_days,
    sum(CASE WHEN days_since_created BETWEEN 31 AND 90 THEN 1 ELSE 0 END) AS up_to_90_days,
    sum(CASE WHEN days_since_created BETWEEN 91 AND 180 THEN 1 ELSE 0 END) AS up_to_180_days,
    sum(CASE WHEN days_since_created > 180 THEN 1 ELSE 0 END) AS over_180_days
FROM open_opportunity
GROUP BY stage_order, stage;

CREATE VIEW stuck_in_review AS
SELECT
    id,
    partner_opportunity_identifier,
    company_name,
    stage,
    review_status,
    review_status_reason,
    review_comments,
    days_since_modified AS days_waiting,
    last_modified_date
FROM opportunity JOIN opportunity_age ON opportunity_id = id
WHERE review_status IN ('Submitted', 'In review', 'Action Required') AND days_since_modified >= 7;

CREATE VIEW closing_this_quarter AS
SELECT
    id,
    partner_opportunity_identifier,
    company_name,
    stage,
    review_status,
    target_close_date,
    days_until_close
FROM open_opportunity CROSS JOIN mirror_calendar
WHERE target_close_date >= quarter_start AND target_close_date < next_quarter_start;

CREATE VIEW changed_this_week AS
SELECT
    id,
    company_name,
    member,
    old_value,
    new_value,
    opportunity_change.last_modified_date,
    seen_at
FROM opportunity_change JOIN opportunity ON id = opportunity_id CROSS JOIN mirror_calendar
WHERE opportunity_change.last_modified_date >= week_ago AND member <> 'LastModifiedDate'
UNION ALL
SELECT id, company_name, 'Id', NULL, id, last_modified_date, first_seen_at
FROM opportunity CROSS JOIN mirror_calendar
WHERE created_date >= week_ago;
