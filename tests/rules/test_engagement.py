"""What is shared of an opportunity that says little."""

from cosell.context import Scope
from cosell.rules.engagement.from_opportunity import engagement_of, invitation_to_aws
from cosell.rules.engagement.snapshot import opportunity_view
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse, LifeCycleForView, ProjectView, RelatedEntityIdentifiers

NOW = Timestamp.from_ms(0)
BARE = GetOpportunityResponse(
    catalog="AWS",
    id="O1",
    created_date=NOW,
    last_modified_date=NOW,
    related_entity_identifiers=RelatedEntityIdentifiers(),
)
SCOPE = Scope("111122223333", "AWS")


def test_an_engagement_leaves_out_what_the_opportunity_does_not_say() -> None:
    engagement = engagement_of(BARE, SCOPE, "eng-1", NOW)
    assert engagement.contexts is not None
    (context,) = engagement.contexts
    assert encode(context) == b'{"Id":"1","Type":"CustomerProject","Payload":{"CustomerProject":{}}}'
    assert (engagement.title, engagement.description) == ("", "")
    assert invitation_to_aws(BARE, engagement, SCOPE, "engi-1", NOW).payload is None


def test_a_view_shows_nothing_of_what_is_not_there() -> None:
    view = opportunity_view(BARE)
    assert (view.lifecycle, view.project, view.customer) == (LifeCycleForView(), ProjectView(), None)
