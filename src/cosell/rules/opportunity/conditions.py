"""What the members of an opportunity require of each other, at its creation and at every update.

One row for each rule. A row is checked against the whole record, but an update only violates rows that concern a member
which it changes: what a record was before, its own or loaded from AWS, is never held against an echo of it.

Sources: *model* is the documentation of the member in service model 2022-07-26; *field list* AWS's list of the fields
of referrals; *field report* public notes of users; *our choice* docs/decisions/0011.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from cosell.context import Readings
from cosell.errors import Code, Violation
from cosell.rules.opportunity.members import field_name
from cosell.rules.opportunity.required import At
from cosell.rules.opportunity.stage import CLOSED_LOST
from cosell.rules.opportunity.values import (
    APN_PROGRAMS,
    CUSTOMER_USE_CASES,
    EURO_PARTITION,
    LONGEST_CONTRACT_MONTHS,
    LONGEST_REGION,
    MARKETING_USE_CASES,
    NO_SUPPORT,
    SHORTEST_CONTRACT_MONTHS,
    SPEND_COMPANIES,
    US_POSTAL_CODE,
    US_STATES,
)
from cosell.wire.timestamps import Date
from cosell.wire.types import ExpectedCustomerSpend

Places: TypeAlias = Iterable[str]
"""Where below a member a rule is broken: `""` for the member itself, `[2]` for an item, `[2].amount` inside one."""

HERE: Final = ("",)
NOWHERE: Final[tuple[str, ...]] = ()
TARGET_CLOSE_DATE_MESSAGE: Final = "Target Close Date should be a future date"
ZERO_MESSAGE: Final = "The amount has to be more than zero."


class Condition(NamedTuple):
    """A rule: each place that `broken` finds below `member` is a violation. `regards` is what else it reads."""

    member: str
    regards: tuple[str, ...]
    code: Code
    message: str
    source: str
    broken: Callable[[At, Date], Places]


def _if(condition: object) -> Places:
    return HERE if condition else NOWHERE


def _strangers(values: Iterable[str] | None, known: Collection[str]) -> Places:
    return [f"[{index}]" for index, value in enumerate(values or ()) if value not in known]


def _spends(at: At, is_wrong: Callable[[ExpectedCustomerSpend], bool], member: str) -> Places:
    spends = at("Project.ExpectedCustomerSpend") or ()
    return [f"[{index}].{member}" for index, spend in enumerate(spends) if is_wrong(spend)]


def zero_spends(at: At) -> Places:
    """The spends of zero, without an estimate that would say how much."""
    return _spends(at, lambda spend: spend.amount == "0" and not spend.estimation_url, "amount")


def _is_from_activity(at: At) -> bool:
    return bool(at("Marketing.Source") == "Marketing Activity")


def _is_duration(text: str) -> bool:
    return text.isascii() and text.isdigit() and SHORTEST_CONTRACT_MONTHS <= int(text[:9]) <= LONGEST_CONTRACT_MONTHS


def _only_from_activity(member: str) -> Condition:
    return Condition(
        member,
        ("Marketing.Source",),
        "ACTION_NOT_PERMITTED",
        "Only an opportunity with the source Marketing Activity has this member.",
        "field report, model",
        lambda at, _: _if(at(member) and not _is_from_activity(at)),
    )


CONDITIONS: Final = (
    Condition(
        "PrimaryNeedsFromAws",
        (),
        "INVALID_VALUE",
        "A partner that needs no support from AWS cannot need anything else from it.",
        "field list",
        lambda at, _: _if(NO_SUPPORT in (needs := at("PrimaryNeedsFromAws") or ()) and len(needs) > 1),
    ),
    Condition(
        "PrimaryNeedsFromAws",
        ("NationalSecurity",),
        "INVALID_VALUE",
        "A national security opportunity cannot be shared for visibility only.",
        "field list",
        lambda at, _: _if(at("NationalSecurity") == "Yes" and at("PrimaryNeedsFromAws") == [NO_SUPPORT]),
    ),
    Condition(
        "NationalSecurity",
        ("Customer.Account.Industry",),
        "INVALID_VALUE",
        "Only a customer in the industry Government can be a matter of national security.",
        "model",
        lambda at, _: _if(at("NationalSecurity") == "Yes" and at("Customer.Account.Industry") != "Government"),
    ),
    Condition(
        "Customer.Account.Address.PostalCode",
        ("Customer.Account.Address.CountryCode",),
        "INVALID_STRING_FORMAT",
        "A postal code of the United States has the form 99999 or 99999-9999.",
        "field list",
        lambda at, _: _if(
            at("Customer.Account.Address.CountryCode") == "US"
            and (postal_code := at("Customer.Account.Address.PostalCode"))
            and not US_POSTAL_CODE.fullmatch(postal_code)
        ),
    ),
    Condition(
        "Customer.Account.Address.StateOrRegion",
        (),
        "INVALID_STRING_FORMAT",
        f"A state or region has at most {LONGEST_REGION} characters.",
        "our choice",
        lambda at, _: _if(len(at("Customer.Account.Address.StateOrRegion") or "") > LONGEST_REGION),
    ),
    Condition(
        "Project.ExpectedCustomerSpend",
        (),
        "INVALID_VALUE",
        ZERO_MESSAGE,
        "field report",
        lambda at, _: zero_spends(at),
    ),
    Condition(
        "Project.ExpectedCustomerSpend",
        ("Project.ExpectedContractDuration",),
        "INVALID_VALUE",
        "A spend under a contract is one with AWS or with Self.",
        "model",
        lambda at, _: _spends(at, lambda spend: spend.target_company not in SPEND_COMPANIES, "targetCompany"),
    ),
    Condition(
        "Project.ExpectedCustomerSpend",
        ("Project.AwsPartition",),
        "INVALID_VALUE",
        f"In the partition {EURO_PARTITION} spends are in EUR.",
        "model",
        lambda at, _: _spends(
            at,
            lambda spend: at("Project.AwsPartition") == EURO_PARTITION and spend.currency_code != "EUR",
            "currencyCode",
        ),
    ),
    Condition(
        "Project.ExpectedContractDuration",
        (),
        "VALUE_OUT_OF_RANGE",
        f"A contract lasts from {SHORTEST_CONTRACT_MONTHS} to {LONGEST_CONTRACT_MONTHS} whole months.",
        "model",
        lambda at, _: (
            (".value",)
            if (duration := at("Project.ExpectedContractDuration")) and not _is_duration(duration.value)
            else NOWHERE
        ),
    ),
    Condition(
        "Project.OtherCompetitorNames",
        ("Project.CompetitorName",),
        "ACTION_NOT_PERMITTED",
        "Only the competitor *Other is named in words.",
        "model",
        lambda at, _: _if(at("Project.OtherCompetitorNames") and at("Project.CompetitorName") != "*Other"),
    ),
    Condition(
        "Project.OtherCompetitorNames",
        ("Project.CompetitorName",),
        "REQUIRED_FIELD_MISSING",
        "The competitor *Other has to be named.",
        "field list",
        lambda at, _: _if(at("Project.CompetitorName") == "*Other" and not at("Project.OtherCompetitorNames")),
    ),
    _only_from_activity("Marketing.CampaignName"),
    _only_from_activity("Marketing.UseCases"),
    Condition(
        "Marketing.UseCases",
        ("Marketing.AwsFundingUsed",),
        "ACTION_NOT_PERMITTED",
        "An activity without AWS funding has no use cases.",
        "model",
        lambda at, _: _if(at("Marketing.UseCases") and at("Marketing.AwsFundingUsed") == "No"),
    ),
    _only_from_activity("Marketing.Channels"),
    _only_from_activity("Marketing.AwsFundingUsed"),
    Condition(
        "Marketing.AwsFundingUsed",
        ("Marketing.Source",),
        "REQUIRED_FIELD_MISSING",
        "A marketing activity says whether AWS funding was used.",
        "field report",
        lambda at, _: _if(_is_from_activity(at) and not at("Marketing.AwsFundingUsed")),
    ),
    Condition(
        "SoftwareRevenue.EffectiveDate",
        ("SoftwareRevenue.ExpirationDate",),
        "REQUIRED_FIELD_MISSING",
        "A contract that expires has a day from which it is effective.",
        "field report",
        lambda at, _: _if(at("SoftwareRevenue.ExpirationDate") and not at("SoftwareRevenue.EffectiveDate")),
    ),
    Condition(
        "SoftwareRevenue.ExpirationDate",
        ("SoftwareRevenue.EffectiveDate",),
        "INVALID_VALUE",
        "A contract does not expire before it is effective.",
        "field report",
        lambda at, _: _if(
            (end := at("SoftwareRevenue.ExpirationDate"))
            and (start := at("SoftwareRevenue.EffectiveDate"))
            and end < start
        ),
    ),
    Condition(
        "LifeCycle.ClosedLostReason",
        ("LifeCycle.Stage",),
        "REQUIRED_FIELD_MISSING",
        "A lost opportunity needs a reason.",
        "field report, field list",
        lambda at, _: _if(at("LifeCycle.Stage") == CLOSED_LOST and not at("LifeCycle.ClosedLostReason")),
    ),
    Condition(
        "LifeCycle.ClosedLostReason",
        ("LifeCycle.Stage",),
        "ACTION_NOT_PERMITTED",
        "Only an opportunity in the stage Closed Lost has a reason for it.",
        "field report, field list",
        lambda at, _: _if(at("LifeCycle.ClosedLostReason") and at("LifeCycle.Stage") != CLOSED_LOST),
    ),
    Condition(
        "LifeCycle.TargetCloseDate",
        (),
        "INVALID_VALUE",
        TARGET_CLOSE_DATE_MESSAGE,
        "field report, model",
        lambda at, today: _if((day := at("LifeCycle.TargetCloseDate")) and day <= today),
    ),
)

VALUE_LISTS: Final = (
    Condition(
        "Customer.Account.Address.StateOrRegion",
        ("Customer.Account.Address.CountryCode",),
        "INVALID_ENUM_VALUE",
        "The value is not one of the states of the United States.",
        "model",
        lambda at, _: _if(
            at("Customer.Account.Address.CountryCode") == "US"
            and (at("Customer.Account.Address.StateOrRegion") or "New York") not in US_STATES
        ),
    ),
    Condition(
        "Project.ApnPrograms",
        (),
        "INVALID_ENUM_VALUE",
        "The value is not one of the APN programs.",
        "model",
        lambda at, _: _strangers(at("Project.ApnPrograms"), APN_PROGRAMS),
    ),
    Condition(
        "Project.CustomerUseCase",
        (),
        "INVALID_ENUM_VALUE",
        "The value is not one of the customer use cases.",
        "model",
        lambda at, _: _if((use_case := at("Project.CustomerUseCase")) and use_case not in CUSTOMER_USE_CASES),
    ),
    Condition(
        "Marketing.UseCases",
        (),
        "INVALID_ENUM_VALUE",
        "The value is not one of the marketing use cases.",
        "model",
        lambda at, _: _strangers(at("Marketing.UseCases"), MARKETING_USE_CASES),
    ),
)
"""Checked unless a setting accepts every value."""
_EVERY_ROW: Final = CONDITIONS + VALUE_LISTS


def broken_conditions(at: At, changed: Collection[str], today: Date, readings: Readings) -> Iterator[Violation]:
    """The violations of every rule that regards one of the `changed` members. `today` is the day in UTC."""
    for row in CONDITIONS if readings.any_value else _EVERY_ROW:
        if row.member in changed or any(member in changed for member in row.regards):
            for place in row.broken(at, today):
                yield Violation(field_name(row.member) + place, row.code, row.message)
