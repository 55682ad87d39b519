"""The form in which an opportunity is stored, however it was written: two records that mean the same are equal.

Source: service model's documentation, recorded answers, AWS's field list; docs/fidelity.md says which for which.
"""

from typing import Final

import msgspec

from cosell.rules.opportunity.values import SPELLED_OTHERWISE, SPEND_COMPANIES, WITHOUT_POSTAL_CODES
from cosell.wire.types import (
    Account,
    Address,
    Customer,
    ExpectedCustomerSpend,
    GetOpportunityResponse,
    Marketing,
    Project,
)

REDACTED_COMPANY: Final = "National Security"
"""CompanyName of a customer whose name must not be stored: an answer needs one [model]."""
REDACTED_COUNTRY: Final = "US"


def normal_form(record: GetOpportunityResponse) -> GetOpportunityResponse:
    """The record as it is stored. Idempotent."""
    redacted = record.national_security == "Yes"
    return msgspec.structs.replace(
        record,
        customer=record.customer and _customer(record.customer, redacted=redacted),
        project=record.project and _project(record.project),
    )


def with_defaults(record: GetOpportunityResponse) -> GetOpportunityResponse:
    """The record with the defaults for what is left out."""
    marketing = record.marketing or Marketing()
    return msgspec.structs.replace(
        record,
        national_security=record.national_security or "No",
        opportunity_type=record.opportunity_type or "Net New Business",
        marketing=msgspec.structs.replace(marketing, source=marketing.source or "None"),
    )


def normal_amount(amount: str) -> str:
    """`10000.00` → `10000`: trailing zeros of a fraction mean nothing [recorded answer]."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _customer(customer: Customer, *, redacted: bool) -> Customer:
    account = customer.account
    if account is None:
        return customer
    if redacted:
        return msgspec.structs.replace(customer, account=_redacted(account))
    address = account.address
    if address is None or address.country_code not in WITHOUT_POSTAL_CODES:
        return customer
    address = msgspec.structs.replace(address, postal_code=None)
    return msgspec.structs.replace(customer, account=msgspec.structs.replace(account, address=address))


def _redacted(account: Account) -> Account:
    """Without whatever would reveal who the customer is [field list]."""
    address = account.address or Address()
    return msgspec.structs.replace(
        account,
        company_name=REDACTED_COMPANY,
        website_url=None,
        address=msgspec.structs.replace(address, postal_code=None, state_or_region=None, country_code=REDACTED_COUNTRY),
    )


def _project(project: Project) -> Project:
    use_case = project.customer_use_case
    spends = project.expected_customer_spend
    contract = project.expected_contract_duration is not None
    return msgspec.structs.replace(
        project,
        customer_use_case=use_case and SPELLED_OTHERWISE.get(use_case, use_case),
        expected_customer_spend=spends and [_spend(spend, contract=contract) for spend in spends],
    )


def _spend(spend: ExpectedCustomerSpend, *, contract: bool) -> ExpectedCustomerSpend:
    """Without a contract, every spend is with AWS [model]."""
    return msgspec.structs.replace(
        spend,
        amount=spend.amount and normal_amount(spend.amount),
        target_company=spend.target_company if contract else SPEND_COMPANIES[0],
    )
