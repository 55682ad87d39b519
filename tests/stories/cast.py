"""Who appears in the stories: a partner with an unmodified boto3 client, and AWS's reviewer."""

from typing import TYPE_CHECKING, Any

from cosell.context import Context, Scope
from cosell.engine import Engine
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.rules.opportunity.review import AwsStep
from cosell.testing.in_process import client_of
from tests.conftest import ACCOUNT
from tests.operations.whole_opportunity import WHOLE, but
from tests.store.caller import HandClock, Record

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

MINUTE_MS = 60_000


class Partner:
    """Reads an opportunity, changes something in it, and sends all of it back, as connectors do."""

    def __init__(self, engine: Engine, clock: HandClock, account: str = ACCOUNT, catalog: str = "AWS") -> None:
        self.client: PartnerCentralSellingAPIClient = client_of(engine, account=account)
        self.catalog = catalog
        self._clock = clock

    def drafts(self, **members: Any) -> str:
        """Create an opportunity: its identifier."""
        self._clock.now_ms += MINUTE_MS
        created = self.client.create_opportunity(Catalog=self.catalog, **(members or WHOLE))
        return created["Id"]

    def reads(self, identifier: str) -> Record:
        """The opportunity as it is now."""
        answer: Record = dict(self.client.get_opportunity(Catalog=self.catalog, Identifier=identifier))
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def status(self, identifier: str) -> str:
        """The review status as it is now."""
        return str(self.reads(identifier)["LifeCycle"]["ReviewStatus"])

    def sends_back(self, seen: Record, members: dict[str, Any]) -> None:
        """Update with what was read, and other values at some paths of the model."""
        self._clock.now_ms += MINUTE_MS
        wanted = but(members, {name: seen[name] for name in WHOLE if name in seen})
        self.client.update_opportunity(
            Catalog=self.catalog, Identifier=seen["Id"], LastModifiedDate=seen["LastModifiedDate"], **wanted
        )

    def changes(self, identifier: str, members: dict[str, Any]) -> None:
        """Read it, and send it back changed."""
        self.sends_back(self.reads(identifier), members)

    def submits(self, identifier: str, involvement: Any = "Co-Sell") -> None:
        """Hand it to AWS."""
        self._clock.now_ms += MINUTE_MS
        self.client.submit_opportunity(Catalog=self.catalog, Identifier=identifier, InvolvementType=involvement)

    def changed_since(self, moment: Any) -> list[str]:
        """The identifiers of what a sync by watermark reads."""
        page = self.client.list_opportunities(Catalog=self.catalog, LastModifiedDate={"AfterLastModifiedDate": moment})
        return [summary["Id"] for summary in page["OpportunitySummaries"]]


class Reviewer:
    """AWS's side of the review of one partner's opportunities."""

    def __init__(self, engine: Engine, clock: HandClock, account: str = ACCOUNT, catalog: str = "AWS") -> None:
        self._engine = engine
        self._clock = clock
        self._scope = Scope(account, catalog)

    def decides(self, identifier: str, step: AwsStep, **said: Any) -> None:
        """Take a step, and say why."""
        self._clock.now_ms += MINUTE_MS
        context = Context(self._scope, self._clock(), self._engine.chance, self._engine.store.token_key)
        with self._engine.store.write(self._scope) as tx:
            review_decision(tx, ReviewDecision(identifier, step, **said), context)


def told(refused: Any) -> list[tuple[str, str]]:
    """FieldName and Code of each entry of the ErrorList of a boto3 exception."""
    return [(entry["FieldName"], entry["Code"]) for entry in refused.value.response["ErrorList"]]
