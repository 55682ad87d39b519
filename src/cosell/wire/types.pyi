"""The service model's structures. Written by tools/write_wire_types.py; do not edit."""

from collections.abc import Set
from typing import Final, Literal

import msgspec

from cosell.wire.double import Double
from cosell.wire.timestamps import Date, Timestamp

ALREADY_ENCODED: Final[Set[str]]

def snake_case(name: str) -> str: ...
def structure(name: str) -> type[msgspec.Struct]: ...

class AcceptEngagementInvitationRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class Account(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    other_industry: str | None = None
    company_name: str
    website_url: str | None = None
    aws_account_id: str | None = None
    address: Address | None = None
    duns: str | None = None

class AccountCustomer(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    company_name: str
    website_url: str | None = None
    country_code: str | None = None

class AccountPlanningInvitationPayload(msgspec.Struct, frozen=True, kw_only=True):
    account_identifier: str | None = None
    customer: AccountCustomer | None = None
    sender_contacts: list[SenderContact] | None = None
    preferred_contact: PreferredContactWindow | None = None

class AccountReceiver(msgspec.Struct, frozen=True, kw_only=True):
    alias: str | None = None
    aws_account_id: str

class AccountSummary(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    other_industry: str | None = None
    company_name: str
    website_url: str | None = None
    address: AddressSummary | None = None

class Address(msgspec.Struct, frozen=True, kw_only=True):
    city: str | None = None
    postal_code: str | None = None
    state_or_region: str | None = None
    country_code: str | None = None
    street_address: str | None = None

class AddressSummary(msgspec.Struct, frozen=True, kw_only=True):
    city: str | None = None
    postal_code: str | None = None
    state_or_region: str | None = None
    country_code: str | None = None

class AggregationRequest(msgspec.Struct, frozen=True, kw_only=True):
    group_by: list[str]

class AggregationResult(msgspec.Struct, frozen=True, kw_only=True):
    group_by: list[str]
    buckets: list[Bucket]
    other_count: int

class AssignOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    assignee: AssigneeContact

class AssigneeContact(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    first_name: str
    last_name: str
    phone: str | None = None
    business_title: str

class AssociateOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    opportunity_identifier: str
    related_entity_type: Literal["Solutions", "AwsProducts", "AwsMarketplaceOffers", "AwsMarketplaceOfferSets", "AwsMarketplaceSolutions", "AwsMarketplaceProducts"]
    related_entity_identifier: str

class AwsEnrichment(msgspec.Struct, frozen=True, kw_only=True):
    customer: AwsEnrichmentCustomer | None = None
    insights: AwsEnrichmentInsights | None = None

class AwsEnrichmentCustomer(msgspec.Struct, frozen=True, kw_only=True):
    account_name: str | None = None
    industry: str | None = None
    sub_industry: str | None = None
    sector: str | None = None
    segment: str | None = None
    company_size: str | None = None
    region: str | None = None
    sub_region: str | None = None
    geo: str | None = None
    country: str | None = None
    customer_account_planning_qualification: str | None = None
    eligible_programs: list[str] | None = None

class AwsEnrichmentCustomerSummary(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    account_planning_qualification: str | None = None
    eligible_programs: list[str] | None = None
    geo: str | None = None
    country: str | None = None
    segment: str | None = None

class AwsEnrichmentInsights(msgspec.Struct, frozen=True, kw_only=True):
    marketplace_engagement_score: str | None = None
    solution_category: str | None = None
    solution_score: str | None = None
    solution_sub_category: str | None = None

class AwsEnrichmentInsightsSummary(msgspec.Struct, frozen=True, kw_only=True):
    marketplace_engagement_score: str | None = None
    solution_category: str | None = None
    solution_score: str | None = None

class AwsEnrichmentSummary(msgspec.Struct, frozen=True, kw_only=True):
    customer: AwsEnrichmentCustomerSummary | None = None
    insights: AwsEnrichmentInsightsSummary | None = None

class AwsOpportunityCustomer(msgspec.Struct, frozen=True, kw_only=True):
    contacts: list[Contact] | None = None

class AwsOpportunityInsights(msgspec.Struct, frozen=True, kw_only=True):
    next_best_actions: str | None = None
    engagement_score: Literal["High", "Medium", "Low"] | None = None
    aws_products_spend_insights_by_source: AwsProductsSpendInsightsBySource | None = None
    opportunity_quality: OpportunityQuality | None = None
    recommendations: list[Recommendation] | None = None

class AwsOpportunityLifeCycle(msgspec.Struct, frozen=True, kw_only=True):
    target_close_date: Date | None = None
    closed_lost_reason: str | None = None
    stage: str | None = None
    next_steps: str | None = None
    next_steps_history: list[ProfileNextStepsHistory] | None = None

class AwsOpportunityProject(msgspec.Struct, frozen=True, kw_only=True):
    expected_customer_spend: list[ExpectedCustomerSpend] | None = None
    aws_partition: Literal["aws-eusc"] | None = None

class AwsOpportunityRelatedEntities(msgspec.Struct, frozen=True, kw_only=True):
    aws_products: list[str] | None = None
    solutions: list[str] | None = None
    aws_marketplace_solutions: list[str] | None = None
    aws_marketplace_products: list[str] | None = None

class AwsOpportunitySummaryFullView(msgspec.Struct, frozen=True, kw_only=True):
    related_opportunity_id: str | None = None
    origin: Literal["AWS Referral", "Partner Referral"] | None = None
    involvement_type: Literal["For Visibility Only", "Co-Sell"] | None = None
    visibility: Literal["Full", "Limited"] | None = None
    life_cycle: AwsOpportunityLifeCycle | None = None
    opportunity_team: list[AwsTeamMember] | None = None
    insights: AwsOpportunityInsights | None = None
    involvement_type_change_reason: Literal["Expansion Opportunity", "Change in Deal Information", "Customer Requested", "Technical Complexity", "Risk Mitigation"] | None = None
    related_entity_ids: AwsOpportunityRelatedEntities | None = None
    customer: AwsOpportunityCustomer | None = None
    project: AwsOpportunityProject | None = None
    cosell_motion: str | None = None
    cosell_motion_reason: str | None = None
    software_revenue: AwsSoftwareRevenue | None = None

class AwsProductDetails(msgspec.Struct, frozen=True, kw_only=True):
    product_code: str
    service_code: str | None = None
    categories: list[str]
    amount: str | None = None
    optimized_amount: str | None = None
    potential_savings_amount: str | None = None
    optimizations: list[AwsProductOptimization]

class AwsProductInsights(msgspec.Struct, frozen=True, kw_only=True):
    currency_code: str
    frequency: Literal["Monthly", "None"]
    total_amount: str | None = None
    total_optimized_amount: str | None = None
    total_potential_savings_amount: str | None = None
    total_amount_by_category: dict[str, str]
    aws_products: list[AwsProductDetails]

class AwsProductOptimization(msgspec.Struct, frozen=True, kw_only=True):
    description: str
    savings_amount: str

class AwsProductsSpendInsightsBySource(msgspec.Struct, frozen=True, kw_only=True):
    partner: AwsProductInsights | None = None
    aws: AwsProductInsights | None = None

class AwsSoftwareRevenue(msgspec.Struct, frozen=True, kw_only=True):
    value: MonetaryValue | None = None
    discount: str | None = None
    effective_date: str | None = None
    expiration_date: str | None = None

class AwsSubmission(msgspec.Struct, frozen=True, kw_only=True):
    involvement_type: Literal["For Visibility Only", "Co-Sell"]
    visibility: Literal["Full", "Limited"] | None = None

class AwsTeamMember(msgspec.Struct, frozen=True, kw_only=True):
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    business_title: Literal["AWSSalesRep", "AWSAccountOwner", "WWPSPDM", "PDM", "PSM", "ISVSM", "Signatory"] | None = None

class BestOutreachWindow(msgspec.Struct, frozen=True, kw_only=True):
    day: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    start_time_utc: str
    end_time_utc: str

class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    values: list[str]
    count: int

class BulkJobResult(msgspec.Struct, frozen=True, kw_only=True):
    request_id: str
    status: Literal["SUCCEEDED", "FAILED"]
    resource_identifier: str | None = None
    error_code: str | None = None
    error_message: str | None = None

class ChannelRecommendation(msgspec.Struct, frozen=True, kw_only=True):
    recommended_channel: str
    best_outreach_windows: list[BestOutreachWindow] | None = None

class Contact(msgspec.Struct, frozen=True, kw_only=True):
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    business_title: str | None = None
    phone: str | None = None

class CreateCustomerAccountRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    account: CustomerAccountData
    partner_account_identifier: str | None = None
    tags: list[Tag] | None = None
    client_token: str | None = None

class CreateCustomerAccountResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    status: Literal["PENDING", "ENRICHED", "NO_MATCH_FOUND", "ACTION_REQUIRED"]
    catalog: Literal["AWS", "Sandbox"]
    partner_account_identifier: str | None = None
    created_date: Timestamp

class CreateEngagementContextRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    engagement_identifier: str
    client_token: str
    type: Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]
    payload: EngagementContextPayload

class CreateEngagementContextResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_id: str | None = None
    engagement_arn: str | None = None
    engagement_last_modified_at: Timestamp | None = None
    context_id: str | None = None

class CreateEngagementInvitationRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    engagement_identifier: str
    invitation: Invitation

class CreateEngagementInvitationResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    arn: str

class CreateEngagementRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    title: str | None = None
    description: str | None = None
    contexts: list[EngagementContextDetails] | None = None

class CreateEngagementResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    arn: str | None = None
    modified_at: Timestamp | None = None

class CreateOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    primary_needs_from_aws: list[Literal["Co-Sell - Architectural Validation", "Co-Sell - Business Presentation", "Co-Sell - Competitive Information", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation", "Co-Sell - Total Cost of Ownership Evaluation", "Co-Sell - Deal Support", "Co-Sell - Support for Public Tender / RFx", "Do Not Need Support from AWS Sales Rep"]] | None = None
    national_security: Literal["Yes", "No"] | None = None
    partner_opportunity_identifier: str | None = None
    customer: Customer | None = None
    project: Project | None = None
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    marketing: Marketing | None = None
    software_revenue: SoftwareRevenue | None = None
    client_token: str
    life_cycle: LifeCycle | None = None
    origin: Literal["AWS Referral", "Partner Referral"] | None = None
    opportunity_team: list[Contact] | None = None
    tags: list[Tag] | None = None

class CreateOpportunityResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    partner_opportunity_identifier: str | None = None
    last_modified_date: Timestamp | None = None

class CreateResourceSnapshotJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    engagement_identifier: str
    resource_type: Literal["Opportunity"]
    resource_identifier: str
    resource_snapshot_template_identifier: str
    tags: list[Tag] | None = None

class CreateResourceSnapshotJobResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    arn: str | None = None

class CreateResourceSnapshotRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    engagement_identifier: str
    resource_type: Literal["Opportunity"]
    resource_identifier: str
    resource_snapshot_template_identifier: str
    client_token: str

class CreateResourceSnapshotResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str | None = None
    revision: int | None = None

class CreatedDateFilter(msgspec.Struct, frozen=True, kw_only=True):
    after_created_date: Timestamp | None = None
    before_created_date: Timestamp | None = None

class Customer(msgspec.Struct, frozen=True, kw_only=True):
    account: Account | None = None
    contacts: list[Contact] | None = None

class CustomerAccountBulkJobFilter(msgspec.Struct, frozen=True, kw_only=True):
    identifier: str | None = None
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"] | None = None

class CustomerAccountBulkJobSummary(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"]
    file_name: str | None = None
    total_records: int
    processed_records: int
    success_count: int
    failure_count: int
    deleted_count: int
    failure_reason: str | None = None
    created_at: Timestamp
    completed_at: Timestamp | None = None

class CustomerAccountContext(msgspec.Struct, frozen=True, kw_only=True):
    account_identifier: str | None = None
    customer: AccountCustomer | None = None

class CustomerAccountData(msgspec.Struct, frozen=True, kw_only=True):
    company_name: str
    website_url: str | None = None
    duns: str | None = None
    address: Address | None = None
    industry: str | None = None
    other_industry: str | None = None
    domain: str | None = None
    parent_company_name: str | None = None

class CustomerAccountDetailsSummary(msgspec.Struct, frozen=True, kw_only=True):
    company_name: str

class CustomerAccountSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_by: Literal["COMPANY_NAME", "CREATED_DATE", "LAST_MODIFIED_DATE", "MARKETPLACE_ENGAGEMENT_SCORE", "SOLUTION_SCORE"]
    sort_order: Literal["ASCENDING", "DESCENDING"]

class CustomerAccountSummary(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    catalog: Literal["AWS", "Sandbox"]
    enrichment_status: Literal["PENDING", "ENRICHED", "NO_MATCH_FOUND", "ACTION_REQUIRED"]
    partner_account_identifier: str | None = None
    created_date: Timestamp
    last_modified_date: Timestamp
    customer_account: CustomerAccountDetailsSummary
    aws_enrichment: AwsEnrichmentSummary | None = None

class CustomerProjectsContext(msgspec.Struct, frozen=True, kw_only=True):
    customer: EngagementCustomer | None = None
    project: EngagementCustomerProjectDetails | None = None

class CustomerSummary(msgspec.Struct, frozen=True, kw_only=True):
    account: AccountSummary | None = None

class DeleteCustomerAccountRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class DeleteCustomerAccountResponse(msgspec.Struct, frozen=True, kw_only=True):
    ...

class DeleteResourceSnapshotJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_identifier: str

class DisassociateOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    opportunity_identifier: str
    related_entity_type: Literal["Solutions", "AwsProducts", "AwsMarketplaceOffers", "AwsMarketplaceOfferSets", "AwsMarketplaceSolutions", "AwsMarketplaceProducts"]
    related_entity_identifier: str

class EngagementContextDetails(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    type: Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]
    payload: EngagementContextPayload | None = None

class EngagementContextPayload(msgspec.Struct, frozen=True, kw_only=True):
    customer_project: CustomerProjectsContext | None = None
    lead: LeadContext | None = None
    prospecting_result: ProspectingResult | None = None
    customer_account: CustomerAccountContext | None = None

class EngagementCustomer(msgspec.Struct, frozen=True, kw_only=True):
    industry: str
    company_name: str
    website_url: str
    country_code: str

class EngagementCustomerProjectDetails(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    business_problem: str
    target_completion_date: Date

class EngagementGroupSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_by: Literal["Count", "UpdatedAt"]
    sort_order: Literal["ASCENDING", "DESCENDING"]

class EngagementGroupSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    arn: str | None = None
    catalog: Literal["AWS", "Sandbox"] | None = None
    name: str | None = None
    description: str | None = None
    count: int | None = None
    readiness_level: Literal["SalesReady", "MarketingReady", "LowPotential"] | None = None
    updated_at: Timestamp | None = None

class EngagementInvitationSummary(msgspec.Struct, frozen=True, kw_only=True):
    arn: str | None = None
    payload_type: Literal["OpportunityInvitation", "LeadInvitation", "AccountPlanningInvitation"] | None = None
    id: str
    engagement_id: str | None = None
    engagement_title: str | None = None
    status: Literal["ACCEPTED", "PENDING", "REJECTED", "EXPIRED"] | None = None
    invitation_date: Timestamp | None = None
    expiration_date: Timestamp | None = None
    sender_aws_account_id: str | None = None
    sender_company_name: str | None = None
    receiver: Receiver | None = None
    catalog: Literal["AWS", "Sandbox"]
    participant_type: Literal["SENDER", "RECEIVER"] | None = None

class EngagementMember(msgspec.Struct, frozen=True, kw_only=True):
    company_name: str | None = None
    website_url: str | None = None
    account_id: str | None = None

class EngagementMemberSummary(msgspec.Struct, frozen=True, kw_only=True):
    company_name: str | None = None
    website_url: str | None = None

class EngagementProspectingResult(msgspec.Struct, frozen=True, kw_only=True):
    engagement_identifier: str
    engagement_context_id: str | None = None
    status: Literal["PENDING", "IN_PROGRESS", "COMPLETED", "FAILED"]
    reason_code: str | None = None
    message: str | None = None

class EngagementResourceAssociationSummary(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    engagement_id: str | None = None
    resource_type: Literal["Opportunity"] | None = None
    resource_id: str | None = None
    created_by: str | None = None

class EngagementSearchFilter(msgspec.Struct, frozen=True, kw_only=True):
    and_all_filters: list[EngagementSearchFilter] | None = None
    or_all_filters: list[EngagementSearchFilter] | None = None
    not_filter: EngagementSearchFilter | None = None
    equals_to: EngagementSearchPredicate | None = None
    contains_any: EngagementSearchPredicate | None = None
    contains_all: EngagementSearchPredicate | None = None
    greater_than: EngagementSearchPredicate | None = None
    greater_than_or_equals: EngagementSearchPredicate | None = None
    less_than: EngagementSearchPredicate | None = None
    less_than_or_equals: EngagementSearchPredicate | None = None

class EngagementSearchFilterValue(msgspec.Struct, frozen=True, kw_only=True):
    string_value: str | None = None
    string_list_value: list[str] | None = None
    long_value: int | None = None
    date_value: Timestamp | None = None

class EngagementSearchPredicate(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: EngagementSearchFilterValue

class EngagementSearchSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_by: str
    sort_order: Literal["ASCENDING", "DESCENDING"]

class EngagementSearchSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    arn: str | None = None
    title: str | None = None
    description: str | None = None
    created_at: Timestamp | None = None
    created_by: str | None = None
    member_count: int | None = None
    modified_at: Timestamp | None = None
    modified_by: str | None = None
    contexts: list[EngagementContextDetails] | None = None

class EngagementSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["CreatedDate"]

class EngagementSummary(msgspec.Struct, frozen=True, kw_only=True):
    arn: str | None = None
    id: str | None = None
    title: str | None = None
    created_at: Timestamp | None = None
    created_by: str | None = None
    member_count: int | None = None
    modified_at: Timestamp | None = None
    modified_by: str | None = None
    context_types: list[Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]] | None = None

class EnrichmentContext(msgspec.Struct, frozen=True, kw_only=True):
    prospecting_result_aws: InvitationProspectingResultAws | None = None
    lead_insights: LeadInsights | None = None

class ExpectedContractDuration(msgspec.Struct, frozen=True, kw_only=True):
    term: Literal["Months"]
    value: str

class ExpectedCustomerSpend(msgspec.Struct, frozen=True, kw_only=True):
    amount: str | None = None
    currency_code: str
    frequency: Literal["Monthly", "None"]
    target_company: str
    estimation_url: str | None = None

class Filter(msgspec.Struct, frozen=True, kw_only=True):
    and_all_filters: list[Filter] | None = None
    or_all_filters: list[Filter] | None = None
    not_filter: Filter | None = None
    equals_to: FilterCondition | None = None
    contains_any: FilterCondition | None = None
    contains_all: FilterCondition | None = None
    greater_than: FilterCondition | None = None
    greater_than_or_equals: FilterCondition | None = None
    less_than: FilterCondition | None = None
    less_than_or_equals: FilterCondition | None = None

class FilterCondition(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: FilterValue

class FilterValue(msgspec.Struct, frozen=True, kw_only=True):
    string_value: str | None = None
    string_list_value: list[str] | None = None
    long_value: int | None = None
    date_value: Timestamp | None = None

class GetAwsOpportunitySummaryRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    related_opportunity_identifier: str

class GetAwsOpportunitySummaryResponse(msgspec.Struct, frozen=True, kw_only=True):
    related_opportunity_id: str | None = None
    origin: Literal["AWS Referral", "Partner Referral"] | None = None
    involvement_type: Literal["For Visibility Only", "Co-Sell"] | None = None
    visibility: Literal["Full", "Limited"] | None = None
    life_cycle: AwsOpportunityLifeCycle | None = None
    opportunity_team: list[AwsTeamMember] | None = None
    insights: AwsOpportunityInsights | None = None
    involvement_type_change_reason: Literal["Expansion Opportunity", "Change in Deal Information", "Customer Requested", "Technical Complexity", "Risk Mitigation"] | None = None
    related_entity_ids: AwsOpportunityRelatedEntities | None = None
    customer: AwsOpportunityCustomer | None = None
    project: AwsOpportunityProject | None = None
    cosell_motion: str | None = None
    cosell_motion_reason: str | None = None
    software_revenue: AwsSoftwareRevenue | None = None
    catalog: Literal["AWS", "Sandbox"]

class GetCustomerAccountBulkJobReportUrlRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    report_type: Literal["FAILED_RECORDS", "ALL_RECORDS"] | None = None

class GetCustomerAccountBulkJobReportUrlResponse(msgspec.Struct, frozen=True, kw_only=True):
    report_status: Literal["NOT_STARTED", "IN_PROGRESS", "AVAILABLE", "FAILED", "EXPIRED"]
    report_type: Literal["FAILED_RECORDS", "ALL_RECORDS"]
    url: str | None = None
    expires_at: Timestamp | None = None
    failure_reason: str | None = None

class GetCustomerAccountBulkJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class GetCustomerAccountBulkJobResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"]
    file_name: str | None = None
    total_records: int
    processed_records: int
    success_count: int
    failure_count: int
    deleted_count: int
    failure_reason: str | None = None
    created_at: Timestamp
    completed_at: Timestamp | None = None

class GetCustomerAccountRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class GetCustomerAccountResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    catalog: Literal["AWS", "Sandbox"]
    enrichment_status: Literal["PENDING", "ENRICHED", "NO_MATCH_FOUND", "ACTION_REQUIRED"]
    partner_account_identifier: str | None = None
    created_date: Timestamp
    last_modified_date: Timestamp
    issues: list[Issue] | None = None
    aws_enrichment: AwsEnrichment | None = None
    reason_code: Literal["DUPLICATE_CUSTOMER_MATCH", "PROCESSING_ERROR"] | None = None
    message: str | None = None
    existing_customer_account_arn: str | None = None
    account: CustomerAccountData
    tags: list[Tag] | None = None

class GetCustomerAccountStatisticsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    filter: Filter | None = None
    aggregations: list[AggregationRequest] | None = None
    include_missing: bool | None = None

class GetCustomerAccountStatisticsResponse(msgspec.Struct, frozen=True, kw_only=True):
    total_count: int
    aggregations: list[AggregationResult] | None = None

class GetEngagementInvitationRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class GetEngagementInvitationResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str | None = None
    payload_type: Literal["OpportunityInvitation", "LeadInvitation", "AccountPlanningInvitation"] | None = None
    id: str
    engagement_id: str | None = None
    engagement_title: str | None = None
    status: Literal["ACCEPTED", "PENDING", "REJECTED", "EXPIRED"] | None = None
    invitation_date: Timestamp | None = None
    expiration_date: Timestamp | None = None
    sender_aws_account_id: str | None = None
    sender_company_name: str | None = None
    receiver: Receiver | None = None
    catalog: Literal["AWS", "Sandbox"]
    rejection_reason: str | None = None
    payload: Payload | None = None
    invitation_message: str | None = None
    engagement_description: str | None = None
    existing_members: list[EngagementMemberSummary] | None = None
    enrichment_context: EnrichmentContext | None = None

class GetEngagementRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class GetEngagementResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    arn: str | None = None
    title: str | None = None
    description: str | None = None
    created_at: Timestamp | None = None
    created_by: str | None = None
    member_count: int | None = None
    modified_at: Timestamp | None = None
    modified_by: str | None = None
    contexts: list[EngagementContextDetails] | None = None

class GetOpportunityBulkJobReportUrlRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    job_id: str
    report_format: Literal["CSV"]
    report_type: Literal["FAILED_RECORDS", "ALL_RECORDS"] | None = None

class GetOpportunityBulkJobReportUrlResponse(msgspec.Struct, frozen=True, kw_only=True):
    report_status: Literal["NOT_STARTED", "IN_PROGRESS", "AVAILABLE", "FAILED", "EXPIRED"]
    report_type: Literal["FAILED_RECORDS", "ALL_RECORDS"]
    report_format: Literal["CSV"]
    url: str | None = None
    expires_at: Timestamp | None = None
    failure_reason: str | None = None

class GetOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str

class GetOpportunityResponse(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    primary_needs_from_aws: list[Literal["Co-Sell - Architectural Validation", "Co-Sell - Business Presentation", "Co-Sell - Competitive Information", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation", "Co-Sell - Total Cost of Ownership Evaluation", "Co-Sell - Deal Support", "Co-Sell - Support for Public Tender / RFx", "Do Not Need Support from AWS Sales Rep"]] | None = None
    national_security: Literal["Yes", "No"] | None = None
    partner_opportunity_identifier: str | None = None
    customer: Customer | None = None
    project: Project | None = None
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    marketing: Marketing | None = None
    software_revenue: SoftwareRevenue | None = None
    id: str
    arn: str | None = None
    last_modified_date: Timestamp
    created_date: Timestamp
    related_entity_identifiers: RelatedEntityIdentifiers
    life_cycle: LifeCycle | None = None
    opportunity_team: list[Contact] | None = None

class GetProspectingFromEngagementTaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    task_identifier: str

class GetProspectingFromEngagementTaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str
    task_arn: str
    task_name: str
    start_time: Timestamp
    end_time: Timestamp | None = None
    engagements: list[EngagementProspectingResult]

class GetResourceSnapshotJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_identifier: str

class GetResourceSnapshotJobResponse(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    id: str | None = None
    arn: str | None = None
    engagement_id: str | None = None
    resource_type: Literal["Opportunity"] | None = None
    resource_id: str | None = None
    resource_arn: str | None = None
    resource_snapshot_template_name: str | None = None
    created_at: Timestamp | None = None
    status: Literal["Running", "Stopped"] | None = None
    last_successful_execution_date: Timestamp | None = None
    last_failure: str | None = None

class GetResourceSnapshotRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    engagement_identifier: str
    resource_type: Literal["Opportunity"]
    resource_identifier: str
    resource_snapshot_template_identifier: str
    revision: int | None = None

class GetResourceSnapshotResponse(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    arn: str | None = None
    created_by: str | None = None
    created_at: Timestamp | None = None
    engagement_id: str | None = None
    resource_type: Literal["Opportunity"] | None = None
    resource_id: str | None = None
    resource_snapshot_template_name: str | None = None
    revision: int | None = None
    payload: ResourceSnapshotPayload | None = None
    target_member_accounts: list[str] | None = None

class GetSellingSystemSettingsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]

class GetSellingSystemSettingsResponse(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_role_arn: str | None = None

class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    message: str
    receiver: Receiver
    payload: Payload

class InvitationProspectingResultAws(msgspec.Struct, frozen=True, kw_only=True):
    customer: ProspectingResultCustomer | None = None
    insights: ProspectingInsights | None = None

class Issue(msgspec.Struct, frozen=True, kw_only=True):
    severity: str | None = None
    code: str | None = None
    message: str | None = None

class LastModifiedDate(msgspec.Struct, frozen=True, kw_only=True):
    after_last_modified_date: Timestamp | None = None
    before_last_modified_date: Timestamp | None = None

class LeadAddress(msgspec.Struct, frozen=True, kw_only=True):
    city: str | None = None
    postal_code: str | None = None
    state_or_region: str | None = None
    country_code: str | None = None

class LeadContact(msgspec.Struct, frozen=True, kw_only=True):
    business_title: str
    email: str
    first_name: str
    last_name: str
    phone: str | None = None

class LeadContext(msgspec.Struct, frozen=True, kw_only=True):
    insights: LeadInsights | None = None
    qualification_status: str | None = None
    customer: LeadCustomer
    interactions: list[LeadInteraction]

class LeadCustomer(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    company_name: str
    website_url: str | None = None
    address: LeadAddress | None = None
    aws_maturity: str | None = None
    market_segment: str | None = None

class LeadInsights(msgspec.Struct, frozen=True, kw_only=True):
    lead_readiness_score: str | None = None
    channel_recommendation: ChannelRecommendation | None = None

class LeadInteraction(msgspec.Struct, frozen=True, kw_only=True):
    source_type: str | None = None
    source_id: str | None = None
    source_name: str | None = None
    usecase: str | None = None
    interaction_date: Timestamp | None = None
    customer_action: str | None = None
    business_problem: str | None = None
    contact: LeadContact

class LeadInvitationCustomer(msgspec.Struct, frozen=True, kw_only=True):
    industry: str | None = None
    company_name: str
    website_url: str | None = None
    country_code: str | None = None
    aws_maturity: str | None = None
    market_segment: str | None = None

class LeadInvitationInteraction(msgspec.Struct, frozen=True, kw_only=True):
    source_type: str | None = None
    source_id: str | None = None
    source_name: str | None = None
    usecase: str | None = None
    contact_business_title: str

class LeadInvitationPayload(msgspec.Struct, frozen=True, kw_only=True):
    customer: LeadInvitationCustomer
    interaction: LeadInvitationInteraction

class LifeCycle(msgspec.Struct, frozen=True, kw_only=True):
    stage: Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"] | None = None
    closed_lost_reason: str | None = None
    next_steps: str | None = None
    target_close_date: Date | None = None
    review_status: Literal["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"] | None = None
    review_comments: str | None = None
    review_status_reason: str | None = None
    next_steps_history: list[NextStepsHistory] | None = None

class LifeCycleForView(msgspec.Struct, frozen=True, kw_only=True):
    target_close_date: Date | None = None
    review_status: Literal["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"] | None = None
    stage: Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"] | None = None
    next_steps: str | None = None

class LifeCycleSummary(msgspec.Struct, frozen=True, kw_only=True):
    stage: Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"] | None = None
    closed_lost_reason: str | None = None
    next_steps: str | None = None
    target_close_date: Date | None = None
    review_status: Literal["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"] | None = None
    review_comments: str | None = None
    review_status_reason: str | None = None

class ListCustomerAccountBulkJobResultsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    status: Literal["SUCCEEDED", "FAILED"] | None = None
    max_results: int | None = None
    next_token: str | None = None

class ListCustomerAccountBulkJobResultsResponse(msgspec.Struct, frozen=True, kw_only=True):
    results: list[BulkJobResult]
    next_token: str | None = None

class ListCustomerAccountBulkJobsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    filter: CustomerAccountBulkJobFilter | None = None
    max_results: int | None = None
    next_token: str | None = None

class ListCustomerAccountBulkJobsResponse(msgspec.Struct, frozen=True, kw_only=True):
    items: list[CustomerAccountBulkJobSummary]
    next_token: str | None = None

class ListEngagementByAcceptingInvitationTaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_invitation_id: str | None = None

class ListEngagementByAcceptingInvitationTasksRequest(msgspec.Struct, frozen=True, kw_only=True):
    max_results: int | None = None
    next_token: str | None = None
    sort: ListTasksSortBase | None = None
    catalog: Literal["AWS", "Sandbox"]
    task_status: list[Literal["IN_PROGRESS", "COMPLETE", "FAILED"]] | None = None
    opportunity_identifier: list[str] | None = None
    engagement_invitation_identifier: list[str] | None = None
    task_identifier: list[str] | None = None

class ListEngagementByAcceptingInvitationTasksResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_summaries: msgspec.Raw | None = None
    next_token: str | None = None

class ListEngagementFromOpportunityTaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_id: str | None = None
    engagement_invitation_id: str | None = None

class ListEngagementFromOpportunityTasksRequest(msgspec.Struct, frozen=True, kw_only=True):
    max_results: int | None = None
    next_token: str | None = None
    sort: ListTasksSortBase | None = None
    catalog: Literal["AWS", "Sandbox"]
    task_status: list[Literal["IN_PROGRESS", "COMPLETE", "FAILED"]] | None = None
    task_identifier: list[str] | None = None
    opportunity_identifier: list[str] | None = None
    engagement_identifier: list[str] | None = None

class ListEngagementFromOpportunityTasksResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_summaries: msgspec.Raw | None = None
    next_token: str | None = None

class ListEngagementGroupsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    readiness_level: Literal["SalesReady", "MarketingReady", "LowPotential"] | None = None
    sort: EngagementGroupSort | None = None
    engagement_group_identifiers: list[str] | None = None
    max_results: int | None = None
    next_token: str | None = None

class ListEngagementGroupsResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_group_summaries: list[EngagementGroupSummary] | None = None
    next_token: str | None = None

class ListEngagementInvitationsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    sort: OpportunityEngagementInvitationSort | None = None
    payload_type: list[Literal["OpportunityInvitation", "LeadInvitation", "AccountPlanningInvitation"]] | None = None
    participant_type: Literal["SENDER", "RECEIVER"]
    status: list[Literal["ACCEPTED", "PENDING", "REJECTED", "EXPIRED"]] | None = None
    engagement_identifier: list[str] | None = None
    sender_aws_account_id: list[str] | None = None

class ListEngagementInvitationsResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_invitation_summaries: list[EngagementInvitationSummary] | None = None
    next_token: str | None = None

class ListEngagementMembersRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    max_results: int | None = None
    next_token: str | None = None

class ListEngagementMembersResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_member_list: list[EngagementMember]
    next_token: str | None = None

class ListEngagementResourceAssociationsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    engagement_identifier: str | None = None
    resource_type: Literal["Opportunity"] | None = None
    resource_identifier: str | None = None
    created_by: str | None = None

class ListEngagementResourceAssociationsResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_resource_association_summaries: list[EngagementResourceAssociationSummary]
    next_token: str | None = None

class ListEngagementsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    created_by: list[str] | None = None
    exclude_created_by: list[str] | None = None
    context_types: list[Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]] | None = None
    exclude_context_types: list[Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]] | None = None
    sort: EngagementSort | None = None
    max_results: int | None = None
    next_token: str | None = None
    engagement_identifier: list[str] | None = None

class ListEngagementsResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_summary_list: list[EngagementSummary]
    next_token: str | None = None

class ListOpportunitiesRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    sort: OpportunitySort | None = None
    last_modified_date: LastModifiedDate | None = None
    identifier: list[str] | None = None
    life_cycle_stage: list[Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"]] | None = None
    life_cycle_review_status: list[Literal["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"]] | None = None
    customer_company_name: list[str] | None = None
    created_date: CreatedDateFilter | None = None
    target_close_date: TargetCloseDateFilter | None = None

class ListOpportunitiesResponse(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_summaries: msgspec.Raw
    next_token: str | None = None

class ListOpportunityBulkJobResultsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    job_id: str
    status: Literal["SUCCEEDED", "FAILED"] | None = None

class ListOpportunityBulkJobResultsResponse(msgspec.Struct, frozen=True, kw_only=True):
    results: list[BulkJobResult]
    next_token: str | None = None

class ListOpportunityBulkJobsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    job_id: str | None = None
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"] | None = None

class ListOpportunityBulkJobsResponse(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_bulk_job_summaries: list[OpportunityBulkJobSummary]
    next_token: str | None = None

class ListOpportunityFromEngagementTaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_id: str | None = None
    context_id: str | None = None

class ListOpportunityFromEngagementTasksRequest(msgspec.Struct, frozen=True, kw_only=True):
    max_results: int | None = None
    next_token: str | None = None
    sort: ListTasksSortBase | None = None
    catalog: Literal["AWS", "Sandbox"]
    task_status: list[Literal["IN_PROGRESS", "COMPLETE", "FAILED"]] | None = None
    task_identifier: list[str] | None = None
    opportunity_identifier: list[str] | None = None
    engagement_identifier: list[str] | None = None
    context_identifier: list[str] | None = None

class ListOpportunityFromEngagementTasksResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_summaries: list[ListOpportunityFromEngagementTaskSummary] | None = None
    next_token: str | None = None

class ListProspectingFromEngagementTasksRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    task_identifier: list[str] | None = None
    task_name: list[str] | None = None
    start_after: Timestamp | None = None
    start_before: Timestamp | None = None
    sort: ProspectingFromEngagementTaskSort | None = None

class ListProspectingFromEngagementTasksResponse(msgspec.Struct, frozen=True, kw_only=True):
    next_token: str | None = None
    task_summaries: list[ProspectingTaskSummary]

class ListResourceSnapshotJobsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    engagement_identifier: str | None = None
    status: Literal["Running", "Stopped"] | None = None
    sort: SortObject | None = None

class ListResourceSnapshotJobsResponse(msgspec.Struct, frozen=True, kw_only=True):
    resource_snapshot_job_summaries: list[ResourceSnapshotJobSummary]
    next_token: str | None = None

class ListResourceSnapshotsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    engagement_identifier: str
    resource_type: Literal["Opportunity"] | None = None
    resource_identifier: str | None = None
    resource_snapshot_template_identifier: str | None = None
    created_by: str | None = None

class ListResourceSnapshotsResponse(msgspec.Struct, frozen=True, kw_only=True):
    resource_snapshot_summaries: list[ResourceSnapshotSummary]
    next_token: str | None = None

class ListSolutionsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    sort: SolutionSort | None = None
    status: list[Literal["Active", "Inactive", "Draft"]] | None = None
    identifier: list[str] | None = None
    category: list[str] | None = None
    aws_marketplace_solution_arn: list[str] | None = None

class ListSolutionsResponse(msgspec.Struct, frozen=True, kw_only=True):
    solution_summaries: list[SolutionBase]
    next_token: str | None = None

class ListTagsForResourceRequest(msgspec.Struct, frozen=True, kw_only=True):
    resource_arn: str

class ListTagsForResourceResponse(msgspec.Struct, frozen=True, kw_only=True):
    tags: list[Tag]

class ListTasksSortBase(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["StartTime"]

class Marketing(msgspec.Struct, frozen=True, kw_only=True):
    campaign_name: str | None = None
    source: Literal["Marketing Activity", "None"] | None = None
    use_cases: list[str] | None = None
    channels: list[str] | None = None
    aws_funding_used: Literal["Yes", "No"] | None = None

class MonetaryValue(msgspec.Struct, frozen=True, kw_only=True):
    amount: str
    currency_code: str

class NextStepsHistory(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    time: Timestamp

class OpportunityBulkJobSummary(msgspec.Struct, frozen=True, kw_only=True):
    job_id: str
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"]
    total_records: int
    processed_records: int
    success_count: int
    failure_count: int
    created_at: Timestamp
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    failure_reason: str | None = None
    file_name: str | None = None
    operation_type: Literal["BULK_CREATE", "BULK_UPDATE"] | None = None

class OpportunityEngagementInvitationSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["InvitationDate"]

class OpportunityInvitationPayload(msgspec.Struct, frozen=True, kw_only=True):
    sender_contacts: list[SenderContact] | None = None
    receiver_responsibilities: list[Literal["Distributor", "Reseller", "Hardware Partner", "Managed Service Provider", "Software Partner", "Services Partner", "Training Partner", "Co-Sell Facilitator", "Facilitator"]]
    customer: EngagementCustomer
    project: ProjectDetails
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None

class OpportunityQuality(msgspec.Struct, frozen=True, kw_only=True):
    score: int | None = None
    trend: str | None = None

class OpportunitySearchAccount(msgspec.Struct, frozen=True, kw_only=True):
    company_name: str | None = None
    industry: str | None = None
    aws_account_id: str | None = None
    address: OpportunitySearchAddress | None = None

class OpportunitySearchAddress(msgspec.Struct, frozen=True, kw_only=True):
    country_code: str | None = None

class OpportunitySearchAwsSummary(msgspec.Struct, frozen=True, kw_only=True):
    origin: Literal["AWS Referral", "Partner Referral"] | None = None
    cosell_motion: str | None = None
    insights: OpportunitySearchInsights | None = None

class OpportunitySearchCustomer(msgspec.Struct, frozen=True, kw_only=True):
    account: OpportunitySearchAccount | None = None

class OpportunitySearchExpectedCustomerSpend(msgspec.Struct, frozen=True, kw_only=True):
    amount: str | None = None
    currency_code: str

class OpportunitySearchFilter(msgspec.Struct, frozen=True, kw_only=True):
    and_all_filters: list[OpportunitySearchFilter] | None = None
    or_all_filters: list[OpportunitySearchFilter] | None = None
    not_filter: OpportunitySearchFilter | None = None
    equals_to: OpportunitySearchPredicate | None = None
    contains_any: OpportunitySearchPredicate | None = None
    contains_all: OpportunitySearchPredicate | None = None
    greater_than: OpportunitySearchPredicate | None = None
    greater_than_or_equals: OpportunitySearchPredicate | None = None
    less_than: OpportunitySearchPredicate | None = None
    less_than_or_equals: OpportunitySearchPredicate | None = None

class OpportunitySearchFilterValue(msgspec.Struct, frozen=True, kw_only=True):
    string_value: str | None = None
    string_list_value: list[str] | None = None
    long_value: int | None = None
    double_value: Double | None = None
    date_value: Timestamp | None = None

class OpportunitySearchInsights(msgspec.Struct, frozen=True, kw_only=True):
    engagement_score: Literal["High", "Medium", "Low"] | None = None
    opportunity_quality: OpportunitySearchOpportunityQuality | None = None

class OpportunitySearchLifeCycle(msgspec.Struct, frozen=True, kw_only=True):
    review_status: Literal["Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"] | None = None
    stage: Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"] | None = None
    next_steps: str | None = None
    target_close_date: Date | None = None

class OpportunitySearchOpportunityQuality(msgspec.Struct, frozen=True, kw_only=True):
    score: int | None = None

class OpportunitySearchPredicate(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: OpportunitySearchFilterValue

class OpportunitySearchProject(msgspec.Struct, frozen=True, kw_only=True):
    title: str | None = None
    apn_programs: list[str] | None = None
    expected_customer_spend: list[OpportunitySearchExpectedCustomerSpend] | None = None

class OpportunitySearchRelatedEntityIdentifiers(msgspec.Struct, frozen=True, kw_only=True):
    aws_marketplace_offers: list[str] | None = None
    aws_marketplace_offer_sets: list[str] | None = None
    aws_marketplace_solutions: list[str] | None = None
    solutions: list[str] | None = None

class OpportunitySearchSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_by: str
    sort_order: Literal["ASCENDING", "DESCENDING"]

class OpportunitySearchSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    last_modified_date: Timestamp
    created_date: Timestamp
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    partner_opportunity_identifier: str | None = None
    life_cycle: OpportunitySearchLifeCycle | None = None
    customer: OpportunitySearchCustomer | None = None
    project: OpportunitySearchProject | None = None
    tags: list[Tag] | None = None
    related_entity_identifiers: OpportunitySearchRelatedEntityIdentifiers | None = None
    opportunity_team: list[OpportunitySearchTeamMember] | None = None
    aws_opportunity_summary: OpportunitySearchAwsSummary | None = None

class OpportunitySearchTeamMember(msgspec.Struct, frozen=True, kw_only=True):
    first_name: str | None = None
    last_name: str | None = None
    business_title: str | None = None

class OpportunitySort(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate"]

class OpportunitySummary(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    id: str | None = None
    arn: str | None = None
    partner_opportunity_identifier: str | None = None
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    last_modified_date: Timestamp | None = None
    created_date: Timestamp | None = None
    life_cycle: LifeCycleSummary | None = None
    customer: CustomerSummary | None = None
    project: ProjectSummary | None = None

class OpportunitySummaryView(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    lifecycle: LifeCycleForView | None = None
    opportunity_team: list[Contact] | None = None
    primary_needs_from_aws: list[Literal["Co-Sell - Architectural Validation", "Co-Sell - Business Presentation", "Co-Sell - Competitive Information", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation", "Co-Sell - Total Cost of Ownership Evaluation", "Co-Sell - Deal Support", "Co-Sell - Support for Public Tender / RFx", "Do Not Need Support from AWS Sales Rep"]] | None = None
    customer: Customer | None = None
    project: ProjectView | None = None
    related_entity_identifiers: RelatedEntityIdentifiers | None = None

class Payload(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_invitation: OpportunityInvitationPayload | None = None
    lead_invitation: LeadInvitationPayload | None = None
    account_planning_invitation: AccountPlanningInvitationPayload | None = None

class PreferredContactWindow(msgspec.Struct, frozen=True, kw_only=True):
    window: Literal["MORNING", "AFTERNOON", "EVENING"] | None = None
    timezone: str | None = None

class ProfileNextStepsHistory(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    time: Timestamp

class Project(msgspec.Struct, frozen=True, kw_only=True):
    delivery_models: list[Literal["SaaS or PaaS", "BYOL or AMI", "Managed Services", "Professional Services", "Resell", "Other"]] | None = None
    expected_customer_spend: list[ExpectedCustomerSpend] | None = None
    expected_contract_duration: ExpectedContractDuration | None = None
    title: str | None = None
    apn_programs: list[str] | None = None
    customer_business_problem: str | None = None
    customer_use_case: str | None = None
    related_opportunity_identifier: str | None = None
    sales_activities: list[Literal["Initialized discussions with customer", "Customer has shown interest in solution", "Conducted POC / Demo", "In evaluation / planning stage", "Agreed on solution to Business Problem", "Completed Action Plan", "Finalized Deployment Need", "SOW Signed"]] | None = None
    competitor_name: str | None = None
    other_competitor_names: str | None = None
    other_solution_description: str | None = None
    additional_comments: str | None = None
    aws_partition: Literal["aws-eusc"] | None = None

class ProjectDetails(msgspec.Struct, frozen=True, kw_only=True):
    business_problem: str
    title: str
    target_completion_date: Date
    expected_customer_spend: list[ExpectedCustomerSpend]

class ProjectSummary(msgspec.Struct, frozen=True, kw_only=True):
    delivery_models: list[Literal["SaaS or PaaS", "BYOL or AMI", "Managed Services", "Professional Services", "Resell", "Other"]] | None = None
    expected_customer_spend: list[ExpectedCustomerSpend] | None = None
    expected_contract_duration: ExpectedContractDuration | None = None

class ProjectView(msgspec.Struct, frozen=True, kw_only=True):
    delivery_models: list[Literal["SaaS or PaaS", "BYOL or AMI", "Managed Services", "Professional Services", "Resell", "Other"]] | None = None
    expected_customer_spend: list[ExpectedCustomerSpend] | None = None
    expected_contract_duration: ExpectedContractDuration | None = None
    customer_use_case: str | None = None
    sales_activities: list[Literal["Initialized discussions with customer", "Customer has shown interest in solution", "Conducted POC / Demo", "In evaluation / planning stage", "Agreed on solution to Business Problem", "Completed Action Plan", "Finalized Deployment Need", "SOW Signed"]] | None = None
    other_solution_description: str | None = None

class ProspectingFromEngagementTaskSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["StartTime", "TaskName", "FailedEngagementCount"]

class ProspectingInsights(msgspec.Struct, frozen=True, kw_only=True):
    marketplace_engagement_score: str | None = None
    solution_score: str | None = None
    solution_category: str | None = None
    solution_sub_category: str | None = None

class ProspectingResult(msgspec.Struct, frozen=True, kw_only=True):
    aws: ProspectingResultAws | None = None

class ProspectingResultAws(msgspec.Struct, frozen=True, kw_only=True):
    customer: ProspectingResultCustomer | None = None
    insights: ProspectingInsights | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    task_id: str | None = None
    task_arn: str | None = None
    task_name: str | None = None

class ProspectingResultCustomer(msgspec.Struct, frozen=True, kw_only=True):
    account_name: str | None = None
    geo: str | None = None
    region: str | None = None
    sub_region: str | None = None
    country: str | None = None
    industry: str | None = None
    sub_industry: str | None = None
    segment: str | None = None
    company_size: str | None = None
    eligible_programs: list[str] | None = None
    public_profile_summary: str | None = None

class ProspectingTaskSummary(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str
    task_arn: str
    task_name: str
    start_time: Timestamp
    end_time: Timestamp | None = None
    total_engagement_count: int
    completed_engagement_count: int
    failed_engagement_count: int

class PutSellingSystemSettingsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_role_identifier: str | None = None

class PutSellingSystemSettingsResponse(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_role_arn: str | None = None

class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    account: AccountReceiver | None = None

class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    details: str
    attributes: dict[str, str] | None = None

class RejectEngagementInvitationRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    rejection_reason: str | None = None

class RelatedEntityIdentifiers(msgspec.Struct, frozen=True, kw_only=True):
    aws_marketplace_offers: list[str] | None = None
    aws_marketplace_offer_sets: list[str] | None = None
    solutions: list[str] | None = None
    aws_products: list[str] | None = None
    aws_marketplace_solutions: list[str] | None = None
    aws_marketplace_products: list[str] | None = None

class ResourceSnapshotJobSummary(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    arn: str | None = None
    engagement_id: str | None = None
    status: Literal["Running", "Stopped"] | None = None

class ResourceSnapshotPayload(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_summary: OpportunitySummaryView | None = None
    aws_opportunity_summary_full_view: AwsOpportunitySummaryFullView | None = None

class ResourceSnapshotSummary(msgspec.Struct, frozen=True, kw_only=True):
    arn: str | None = None
    revision: int | None = None
    resource_type: Literal["Opportunity"] | None = None
    resource_id: str | None = None
    resource_snapshot_template_name: str | None = None
    created_by: str | None = None

class SearchCustomerAccountsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    filter: Filter | None = None
    sort: CustomerAccountSort | None = None
    max_results: int | None = None
    next_token: str | None = None

class SearchCustomerAccountsResponse(msgspec.Struct, frozen=True, kw_only=True):
    customer_account_summaries: list[CustomerAccountSummary]
    next_token: str | None = None

class SearchEngagementsRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    keyword: str | None = None
    filter: EngagementSearchFilter | None = None
    group_id: str | None = None
    sort: EngagementSearchSort | None = None
    max_results: int | None = None
    next_token: str | None = None

class SearchEngagementsResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_search_summaries: list[EngagementSearchSummary] | None = None
    next_token: str | None = None

class SearchOpportunitiesRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    max_results: int | None = None
    next_token: str | None = None
    keyword: str | None = None
    filter: OpportunitySearchFilter | None = None
    sort: OpportunitySearchSort | None = None

class SearchOpportunitiesResponse(msgspec.Struct, frozen=True, kw_only=True):
    opportunity_search_summaries: msgspec.Raw
    next_token: str | None = None

class SenderContact(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    first_name: str | None = None
    last_name: str | None = None
    business_title: str | None = None
    phone: str | None = None

class SoftwareRevenue(msgspec.Struct, frozen=True, kw_only=True):
    delivery_model: Literal["Contract", "Pay-as-you-go", "Subscription"] | None = None
    value: MonetaryValue | None = None
    effective_date: Date | None = None
    expiration_date: Date | None = None

class SolutionBase(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    id: str
    arn: str | None = None
    name: str
    status: Literal["Active", "Inactive", "Draft"]
    category: str
    created_date: Timestamp
    aws_marketplace_solution_arn: str | None = None

class SolutionSort(msgspec.Struct, frozen=True, kw_only=True):
    sort_order: Literal["ASCENDING", "DESCENDING"]
    sort_by: Literal["Identifier", "Name", "Status", "Category", "CreatedDate"]

class SortObject(msgspec.Struct, frozen=True, kw_only=True):
    sort_by: Literal["CreatedDate"] | None = None
    sort_order: Literal["ASCENDING", "DESCENDING"] | None = None

class StartCustomerAccountBulkJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    file_uri: str

class StartCustomerAccountBulkJobResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    status: Literal["SUBMITTED", "IN_PROGRESS", "COMPLETED", "FAILED"]
    created_at: Timestamp

class StartEngagementByAcceptingInvitationTaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    identifier: str
    tags: list[Tag] | None = None

class StartEngagementByAcceptingInvitationTaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_invitation_id: str | None = None

class StartEngagementFromOpportunityTaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    identifier: str
    aws_submission: AwsSubmission
    tags: list[Tag] | None = None

class StartEngagementFromOpportunityTaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_id: str | None = None
    engagement_invitation_id: str | None = None

class StartOpportunityBulkJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    file_uri: str
    file_format: Literal["CSV"]

class StartOpportunityBulkJobResponse(msgspec.Struct, frozen=True, kw_only=True):
    job_id: str

class StartOpportunityFromEngagementTaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    client_token: str
    identifier: str
    context_identifier: str
    tags: list[Tag] | None = None

class StartOpportunityFromEngagementTaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str | None = None
    task_arn: str | None = None
    start_time: Timestamp | None = None
    task_status: Literal["IN_PROGRESS", "COMPLETE", "FAILED"] | None = None
    message: str | None = None
    reason_code: str | None = None
    opportunity_id: str | None = None
    resource_snapshot_job_id: str | None = None
    engagement_id: str | None = None
    context_id: str | None = None

class StartProspectingFromEngagementTaskRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifiers: list[str]
    task_name: str
    client_token: str

class StartProspectingFromEngagementTaskResponse(msgspec.Struct, frozen=True, kw_only=True):
    identifiers: list[str]
    task_name: str
    message: str | None = None
    reason_code: str | None = None
    start_time: Timestamp
    task_id: str | None = None
    task_arn: str | None = None
    task_status: Literal["PENDING", "IN_PROGRESS", "COMPLETED", "FAILED"]

class StartResourceSnapshotJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_identifier: str

class StopResourceSnapshotJobRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    resource_snapshot_job_identifier: str

class SubmitOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    involvement_type: Literal["For Visibility Only", "Co-Sell"]
    visibility: Literal["Full", "Limited"] | None = None

class Tag(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: str

class TagResourceRequest(msgspec.Struct, frozen=True, kw_only=True):
    resource_arn: str
    tags: list[Tag]

class TagResourceResponse(msgspec.Struct, frozen=True, kw_only=True):
    ...

class TargetCloseDateFilter(msgspec.Struct, frozen=True, kw_only=True):
    after_target_close_date: Date | None = None
    before_target_close_date: Date | None = None

class UntagResourceRequest(msgspec.Struct, frozen=True, kw_only=True):
    resource_arn: str
    tag_keys: list[str]

class UntagResourceResponse(msgspec.Struct, frozen=True, kw_only=True):
    ...

class UpdateCustomerAccountRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    identifier: str
    account: CustomerAccountData
    partner_account_identifier: str | None = None
    last_modified_date: Timestamp

class UpdateCustomerAccountResponse(msgspec.Struct, frozen=True, kw_only=True):
    arn: str
    id: str
    status: Literal["PENDING", "ENRICHED", "NO_MATCH_FOUND", "ACTION_REQUIRED"]
    catalog: Literal["AWS", "Sandbox"]
    partner_account_identifier: str | None = None
    created_date: Timestamp
    last_modified_date: Timestamp

class UpdateEngagementContextPayload(msgspec.Struct, frozen=True, kw_only=True):
    lead: UpdateLeadContext | None = None
    customer_project: CustomerProjectsContext | None = None
    prospecting_result: ProspectingResult | None = None

class UpdateEngagementContextRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    engagement_identifier: str
    context_identifier: str
    engagement_last_modified_at: Timestamp
    type: Literal["CustomerProject", "Lead", "ProspectingResult", "CustomerAccount"]
    payload: UpdateEngagementContextPayload

class UpdateEngagementContextResponse(msgspec.Struct, frozen=True, kw_only=True):
    engagement_id: str
    engagement_arn: str
    engagement_last_modified_at: Timestamp
    context_id: str

class UpdateLeadContext(msgspec.Struct, frozen=True, kw_only=True):
    qualification_status: str | None = None
    customer: LeadCustomer
    interaction: LeadInteraction | None = None
    insights: LeadInsights | None = None

class UpdateOpportunityRequest(msgspec.Struct, frozen=True, kw_only=True):
    catalog: Literal["AWS", "Sandbox"]
    primary_needs_from_aws: list[Literal["Co-Sell - Architectural Validation", "Co-Sell - Business Presentation", "Co-Sell - Competitive Information", "Co-Sell - Pricing Assistance", "Co-Sell - Technical Consultation", "Co-Sell - Total Cost of Ownership Evaluation", "Co-Sell - Deal Support", "Co-Sell - Support for Public Tender / RFx", "Do Not Need Support from AWS Sales Rep"]] | None = None
    national_security: Literal["Yes", "No"] | None = None
    partner_opportunity_identifier: str | None = None
    customer: Customer | None = None
    project: Project | None = None
    opportunity_type: Literal["Net New Business", "Flat Renewal", "Expansion"] | None = None
    marketing: Marketing | None = None
    software_revenue: SoftwareRevenue | None = None
    last_modified_date: Timestamp
    identifier: str
    life_cycle: LifeCycle | None = None

class UpdateOpportunityResponse(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    last_modified_date: Timestamp

class ValidationExceptionError(msgspec.Struct, frozen=True, kw_only=True):
    field_name: str | None = None
    message: str
    code: Literal["REQUIRED_FIELD_MISSING", "INVALID_ENUM_VALUE", "INVALID_STRING_FORMAT", "INVALID_VALUE", "NOT_ENOUGH_VALUES", "TOO_MANY_VALUES", "INVALID_RESOURCE_STATE", "DUPLICATE_KEY_VALUE", "VALUE_OUT_OF_RANGE", "ACTION_NOT_PERMITTED"]
