"""What an opportunity is shared by: its engagement, the invitations to it, and snapshots for its members.

Source: the reference on events, 3, on the life cycle, 3 and 7, and on operations, Invitations.
"""

from typing import Final

from tests.stories.model.deal import Deal
from tests.stories.model.paths import Record, at, some, without_empty
from tests.stories.model.world import AWS, DAY_MS, Turn, moment, seconds_of, shared_arn

LIFETIME_MS: Final = 15 * DAY_MS
SUMMARY: Final = "OpportunitySummaryView"
FULL_VIEW: Final = "AwsOpportunitySummaryFullView"
OUR_MESSAGE: Final = "We would like to work on this opportunity with AWS."
AWS_MESSAGE: Final = "AWS refers this opportunity to you."
AWS_PERSON: Final = {
    "Email": "referrals@example.com",
    "FirstName": "AWS",
    "LastName": "Referrals",
    "BusinessTitle": "PDM",
}
RESPONSIBILITIES: Final = ["Co-Sell Facilitator"]


class Engagement:
    """What AWS and a partner share about one opportunity."""

    def __init__(self, identifier: str, deal: Deal, member: str) -> None:
        self.identifier = identifier
        self.arn = shared_arn(deal.scope.catalog, "engagement", identifier)
        self.deal = deal
        self.title = (at(deal.written, "Project.Title") or "")[:40]
        self.description = (at(deal.written, "Project.CustomerBusinessProblem") or "")[:255]
        self.members = [member]
        self.job: str | None = None
        """The job that takes snapshots."""
        self.snapshots: dict[str, list[Record]] = {SUMMARY: [], FULL_VIEW: []}
        """What was to be seen by each template, revision by revision."""


class Invitation:
    """An invitation of AWS by a partner, or of a partner by AWS."""

    def __init__(self, identifier: str, engagement: Engagement, sender: str, receiver: str, now: int) -> None:
        self.identifier = identifier
        self.engagement = engagement
        self.sender = sender
        self.receiver = receiver
        self.sent = now
        self.expires = now + LIFETIME_MS
        self.status = "PENDING"
        self.reason: str | None = None
        self.payload = _payload(engagement.deal, is_from_aws=sender == AWS)

    def state(self, now: int) -> str:
        """The status by now: who does not answer in time has no say any more."""
        return "EXPIRED" if self.status == "PENDING" and self.expires <= now else self.status

    def summary(self, now: int) -> Record:
        """What lists show, but for whom."""
        catalog = self.engagement.deal.scope.catalog
        return {
            "Catalog": catalog,
            "Id": self.identifier,
            "Arn": shared_arn(catalog, "engagement-invitation", self.identifier),
            "PayloadType": "OpportunityInvitation",
            "EngagementId": self.engagement.identifier,
            "EngagementTitle": self.engagement.title,
            "Status": self.state(now),
            "InvitationDate": moment(self.sent),
            "ExpirationDate": None if self.status == "ACCEPTED" or self._is_answered_by_aws() else moment(self.expires),
            "SenderAwsAccountId": self.sender,
            "SenderCompanyName": company(self.sender),
            "Receiver": {"Account": {"AwsAccountId": self.receiver, "Alias": company(self.receiver)}},
        }

    def shown(self, now: int) -> Record:
        """What its two sides see of it."""
        is_closed = self.state(now) in ("REJECTED", "EXPIRED")
        members = [
            {"CompanyName": company(account)} | ({"WebsiteUrl": "www.aws.com"} if account == AWS else {})
            for account in self.engagement.members
        ]
        return self.summary(now) | {
            "EngagementDescription": self.engagement.description,
            "InvitationMessage": AWS_MESSAGE if self.sender == AWS else OUR_MESSAGE,
            "RejectionReason": self.reason,
            "Payload": None if is_closed else self.payload,
            "ExistingMembers": None if is_closed else members,
        }

    def _is_answered_by_aws(self) -> bool:
        return self.receiver == AWS and self.status == "REJECTED"


def company(account: str) -> str:
    """What an account is called."""
    return "AWS" if account == AWS else f"Partner {account}"


