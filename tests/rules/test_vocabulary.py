"""The tables of stages, statuses and sort keys hold what the service model names, and nothing else."""

from cosell.rules.list.sort_keys import SORT_NAMES
from cosell.rules.opportunity.record import LONGEST_NEXT_STEPS_HISTORY, no_related_entities
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.rules.opportunity.stage import EVERY_STAGE, FIRST_STAGE
from cosell.store.page_plan import EVERY_REVIEW_STATUS
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sql.page_parts import KEY_COLUMNS
from cosell.store.sqlite.indexes import CREATE_INDEXES, DROP_INDEXES
from cosell.wire.model import service_model


def values(shape: str) -> set[str]:
    return set(service_model().shapes[shape].enum)


def test_every_stage_has_a_code_and_a_place_in_plans() -> None:
    assert set(STAGE_CODES) == set(EVERY_STAGE) == values("Stage")
    assert len(set(STAGE_CODES.values())) == len(STAGE_CODES)
    assert FIRST_STAGE in STAGE_CODES


def test_every_review_status_has_a_code_and_a_place_in_plans() -> None:
    assert set(REVIEW_STATUS_CODES) == set(EVERY_REVIEW_STATUS) == values("ReviewStatus")
    assert len(set(REVIEW_STATUS_CODES.values())) == len(REVIEW_STATUS_CODES)
    assert FIRST_REVIEW_STATUS in REVIEW_STATUS_CODES


def test_codes_that_databases_hold_are_never_given_anew() -> None:
    assert STAGE_CODES == {
        "Prospect": 1,
        "Qualified": 2,
        "Technical Validation": 3,
        "Business Validation": 4,
        "Committed": 5,
        "Launched": 6,
        "Closed Lost": 7,
    }
    assert REVIEW_STATUS_CODES == {
        "Pending Submission": 1,
        "Submitted": 2,
        "In review": 3,
        "Action Required": 4,
        "Approved": 5,
        "Rejected": 6,
    }


def test_every_sort_key_has_its_column_and_its_two_indexes() -> None:
    assert set(SORT_NAMES) == set(KEY_COLUMNS) == values("OpportunitySortName")
    assert len(CREATE_INDEXES) == len(DROP_INDEXES) == 2 * len(KEY_COLUMNS)


def test_limits_are_the_models() -> None:
    assert service_model().shapes["LifeCycleNextStepsHistoryList"].max == LONGEST_NEXT_STEPS_HISTORY


def test_a_record_begins_with_every_list_of_related_entities() -> None:
    related = no_related_entities()
    assert [getattr(related, name) for name in related.__struct_fields__] == [[]] * 6
