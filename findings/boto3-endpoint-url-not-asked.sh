#!/usr/bin/env bash
# The endpoint that a boto3 client shows is not the one that it calls.
#
#   expected: client.meta.endpoint_url is where requests of this service go.
#   seen:     it shows …amazonaws.com, a name that this service does not use; requests go to …api.aws. The first comes from
#             the table of endpoints, the second from the service's rules, which are only evaluated for each request.
# Firewall rules, allow lists and log lines based on the attribute name a host that is never called. If
# endpoint_url is given, both are what was given.
#
# boto3 1.44.8, botocore 1.44.8, service partnercentral-selling. Nothing is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
"$folder/venv/bin/python" - <<'PYTHON'
import boto3


class Stop(Exception):
    """Before anything leaves."""


def stop(request, **_):
    raise Stop(request.url)


def shown_and_asked(**options):
    client = boto3.client(
        "partnercentral-selling", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b", **options
    )
    client.meta.events.register("before-send", stop)
    try:
        client.list_opportunities(Catalog="Sandbox")
    except Stop as stopped:
        return client.meta.endpoint_url, stopped.args[0]


print("boto3", boto3.__version__)
shown, asked = shown_and_asked()
print(f"shown {shown}, asked {asked}")
assert shown == "https://partnercentral-selling.us-east-1.amazonaws.com"
assert asked == "https://partnercentral-selling.us-east-1.api.aws/"
shown, asked = shown_and_asked(endpoint_url="http://127.0.0.1:9")
print(f"shown {shown}, asked {asked}")
assert (shown, asked) == ("http://127.0.0.1:9", "http://127.0.0.1:9/")
PYTHON
