"""Opportunities and questions for SearchOpportunities, made so that ties, near misses and matches are common."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.list_opportunities.oracle import REVIEW_STATUSES, STAGES
from tests.list_opportunities.questions import DAYS, NAMES, identifiers, page_sizes, stamps_ms
from tests.search.oracle import DATES, LISTS, NUMBERS, ONE_TEXT, SORT_KEYS, Row
from tests.store.caller import NOON_MS, moment, record

__all__ = ["changes", "data_sets", "page_sizes", "requests"]

TEXTS = [
    *NAMES,
    *("Blue Heron", "blue  heron", "Grey Heron", "heron=blue", "100 %", "a_b", "a%b", "*", "1/2/3", "x" * 255),
    *("Qualified", "In review", "Net New Business", "Aerospace", "DE", "High", "Low", "O1", "crm-7", "team", "a b\tc"),
]
"""Also of fields that are more choosy: what AWS has stored comes back as it was."""
PARTS = [text for text in (*TEXTS, "e", "her", "HERON", "s", "%", "_", "=", "team=blue", "o", "offer-1", "9") if text]
AMOUNTS = [
    *("", "0", "0.1", "0.10", "1", "1.", "1.5", "1000", "999.99", "1000.01", "9" * 31, "9" * 30 + "8.99"),
    "1" + "0" * 30,
]
NUMBERS_ASKED: list[int | float] = [
    *(0, -1, 1, 0.1, 1.5, 1000, 1000.0, 999.99, 1e3, 1e-7, 1e308, -1e308, -0.0),
    *(int("9" * 31), int("9" * 30 + "8"), 10**30, 10**30 + 1, 2**53 + 1),
]
ARNS = [
    *("offer-1", "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Offer/offer-1", "offer-2"),
    *("arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/OfferSet/offerset-9", "arn:", "arn:x/"),
]
texts = st.sampled_from(TEXTS)
some_texts = st.lists(texts, max_size=3)


@st.composite
def data_sets(draw: st.DrawFn, max_size: int = 12) -> list[Row]:
    """Opportunities of one account, their identifiers all different."""
    chosen = draw(st.lists(identifiers, unique=True, max_size=max_size))
    return [draw(_rows(identifier)) for identifier in chosen]


@st.composite
def _rows(draw: st.DrawFn, identifier: str) -> Row:
    tags = draw(st.just({}) | st.dictionaries(texts.filter(bool), texts, max_size=3))
    stamps = {"last_modified_ms": draw(stamps_ms), "created_ms": draw(stamps_ms)}
    return Row(record(identifier, **stamps, **draw(members())), tags, draw(st.none() | views()))


@st.composite
def members(draw: st.DrawFn) -> dict[str, Any]:
    """What a partner writes, and what is associated."""
    life_cycle = st.fixed_dictionaries(
        {"Stage": st.sampled_from(STAGES), "ReviewStatus": st.sampled_from(REVIEW_STATUSES)},
        optional={"TargetCloseDate": st.sampled_from(DAYS), "NextSteps": texts},
    )
    account = st.fixed_dictionaries(
        {"CompanyName": texts},
        optional={
            "Industry": texts,
            "AwsAccountId": texts,
            "Address": st.fixed_dictionaries({"City": texts}, optional={"CountryCode": texts}),
        },
    )
    spend = st.fixed_dictionaries(
        {
            "CurrencyCode": st.sampled_from(["USD", "EUR"]),
            "Frequency": st.just("Monthly"),
            "TargetCompany": st.sampled_from(["AWS", "Self"]),
        },
        optional={"Amount": st.sampled_from(AMOUNTS)},
    )
    project = st.fixed_dictionaries(
        {"CustomerBusinessProblem": texts},
        optional={"Title": texts, "ApnPrograms": some_texts, "ExpectedCustomerSpend": st.lists(spend, max_size=3)},
    )
    related = st.fixed_dictionaries(
        {},
        optional={
            name: st.lists(st.sampled_from(ARNS), max_size=2)
            for name in ("AwsMarketplaceOffers", "AwsMarketplaceOfferSets", "AwsMarketplaceSolutions", "Solutions")
        },
    )
    colleague = st.fixed_dictionaries(
        {"Email": st.just("ana@example.com"), "Phone": st.just("+14155550100")},
        optional={
            "FirstName": texts,
            "LastName": texts,
            "BusinessTitle": st.sampled_from(["OpportunityOwner", "OpportunityOwner", "PartnerAccountManager"]),
        },
    )
    return draw(
        st.fixed_dictionaries(
            {"LifeCycle": life_cycle, "RelatedEntityIdentifiers": related},
            optional={
                "Customer": st.fixed_dictionaries({}, optional={"Account": account}),
                "Project": project,
                "OpportunityType": texts,
                "PartnerOpportunityIdentifier": texts,
                "OpportunityTeam": st.lists(colleague, max_size=3),
            },
        )
    )


def views() -> st.SearchStrategy[dict[str, Any]]:
    """AWS's view of an opportunity."""
    quality = st.fixed_dictionaries({"Trend": st.just("Improving")}, optional={"Score": st.integers(0, 100)})
    insights = st.fixed_dictionaries(
        {"NextBestActions": texts}, optional={"EngagementScore": texts, "OpportunityQuality": quality}
    )
    return st.fixed_dictionaries(
        {"Catalog": st.just("Sandbox"), "OpportunityTeam": st.just([])},
        optional={"Origin": texts, "CosellMotion": texts, "Insights": insights},
    )


