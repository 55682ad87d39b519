"""The views of a mirror: what each one answers. Their SQL is in migrations/, and a test holds both together.

An opportunity is open until it is launched or lost. Days are counted in UTC. Vanished opportunities are in no view
but that of changes.
"""

from typing import Final

import msgspec

STUCK_AFTER_DAYS: Final = 7
"""Our choice: a working week and its weekend."""


class View(msgspec.Struct, frozen=True):
    """A view, what it answers, and its columns with what is not plain from their names."""

    name: str
    answers: str
    columns: dict[str, str]


_STAGE: Final = {"stage_order": "For ORDER BY: stages in the order of a sale.", "stage": ""}
_SPEND: Final = {
    "currency_code": "",
    "frequency": "",
    "opportunities": "How many have such a spend.",
    "amount": "Their sum.",
}
_WHICH: Final = {"id": "", "partner_opportunity_identifier": "", "company_name": ""}

VIEWS: Final = (
    View(
        "open_opportunity",
        "Which opportunities are open?",
        _WHICH
        | {"country_code": "", "industry": ""}
        | _STAGE
        | {
            "review_status": "",
            "created_date": "",
            "last_modified_date": "",
            "target_close_date": "",
            "days_since_created": "",
            "days_since_modified": "",
            "days_until_close": "Less than 0: overdue.",
        },
    ),
    View(
        "open_pipeline_by_stage",
        "How many opportunities are open in each stage?",
        _STAGE
        | {
            "opportunities": "How many.",
            "approved": "How many of them AWS has approved.",
            "overdue": "How many should have been closed.",
            "oldest_days": "The age of the oldest.",
        },
    ),
    View(
        "open_spend_by_stage", "What are open opportunities expected to spend, by stage and currency?", _STAGE | _SPEND
    ),
    View("open_spend_by_currency", "What are open opportunities expected to spend, by currency?", _SPEND),
    View(
        "open_pipeline_by_age",
        "How old are open opportunities?",
        _STAGE
        | {
            "up_to_30_days": "How many were created in the last 30 days.",
            "up_to_90_days": "31 to 90 days ago.",
            "up_to_180_days": "91 to 180 days ago.",
            "over_180_days": "Before.",
        },
    ),
    View(
        "stuck_in_review",
        f"Which reviews do not move? Submitted, in review or sent back, and not changed for {STUCK_AFTER_DAYS} days.",
        _WHICH
        | {
            "stage": "",
            "review_status": "",
            "review_status_reason": "",
            "review_comments": "",
            "days_waiting": "Since the last change.",
            "last_modified_date": "",
        },
    ),
    View(
        "closing_this_quarter",
        "What should close in this quarter of the calendar year?",
        _WHICH | {"stage": "", "review_status": "", "target_close_date": "", "days_until_close": ""},
    ),
    View(
        "changed_this_week",
        "What has changed in the last seven days? One row for each member; one with `Id` for a new opportunity.",
        {
            "id": "",
            "company_name": "",
            "member": "Such as `LifeCycle.Stage`.",
            "old_value": "",
            "new_value": "",
            "last_modified_date": "When it was changed.",
            "seen_at": "When the sync saw it.",
        },
    ),
    View(
        "opportunity_age",
        "How old is each opportunity? Open or not.",
        {"opportunity_id": "", "days_since_created": "", "days_since_modified": "", "days_until_close": ""},
    ),
    View(
        "opportunity_day",
        "For the other views: the days that they count from, each as the number of days since 1970-01-01."
        " DuckDB shows texts here if it attaches a SQLite mirror.",
        {"opportunity_id": "", "today": "", "created_day": "", "modified_day": "", "close_day": ""},
    ),
    View(
        "mirror_calendar",
        "What are today and this quarter?",
        {"today": "", "quarter_start": "", "next_quarter_start": "", "week_ago": "Seven days before now."},
    ),
)
