"""One opportunity: what its partner wrote last, what has become of it, and what may be done with it.

Source: the reference on the life cycle, 2, 4, 5 and 7.
"""

import copy
from typing import Any, Final

from tests.stories.model.needs import (
    AT_UPDATES,
    ENDS,
    NO_SOLUTION,
    NO_SUPPORT,
    WITH_A_SOLUTION,
    disagreements,
    is_sold,
    lacks,
    missing,
)
from tests.stories.model.paths import Errors, Record, at, but, camel, some, without_empty
from tests.stories.model.world import Scope, Settings, moment, owned_arn

KINDS: Final = (
    "AwsMarketplaceOffers",
    "AwsMarketplaceOfferSets",
    "Solutions",
    "AwsProducts",
    "AwsMarketplaceSolutions",
    "AwsMarketplaceProducts",
)
"""What can be associated."""

ACCOUNT: Final = "Industry OtherIndustry CompanyName WebsiteUrl AwsAccountId Duns"
ADDRESS: Final = "City PostalCode StateOrRegion CountryCode StreetAddress"
PROJECT: Final = (
    "DeliveryModels ExpectedCustomerSpend ExpectedContractDuration Title ApnPrograms CustomerBusinessProblem "
    "CustomerUseCase RelatedOpportunityIdentifier SalesActivities CompetitorName OtherCompetitorNames "
    "OtherSolutionDescription AdditionalComments AwsPartition"
)
REVENUE: Final = tuple(
    f"SoftwareRevenue.{name}" for name in ("DeliveryModel", "Value", "EffectiveDate", "ExpirationDate")
)
MEMBERS: Final = (
    # What a partner writes. A list is one member, and an amount with its currency.
    "PrimaryNeedsFromAws",
    "NationalSecurity",
    "PartnerOpportunityIdentifier",
    "OpportunityType",
    *(f"Customer.Account.{name}" for name in ACCOUNT.split()),
    *(f"Customer.Account.Address.{name}" for name in ADDRESS.split()),
    "Customer.Contacts",
    *(f"Project.{name}" for name in PROJECT.split()),
    *(f"Marketing.{name}" for name in ("CampaignName", "Source", "UseCases", "Channels", "AwsFundingUsed")),
    *REVENUE,
    *(f"LifeCycle.{name}" for name in ("Stage", "ClosedLostReason", "NextSteps", "TargetCloseDate")),
)
CORRECTABLE: Final = {
    *(f"Customer.Account.Address.{name}" for name in ADDRESS.split()),
    "Customer.Account.WebsiteUrl",
    "LifeCycle.TargetCloseDate",
    "Project.ExpectedCustomerSpend",
    "Project.CustomerBusinessProblem",
    "PartnerOpportunityIdentifier",
}
FIXED_BY_APPROVAL: Final = {
    "Customer.Account.Address.CountryCode",
    "Customer.Account.Address.PostalCode",
    "Customer.Account.Industry",
    "Customer.Account.OtherIndustry",
    "Customer.Account.CompanyName",
    "Customer.Account.WebsiteUrl",
    "NationalSecurity",
    "PartnerOpportunityIdentifier",
    "Project.CustomerBusinessProblem",
    "Project.Title",
    *REVENUE,
}
AFTER_LAUNCH: Final = {
    "Customer.Account.AwsAccountId",
    "Project.DeliveryModels",
    "Project.AdditionalComments",
}
PLAYED: Final = ("Approved", "Action Required")
PLAYED_WITH_A_SETTING: Final = ("In review", "Rejected")
"""Review statuses that a partner can send for AWS in Sandbox."""
NOT_NOW: Final[Errors] = {("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")}
REDACTED: Final = {
    "Customer.Account.CompanyName": "National Security",
    "Customer.Account.WebsiteUrl": None,
    "Customer.Account.Address.PostalCode": None,
    "Customer.Account.Address.StateOrRegion": None,
    "Customer.Account.Address.CountryCode": "US",
}
LONGEST_HISTORY: Final = 50
LARGEST_TEAM: Final = 10


