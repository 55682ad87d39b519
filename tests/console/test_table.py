"""The table asks what ListOpportunities can be asked, and shows how to ask it elsewhere."""

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.console.table.question import query_of, query_of_form, request_of
from cosell.console.words import title_of
from tests.conftest import ACCOUNT
from tests.console.conftest import NAMES, Site
from tests.list_opportunities.oracle import REVIEW_STATUSES, SORT_KEYS, STAGES

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
values = st.lists(texts, min_size=1, max_size=3)
requests = st.fixed_dictionaries(
    {},
    optional={
        "Identifier": values,
        "CustomerCompanyName": values,
        "LifeCycleStage": st.lists(st.sampled_from(STAGES), min_size=1, max_size=3),
        "LifeCycleReviewStatus": st.lists(st.sampled_from(REVIEW_STATUSES), min_size=1, max_size=3),
        "LastModifiedDate": st.fixed_dictionaries({"AfterLastModifiedDate": texts, "BeforeLastModifiedDate": texts}),
        "CreatedDate": st.fixed_dictionaries({"AfterCreatedDate": texts}),
        "TargetCloseDate": st.fixed_dictionaries({"BeforeTargetCloseDate": texts}),
        "Sort": st.fixed_dictionaries(
            {"SortBy": st.sampled_from(SORT_KEYS), "SortOrder": st.sampled_from(["ASCENDING", "DESCENDING"])}
        ),
        "MaxResults": st.integers(1, 100),
        "NextToken": texts,
    },
)
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"LifeCycleStage": ["Qualified", "Committed"], "LifeCycleReviewStatus": ["Approved"]},
    {"CustomerCompanyName": list(NAMES.values()), "Sort": {"SortBy": "CustomerCompanyName", "SortOrder": "ASCENDING"}},
    {"Identifier": ["O1000001", "O1000009"], "MaxResults": 1},
    {"TargetCloseDate": {"AfterTargetCloseDate": "2026-06-01", "BeforeTargetCloseDate": "2026-09-01"}},
    {
        "CreatedDate": {"AfterCreatedDate": "2026-01-01T00:00:00Z"},
        "Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"},
    },
]


@given(request=requests)
def test_an_address_holds_any_request(request: dict[str, Any]) -> None:
    assert request_of(query_of(request)) == request


def answer(site: Site, question: dict[str, Any]) -> dict[str, Any]:
    """What boto3 gets."""
    got: Any = site.server.client().list_opportunities(Catalog="Sandbox", **question)
    return dict(got)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: ",".join(question) or "none")
def test_the_table_is_the_answer_of_the_api_page_by_page(site: Site, question: dict[str, Any]) -> None:
    given = answer(site, question)
    page = site.page("/console/opportunities", *query_of(question))
    assert page.identifiers == [summary["Id"] for summary in given["OpportunitySummaries"]]
    following = [one["href"] for one in page.with_attribute("data-next")]
    assert bool(following) == bool(given.get("NextToken"))
    if following:
        given = answer(site, {**question, "NextToken": given["NextToken"]})
        status, _, text = site.request("GET", following[0])
        assert status == 200
        assert all(summary["Id"] in text for summary in given["OpportunitySummaries"])


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: ",".join(question) or "none")
@pytest.mark.parametrize("way", ["way-1", "way-2", "way-3"])
def test_the_same_question_can_be_copied_and_asked(
    site: Site, question: dict[str, Any], way: str, tmp_path: Path
) -> None:
    page = site.page("/console/opportunities", *query_of(question))
    text = page.texts[way]
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "HOME": str(tmp_path)}
    if way == "way-1":
        names: dict[str, Any] = {"print": lambda _: None}
        exec(compile(text, "copied", "exec"), names)
        got = names["answer"]
    else:
        if way == "way-3" and not shutil.which("curl"):
            pytest.skip("curl is not installed: apt-get install curl")
        done = subprocess.run(["bash", "-c", text], capture_output=True, check=True, env=environment)
        got = json.loads(done.stdout)
    assert [summary["Id"] for summary in got["OpportunitySummaries"]] == page.identifiers


def test_what_the_api_refuses_is_reported_in_its_words(site: Site) -> None:
    page = site.page("/console/opportunities", ("LifeCycleStage", "Nowhere"), ("MaxResults", "500"), status=400)
    for told in ("ValidationException", "LifeCycleStage", "INVALID_ENUM_VALUE", "MaxResults", "VALUE_OUT_OF_RANGE"):
        assert told in page.text
    page = site.page("/console/opportunities", ("NextToken", "x"), status=400)
    assert "To the first page" in page.text
    assert site.page("/console/opportunities", ("MaxResults", "many"), status=400)


def test_the_fields_of_the_form_become_a_question() -> None:
    fields = [
        ("filter", "form"),
        ("companies", "Acme\r\n  Beta \r\n\r\n"),
        ("identifiers", ""),
        ("BeforeCreatedDate", " "),
        ("AfterCreatedDate", "2026-01-31"),
        ("BeforeLastModifiedDate", "2026-01-31T09:00:00Z"),
        ("AfterTargetCloseDate", "2026-01-31"),
    ]
    assert request_of(query_of_form(fields)) == {
        "CustomerCompanyName": ["Acme", "Beta"],
        "CreatedDate": {"AfterCreatedDate": "2026-01-31T00:00:00Z"},
        "LastModifiedDate": {"BeforeLastModifiedDate": "2026-01-31T09:00:00Z"},
        "TargetCloseDate": {"AfterTargetCloseDate": "2026-01-31"},
    }


def test_members_are_labelled_in_words() -> None:
    words = {
        "AwsAccountId": "AWS account ID",
        "AwsMarketplaceOffers": "AWS Marketplace offers",
        "CosellMotion": "Co-sell motion",
        "CustomerUseCase": "Customer use case",
        "Duns": "DUNS",
        "PartnerOpportunityIdentifier": "Partner's identifier",
        "Title": "Title",
    }
    assert {name: title_of(name) for name in words} == words


def test_commands_are_quoted_for_a_shell(site: Site) -> None:
    page = site.page("/console/opportunities", ("CustomerCompanyName", "$(touch x) 'y' `z`"))
    for way in ("way-2", "way-3"):
        assert "$(touch x) 'y' `z`" in " ".join(shlex.split(page.texts[way].replace("\\\n", " ")))
    assert f"Credential={ACCOUNT}/" in page.texts["way-3"]