def _written(ms: int, finer: str, zone: str) -> str:
    return moment(ms).removesuffix("Z") + finer + zone


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions."""
    part = st.sampled_from(PARTS)
    one = st.fixed_dictionaries({"StringValue": part})
    many = st.fixed_dictionaries({"StringListValue": st.lists(part, min_size=1, max_size=4)})
    moments: st.SearchStrategy[Any] = (
        st.just(NOON_MS // 1000)
        | st.sampled_from([f"{day}T00:00:00Z" for day in DAYS])
        | st.builds(
            _written, stamps_ms, st.sampled_from(["", "000", "600", "000001"]), st.sampled_from(["Z", "+00:00"])
        )
    )
    numbers = st.sampled_from(NUMBERS_ASKED)
    ranges = ["GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals"]
    return (
        _leaf(["EqualsTo"], [*ONE_TEXT, *LISTS], one)
        | _leaf(["ContainsAny", "ContainsAll"], [*ONE_TEXT, *LISTS], one | many)
        | _leaf(ranges, DATES, st.fixed_dictionaries({"DateValue": moments}))
        | _leaf(
            ranges,
            NUMBERS,
            st.fixed_dictionaries({"DoubleValue": numbers})
            | st.fixed_dictionaries({"LongValue": numbers.filter(lambda number: isinstance(number, int))}),
        )
    )


def _leaf(operators: list[str], fields: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    said = st.fixed_dictionaries({"Key": st.sampled_from(fields), "Value": values})
    return st.sampled_from(operators).flatmap(lambda operator: st.fixed_dictionaries({operator: said}))


@st.composite
def trees(draw: st.DrawFn, levels: int = 3) -> dict[str, Any]:
    """A legal tree of so many levels at most, with a null here and there."""
    kinds = ["leaf", "leaf", "AndAllFilters", "OrAllFilters", "NotFilter"] if levels else ["leaf"]
    kind = draw(st.sampled_from(kinds))
    if kind == "leaf":
        return draw(leaves())
    if kind == "NotFilter":
        return {kind: draw(trees(levels - 1)), "EqualsTo": None}
    return {kind: draw(st.lists(trees(levels - 1), min_size=1, max_size=3))}


keywords = st.sampled_from(
    [*PARTS, " heron ", "blue heron", "BLUE \t HERON", "o1", "  ", "\u2003a", "partner referral"]
)
sorts = st.fixed_dictionaries(
    {"SortBy": st.sampled_from(SORT_KEYS), "SortOrder": st.sampled_from(["ASCENDING", "DESCENDING"])}
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request without MaxResults and NextToken."""
    request: dict[str, Any] = {
        "Keyword": draw(st.none() | st.none() | keywords),
        "Filter": draw(st.none() | trees() | trees()),
        "Sort": draw(st.none() | sorts | sorts),
    }
    assume(leaves_in(request["Filter"]) <= 20)
    return request


def leaves_in(tree: dict[str, Any] | None) -> int:
    """How many conditions a tree has."""
    if tree is None:
        return 0
    said = next(member for member in tree.values() if member is not None)
    if "NotFilter" in tree:
        return leaves_in(tree["NotFilter"])
    return sum(leaves_in(part) for part in said) if isinstance(said, list) else 1


changes = st.lists(
    st.lists(
        st.tuples(st.none() | st.integers(0, 29), members() | st.dictionaries(texts.filter(bool), texts, max_size=2)),
        max_size=3,
    ),
    min_size=1,
    max_size=4,
)
"""Between two pages: which opportunity is changed (None: a new one), and to what: other members, or other tags."""
