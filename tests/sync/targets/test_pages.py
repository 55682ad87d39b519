"""What a page leaves in a mirror: the newest version of each opportunity, and what changed on the way there."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.sync.target import ForeignMirror, Identity, Kept, Row
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS, moment
from tests.sync.targets.rows import IDENTITY, STATE, Summary, begin, documents, keep, row, row_of, summary

Leaf = tuple[str, str]


def changes(mirror: Mirror) -> list[tuple[Any, ...]]:
    """The history: opportunity, member, old and new value, in the order in which they were seen."""
    return mirror.database.rows(
        "SELECT opportunity_id, member, old_value, new_value FROM opportunity_change ORDER BY change_id"
    )


def test_a_new_row_is_kept_with_every_member(mirror: Mirror) -> None:
    document = summary("O1", Unknown={"Deep": [1, {"x": None}]}, LifeCycle={"Stage": "Prospect", "Newer": True})
    assert keep(mirror, row_of("O1", NOON_MS, document)) == Kept(new=1, changed=0, unchanged=0, older=0)
    assert documents(mirror) == [document]


def test_each_row_of_a_page_is_counted_once(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2"), row("O3", NOON_MS + 1))
    page = [row("O1"), row("O2", NOON_MS + 1), row("O3"), row("O4")]
    assert keep(mirror, *page) == Kept(new=1, changed=1, unchanged=1, older=1)


def test_an_older_row_never_replaces_a_newer_one(mirror: Mirror) -> None:
    keep(mirror, row("O1", NOON_MS + 1, OpportunityType="Expansion"))
    keep(mirror, row("O1", NOON_MS, OpportunityType="Flat Renewal"))
    assert documents(mirror)[0]["OpportunityType"] == "Expansion"
    assert changes(mirror) == []


def test_of_two_versions_with_one_stamp_the_later_one_is_kept(mirror: Mirror) -> None:
    keep(mirror, row("O1", OpportunityType="Expansion"), row("O1", OpportunityType="Flat Renewal"))
    assert documents(mirror)[0]["OpportunityType"] == "Flat Renewal"
    assert changes(mirror) == [("O1", "OpportunityType", "Expansion", "Flat Renewal")]


def test_a_change_is_remembered_member_by_member(mirror: Mirror) -> None:
    spend = {"Amount": "100", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
    before = {"Stage": "Prospect", "NextSteps": "call"}
    models = {"DeliveryModels": ["Managed Services"]}
    keep(mirror, row("O1", LifeCycle=before, Project={"ExpectedCustomerSpend": [spend]} | models))
    run = begin(mirror)
    later = row(
        "O1",
        NOON_MS + 1,
        LifeCycle={"Stage": "Qualified", "TargetCloseDate": "2030-01-01"},
        Project={"ExpectedCustomerSpend": [spend | {"Amount": "250"}], "DeliveryModels": ["Other", "Resell"]},
    )
    keep(mirror, later, run=run)
    assert changes(mirror) == [
        ("O1", "LastModifiedDate", moment(NOON_MS), moment(NOON_MS + 1)),
        ("O1", "LifeCycle.NextSteps", "call", None),
        ("O1", "LifeCycle.Stage", "Prospect", "Qualified"),
        ("O1", "LifeCycle.TargetCloseDate", None, "2030-01-01"),
        ("O1", "Project.DeliveryModels", '["Managed Services"]', '["Other", "Resell"]'),
        ("O1", "Project.ExpectedCustomerSpend[0].Amount", "100", "250"),
    ]
    assert mirror.database.rows("SELECT DISTINCT run_id FROM opportunity_change") == [(run,)]


def test_an_equal_row_in_another_spelling_is_no_change(mirror: Mirror) -> None:
    document = summary("O1", Customer={"Account": {"CompanyName": "Zoë", "Industry": "Retail"}})
    keep(mirror, row_of("O1", NOON_MS, document))
    turned = json.dumps(dict(reversed(document.items())), ensure_ascii=False, indent=1).encode()
    assert keep(mirror, Row("O1", NOON_MS, turned)).unchanged == 1


def test_a_number_is_not_its_digits(mirror: Mirror) -> None:
    keep(mirror, row("O1", Unknown=1))
    keep(mirror, row("O1", Unknown="1"))
    keep(mirror, row("O1", Unknown=True, Nothing=None))
    assert changes(mirror) == [("O1", "Unknown", "1", "1"), ("O1", "Unknown", "1", "true")]


def test_the_spends_of_a_changed_opportunity_are_replaced(mirror: Mirror) -> None:
    def spends(*amounts: str) -> Summary:
        return {"ExpectedCustomerSpend": [{"Amount": amount, "CurrencyCode": "EUR"} for amount in amounts]}

    keep(mirror, row("O1", Project=spends("1", "2.5", "3")), row("O2", Project=spends("7")))
    keep(mirror, row("O1", NOON_MS + 1, Project=spends("4")))
    found = mirror.database.rows(
        "SELECT opportunity_id, position, amount, currency_code, frequency FROM expected_customer_spend"
        " ORDER BY opportunity_id, position"
    )
    assert [(*one[:2], float(one[2]), *one[3:]) for one in found] == [
        ("O1", 0, 4, "EUR", None),
        ("O2", 0, 7, "EUR", None),
    ]


def test_a_page_binds_the_mirror_and_keeps_the_state(mirror: Mirror) -> None:
    assert mirror.identity() is None
    assert mirror.state() is None
    run = begin(mirror)
    nameless = Identity(None, "Sandbox", IDENTITY.endpoint)
    mirror.keep_page(run, nameless, [], b'{"page":1}', NOON_MS, want_details=False)
    assert mirror.identity() == nameless
    assert mirror.state() == b'{"page":1}'
    keep(mirror, row("O1"), run=run)
    assert mirror.identity() == IDENTITY
    elsewhere = Identity(None, "Sandbox", "https://partnercentral-selling.us-east-1.api.aws")
    mirror.keep_page(run, elsewhere, [], STATE, NOON_MS, want_details=False)
    assert mirror.identity() == IDENTITY


@pytest.mark.parametrize(
    "foreign",
    [Identity("999988887777", "Sandbox", IDENTITY.endpoint), Identity("111122223333", "AWS", IDENTITY.endpoint)],
)
def test_a_foreign_mirror_is_left_as_it_was(mirror: Mirror, foreign: Identity) -> None:
    keep(mirror, row("O1"))
    before = (mirror.counts(), mirror.state(), mirror.runs(9), documents(mirror))
    with pytest.raises(ForeignMirror, match="mirror of account 111122223333, catalog Sandbox, not of account"):
        mirror.begin_run("once", NOON_MS, foreign)
    with pytest.raises(ForeignMirror):
        mirror.keep_page(1, foreign, [row("O2")], b'"other"', NOON_MS, want_details=True)
    assert (mirror.counts(), mirror.state(), mirror.runs(9), documents(mirror)) == before


def test_a_page_that_cannot_be_kept_leaves_nothing(mirror: Mirror) -> None:
    keep(mirror, row("O1"))
    before = (mirror.counts(), mirror.state(), documents(mirror))
    with pytest.raises(ValueError, match="not a JSON object"):
        keep(mirror, row("O1", NOON_MS + 1), row("O2"), Row("O1", NOON_MS + 2, b"[]"), run=1)
    assert (mirror.counts(), mirror.state(), documents(mirror)) == before


def test_vanished_rows_stay_with_the_time(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2"), row("O3"), details=True)
    run = begin(mirror, "full")
    assert mirror.mark_vanished(run, ["O1", "O3", "O9"], NOON_MS + 9) == 2
    assert mirror.mark_vanished(run, ["O1"], NOON_MS + 10) == 0
    assert [one["Id"] for one in documents(mirror)] == ["O2"]
    assert mirror.summaries_of(["O1", "O2"]) == [row("O2")]
    assert mirror.database.rows(
        f"SELECT id, {mirror.database.dialect.ms('vanished_at')} FROM opportunity ORDER BY id"
    ) == [("O1", NOON_MS + 9), ("O2", None), ("O3", NOON_MS + 9)]
    assert [one.id for one in mirror.details_wanted(9, NOON_MS)] == ["O2"]
    assert changes(mirror) == [("O1", "Id", "O1", None), ("O3", "Id", "O3", None)]


def test_a_row_that_had_vanished_is_there_again(mirror: Mirror) -> None:
    keep(mirror, row("O1"))
    mirror.mark_vanished(begin(mirror), ["O1"], NOON_MS + 9)
    assert keep(mirror, row("O1")) == Kept(new=0, changed=1, unchanged=0, older=0)
    assert mirror.summaries(None, 9) == [row("O1")]
    assert changes(mirror) == [("O1", "Id", "O1", None), ("O1", "Id", None, "O1")]


def test_a_row_that_had_vanished_comes_back_also_with_an_older_stamp(mirror: Mirror) -> None:
    keep(mirror, row("O1", NOON_MS + 9))
    mirror.mark_vanished(begin(mirror), ["O1"], NOON_MS + 10)
    assert keep(mirror, row("O1", NOON_MS)).changed == 1
    assert mirror.summaries(None, 9) == [row("O1", NOON_MS)]


def test_identifiers_are_in_the_order_of_their_texts(mirror: Mirror) -> None:
    keep(mirror, *(row(identifier) for identifier in ("O9", "O10", "O2", "O100", "P1")))
    assert [one["Id"] for one in documents(mirror)] == ["O10", "O100", "O2", "O9", "P1"]


TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "\0", "a\0b", "𝄞 😀 ẞ", "é" * 500, "O'Brien \\ \" %s ? $1 {}", "2026-02-30", "1e5", "\udead"]),
)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
LIFE_CYCLES = st.fixed_dictionaries(
    {},
    optional={
        "Stage": st.sampled_from(["Prospect", "Launched", "A new stage", 7]),
        "TargetCloseDate": st.sampled_from(["2026-12-31", "2026-02-30", "soon", 5]),
        "NextSteps": TEXTS,
        "Newer": VALUES,
    },
)
PROJECTS = st.fixed_dictionaries(
    {},
    optional={
        "ExpectedCustomerSpend": st.lists(
            st.fixed_dictionaries({"Amount": st.sampled_from(["1.5", "", "9" * 31, "many"]), "CurrencyCode": TEXTS})
            | VALUES,
            max_size=3,
        )
        | VALUES,
        "DeliveryModels": st.lists(TEXTS, max_size=2),
        "ExpectedContractDuration": VALUES,
    },
)
SUMMARIES = st.fixed_dictionaries(
    {},
    optional={
        "LifeCycle": LIFE_CYCLES | VALUES,
        "Project": PROJECTS | VALUES,
        "CreatedDate": st.sampled_from([moment(NOON_MS), "2026-01-01T00:00:00+05:30", 1.5e9, -1e40, "then"]) | VALUES,
        "Customer": VALUES,
        "Unknown": VALUES,
    },
)
VERSIONS = st.tuples(st.sampled_from(["1", "2", "10"]), st.integers(0, 3), SUMMARIES)
"""The end of an identifier, milliseconds after noon, and members."""

EXAMPLES = count(1)


def flat(document: Any, path: str = "") -> dict[str, Any]:
    """The leaves of a document: the oracle of what a member is."""
    if isinstance(document, dict) and document:
        parts = [flat(value, f"{path}.{name}" if path else name) for name, value in document.items()]
    elif isinstance(document, list) and any(isinstance(value, dict | list) for value in document):
        parts = [flat(value, f"{path}[{position}]") for position, value in enumerate(document)]
    else:
        return {path: document}
    return {name: value for part in parts for name, value in part.items()}


def shown(value: Any) -> str:
    """A value as the history shows it, without what a database cannot hold."""
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join({"\0": "\ufffd", "\udead": "?"}.get(sign, sign) for sign in text)


def expected_changes(identifier: str, old: Summary, new: Summary) -> list[tuple[str, str, str | None, str | None]]:
    """A plain difference of two documents."""
    before, after = flat(old), flat(new)
    differing = [
        name
        for name in sorted({*before, *after})
        if json.dumps(before.get(name, "absent")) != json.dumps(after.get(name, "absent"))
        or (name in before) != (name in after)
    ]
    return [
        (
            identifier,
            shown(name),
            shown(before[name]) if name in before else None,
            shown(after[name]) if name in after else None,
        )
        for name in differing
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(VERSIONS, max_size=4), max_size=4))
def test_any_pages_leave_the_newest_of_each_and_the_way_there(
    mirror: Mirror, pages: Sequence[Sequence[tuple[str, int, Summary]]]
) -> None:
    prefix = f"O{next(EXAMPLES):05}-"  # a mirror for each example would cost much more than what is tested
    newest: dict[str, Row] = {}
    history: list[tuple[str, str, str | None, str | None]] = []
    run = begin(mirror)
    for page in pages:
        rows = [row_of(prefix + end, NOON_MS + later, {"Id": prefix + end} | members) for end, later, members in page]
        for one in rows:
            before = newest.get(one.id)
            if before is not None and one.last_modified_ms < before.last_modified_ms:
                continue
            if before is not None:
                history += expected_changes(one.id, json.loads(before.raw), json.loads(one.raw))
            newest[one.id] = one
        kept = keep(mirror, *rows, run=run)
        assert kept.new + kept.changed + kept.unchanged + kept.older == len(page)
    found = mirror.summaries(prefix, 9)
    assert [(one.id, one.last_modified_ms) for one in found] == [
        (identifier, newest[identifier].last_modified_ms) for identifier in sorted(newest)
    ]
    assert [json.loads(one.raw) for one in found] == [json.loads(newest[one.id].raw) for one in found]
    assert [change for change in changes(mirror) if change[0].startswith(prefix)] == history
