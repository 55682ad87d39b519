"""`python -m connector DEALS.json`: push each deal of a file, pull what AWS says of it, and write the file again.

The clients are made here, as boto3 is configured. Refusals go to the queue that QUEUE_URL names.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import boto3

from connector.deals import Deal
from connector.pull import pull
from connector.push import push

CATALOG = os.environ.get("CATALOG", "Sandbox")


def run(path: Path, queue_url: str | None) -> int:
    """One turn over the deals of a file: how many AWS has refused."""
    client = boto3.client("partnercentral-selling")
    deals = [Deal(**deal) for deal in json.loads(path.read_text(encoding="utf-8"))]

    def refused(why: str) -> None:
        if queue_url is None:
            print(why)
        else:
            boto3.client("sqs").send_message(QueueUrl=queue_url, MessageBody=why)

    taken = [push(client, deal, CATALOG, refused) for deal in deals]
    pull(client, deals, CATALOG, since=None)
    path.write_text(json.dumps([asdict(deal) for deal in deals], indent=2), encoding="utf-8")
    return taken.count(False)


if __name__ == "__main__":
    sys.exit(1 if run(Path(sys.argv[1]), os.environ.get("QUEUE_URL")) else 0)
