"""A connector whose calls are saved: an account of its own at a server, and the tests that are made of its calls."""

import http.client
import itertools
from typing import TYPE_CHECKING, Any

import cosell
from tests.admin.conftest import ask, done
from tests.conftest import Server

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

ACCOUNTS = itertools.count(720_000_000_000)
SECRET = "Zqxj Sauce"
PROBLEM = "The zqxj is tracked on servers that nobody sells parts for."


class Connector:
    """Calls a server with an unmodified boto3 client. What it creates has SECRET wherever that may stand."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.account = f"{next(ACCOUNTS):012d}"
        self.client: PartnerCentralSellingAPIClient = server.bare_client(self.account)

    def deal(self, **changes: Any) -> dict[str, Any]:
        """A complete opportunity, with these members in the place of its own."""
        deal = cosell.example_opportunity(SECRET)
        deal["Project"] |= {"Title": f"{SECRET} moves", "CustomerBusinessProblem": PROBLEM}
        deal["Customer"]["Account"]["WebsiteUrl"] = "https://zqxj.example.com"
        deal["Customer"]["Contacts"] = [
            {"Email": "zqxj@example.com", "FirstName": "Zqxj", "LastName": "Sauce", "Phone": "+4942112345"}
        ]
        return deal | changes

    def create(self, token: str, **changes: Any) -> Any:
        """What CreateOpportunity answers."""
        return self.client.create_opportunity(Catalog="Sandbox", ClientToken=token, **self.deal(**changes))

    def get(self, identifier: str) -> Any:
        """What GetOpportunity answers."""
        return self.client.get_opportunity(Catalog="Sandbox", Identifier=identifier)

    def submit(self, identifier: str) -> None:
        """Submit an opportunity."""
        self.client.submit_opportunity(Catalog="Sandbox", Identifier=identifier, InvolvementType="Co-Sell")

    def update(self, identifier: str, stamp: Any, **changes: Any) -> Any:
        """What UpdateOpportunity answers."""
        return self.client.update_opportunity(
            Catalog="Sandbox", Identifier=identifier, LastModifiedDate=stamp, **self.deal(**changes)
        )

    def review(self, identifier: str, decision: str, **said: Any) -> None:
        """A step of AWS's."""
        done(
            ask(
                self.server, "POST", "review", {"id": identifier, "decision": decision, "account": self.account, **said}
            )
        )

    def send(self, operation: str, body: bytes) -> int:
        """The status of what a client that is not boto3 has sent."""
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.account}/20260101/us-east-1/any/aws4_request",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AWSPartnerCentralSelling.{operation}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("POST", "/", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def calls(self) -> list[dict[str, Any]]:
        """The account's calls as the server tells them, the newest first."""
        told = done(ask(self.server, "GET", f"requests?limit=100&account={self.account}"))["requests"]
        assert isinstance(told, list)
        return told

    def saved(self, **wanted: Any) -> str:
        """The test of the account's last calls, or of one that is named."""
        which = {} if "id" in wanted else {"account": self.account}
        return str(done(ask(self.server, "POST", "requests/save-test", {**which, **wanted}))["test"])

    def refused(self, **wanted: Any) -> tuple[int, str]:
        """The status and the reason where no test can be made."""
        status, told = ask(self.server, "POST", "requests/save-test", {"account": self.account, **wanted})
        return status, told["error"]