class Deal:
    """One opportunity. Moments are milliseconds since 1970."""

    def __init__(self, scope: Scope, identifier: str, written: Record, team: list[Record], stamp: int) -> None:
        self.scope = scope
        self.identifier = identifier
        self.written = written
        self.created = self.stamp = stamp
        self.status = "Pending Submission"
        self.is_lost = False
        """Whether an update has left the review status out, and Sandbox has forgotten it."""
        self.comments: str | None = None
        self.reason: str | None = None
        self.history: list[Record] = []
        self.team = with_owner(team, scope.account)
        self.related: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.view: Record | None = None
        """What AWS sees of it."""

    @property
    def stage(self) -> str:
        return str(self.written["LifeCycle"]["Stage"])

    def record(self) -> Record:
        """What GetOpportunity answers."""
        life_cycle = {
            "ReviewStatus": None if self.is_lost else self.status,
            "ReviewComments": self.comments,
            "ReviewStatusReason": self.reason,
            "NextStepsHistory": self.history,
        }
        known = {
            "Catalog": self.scope.catalog,
            "Id": self.identifier,
            "Arn": owned_arn(self.scope, "opportunity", self.identifier),
            "CreatedDate": moment(self.created),
            "LastModifiedDate": moment(self.stamp),
            "OpportunityTeam": self.team,
            "LifeCycle": self.written["LifeCycle"] | life_cycle,
        }
        related = {kind: list(entities) for kind, entities in self.related.items()}
        return {**without_empty(self.written | known), "RelatedEntityIdentifiers": related}

    def plays(self, sent: str | None, settings: Settings) -> bool:
        """Whether a review status in an update stands for a step of AWS's."""
        known = PLAYED + PLAYED_WITH_A_SETTING if settings.any_review_status else PLAYED
        return self.scope.catalog == "Sandbox" and sent in known and self.status not in (sent, "Approved")

    def update(self, wanted: Record, today: str, verdict: str | None, settings: Settings) -> tuple[Errors, Record]:
        """What forbids an update, and what would be written by it."""
        sent = at(wanted, "LifeCycle.ReviewStatus")
        if self.scope.catalog == "Sandbox" and sent in PLAYED_WITH_A_SETTING and sent not in (verdict, self.status):
            return NOT_NOW, wanted
        is_draft = self.status == "Pending Submission"
        waits = self.status in ("Submitted", "In review")
        if self.status == "Rejected" or (waits and not verdict) or (verdict and not waits and not is_draft):
            return NOT_NOW, wanted
        if is_draft and verdict == "In review":
            return NOT_NOW, wanted
        editable = set(MEMBERS) if verdict else self._editable(settings)
        errors: Errors = set()
        if "NationalSecurity" not in editable and at(wanted, "NationalSecurity") is None:
            if at(self.written, "NationalSecurity") == "Yes" and not settings.drafts:
                errors.add(("nationalSecurity", "ACTION_NOT_PERMITTED"))
            wanted = but({"NationalSecurity": at(self.written, "NationalSecurity")}, wanted)
        sent_members = normal(wanted)
        lacking = set() if settings.drafts else missing(sent_members, AT_UPDATES)
        errors |= lacking
        names = {field.partition("[")[0] for field, _ in lacking}
        after = with_defaults(sent_members, self.stage)
        for path in set(MEMBERS) - editable:
            is_excused = camel(path) in names or (settings.drafts and at(sent_members, path) is None)
            if at(after, path) != at(self.written, path) and not is_excused:
                errors.add((camel(path), "ACTION_NOT_PERMITTED"))
            after = but({path: at(self.written, path)}, after)
        after = with_defaults(after, self.stage)
        errors |= self._wrong_stage(at(after, "LifeCycle.Stage"), verdict, settings)
        changed = {path for path in MEMBERS if at(after, path) != at(self.written, path)}
        errors |= disagreements(after, today, changed)
        needed, needs = (at(written, "PrimaryNeedsFromAws") for written in (self.written, after))
        is_given_up = needs == [NO_SUPPORT] or (needs is None and not settings.drafts)
        if is_given_up and needed not in (None, [NO_SUPPORT]):
            errors.add(("primaryNeedsFromAws", "ACTION_NOT_PERMITTED"))
        if self.status == "Action Required":
            fields = {camel(path) for path in CORRECTABLE}
            lacking = lacks(after, self.related, "Co-Sell", "Full", today)
            errors |= {(field, code) for field, code in lacking if field.partition("[")[0] in fields}
        return errors, after

    def _editable(self, settings: Settings) -> set[str]:
        if self.status == "Pending Submission":
            return set(MEMBERS)
        if self.status == "Action Required":
            return CORRECTABLE
        if self.stage == "Launched":
            return AFTER_LAUNCH
        if self.stage == "Closed Lost" and not settings.closed_lost_reopens:
            return set()
        return set(MEMBERS) - FIXED_BY_APPROVAL

    def _wrong_stage(self, stage: str, verdict: str | None, settings: Settings) -> Errors:
        if stage == self.stage:
            return set()
        is_over = self.stage == "Launched" or (self.stage == "Closed Lost" and not settings.closed_lost_reopens)
        is_draft = self.status == "Pending Submission"
        if is_over or is_draft or (stage in ENDS and (verdict or self.status != "Approved")):
            return {("lifeCycle.stage", "ACTION_NOT_PERMITTED")}
        if self.status == "Approved" and stage in WITH_A_SOLUTION and not is_sold(self.related):
            return {NO_SOLUTION}
        return set()

    def submission(self, involvement: str, visibility: str, today: str) -> Errors:
        """What forbids a submission."""
        if self.is_lost or self.status not in ("Pending Submission", "Action Required"):
            return NOT_NOW
        return lacks(self.written, self.related, involvement, visibility, today)

    def decision(self, step: str) -> str | None:
        """The status that AWS's step leads to, None where it cannot be taken."""
        verdicts = {"approve": "Approved", "require action": "Action Required", "reject": "Rejected"}
        steps = {"Submitted": verdicts | {"start review": "In review"}, "In review": verdicts}
        return steps.get(self.status, {}).get(step)

    def review(self, status: str, comments: str | None, reason: str | None) -> None:
        """AWS's review comes to a status: a verdict replaces what the last one said."""
        self.status, self.is_lost = status, False
        if status != "In review":
            self.comments, self.reason = comments, reason

    def lose_status(self) -> None:
        """An update leaves the review status out: the opportunity is a draft that can never be submitted."""
        self.status, self.is_lost = "Pending Submission", True

    def remember_steps(self, before: str | None, stamp: int) -> None:
        """Keep next steps that are new."""
        steps = at(self.written, "LifeCycle.NextSteps")
        if steps and steps != before:
            self.history = [*self.history, {"Value": steps, "Time": moment(stamp)}][-LONGEST_HISTORY:]

    def assign(self, person: Record) -> list[Record]:
        """The team with somebody in the place of the owner, or of the account manager."""
        is_manager = person["BusinessTitle"] == "PartnerAccountManager"
        person = person | ({} if is_manager else {"BusinessTitle": "OpportunityOwner"})
        others = [other for other in self.team if other["BusinessTitle"] != person["BusinessTitle"]]
        return [*others, person] if is_manager else [person, *others]


