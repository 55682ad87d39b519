"""Takes the console's pictures in docs/images: its pages over an invented pipeline, at a moment that stands still.

Run it after a change of what the pages look like: `uv run python tools/write_console_pictures.py`. It needs Debian's
chromium, and makes the pictures smaller where pngquant is installed. No test holds them, since fonts differ.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

import boto3
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, sync_playwright

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM: Final = "/usr/bin/chromium"
ACCOUNT: Final = "111122223333"
MOMENT: Final = "2026-11-17T12:00:00Z"
COSELL: Final = (sys.executable, "-c", "from cosell.cli.main import main; main()")
LARGEST_BYTES: Final = 200_000
SOUGHT: Final = json.dumps(
    {
        "AndAllFilters": [
            {"GreaterThanOrEquals": {"Key": "EstimatedMrr", "Value": {"DoubleValue": 1000}}},
            {
                "OrAllFilters": [
                    {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": stage}}}
                    for stage in ("Qualified", "Technical Validation")
                ]
            },
            {"NotFilter": {"EqualsTo": {"Key": "Tags", "Value": {"StringValue": "archive"}}}},
        ]
    },
    separators=(",", ":"),
)
"""A search with conditions of each kind."""


class Picture(NamedTuple):
    """What is looked at, and how."""

    name: str
    address: str
    width: int = 1280
    height: int = 860
    scheme: Literal["light", "dark"] = "light"


PICTURES: Final = (
    Picture("console-home", "/console/"),
    Picture("console-opportunities", "/console/opportunities?LifeCycleReviewStatus=Approved", width=1440),
    Picture("console-search", f"/console/search?{urlencode({'Keyword': 'platform', 'Filter': SOUGHT})}", width=1440),
    Picture("console-opportunity", "/console/opportunities/{identifier}", height=1100),
    Picture("console-pipeline", "/console/pipeline", height=1100),
    Picture("console-desk", "/console/desk", height=1000),
    Picture("console-wire", "/console/wire", height=560),
    Picture("console-phone", "/console/pipeline", width=390, height=800, scheme="dark"),
)


def main() -> None:
    """Take them all."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as url, sync_playwright() as playwright:
        identifier = _a_lively_opportunity(url)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            path = IMAGES / f"{picture.name}.png"
            _take(browser, picture, url + picture.address.format(identifier=identifier), path)
            _make_smaller(path)
            print(f"wrote {path}, {path.stat().st_size:,} bytes")
        browser.close()


def _take(browser: Browser, picture: Picture, address: str, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.scheme
    )
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.screenshot(path=path)
    context.close()


def _make_smaller(path: Path) -> None:
    if shutil.which("pngquant"):
        subprocess.run(
            ["pngquant", "--force", "--ext", ".png", "--strip", "--quality", "80-95", str(path)], check=False
        )
    if path.stat().st_size > LARGEST_BYTES:
        raise SystemExit(f"{path} has more than {LARGEST_BYTES:,} bytes: install pngquant")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COSELL_")}
    seed = ("seed", "--account", ACCOUNT, "--count", "1000", "--seed", "7", "--now", MOMENT)
    subprocess.run([*COSELL, *seed], check=True, cwd=folder, env=environment)
    serve = [*COSELL, "serve", "--port", "0", "--clock", f"frozen:{MOMENT}"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, cwd=folder, env=environment, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip().removeprefix("cosell ready on ")
        finally:
            server.terminate()


def _a_lively_opportunity(url: str) -> str:
    """An opportunity that has gone through something: created, filled in, moved on."""
    client: Any = boto3.session.Session().client(
        "partnercentral-selling",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
    )
    members: dict[str, Any] = {
        "Customer": {
            "Account": {
                "CompanyName": "Nordwind Logistik GmbH",
                "Industry": "Transportation and Logistics",
                "WebsiteUrl": "https://nordwind.example",
                "Address": {"City": "Hamburg", "CountryCode": "DE", "PostalCode": "20095", "StateOrRegion": "Hamburg"},
            },
            "Contacts": [{"FirstName": "Ada", "LastName": "Krüger", "BusinessTitle": "Head of Planning"}],
        },
        "Project": {
            "Title": "Route planning in the cloud",
            "CustomerBusinessProblem": "Planning the routes takes a night, and by morning half of them are outdated.",
            "CustomerUseCase": "Business Applications & Contact Center",
            "DeliveryModels": ["SaaS or PaaS"],
            "SalesActivities": ["Initialized discussions with customer"],
            "ExpectedCustomerSpend": [
                {"Amount": "12000", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
            ],
        },
        "LifeCycle": {"TargetCloseDate": "2027-01-29", "NextSteps": "Meet the planners."},
        "Marketing": {"Source": "None"},
        "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
    }
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="lively", **members)
    stamp = _approved(client, url, created["Id"])
    members["Project"]["ExpectedCustomerSpend"][0]["Amount"] = "18500"
    members["Project"]["SalesActivities"] = ["Conducted POC / Demo"]
    for stage, steps in (("Qualified", "Agree on a pilot."), ("Technical Validation", "Pilot with two depots.")):
        members["LifeCycle"] |= {"Stage": stage, "NextSteps": steps}
        answer = client.update_opportunity(
            Catalog="Sandbox", Identifier=created["Id"], LastModifiedDate=stamp, **members
        )
        stamp = answer["LastModifiedDate"]
    with suppress(ClientError):  # so that the wire has something to explain
        client.create_opportunity(
            Catalog="Sandbox",
            ClientToken="refused",
            Customer={"Account": {"CompanyName": "Nordwind Logistik GmbH", "Industry": "Other"}},
            LifeCycle={"Stage": "Closed Lost", "TargetCloseDate": "2020-01-31"},
        )
    return str(created["Id"])


def _approved(client: Any, url: str, identifier: str) -> Any:
    """Submit an opportunity and approve it as AWS would: when it was changed then."""
    client.associate_opportunity(
        Catalog="Sandbox",
        OpportunityIdentifier=identifier,
        RelatedEntityType="Solutions",
        RelatedEntityIdentifier=client.list_solutions(Catalog="Sandbox")["SolutionSummaries"][0]["Id"],
    )
    client.start_engagement_from_opportunity_task(
        Catalog="Sandbox",
        Identifier=identifier,
        ClientToken="submitted",
        AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"},
    )
    subprocess.run(
        [*COSELL, "review", "approve", identifier, "--url", url, "--account", ACCOUNT],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return client.get_opportunity(Catalog="Sandbox", Identifier=identifier)["LastModifiedDate"]


if __name__ == "__main__":
    main()
