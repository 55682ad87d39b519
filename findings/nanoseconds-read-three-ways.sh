#!/usr/bin/env bash
# botocore, the JavaScript SDK and msgspec read one stamp with nanoseconds as three different moments.
#
# The service sends stamps of invitations, tasks and jobs with up to nine digits.
#   expected: all read the same moment, as exactly as they can, and send it back unchanged.
#   seen:     botocore truncates to microseconds, the JavaScript SDK to milliseconds, and msgspec rounds to microseconds:
#             …09:00:59.9999999Z becomes the next minute there. Each sends back something other than it was
#             sent, so an equality check on a stamp that went through a client fails, and "later than the last one"
#             finds the last one again.
# Compare stamps to the millisecond, rounded down; query with an overlap.
#
# botocore 1.44.8, msgspec 0.22.0, @aws-sdk/client-partnercentral-selling 3.1124.0. Needs node and npm. Nothing is sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check botocore==1.44.8 msgspec==0.22.0
npm install --prefix "$folder" --no-audit --no-fund --loglevel=error @aws-sdk/client-partnercentral-selling@3.1124.0 >/dev/null
cd "$folder"
cat >read.mjs <<'JAVASCRIPT'
import { ListOpportunitiesCommand, PartnerCentralSellingClient } from "@aws-sdk/client-partnercentral-selling";
import { Readable } from "node:stream";

const sent = [];
const client = new PartnerCentralSellingClient({
  region: "us-east-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  requestHandler: {
    async handle(request) {
      sent.push(JSON.parse(request.body));
      const summary = { Catalog: "Sandbox", Id: "O1", LastModifiedDate: process.argv[2] };
      const body = Readable.from([JSON.stringify({ OpportunitySummaries: [summary] })]);
      return { response: { statusCode: 200, headers: { "content-type": "application/x-amz-json-1.0" }, body } };
    },
  },
});
const { OpportunitySummaries: [{ LastModifiedDate }] } = await client.send(new ListOpportunitiesCommand({ Catalog: "Sandbox" }));
await client.send(
  new ListOpportunitiesCommand({ Catalog: "Sandbox", LastModifiedDate: { AfterLastModifiedDate: LastModifiedDate } }),
);
console.log(sent[1].LastModifiedDate.AfterLastModifiedDate);
JAVASCRIPT
venv/bin/python - <<'PYTHON'
import json
import subprocess
from datetime import datetime

import botocore
import msgspec
from botocore.awsrequest import AWSResponse
from botocore.session import Session


class Body:
    def __init__(self, text):
        self.text = text

    def stream(self, *_, **__):
        yield self.text.encode()


def through_botocore(stamp):
    sent = []
    client = Session().create_client(
        "partnercentral-selling", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )

    def answer(request, **_):
        sent.append(json.loads(request.body))
        summary = {"Catalog": "Sandbox", "Id": "O1", "LastModifiedDate": stamp}
        return AWSResponse(request.url, 200, {}, Body(json.dumps({"OpportunitySummaries": [summary]})))

    client.meta.events.register("before-send", answer)
    (found,) = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    client.list_opportunities(Catalog="Sandbox", LastModifiedDate={"AfterLastModifiedDate": found["LastModifiedDate"]})
    return sent[1]["LastModifiedDate"]["AfterLastModifiedDate"]


def through_javascript(stamp):
    return subprocess.run(["node", "read.mjs", stamp], capture_output=True, text=True, check=True).stdout.strip()


def through_msgspec(stamp):
    return json.loads(msgspec.json.encode(msgspec.json.decode(json.dumps(stamp), type=datetime)))


print(f"botocore {botocore.__version__}, JavaScript SDK 3.1124.0, msgspec {msgspec.__version__}")
for stamp, *expected in [
    ("2026-01-31T09:00:00.123456789Z", "00.123456Z", "00.123Z", "00.123457Z"),
    ("2026-01-31T09:00:59.9999999Z", "59.999999Z", "59.999Z", "01:00Z"),
]:
    found = [through_botocore(stamp), through_javascript(stamp), through_msgspec(stamp)]
    print(stamp, *found, sep="\n  ")
    assert all(text.endswith(end) for text, end in zip(found, expected, strict=True)), expected
PYTHON
