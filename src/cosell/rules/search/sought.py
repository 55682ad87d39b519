"""An opportunity as a search sees it: the parts that a query may ask about, decoded on first use.

Source: service model, OpportunitySearchSummary, whose members name what can be asked about. That an opportunity of
which AWS has said nothing yet has the Origin that GetAwsOpportunitySummary answers is our choice (docs/fidelity.md).
"""

from functools import cached_property

import msgspec

from cosell.rules.aws_side.summary import DEFAULT_ORIGIN


class _Part(msgspec.Struct, frozen=True, rename="pascal"):
    """A part of a stored answer, without the members that nobody can ask about."""


class LifeCycle(_Part, frozen=True):
    """Of an opportunity."""

    stage: str | None = None
    review_status: str | None = None
    target_close_date: str | None = None
    next_steps: str | None = None


class Address(_Part, frozen=True):
    """Of a customer."""

    country_code: str | None = None


class Account(_Part, frozen=True):
    """Of a customer."""

    company_name: str | None = None
    industry: str | None = None
    aws_account_id: str | None = None
    address: Address = Address()


class Customer(_Part, frozen=True):
    """Of an opportunity."""

    account: Account = Account()


class Spend(_Part, frozen=True):
    """What a customer is expected to spend with somebody."""

    amount: str | None = None
    target_company: str | None = None


class Project(_Part, frozen=True):
    """Of an opportunity."""

    title: str | None = None
    apn_programs: list[str] = []
    expected_customer_spend: list[Spend] = []


class Related(_Part, frozen=True):
    """Related entities of an opportunity."""

    aws_marketplace_offers: list[str] = []
    aws_marketplace_offer_sets: list[str] = []
    aws_marketplace_solutions: list[str] = []


class Member(_Part, frozen=True):
    """Of an opportunity's team."""

    first_name: str | None = None
    last_name: str | None = None
    business_title: str | None = None


class Record(_Part, frozen=True):
    """A stored GetOpportunity answer."""

    id: str
    created_date: str
    last_modified_date: str
    opportunity_type: str | None = None
    partner_opportunity_identifier: str | None = None
    life_cycle: LifeCycle = LifeCycle()
    customer: Customer = Customer()
    project: Project = Project()
    related_entity_identifiers: Related = Related()
    opportunity_team: list[Member] = []


class Insights(_Part, frozen=True):
    """AWS's, into an opportunity."""

    engagement_score: str | None = None


class AwsView(_Part, frozen=True):
    """A stored GetAwsOpportunitySummary answer."""

    origin: str | None = None
    cosell_motion: str | None = None
    insights: Insights = Insights()


_record = msgspec.json.Decoder(Record).decode
_aws_view = msgspec.json.Decoder(AwsView).decode
_tags = msgspec.json.Decoder(dict[str, str]).decode


class Sought:
    """One opportunity. `tags_text` and `aws_text` are None if there is nothing, or where nobody asks about them."""

    def __init__(self, record_text: bytes, tags_text: bytes | None = None, aws_text: bytes | None = None) -> None:
        self.record_text = record_text
        self.tags_text = tags_text
        self.aws_text = aws_text

    @cached_property
    def record(self) -> Record:
        """The partner's side."""
        return _record(self.record_text)

    @cached_property
    def tags(self) -> dict[str, str]:
        """By their keys."""
        return {} if self.tags_text is None else _tags(self.tags_text)

    @cached_property
    def aws_view(self) -> AwsView:
        """AWS's side."""
        return AwsView(origin=DEFAULT_ORIGIN) if self.aws_text is None else _aws_view(self.aws_text)
