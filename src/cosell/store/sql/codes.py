"""The small numbers that stand for stages and review statuses in the tables. Never renumber: databases hold them."""

from typing import Final

STAGE_CODES: Final = {
    "Prospect": 1,
    "Qualified": 2,
    "Technical Validation": 3,
    "Business Validation": 4,
    "Committed": 5,
    "Launched": 6,
    "Closed Lost": 7,
}
REVIEW_STATUS_CODES: Final = {
    "Pending Submission": 1,
    "Submitted": 2,
    "In review": 3,
    "Action Required": 4,
    "Approved": 5,
    "Rejected": 6,
}
