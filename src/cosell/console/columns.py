"""The columns that a table of opportunities can have. Each cell is the text or the markup of one."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from markupsafe import Markup

from cosell.console.words import NOTHING, badge, day, review_status_of, spend_text, time
from cosell.exports.columns import owner_of

Opportunity: TypeAlias = Mapping[str, Any]
"""An OpportunitySummary, or the whole record where a column needs it."""


class Column(msgspec.Struct, frozen=True):
    """A column. `name` stands for it in addresses. `sort_by` is the order that it sorts by, empty if there is none.

    What it shows may be `only_in_records`: a summary does not tell it.
    """

    name: str
    heading: str
    cell: Callable[[Opportunity], str]
    sort_by: str = ""
    style: str = ""
    only_in_records: bool = False


def _account(opportunity: Opportunity) -> Mapping[str, Any]:
    account: Mapping[str, Any] = (opportunity.get("Customer") or {}).get("Account") or {}
    return account


def _life_cycle(opportunity: Opportunity) -> Mapping[str, Any]:
    life_cycle: Mapping[str, Any] = opportunity.get("LifeCycle") or {}
    return life_cycle


def _project(opportunity: Opportunity) -> Mapping[str, Any]:
    project: Mapping[str, Any] = opportunity.get("Project") or {}
    return project


_BEGIN: Final = Markup("<bdi>")
_END: Final = Markup("</bdi>")


def _text(text: str | None) -> Markup:
    """Somebody's words, in whichever direction they are written."""
    return _BEGIN + (text or NOTHING) + _END


def _day(moment: str) -> Markup:
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(moment, day(moment))


COLUMNS: Final = (
    Column(
        "Customer", "Customer", lambda one: _text(_account(one).get("CompanyName")), "CustomerCompanyName", "customer"
    ),
    Column("Title", "Title", lambda one: _text(_project(one).get("Title")), style="customer", only_in_records=True),
    Column("Stage", "Stage", lambda one: badge(_life_cycle(one).get("Stage") or "")),
    Column("ReviewStatus", "Review", lambda one: badge(review_status_of(_life_cycle(one)))),
    Column(
        "Spend",
        "Spend a month",
        lambda one: spend_text(_project(one).get("ExpectedCustomerSpend") or ()),
        style="number",
    ),
    Column(
        "TargetCloseDate",
        "Target close",
        lambda one: _life_cycle(one).get("TargetCloseDate") or NOTHING,
        "TargetCloseDate",
        "date",
    ),
    Column("CountryCode", "Country", lambda one: (_account(one).get("Address") or {}).get("CountryCode") or NOTHING),
    Column("Industry", "Industry", lambda one: _account(one).get("Industry") or NOTHING, style="words"),
    Column(
        "Owner",
        "Owner",
        lambda one: _text(owner_of(one.get("OpportunityTeam"))),
        style="name",
        only_in_records=True,
    ),
    Column(
        "PartnerOpportunityIdentifier",
        "Partner's identifier",
        lambda one: _text(one.get("PartnerOpportunityIdentifier")),
        style="name",
    ),
    Column("CreatedDate", "Created", lambda one: _day(one["CreatedDate"]), "CreatedDate", "date minor"),
    Column("LastModifiedDate", "Modified", lambda one: time(one["LastModifiedDate"]), "LastModifiedDate", "date"),
)
_DEFAULT: Final = ("Customer", "Stage", "ReviewStatus", "Spend", "TargetCloseDate", "CreatedDate", "LastModifiedDate")
DEFAULT_COLUMNS: Final = tuple(column for column in COLUMNS if column.name in _DEFAULT)