def with_owner(team: list[Record], account: str) -> list[Record]:
    """The team of a new opportunity: its owner first, who is the account itself where nobody is named."""
    owners = [person for person in team if person.get("BusinessTitle") == "OpportunityOwner"]
    others = [person for person in team if person not in owners]
    if not owners and len(others) < LARGEST_TEAM:
        owners = [
            {
                "Email": f"owner@partner-{account}.example.com",
                "FirstName": "Partner",
                "LastName": account,
                "BusinessTitle": "OpportunityOwner",
            }
        ]
    return [*owners, *others]


def normal(wanted: Record) -> Record:
    """What a partner wrote, in the one spelling that is kept. Who a customer of national security is, is not kept."""
    wanted = copy.deepcopy(some(wanted, " ".join({path.partition(".")[0] for path in MEMBERS})))
    life_cycle = some(wanted.get("LifeCycle") or {}, "Stage ClosedLostReason NextSteps TargetCloseDate")
    for spend in at(wanted, "Project.ExpectedCustomerSpend") or []:
        if "." in spend.get("Amount", ""):
            spend["Amount"] = spend["Amount"].rstrip("0").rstrip(".")
        if at(wanted, "Project.ExpectedContractDuration") is None:
            spend["TargetCompany"] = "AWS"
    if at(wanted, "NationalSecurity") == "Yes" and "Account" in wanted.get("Customer", {}):
        wanted = but(REDACTED, wanted)
    return wanted | {"LifeCycle": life_cycle}


def with_defaults(written: Record, stage: str = "Prospect") -> Record:
    """The same with what is assumed where a partner says nothing."""
    assumed: dict[str, Any] = {
        "NationalSecurity": "No",
        "OpportunityType": "Net New Business",
        "Marketing.Source": "None",
        "LifeCycle.Stage": stage,
    }
    return but({path: value for path, value in assumed.items() if at(written, path) is None}, written)