def share(turn: Turn, deal: Deal, involvement_view: Record, names: tuple[str, ...]) -> tuple[Engagement, Invitation]:
    """Share what is about to be submitted with AWS: with an engagement, a first snapshot and an invitation.

    `names` is where the service tells the names of what it makes.
    """
    engagement = engagement_of(turn, deal)
    if engagement is None:
        engagement = Engagement(turn.new("eng-[0-9a-z]{14}", *names, "EngagementId"), deal, deal.scope.account)
        turn.world.engagements[deal.scope.catalog].append(engagement)
        detail = {
            "engagementArn": engagement.arn,
            "engagementId": engagement.identifier,
            "CreatedAt": seconds_of(turn.now),
            "CreatedBy": deal.scope.account,
            "ContextTypes": ["CustomerProject"],
        }
        happened(turn, engagement.members, engagement, "Engagement Created", {"engagement": detail})
        _member_added(turn, engagement, deal.scope.account)
        engagement.job = turn.new("job-[0-9a-z]{13}", *names, "ResourceSnapshotJobId")
    take_snapshot(turn, engagement, involvement_view)
    for invitation in turn.world.invitations[deal.scope.catalog].values():
        if invitation.engagement is engagement and invitation.state(turn.now) in ("PENDING", "ACCEPTED"):
            return engagement, invitation
    identifier = turn.new("engi-[0-9a-z]{13}", *names, "EngagementInvitationId")
    return engagement, invite(turn, identifier, engagement, deal.scope.account, AWS)


def invite(turn: Turn, identifier: str, engagement: Engagement, sender: str, receiver: str) -> Invitation:
    """Send an invitation."""
    invitation = Invitation(identifier, engagement, sender, receiver, turn.now)
    turn.world.invitations[turn.scope.catalog][identifier] = invitation
    more = {"senderCompanyName": company(sender), "expirationDate": moment(invitation.expires)}
    _told_both(turn, invitation, "Created", more)
    return invitation


def end(turn: Turn, invitation: Invitation, how: str) -> None:
    """Let an invitation be accepted or rejected, or expire."""
    invitation.status = how.upper()
    _told_both(turn, invitation, how, {})
    if how == "Accepted":
        engagement = invitation.engagement
        engagement.members.append(invitation.receiver)
        _member_added(turn, engagement, invitation.receiver)


def follow(turn: Turn, deal: Deal) -> None:
    """What a change of an opportunity means for those who share it: AWS's answer, and a snapshot."""
    engagement = engagement_of(turn, deal)
    if engagement is None:
        return
    answer = {"Approved": "Accepted", "Rejected": "Rejected"}.get(deal.status)
    for invitation in turn.world.invitations[deal.scope.catalog].values():
        is_ours = invitation.engagement is engagement and invitation.receiver == AWS
        if answer and is_ours and invitation.state(turn.now) == "PENDING":
            end(turn, invitation, answer)
    take_snapshot(turn, engagement, summary_view(deal))


def settle(turn: Turn, deal: Deal, stamp: int) -> None:
    """An opportunity has changed: those who share it follow, and its partner hears of it."""
    deal.stamp = stamp
    follow(turn, deal)
    turn.changed(deal, "Updated")


def engagement_of(turn: Turn, deal: Deal) -> Engagement | None:
    """The engagement that takes snapshots of an opportunity."""
    engagements = turn.world.engagements[deal.scope.catalog]
    return next((one for one in engagements if one.deal is deal), None)


def take_snapshot(turn: Turn, engagement: Engagement, view: Record) -> None:
    """Show an opportunity to the members, unless they see it so already."""
    _take(turn, engagement, SUMMARY, engagement.deal.scope.account, engagement.members, view)


def aws_view_changed(turn: Turn, deal: Deal) -> None:
    """Show AWS's own view to the partner alone."""
    if engagement := engagement_of(turn, deal):
        assert deal.view is not None
        _take(turn, engagement, FULL_VIEW, AWS, [deal.scope.account], without_empty(deal.view))


