-- The first tables of a mirror. Types come from the database's dialect; tables.py says what each column means.

CREATE TABLE mirror_migration (
    number $integer PRIMARY KEY,
    name $text NOT NULL
);

CREATE TABLE opportunity (
    id $identifier PRIMARY KEY,
    last_modified_date $moment NOT NULL,
    created_date $moment,
    catalog $text,
    arn $text,
    partner_opportunity_identifier $text,
    opportunity_type $text,
    stage $text,
    review_status $text,
    review_status_reason $text,
    review_comments $text,
    target_close_date $day,
    closed_lost_reason $text,
    next_steps $text,
    company_name $text,
    industry $text,
    other_industry $text,
    website_url $text,
    country_code $text,
    state_or_region $text,
    city $text,
    postal_code $text,
    delivery_models $json,
    expected_contract_duration_term $text,
    expected_contract_duration_value $integer,
    first_seen_at $moment NOT NULL,
    changed_at $moment NOT NULL,
    vanished_at $moment,
    raw $json NOT NULL
);
CREATE INDEX opportunity_by_last_modified_date ON opportunity (last_modified_date);

-- Without a key: DuckDB refuses a key that was deleted in the same transaction.
CREATE TABLE expected_customer_spend (
    opportunity_id $identifier NOT NULL,
    position $integer NOT NULL,
    amount $amount,
    currency_code $text,
    frequency $text,
    target_company $text,
    estimation_url $text
);
CREATE INDEX expected_customer_spend_by_opportunity ON expected_customer_spend (opportunity_id);

CREATE TABLE opportunity_change (
    change_id $integer PRIMARY KEY,
    opportunity_id $identifier NOT NULL,
    member $text NOT NULL,
    old_value $text,
    new_value $text,
    last_modified_date $moment NOT NULL,
    seen_at $moment NOT NULL,
    run_id $integer NOT NULL
);
CREATE INDEX opportunity_change_by_opportunity ON opportunity_change (opportunity_id);
CREATE INDEX opportunity_change_by_seen_at ON opportunity_change (seen_at);

CREATE TABLE opportunity_detail (
    opportunity_id $identifier PRIMARY KEY,
    last_modified_date $moment NOT NULL,
    seen_at $moment NOT NULL,
    title $text,
    customer_use_case $text,
    national_security $text,
    marketing_source $text,
    origin $text,
    involvement_type $text,
    visibility $text,
    cosell_motion $text,
    aws_stage $text,
    aws_target_close_date $day,
    aws_next_steps $text,
    engagement_score $text,
    opportunity $json,
    aws_summary $json
);

CREATE TABLE detail_queue (
    opportunity_id $identifier PRIMARY KEY,
    last_modified_date $moment NOT NULL,
    queued_at $moment NOT NULL,
    attempts $integer NOT NULL,
    retry_at $moment,
    error $text
);
CREATE INDEX detail_queue_by_queued_at ON detail_queue (queued_at, opportunity_id);

CREATE TABLE sync_state (
    one $integer PRIMARY KEY CHECK (one = 1),
    account $text,
    catalog $text,
    endpoint $text,
    state $json,
    holder $text
);
INSERT INTO sync_state (one) VALUES (1);

CREATE TABLE sync_run (
    run_id $integer PRIMARY KEY,
    mode $text NOT NULL,
    started_at $moment NOT NULL,
    ended_at $moment,
    status $text NOT NULL,
    watermark $moment,
    calls $integer,
    pages $integer,
    new_rows $integer,
    changed_rows $integer,
    unchanged_rows $integer,
    older_rows $integer,
    vanished_rows $integer,
    details $integer,
    error $text
);
