"""Any sequence of what partners and AWS can do agrees with a model that is written afresh (`model/`), step by step.

After each step the answers to every question, of every account, and what was announced are what the model says, also
after a restart of the engine, and after requests that were refused.
"""

import copy
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cosell.operations import OPERATIONS
from tests.postgres import Postgres
from tests.stories.choices import (
    AFTERWARDS,
    BASES,
    CHOICES,
    CORRECTIONS,
    ENTITIES,
    FILTERS,
    OPENINGS,
    OTHER_SETTINGS,
    PEOPLE,
    RECORDS,
    SEARCHES,
    STAGES,
    STATUSES,
    TAGS,
    TEAMS,
    VIEWS,
)
from tests.stories.model import service
from tests.stories.model.deal import KINDS, LONGEST_HISTORY, Deal
from tests.stories.model.paths import Record, but
from tests.stories.model.sharing import LIFETIME_MS, Invitation
from tests.stories.model.tasks import ACCEPTING, SUBMITTING
from tests.stories.model.world import AWS, DAY_MS, Scope, Settings, moment, owned_arn, shared_arn
from tests.stories.side_by_side import SideBySide

SEQUENCES: Final = int(os.environ.get("COSELL_TEST_SEQUENCES", "100"))
"""How many sequences are tried; CONTRIBUTING.md says how to try more."""
AT_ONCE: Final = 10
"""Of any more, hypothesis makes most by repeating parts of the others. Here those that differ find most."""
STEPS: Final = 30
FEWER: Final = 5
"""Times as few sequences over PostgreSQL, which takes several times as long for each."""

ACCOUNTS: Final = ("111122223333", "444455556666")
SCOPES: Final = [Scope(account, catalog) for account in ACCOUNTS for catalog in ("Sandbox", "AWS")]

wishes = st.fixed_dictionaries({}, optional={path: st.sampled_from(values) for path, values in CHOICES.items()})
one_wish = st.sampled_from([(path, value) for path, values in CHOICES.items() for value in values]).map(
    lambda wish: dict([wish])
)
"""Sequences in which everything changes at once are nearly always refused."""
bases = st.sampled_from(["whole", "bare", "secret", "whole", "whole"])
whiches = st.integers(0, 3)
scopes = st.sampled_from(SCOPES)
askers = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0])
"""Who asks for something: nearly always its owner. (Hypothesis likes the first and the last of a list best.)"""
tag_lists = st.sampled_from(list(TAGS))


