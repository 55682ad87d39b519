#!/usr/bin/env bash
# botocore takes a datetime without a time zone to be UTC, while Python takes it to be local time.
#
#   expected: datetime.now() and datetime.now().timestamp() name the same moment, so a filter finds the same with either.
#   seen:     the number is right; the datetime is sent as local time with a Z appended. In Tokyo that is nine hours ahead,
#             so AfterLastModifiedDate=datetime.now() - timedelta(hours=1) leaves out what was just changed. On a server
#             set to UTC nobody notices.
#
# botocore 1.44.8, operation ListOpportunities of partnercentral-selling. Nothing is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.44.8
TZ=Asia/Tokyo "$folder/venv/bin/python" - <<'PYTHON'
import json
from datetime import datetime

import botocore
from botocore.session import Session

client = Session().create_client(
    "partnercentral-selling", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
)


class Stop(Exception):
    """Before anything leaves."""


def stop(request, **_):
    raise Stop(request.body)


client.meta.events.register("before-send", stop)


def sent(moment):
    try:
        client.list_opportunities(Catalog="Sandbox", LastModifiedDate={"AfterLastModifiedDate": moment})
    except Stop as stopped:
        return json.loads(stopped.args[0])["LastModifiedDate"]["AfterLastModifiedDate"]


nine = datetime(2026, 1, 31, 9)
print("botocore", botocore.__version__)
for name, given, expected in [
    ("datetime", nine, "2026-01-31T09:00:00Z"),
    ("its timestamp()", int(nine.timestamp()), "2026-01-31T00:00:00Z"),
    ("with its zone", nine.astimezone(), "2026-01-31T00:00:00Z"),
]:
    print(f"{name}: {sent(given)}")
    assert sent(given) == expected
PYTHON
