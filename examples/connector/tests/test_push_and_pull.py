"""The functions of the connector, which take their client: it is answered in process."""

import json

import pytest
from connector.deals import Deal
from connector.pull import pull
from connector.push import push


def test_a_deal_becomes_an_opportunity_that_is_submitted(cosell, partnercentral, deal):
    assert push(partnercentral, deal, "Sandbox")
    pull(partnercentral, [deal], "Sandbox", since=None)
    assert deal.status == "Submitted"
    cosell.events.assert_sent("Opportunity Created", identifier=deal.opportunity, times=1)


def test_a_deal_is_sent_back_repaired_and_approved(cosell, partnercentral, deal):
    deal.problem = "Cameras, as discussed last week."
    push(partnercentral, deal, "Sandbox")
    cosell.review.require_action(deal.opportunity, reason="Unclear")
    since = pull(partnercentral, [deal], "Sandbox", since=None)
    assert deal.status == "Action Required"
    deal.problem = "The cameras record to disks that are full after a day."
    assert push(partnercentral, deal, "Sandbox")
    cosell.review.approve(deal.opportunity)
    pull(partnercentral, [deal], "Sandbox", since)
    assert deal.status == "Approved"


def test_every_mistake_of_a_deal_is_reported(cosell, partnercentral, deal):
    deal.monthly_spend, deal.closes = "much", "soon"
    reports = []
    assert not push(partnercentral, deal, "Sandbox", reports.append)
    (report,) = map(json.loads, reports)
    assert report["deal"] == "CRM-4711"
    assert len(report["fields"]) == len(cosell.requests.last.error_list) == 2


@pytest.mark.cosell(faults=[{"error": "ConnectionDropped", "when": "after", "operation": "Create*", "count": 1}])
def test_a_deal_whose_answer_is_lost_is_not_created_twice(cosell, partnercentral, deal):
    assert push(partnercentral, deal, "Sandbox")
    assert len(cosell.requests.of("CreateOpportunity")) == 2
    assert list(cosell.opportunities) == [deal.opportunity]


@pytest.mark.cosell(seed=50)
def test_statuses_come_back_from_every_page(cosell, partnercentral):
    deals = [Deal("", "", "", "", "", "", "", opportunity) for opportunity in cosell.opportunities]
    pull(partnercentral, deals, "Sandbox", since=None)
    assert all(deal.status for deal in deals)