class Sequences(RuleBasedStateMachine):
    """Two accounts with both catalogs, AWS, and time."""

    database: ClassVar[Callable[[], AbstractContextManager[str]]]
    """Makes an empty database for each sequence, and removes it at the end."""

    @initialize(
        openings=st.lists(st.tuples(scopes, st.sampled_from(list(OPENINGS)), one_wish), min_size=2, max_size=5),
        set_otherwise=st.sampled_from(["", "", *OTHER_SETTINGS, ""]),
    )
    def begin(self, openings: list[tuple[Scope, str, Record]], set_otherwise: str) -> None:
        self.leaving = ExitStack()
        url = self.leaving.enter_context(type(self).database())
        self.both = SideBySide(url, OTHER_SETTINGS.get(set_otherwise, Settings()), SCOPES)
        self.world = self.both.world
        self.tokens = itertools.count()
        self.asked: list[tuple[Scope, str, Record]] = []
        for scope, opening, wished in openings:
            self.come_to(scope, opening, wished)

    @rule(scope=scopes, opening=st.sampled_from(list(OPENINGS)), wished=one_wish)
    def come_to(self, scope: Scope, opening: str, wished: Record) -> None:
        """Bring one opportunity so far: chance alone comes there too seldom."""
        if opening == "referred":
            self.both.aws_refers(scope, BASES["whole"])
            return
        base = BASES[{"sketched": "bare", "secret": "secret"}.get(opening, "whole")]
        if opening == "submitted as it is":
            base = but(wished, base)
        team = TEAMS[-1] if opening == "drafted by many" else None
        if self._ask_with_token(scope, "CreateOpportunity", **base, OpportunityTeam=team) is None:
            return
        which = len(self._deals()) - 1
        steps: dict[str, Callable[[], None]] = {
            "submit": lambda: self.submit(which, 0, "Co-Sell", None, None),
            "show": lambda: self.submit(which, 0, "For Visibility Only", "Limited", None),
            "share": lambda: self._share(which),
            "wait": lambda: self.time_passes(LIFETIME_MS, with_a_restart=False, with_aws=False),
            "associate": lambda: self.associate(which, 0, "AwsMarketplaceSolutions", 0),
            "talk": lambda: self._talk(which),
            "edit": lambda: self.aws_edits(which, VIEWS[1], None),
            "launch": lambda: self._go_on(which, "Launched", {}),
            "lose": lambda: self._go_on(which, "Closed Lost", {}),
        }
        for step in OPENINGS[opening]:
            if step in steps:
                steps[step]()
            else:
                self.aws_decides(which, step, "Well.", None)

    def _talk(self, which: int) -> None:
        for number in range(LONGEST_HISTORY + 1):
            self.update(which, 0, {"LifeCycle.NextSteps": f"Step {number}"}, None, None, is_late=False)

    def _share(self, which: int) -> None:
        self.submit(which, 0, "Co-Sell", None, "one")
        self.time_passes(60_000, with_a_restart=False, with_aws=True)
        self.a_client_token_comes_again(0, None, 0)  # as a client finds out how far a task has come

    def teardown(self) -> None:
        if hasattr(self, "both"):
            self.both.close()
            self.leaving.close()

    @rule(
        scope=scopes,
        base=bases,
        wished=one_wish | one_wish | wishes,
        team=st.sampled_from(TEAMS),
        tags=tag_lists,
        origin=st.sampled_from([None] * 5 + ["Partner Referral", "AWS Referral"]),
        related=st.sampled_from([None] * 3 + ["some", "O9"]),
    )
    def create(
        self,
        scope: Scope,
        base: str,
        wished: Record,
        team: list[Record] | None,
        tags: str,
        origin: str | None,
        related: str | None,
    ) -> None:
        wanted = but(wished, BASES[base])
        if related is not None:
            known = next((deal.identifier for _, deal in self._deals()), "O9")
            wanted = but({"Project.RelatedOpportunityIdentifier": known if related == "some" else related}, wanted)
        more = {"OpportunityTeam": team, "Origin": origin, "Tags": _tags(tags)}
        self._ask_with_token(scope, "CreateOpportunity", **wanted, **more)

    @precondition(lambda self: self._deals())
    @rule(
        which=whiches,
        asker=askers,
        wished=one_wish | one_wish | wishes,
        sent=st.sampled_from([None, None, "Approved", "Action Required", "Submitted", "In review", "Rejected"]),
        said=st.sampled_from([None, "Which site?"]),
        is_late=st.sampled_from([False, False, False, True, False, False]),
    )
    def update(self, which: int, asker: int, wished: Record, sent: str | None, said: str | None, is_late: bool) -> None:
        scope, deal = self._deals(which)[0]
        wanted = but({"LifeCycle.ReviewStatus": sent, "LifeCycle.ReviewComments": said}, but(wished, deal.written))
        stamp = "2020-01-01T00:00:00.000Z" if is_late else moment(deal.stamp)
        scope = self._asker(scope, asker)
        self.both.ask(scope, "UpdateOpportunity", Identifier=deal.identifier, LastModifiedDate=stamp, **wanted)

    @precondition(lambda self: self._deals())
    @rule(
        which=whiches,
        asker=askers,
        involvement=st.sampled_from(["Co-Sell", "For Visibility Only", "Co-Sell"]),
        visibility=st.sampled_from([None, "Full", "Limited", None]),
        task_tags=st.none() | tag_lists,
    )
    def submit(self, which: int, asker: int, involvement: str, visibility: str | None, task_tags: str | None) -> None:
        scope, deal = self._deals(which)[0]
        submission = {"InvolvementType": involvement, "Visibility": visibility}
        named = {"Identifier": deal.identifier}
        scope = self._asker(scope, asker)
        if task_tags is None:
            self.both.ask(scope, "SubmitOpportunity", **named, **submission)
        else:
            self._ask_with_token(scope, SUBMITTING, **named, AwsSubmission=submission, Tags=_tags(task_tags))

    @precondition(lambda self: self._deals())
    @rule(
        which=whiches,
        step=st.sampled_from(["start review", "approve", "approve", "require action", "reject"]),
        comments=st.sampled_from([None, "Say more."]),
        reason=st.sampled_from([None, "Unclear"]),
    )
    def aws_decides(self, which: int, step: str, comments: str | None, reason: str | None) -> None:
        scope, deal = self._deals(which)[0]
        self.both.aws_decides(scope, deal.identifier, step, comments, reason)

    @precondition(lambda self: self._deals())
    @rule(which=whiches, view=st.sampled_from(VIEWS), record=st.sampled_from(RECORDS))
    def aws_edits(self, which: int, view: Record | None, record: Record | None) -> None:
        scope, deal = self._deals(which)[0]
        self.both.aws_edits(scope, deal.identifier, view, record)

    @rule(scope=scopes, base=bases, wished=one_wish)
    def aws_refers(self, scope: Scope, base: str, wished: Record) -> None:
        self.both.aws_refers(scope, but(wished, BASES[base]))

    @precondition(lambda self: self._with_status("Approved"))
    @rule(
        which=whiches,
        stage=st.sampled_from([None, *STAGES]),
        also=st.sampled_from(AFTERWARDS),
        gives_a_reason=st.booleans(),
    )
    def an_approved_sale_goes_on(self, which: int, stage: str | None, also: Record, *, gives_a_reason: bool) -> None:
        approved = self._with_status("Approved")
        which = approved[which % len(approved)]
        if stage is None:
            self.update(which, 0, also, None, None, is_late=False)
        else:
            self._go_on(which, stage, also, gives_a_reason=gives_a_reason)

    def _go_on(self, which: int, stage: str, also: Record, *, gives_a_reason: bool = True) -> None:
        why = "Price" if stage == "Closed Lost" and gives_a_reason else None
        wished = {"LifeCycle.Stage": stage, "LifeCycle.ClosedLostReason": why} | also
        self.update(which, 0, wished, None, None, is_late=False)

    @precondition(lambda self: self._with_status("Action Required"))
    @rule(which=whiches, wished=st.sampled_from(CORRECTIONS))
    def what_was_asked_for_is_corrected(self, which: int, wished: Record) -> None:
        waiting = self._with_status("Action Required")
        self.update(waiting[which % len(waiting)], 0, wished, None, None, is_late=False)

    @precondition(lambda self: self._deals())
    @rule(which=whiches, asker=askers, kind=st.sampled_from(KINDS), number=st.integers(0, 25))
    def associate(self, which: int, asker: int, kind: str, number: int) -> None:
        scope, deal = self._deals(which)[0]
        entity = ENTITIES[kind][number % len(ENTITIES[kind])]
        self._relate(self._asker(scope, asker), "AssociateOpportunity", deal, kind, entity)

    @precondition(lambda self: self._deals())
    @rule(which=whiches, kind=st.sampled_from(KINDS))
    def associate_as_much_as_there_is(self, which: int, kind: str) -> None:
        scope, deal = self._deals(which)[0]
        for entity in ENTITIES[kind]:
            self._relate(scope, "AssociateOpportunity", deal, kind, entity)

    @precondition(lambda self: self._deals())
    @rule(which=whiches, asker=askers, number=st.integers(0, 25))
    def disassociate(self, which: int, asker: int, number: int) -> None:
        with_something = [pair for pair in self._deals() if any(pair[1].related.values())] or self._deals()
        scope, deal = with_something[which % len(with_something)]
        there = [(kind, entity) for kind in KINDS for entity in deal.related[kind]] or [("Solutions", "S-9")]
        self._relate(self._asker(scope, asker), "DisassociateOpportunity", deal, *there[number % len(there)])

    def _relate(self, scope: Scope, operation: str, deal: Deal, kind: str, entity: str) -> None:
        related = {"RelatedEntityType": kind, "RelatedEntityIdentifier": entity}
        self.both.ask(scope, operation, OpportunityIdentifier=deal.identifier, **related)

    @precondition(lambda self: self._deals())
    @rule(which=whiches, asker=askers, person=st.sampled_from(PEOPLE))
    def assign(self, which: int, asker: int, person: Record) -> None:
        scope, deal = self._deals(which)[0]
        self.both.ask(self._asker(scope, asker), "AssignOpportunity", Identifier=deal.identifier, Assignee=person)

    @rule(
        scope=scopes,
        which=st.integers(0, 5),
        asker=askers,
        changes=st.lists(st.tuples(tag_lists, st.booleans()), min_size=1, max_size=3),
    )
    def tag(self, scope: Scope, which: int, asker: int, changes: list[tuple[str, bool]]) -> None:
        arn = self._taggable(scope)[which % len(self._taggable(scope))]
        scope = self._asker(scope, asker)
        for tags, is_given in changes:
            if is_given:
                self.both.ask(scope, "TagResource", ResourceArn=arn, Tags=_tags(tags) or _tags("one"))
            else:
                keys = [key for key, _ in TAGS[tags][:3]] or ["a", "b"]
                self.both.ask(scope, "UntagResource", ResourceArn=arn, TagKeys=keys)

    @precondition(lambda self: self._invitations())
    @rule(
        which=whiches,
        asker=askers,
        answers=st.lists(
            st.sampled_from([ACCEPTING, "AcceptEngagementInvitation", "RejectEngagementInvitation", ACCEPTING]),
            min_size=1,
            max_size=2,
        ),
        reason=st.sampled_from([None, "other", "No idea", "Unable to support"]),
        tags=tag_lists,
        by_arn=st.booleans(),
    )
    def answer_an_invitation(
        self, which: int, asker: int, answers: list[str], reason: str | None, tags: str, by_arn: bool
    ) -> None:
        """Once, or once more when it is too late."""
        scope, invitation = self._invitations()[which % len(self._invitations())]
        name = invitation.identifier
        arn = shared_arn(scope.catalog, "engagement-invitation", name)
        scope, named = self._asker(scope, asker), {"Identifier": arn if by_arn else name}
        for answer in answers:
            if answer == ACCEPTING:
                self._ask_with_token(scope, answer, **named, Tags=_tags(tags))
            else:
                more = {"RejectionReason": reason} if answer.startswith("Reject") else {}
                self.both.ask(scope, answer, **named, **more)

    @precondition(lambda self: self.asked)
    @rule(
        which=st.integers(0, 10),
        change=st.sampled_from([None, "nothing", "everything", "account", None]),
        after_ms=st.sampled_from([0, 0, 60_000, DAY_MS - 1, DAY_MS, 0]),
    )
    def a_client_token_comes_again(self, which: int, change: str | None, after_ms: int) -> None:
        self.both.clock.now_ms += after_ms
        scope, operation, request = self.asked[-1 - which % len(self.asked)]
        request = copy.deepcopy(request)
        if change == "nothing":
            request["OpportunityTeam"] = []  # means the same as leaving it out
        if change == "everything":
            request["Tags"] = [*(request.get("Tags") or []), {"Key": "again", "Value": "1"}]
        self.both.ask(self._asker(scope, 2) if change == "account" else scope, operation, **request)

    @rule(
        step_ms=st.sampled_from(
            [0, 1, 1000, 60_000, 3_600_000, -3_600_000, DAY_MS + 1000, LIFETIME_MS - 1, LIFETIME_MS]
        ),
        with_a_restart=st.booleans(),
        with_aws=st.booleans(),
    )
    def time_passes(self, step_ms: int, *, with_a_restart: bool, with_aws: bool) -> None:
        """AWS's side does not always come at once: what has expired is to be seen all the same."""
        self.both.clock.now_ms += step_ms
        if with_a_restart:
            self.both.restart()
        if with_aws:
            self.both.time_works()

    @rule(
        scope=scopes,
        key=st.integers(0, 4),
        order=st.sampled_from(["ASCENDING", "DESCENDING"]),
        page_size=st.integers(1, 3),
        since=st.integers(0, 3),
        among=st.sampled_from(FILTERS),
        sought=st.sampled_from(SEARCHES),
        states=st.sampled_from([["COMPLETE", "PENDING"], ["FAILED", "ACCEPTED"], ["IN_PROGRESS", "EXPIRED"]]),
    )
    def ask_for_some(
        self,
        scope: Scope,
        key: int,
        order: str,
        page_size: int,
        since: int,
        among: Record,
        sought: Record,
        states: list[str],
    ) -> None:
        """In small pages, in all orders."""

        def ask(operation: str, keys: list[str], **filters: Any) -> None:
            sort = {"SortBy": keys[key % len(keys)], "SortOrder": order}
            self.both.ask_for_all(scope, operation, page_size, Sort=sort, **filters)

        deals = list(self.world.deals[scope].values())
        watermark = moment(deals[since % len(deals)].stamp) if since and deals else "2020-01-01T00:00:00Z"
        bounds = {"AfterLastModifiedDate": watermark}
        orders = ["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate"]
        ask("ListOpportunities", orders, LastModifiedDate=bounds, **among)
        ask("SearchOpportunities", ["PartnerProjectTitle", "Tags", "EngagementScore", "LastModifiedDate"], **sought)
        ask("ListSolutions", ["Identifier", "Name", "Status", "Category", "CreatedDate"], Status=STATUSES[since:])
        for operation in ("ListEngagementFromOpportunityTasks", "ListEngagementByAcceptingInvitationTasks"):
            ask(operation, ["StartTime"], TaskStatus=states[:1])
        for side in ("SENDER", "RECEIVER"):
            ask("ListEngagementInvitations", ["InvitationDate"], ParticipantType=side, Status=states[1:])

    @invariant()
    def every_account_finds_what_the_model_says(self) -> None:
        if not hasattr(self, "both"):
            return
        ask, ask_for_all = self.both.ask, self.both.ask_for_all
        for scope in SCOPES:
            ask_for_all(scope, "ListOpportunities")
            ask_for_all(scope, "SearchOpportunities")
            ask_for_all(scope, "ListEngagementFromOpportunityTasks")
            ask_for_all(scope, "ListEngagementByAcceptingInvitationTasks")
            ask_for_all(scope, "ListEngagementInvitations", ParticipantType="RECEIVER")
            ask_for_all(scope, "ListEngagementInvitations", ParticipantType="SENDER")
            ask_for_all(scope, "ListSolutions")
            for arn in self._taggable(scope):
                ask(scope, "ListTagsForResource", ResourceArn=arn)
        for scope, deal in self._deals():
            record = ask(scope, "GetOpportunity", Identifier=deal.identifier)
            assert record is not None
            assert set(record["RelatedEntityIdentifiers"]) == set(KINDS)
            ask(scope, "GetAwsOpportunitySummary", RelatedOpportunityIdentifier=deal.identifier)
            stranger = self._asker(scope, 2)
            assert ask(stranger, "GetOpportunity", Identifier=deal.identifier) is None
            assert ask(stranger, "GetAwsOpportunitySummary", RelatedOpportunityIdentifier=deal.identifier) is None
        for scope, invitation in self._invitations():
            ask(scope, "GetEngagementInvitation", Identifier=invitation.identifier)
            ask(scope, "GetOpportunity", Identifier=invitation.engagement.deal.identifier)
            assert ask(self._asker(scope, 2), "GetEngagementInvitation", Identifier=invitation.identifier) is None

    def _deals(self, which: int | None = None) -> list[tuple[Scope, Deal]]:
        """All of them in the order of their creation, or one."""
        deals = [(scope, deal) for scope in SCOPES for deal in self.world.deals[scope].values()]
        deals.sort(key=lambda pair: int(pair[1].identifier[1:]))
        return deals if which is None else [deals[which % len(deals)]]

    def _with_status(self, status: str) -> list[int]:
        return [which for which, (_, deal) in enumerate(self._deals()) if deal.status == status]

    def _invitations(self) -> list[tuple[Scope, Invitation]]:
        """All of them, each with the partner who has sent or received it: those that wait for a partner first."""
        found = [
            (invitation.engagement.deal.scope, invitation)
            for catalog in ("Sandbox", "AWS")
            for invitation in self.world.invitations[catalog].values()
        ]
        return sorted(found, key=lambda pair: (pair[1].receiver == AWS, pair[1].status != "PENDING"))

    def _taggable(self, scope: Scope) -> list[str]:
        """ARNs of what can have tags, and of what cannot."""
        opportunities = [owned_arn(scope, "opportunity", name) for name in [*self.world.deals[scope], "O9"]]
        engagements = [one for one in self.world.engagements[scope.catalog] if one.deal.scope == scope]
        jobs = [owned_arn(scope, "resource-snapshot-job", one.job) for one in engagements if one.job]
        return [*opportunities, *jobs, owned_arn(scope, "solution", "S-1234567")]

    def _asker(self, owner: Scope, steps: int) -> Scope:
        """The scope that stands so many steps behind the owner's: 2 is another account in the same catalog."""
        return SCOPES[(SCOPES.index(owner) + steps) % len(SCOPES)]

    def _ask_with_token(self, scope: Scope, operation: str, **request: Any) -> Record | None:
        request["ClientToken"] = f"token {next(self.tokens)}"
        self.asked.append((scope, operation, request))
        return self.both.ask(scope, operation, **copy.deepcopy(request))