def _take(turn: Turn, engagement: Engagement, template: str, creator: str, members: list[str], view: Record) -> None:
    snapshots = engagement.snapshots[template]
    if snapshots and snapshots[-1] == view:
        return
    snapshots.append(view)
    identifier = engagement.deal.identifier
    detail = {
        "arn": f"{engagement.arn}/resource/Opportunity/{identifier}/template/{template}/snapshot/{len(snapshots)}",
        "engagementId": engagement.identifier,
        "resourceType": "Opportunity",
        "resourceId": identifier,
        "createdBy": creator,
        "targetMemberAccounts": sorted(members),
        "resourceSnapshotTemplateName": template,
    }
    kind = "Engagement Resource Snapshot Created"
    turn.tell(members, identifier, kind, "1", [engagement.arn], {"resourceSnapshot": detail})


def summary_view(deal: Deal, **life_cycle: str) -> Record:
    """What members see of an opportunity, as the template names it."""
    record = deal.record()
    shown = some(record, "OpportunityType OpportunityTeam PrimaryNeedsFromAws Customer RelatedEntityIdentifiers")
    project = (
        "DeliveryModels ExpectedCustomerSpend ExpectedContractDuration CustomerUseCase SalesActivities "
        "OtherSolutionDescription"
    )
    steps = some(record["LifeCycle"] | life_cycle, "TargetCloseDate ReviewStatus Stage NextSteps")
    return shown | {"Lifecycle": steps, "Project": some(record.get("Project", {}), project)}


def happened(turn: Turn, accounts: list[str], engagement: Engagement, kind: str, detail: Record) -> None:
    """Tell what happened to an engagement."""
    turn.tell(accounts, engagement.deal.identifier, kind, "1.0", [engagement.arn], detail)


def _member_added(turn: Turn, engagement: Engagement, account: str) -> None:
    member = {"accountId": account, "companyName": company(account)}
    detail = {"engagement": {"id": engagement.identifier}, "engagementMember": member}
    happened(turn, engagement.members, engagement, "Engagement Member Added", detail)


def _told_both(turn: Turn, invitation: Invitation, how: str, more: Record) -> None:
    arn = shared_arn(turn.scope.catalog, "engagement-invitation", invitation.identifier)
    detail = {
        "arn": arn,
        "id": invitation.identifier,
        "engagementId": invitation.engagement.identifier,
        "senderAccountId": invitation.sender,
        "receiverAccountId": invitation.receiver,
        "payloadType": "OpportunityInvitation",
    }
    for account, side in ((invitation.sender, "SENDER"), (invitation.receiver, "RECEIVER")):
        told = {"engagementInvitation": detail | more | {"participantType": side}}
        subject = invitation.engagement.deal.identifier
        turn.tell([account], subject, f"Engagement Invitation {how}", "1.0", [arn], told)


def _payload(deal: Deal, *, is_from_aws: bool) -> Record | None:
    """What the invited see of an opportunity: nothing, where a member is missing that has to be there."""
    account, project = at(deal.written, "Customer.Account") or {}, deal.written.get("Project") or {}
    customer = some(account, "Industry CompanyName WebsiteUrl")
    customer |= {"CountryCode": at(account, "Address.CountryCode")}
    details = {
        "Title": project.get("Title"),
        "BusinessProblem": project.get("CustomerBusinessProblem"),
        "TargetCompletionDate": at(deal.written, "LifeCycle.TargetCloseDate"),
    }
    if len(without_empty(customer)) < 4 or len(without_empty(details)) < 3:
        return None
    people = [some(person, "Email FirstName LastName BusinessTitle Phone") for person in deal.team]
    return {
        "OpportunityInvitation": {
            "SenderContacts": [AWS_PERSON] if is_from_aws else people[:3],
            "ReceiverResponsibilities": RESPONSIBILITIES,
            "OpportunityType": deal.written.get("OpportunityType"),
            "Customer": customer,
            "Project": details | {"ExpectedCustomerSpend": project.get("ExpectedCustomerSpend")},
        }
    }
