"""The program, which makes its clients itself: in process, beside moto, and as a process of its own over a port."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import boto3
import pytest
from connector.__main__ import run
from connector.deals import Deal
from moto import mock_aws

import cosell as package

SOURCE = Path(__file__).parents[1] / "src"


@pytest.fixture
def file(deal, tmp_path):
    """A file with one deal."""
    path = tmp_path / "deals.json"
    path.write_text(json.dumps([asdict(deal)]))
    return path


def deal_in(file):
    (deal,) = json.loads(file.read_text())
    return Deal(**deal)


@package.intercept()
def test_a_turn_brings_the_status_back(file):
    assert run(file, None) == 0
    assert deal_in(file).status == "Submitted"


def test_refusals_go_to_the_queue(file, deal, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    deal.monthly_spend = "much"
    file.write_text(json.dumps([asdict(deal)]))
    with mock_aws(), package.intercept() as engine:
        queue = boto3.client("sqs").create_queue(QueueName="refusals")["QueueUrl"]
        assert run(file, queue) == 1
        (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert json.loads(message["Body"])["deal"] == "CRM-4711"
        engine.events.assert_not_sent("Opportunity Created")


def test_a_client_that_is_handed_over_needs_no_fixture(deal):
    from connector.push import push

    client = package.connect(account="111122223333")
    push(client, deal, "Sandbox")
    package.events(client).assert_sent("Opportunity Updated", identifier=deal.opportunity)


@pytest.mark.cosell(account="111122223333", review="auto", review_start="0s", review_verdict="0s", review_rejected=0.0)
def test_the_program_runs_against_a_server(cosell_server, file):
    environment = os.environ | cosell_server.environment | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-m", "connector", str(file)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    client = cosell_server.client()
    assert client.get_opportunity(Catalog="Sandbox", Identifier=deal_in(file).opportunity)["Project"]["Title"]