def _tags(name: str) -> list[Record] | None:
    return [{"Key": key, "Value": value} for key, value in TAGS[name]] or None


@contextmanager
def a_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"{folder}/deals.db"


@pytest.mark.parametrize("number", range(SEQUENCES // AT_ONCE))
def test_any_sequence_agrees_with_the_model(number: int) -> None:
    agree(a_file)


@pytest.mark.parametrize("number", range(SEQUENCES // AT_ONCE // FEWER))
def test_any_sequence_over_postgres_agrees_with_the_model(number: int, postgres: Postgres) -> None:
    agree(lambda: nullcontext(postgres.new_schema()))


def agree(database: Callable[[], AbstractContextManager[str]]) -> None:
    """Try some sequences, each over an empty database."""
    over_it = type("Sequences", (Sequences,), {"database": staticmethod(database)})
    few = settings(max_examples=AT_ONCE, stateful_step_count=STEPS, deadline=None)
    run_state_machine_as_test(over_it, settings=few)


def test_the_model_knows_every_operation() -> None:
    assert service.OPERATIONS.keys() == OPERATIONS.keys()


def test_the_model_knows_nothing_of_cosell() -> None:
    sources = [path.read_text() for path in (Path(__file__).parent / "model").glob("*.py")]
    imported = {
        line.split()[1] for text in sources for line in text.splitlines() if line.startswith(("import", "from"))
    }
    assert all(name.startswith("tests.stories.model") or "." not in name for name in imported - {"collections.abc"})
    assert "cosell" not in imported
