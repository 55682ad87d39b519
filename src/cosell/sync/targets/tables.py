"""The tables of a mirror: what each column means, and which member of the API it has.

Columns are named after the API's members, in snake case. The schema itself is created by the numbered files in
migrations/; a test compares the two. A reference page is generated from here.
"""

from typing import Final, Literal

import msgspec

Kind = Literal["identifier", "text", "moment", "day", "amount", "integer", "json"]
"""What a column holds. How each database calls that: `Dialect.types`."""


class Column(msgspec.Struct, frozen=True):
    """A column. `path` is the member of the summary that it has; empty for what a mirror adds."""

    name: str
    kind: Kind
    meaning: str
    path: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """A table. A row with the same `key` replaces the one before, except for what is in `keeps`."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    keeps: frozenset[str] = frozenset()


def _member(name: str, path: str, kind: Kind = "text", more: str = "") -> Column:
    return Column(name, kind, f"`{path}`{more}", tuple(path.split(".")))


_ID: Final = Column("opportunity_id", "identifier", "The opportunity's `id`.")
_LAST_MODIFIED: Final = "The LastModifiedDate that the opportunity had"

OPPORTUNITY: Final = Table(
    "opportunity",
    "One row for each opportunity, as ListOpportunities last gave it.",
    (
        _member("id", "Id", "identifier"),
        _member("last_modified_date", "LastModifiedDate", "moment"),
        _member("created_date", "CreatedDate", "moment"),
        _member("catalog", "Catalog"),
        _member("arn", "Arn"),
        _member("partner_opportunity_identifier", "PartnerOpportunityIdentifier"),
        _member("opportunity_type", "OpportunityType"),
        _member("stage", "LifeCycle.Stage"),
        _member("review_status", "LifeCycle.ReviewStatus"),
        _member("review_status_reason", "LifeCycle.ReviewStatusReason"),
        _member("review_comments", "LifeCycle.ReviewComments"),
        _member("target_close_date", "LifeCycle.TargetCloseDate", "day"),
        _member("closed_lost_reason", "LifeCycle.ClosedLostReason"),
        _member("next_steps", "LifeCycle.NextSteps"),
        _member("company_name", "Customer.Account.CompanyName"),
        _member("industry", "Customer.Account.Industry"),
        _member("other_industry", "Customer.Account.OtherIndustry"),
        _member("website_url", "Customer.Account.WebsiteUrl"),
        _member("country_code", "Customer.Account.Address.CountryCode"),
        _member("state_or_region", "Customer.Account.Address.StateOrRegion"),
        _member("city", "Customer.Account.Address.City"),
        _member("postal_code", "Customer.Account.Address.PostalCode"),
        _member("delivery_models", "Project.DeliveryModels", "json", ", a JSON list."),
        _member("expected_contract_duration_term", "Project.ExpectedContractDuration.Term"),
        _member("expected_contract_duration_value", "Project.ExpectedContractDuration.Value", "integer"),
        Column("first_seen_at", "moment", "When the sync first saw the opportunity."),
        Column("changed_at", "moment", "When the sync last saw a change of it."),
        Column("vanished_at", "moment", "When a full sync found that the service no longer has it; else NULL."),
        Column("raw", "json", "The whole summary, as received."),
    ),
    key=("id",),
    keeps=frozenset({"first_seen_at"}),
)

OPPORTUNITY_KEY: Final = Table(
    "opportunity_key",
    "One row for each opportunity that has not vanished: what cosell's own lists sort and filter by. Your queries need "
    "it no more than `mirror_migration`.",
    (
        Column("id_key", "identifier", "The opportunity's `id`, as a text that sorts as its number does."),
        Column("last_modified", "integer", "`LastModifiedDate`, in milliseconds since 1970 UTC."),
        Column("created", "integer", "`CreatedDate`, in milliseconds since 1970 UTC."),
        Column("target_close", "integer", "`LifeCycle.TargetCloseDate` as the number of a day; 0 where there is none."),
        Column("company", "identifier", "`Customer.Account.CompanyName`: without upper case, then as it is written."),
        Column("stage", "integer", "`LifeCycle.Stage` as a number, from Prospect (0) to Closed Lost (6)."),
        Column("review_status", "integer", "`LifeCycle.ReviewStatus` as a number, from Pending Submission (0) on."),
        Column("arrival", "integer", "Grows in the order in which opportunities were first seen."),
    ),
    key=("id_key",),
    keeps=frozenset({"arrival"}),
)

EXPECTED_CUSTOMER_SPEND: Final = Table(
    "expected_customer_spend",
    "One row for each entry of `Project.ExpectedCustomerSpend`. Never add amounts of different currencies.",
    (
        _ID,
        Column("position", "integer", "The entry's place in the list, from 0."),
        _member("amount", "Amount", "amount"),
        _member("currency_code", "CurrencyCode"),
        _member("frequency", "Frequency"),
        _member("target_company", "TargetCompany"),
        _member("estimation_url", "EstimationUrl"),
    ),
)

OPPORTUNITY_CHANGE: Final = Table(
    "opportunity_change",
    "One row for each member of an opportunity that was seen to change. That it was new is not a change.",
    (
        Column("change_id", "integer", "Grows in the order in which changes were seen."),
        _ID,
        Column(
            "member", "text", "Which member, such as `LifeCycle.Stage` or `Project.ExpectedCustomerSpend[0].Amount`."
        ),
        Column("old_value", "text", "What it was; NULL where it was absent. Lists and numbers as JSON."),
        Column("new_value", "text", "What it became; NULL where it is absent. `Id` becomes NULL when it vanishes."),
        Column("last_modified_date", "moment", f"{_LAST_MODIFIED} after the change."),
        Column("seen_at", "moment", "When the sync saw it."),
        Column("run_id", "integer", "The run that saw it."),
    ),
)

OPPORTUNITY_DETAIL: Final = Table(
    "opportunity_detail",
    "With `--details`: one row for each opportunity whose details were fetched.",
    (
        _ID,
        Column("last_modified_date", "moment", f"{_LAST_MODIFIED} when its details were fetched."),
        Column("seen_at", "moment", "When they were fetched."),
        _member("title", "opportunity.Project.Title"),
        _member("customer_use_case", "opportunity.Project.CustomerUseCase"),
        _member("national_security", "opportunity.NationalSecurity"),
        _member("marketing_source", "opportunity.Marketing.Source"),
        _member("origin", "aws_summary.Origin"),
        _member("involvement_type", "aws_summary.InvolvementType"),
        _member("visibility", "aws_summary.Visibility"),
        _member("cosell_motion", "aws_summary.CosellMotion"),
        _member("aws_stage", "aws_summary.LifeCycle.Stage"),
        _member("aws_target_close_date", "aws_summary.LifeCycle.TargetCloseDate", "day"),
        _member("aws_next_steps", "aws_summary.LifeCycle.NextSteps"),
        _member("engagement_score", "aws_summary.Insights.EngagementScore"),
        Column("opportunity", "json", "The whole answer of GetOpportunity."),
        Column("aws_summary", "json", "The whole answer of GetAwsOpportunitySummary; NULL where there is none."),
        _member("cosell_motion_reason", "aws_summary.CosellMotionReason"),
    ),
    key=("opportunity_id",),
)

DETAIL_QUEUE: Final = Table(
    "detail_queue",
    "Opportunities whose details are to be fetched.",
    (
        _ID,
        Column("last_modified_date", "moment", f"{_LAST_MODIFIED} when it was queued."),
        Column("queued_at", "moment", "When it began to wait."),
        Column("attempts", "integer", "How often fetching failed."),
        Column("retry_at", "moment", "When it is tried again; NULL: as soon as possible."),
        Column("error", "text", "What went wrong last."),
    ),
    key=("opportunity_id",),
    keeps=frozenset({"queued_at"}),
)

SYNC_STATE: Final = Table(
    "sync_state",
    "One row: whose mirror this is, and where the sync stands.",
    (
        Column("one", "integer", "Always 1."),
        Column("account", "text", "The AWS account; NULL until the first opportunity was seen."),
        Column("catalog", "text", "The catalog; NULL until the first run."),
        Column("endpoint", "text", "Where the opportunities were first read from."),
        Column("state", "json", "Where the sync stands, for the next run."),
        Column("holder", "text", "Who last locked the mirror, in PostgreSQL. Files have it in their .lock file."),
    ),
    key=("one",),
)

SYNC_RUN: Final = Table(
    "sync_run",
    "One row for each run of `cosell sync`.",
    (
        Column("run_id", "integer", "Grows from run to run."),
        Column("mode", "text", "What was asked for, such as `once` or `full`."),
        Column("started_at", "moment", "When it started."),
        Column("ended_at", "moment", "When it ended; NULL while it runs, and where it was interrupted."),
        Column("status", "text", "`running`, `complete`, `stopped`, `failed`, or `interrupted`: ended without a word."),
        Column("watermark", "moment", "Everything that changed before is in the mirror."),
        Column("calls", "integer", "Requests to the service."),
        Column("pages", "integer", "Pages that were kept."),
        Column("new_rows", "integer", "Opportunities that the mirror did not have."),
        Column("changed_rows", "integer", "Opportunities that had changed."),
        Column("unchanged_rows", "integer", "Opportunities that were as before."),
        Column("older_rows", "integer", "Rows left out, since the mirror had a later one."),
        Column("vanished_rows", "integer", "Opportunities that the service no longer has."),
        Column("details", "integer", "Details that were fetched."),
        Column("error", "text", "What went wrong."),
    ),
    key=("run_id",),
)

SYNC_VERIFICATION: Final = Table(
    "sync_verification",
    "One row once `cosell sync verify` has compared the mirror with the service: the latest result.",
    (
        Column("one", "integer", "Always 1."),
        Column("verified_at", "moment", "When it ended."),
        Column("compared_rows", "integer", "Opportunities of the service that were compared."),
        Column("equal_rows", "integer", "Opportunities that were the same on both sides."),
        Column("behind_rows", "integer", "Opportunities that had changed after the last sync."),
        Column("different_rows", "integer", "Opportunities that were not the same, although no sync was due."),
        Column("differences", "json", "The first hundred of them: `kind`, `id`, both LastModifiedDates, `members`."),
    ),
    key=("one",),
)

MIRROR_MIGRATION: Final = Table(
    "mirror_migration",
    "One row for each step that the tables have been through; the highest is the schema's version.",
    (
        Column("number", "integer", "The step."),
        Column("name", "text", "What it made."),
    ),
    key=("number",),
)

TABLES: Final = (
    OPPORTUNITY,
    EXPECTED_CUSTOMER_SPEND,
    OPPORTUNITY_CHANGE,
    OPPORTUNITY_DETAIL,
    OPPORTUNITY_KEY,
    DETAIL_QUEUE,
    SYNC_RUN,
    SYNC_STATE,
    SYNC_VERIFICATION,
    MIRROR_MIGRATION,
)
