"""What forbids the creation of an opportunity: missing members, and contradictions between members.

Source: service model 2022-07-26, CreateOpportunityRequest; field reports for the stages; `required.py` beside this.
"""

from cosell.context import Readings
from cosell.errors import Violation
from cosell.rules.opportunity.conditions import broken_conditions
from cosell.rules.opportunity.members import EVERY_MEMBER, values_of
from cosell.rules.opportunity.record import life_cycle_of
from cosell.rules.opportunity.required import CREATION, missing
from cosell.rules.opportunity.stage import FINAL_STAGES
from cosell.wire.timestamps import Date
from cosell.wire.types import CreateOpportunityRequest, GetOpportunityResponse


def violations_of_creation(
    record: GetOpportunityResponse, request: CreateOpportunityRequest, today: Date, readings: Readings
) -> list[Violation]:
    """Everything that forbids the record that a request would make. `today` is the day in UTC."""
    at = values_of(record).get
    lacking = () if readings.drafts else missing(at, CREATION)
    violations = [violation for _, violation in lacking]
    violations += broken_conditions(at, EVERY_MEMBER, today, readings)
    if (stage := life_cycle_of(record).stage) in FINAL_STAGES:
        message = f"An opportunity cannot begin in the stage {stage}."
        violations.append(Violation("lifeCycle.stage", "ACTION_NOT_PERMITTED", message))
    if request.catalog == "AWS" and request.origin == "AWS Referral":
        message = "In the catalog AWS a partner creates Partner Referrals only."
        violations.append(Violation("origin", "INVALID_VALUE", message))
    return violations
