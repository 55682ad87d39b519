"""What a sync takes from an answer's bytes: all of it, and no more than it understands."""

import json
from typing import Any

import boto3
import pytest

from cosell.sync.answers import DetailReader, NoAnswer, PageReader
from cosell.sync.moments import ms_of, ms_of_http_date, text_of
from tests.conftest import ACCOUNT
from tests.sync.scripted import NOON_MS, summary

_SHAPES = boto3.session.Session().client("partnercentral-selling", region_name="us-east-1").meta.service_model


def read_page(body: bytes) -> Any:
    shape = _SHAPES.operation_model("ListOpportunities").output_shape
    assert shape is not None
    return PageReader(shape)(body)


def read_detail(body: bytes) -> Any:
    shape = _SHAPES.operation_model("GetOpportunity").output_shape
    assert shape is not None
    return DetailReader("GetOpportunity", shape)(body)


def body_of(*summaries: dict[str, Any], **members: Any) -> bytes:
    return json.dumps({"OpportunitySummaries": list(summaries)} | members).encode()


def test_a_row_is_kept_as_it_came() -> None:
    row = summary("O1", Project={"DeliveryModels": ["SaaS or PaaS"]})
    page = read_page(body_of(row, NextToken="t"))
    (kept,) = page.rows
    assert (kept.id, kept.last_modified_ms, json.loads(kept.raw)) == ("O1", NOON_MS, row)
    assert (page.next_token, page.account, page.created_ms) == ("t", ACCOUNT, NOON_MS)
    assert page.unknown == frozenset()


def test_nulls_are_left_out_at_every_depth() -> None:
    (kept,) = read_page(
        body_of(
            summary("O1", LifeCycle={"NextSteps": None, "Stage": "Prospect"}, Project={"DeliveryModels": [{"a": None}]})
        )
    ).rows
    assert json.loads(kept.raw) == summary("O1", LifeCycle={"Stage": "Prospect"}, Project={"DeliveryModels": [{}]})


def test_members_that_the_installed_model_does_not_know_are_kept_and_reported() -> None:
    row = summary("O1", Newcomer=1, LifeCycle={"Stage": "Prospect", "Mood": "good"})
    row["Project"] = {"ExpectedCustomerSpend": [{"Amount": "1", "Odds": 2}], "DeliveryModels": "not a list any more"}
    page = read_page(body_of(row, summary("O2", LifeCycle="not a structure any more"), Total=2))
    assert page.unknown == {"Newcomer", "LifeCycle.Mood", "Project.ExpectedCustomerSpend.Odds", "Total"}
    assert json.loads(page.rows[0].raw) == row
    detail = read_detail(json.dumps({"Id": "O1", "Later": {}}).encode())
    assert (detail.unknown, detail.last_modified_ms) == ({"Later"}, None)


def test_an_answer_that_was_cut_off_anywhere_is_none() -> None:
    body = body_of(summary("O1"), NextToken="t")
    for length in range(len(body)):
        with pytest.raises(NoAnswer, match="ListOpportunities"):
            read_page(body[:length])


@pytest.mark.parametrize(
    "row",
    [
        {"LastModifiedDate": "2026-01-01T00:00:00Z"},
        {"Id": "O1"},
        {"Id": "O1", "LastModifiedDate": "yesterday"},
        {"Id": "O1", "LastModifiedDate": True},
        {"Id": 1, "LastModifiedDate": "2026-01-01T00:00:00Z"},
        "O1",
    ],
)
def test_a_row_that_cannot_be_placed_makes_no_page(row: Any) -> None:
    with pytest.raises(NoAnswer):
        read_page(body_of(row))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"OpportunitySummaries": null}', b"<html>", b"\xff"])
def test_what_is_no_page_is_no_answer(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        read_page(body)
    with pytest.raises(NoAnswer):
        read_detail(body if body != b"{}" and b"null" not in body else b"1")


def test_rows_without_an_arn_or_a_creation_have_none() -> None:
    rows = [
        {"Id": "O1", "LastModifiedDate": 1.5},
        {"Id": "O2", "LastModifiedDate": 2, "Arn": "arn", "CreatedDate": None},
    ]
    page = read_page(body_of(*rows, NextToken=""))
    assert [row.last_modified_ms for row in page.rows] == [1500, 2000]
    assert (page.account, page.created_ms, page.next_token) == (None, None, None)
    assert read_page(body_of()).rows == []


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:01Z", 1_000),
        ("1970-01-01T00:00:01.5Z", 1_500),
        ("1970-01-01T01:00:00.001+01:00", 1),
        ("1970-01-01T00:00:00.123456789Z", 123),
        ("1970-01-01T00:00:00.0019Z", 1),
        ("1970-01-01T00:00:02", 2_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_moments_are_read_in_every_form(text: str, ms: int) -> None:
    assert ms_of(text) == ms


def test_dates_of_answers_are_read_where_there_are_any() -> None:
    assert ms_of_http_date("Thu, 01 Jan 1970 00:00:02 GMT") == 2_000
    assert [ms_of_http_date(text) for text in (None, "", "soon", "Thu, 99 Jan 1970 00:00:02 GMT")] == [None] * 4
    assert text_of(1_001) == "1970-01-01T00:00:01.001Z"
