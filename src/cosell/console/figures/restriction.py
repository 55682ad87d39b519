"""Which opportunities of a scope are counted."""

from typing import Final

import msgspec

from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.rules.opportunity.team import OWNER


class CountedSpend(msgspec.Struct, rename="pascal"):
    """An entry of the expected spend."""

    amount: str | None = None
    currency_code: str | None = None
    target_company: str | None = None


class _Project(msgspec.Struct, rename="pascal"):
    expected_customer_spend: list[CountedSpend] | None = None


class _Address(msgspec.Struct, frozen=True, rename="pascal"):
    country_code: str = ""


class _Account(msgspec.Struct, frozen=True, rename="pascal"):
    company_name: str | None = None
    industry: str = ""
    address: _Address = _Address()


class _Customer(msgspec.Struct, frozen=True, rename="pascal"):
    account: _Account = _Account()


class _Member(msgspec.Struct, frozen=True, rename="pascal"):
    business_title: str = ""
    first_name: str = ""
    last_name: str = ""


class _LifeCycle(msgspec.Struct, rename="pascal"):
    stage: str
    review_status: str = FIRST_REVIEW_STATUS
    target_close_date: str = ""
    closed_lost_reason: str = ""


class Counted(msgspec.Struct, rename="pascal"):
    """What the figures need of a record or a summary, whose members have the same names. Only records have a team."""

    life_cycle: _LifeCycle
    created_date: str
    last_modified_date: str
    customer: _Customer = _Customer()
    project: _Project | None = None
    opportunity_team: list[_Member] = []


class Restriction(msgspec.Struct, frozen=True):
    """What an opportunity must match; empty: anything. `owner` is part of a name, in any case."""

    country: str = ""
    industry: str = ""
    owner: str = ""

    @property
    def needs_records(self) -> bool:
        """Whether summaries do not contain enough."""
        return bool(self.owner)

    def fits(self, counted: Counted) -> bool:
        """Whether an opportunity is counted."""
        account = counted.customer.account
        return (
            self.country in ("", account.address.country_code)
            and self.industry in ("", account.industry)
            and (not self.owner or self.owner.casefold() in _owner(counted))
        )


EVERYTHING: Final = Restriction()


def _owner(counted: Counted) -> str:
    owner = next((one for one in counted.opportunity_team if one.business_title == OWNER), _Member())
    return f"{owner.first_name} {owner.last_name}".casefold()
