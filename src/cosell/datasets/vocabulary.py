"""The words and the proportions of an invented pipeline: who buys, how far deals are, and what is said about them.

Values of enumerations are the service model's. The proportions are our guess at an alliance of middle size.
"""

from typing import Any, Final, TypeAlias

ModelValue: TypeAlias = Any
"""A value of one of the model's enumerations. Type checkers cannot follow these through tables; a test does."""

INDUSTRIES: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    # industry: (weight, words that make a company's name tell what it does)
    "Aerospace": (2, ("Aerospace", "Aviation Systems", "Space")),
    "Agriculture": (2, ("Farms", "Agro", "Harvest")),
    "Automotive": (4, ("Motors", "Automotive", "Mobility")),
    "Computers and Electronics": (4, ("Electronics", "Semiconductor", "Devices")),
    "Consumer Goods": (4, ("Foods", "Home", "Brands")),
    "Education": (4, ("University", "Academy", "Learning")),
    "Energy - Oil and Gas": (2, ("Petroleum", "Offshore", "Energy")),
    "Energy - Power and Utilities": (4, ("Power", "Utilities", "Grid")),
    "Financial Services": (12, ("Bank", "Insurance", "Capital", "Payments")),
    "Gaming": (2, ("Games", "Interactive", "Studios")),
    "Government": (4, ("Public Services", "Civic", "Municipal Services")),
    "Healthcare": (7, ("Clinics", "Health", "Medical Center")),
    "Hospitality": (2, ("Hotels", "Resorts", "Catering")),
    "Life Sciences": (4, ("Pharma", "Biotech", "Diagnostics")),
    "Manufacturing": (9, ("Industries", "Works", "Precision")),
    "Marketing and Advertising": (2, ("Media Group", "Advertising", "Insights")),
    "Media and Entertainment": (4, ("Pictures", "Broadcasting", "Publishing")),
    "Mining": (1, ("Mining", "Minerals", "Resources")),
    "Non-Profit Organization": (2, ("Foundation", "Relief", "Institute")),
    "Professional Services": (4, ("Consulting", "Partners", "Advisory")),
    "Real Estate and Construction": (3, ("Construction", "Properties", "Engineering")),
    "Retail": (8, ("Stores", "Fashion", "Market")),
    "Software and Internet": (9, ("Software", "Cloud", "Labs")),
    "Telecommunications": (3, ("Telecom", "Networks", "Mobile")),
    "Transportation and Logistics": (5, ("Logistics", "Freight", "Transport")),
    "Travel": (2, ("Travel", "Airways", "Tours")),
    "Wholesale and Distribution": (3, ("Trading", "Supply", "Distribution")),
    "Other": (1, ("Services", "Group")),
}

OTHER_INDUSTRIES: Final = ("Legal Services", "Veterinary Services", "Security Guarding", "Funeral Services", "Staffing")

IMPACTS: Final = (
    "The board has asked for a decision within this fiscal year.",
    "Each delay costs the business unit measurable revenue.",
    "An internal estimate puts the cost of doing nothing at a quarter of the yearly budget.",
    "The works council and the data protection officer are already involved.",
    "A first attempt with another supplier was stopped last year.",
    "Budget is approved for the first phase; the second depends on its results.",
    "The team is small and asks for a managed service wherever there is one.",
    "A competitor of the customer has announced something similar.",
    "Two reference visits have convinced the head of operations.",
    "The customer has no experience with the cloud yet and wants a partner who stays after the project.",
)

JOB_TITLES: Final = (
    "Chief Information Officer",
    "Chief Technology Officer",
    "Head of Infrastructure",
    "IT Director",
    "VP Engineering",
    "Enterprise Architect",
    "Head of Data",
    "Chief Information Security Officer",
    "Procurement Manager",
    "Director of Digital",
    "Product Owner",
    "Chief Financial Officer",
    "Head of Operations",
)

OWNER_TITLE: Final = "OpportunityOwner"
ACCOUNT_MANAGER_TITLE: Final = "PartnerAccountManager"

FUNNEL: Final[tuple[tuple[float, dict[str, int]], ...]] = (
    # (age in days up to which the row holds, {stage: weight})
    (30, {"Prospect": 62, "Qualified": 30, "Technical Validation": 6, "Closed Lost": 2}),
    (
        120,
        {
            "Prospect": 34,
            "Qualified": 28,
            "Technical Validation": 16,
            "Business Validation": 9,
            "Committed": 4,
            "Launched": 3,
            "Closed Lost": 6,
        },
    ),
    (
        300,
        {
            "Prospect": 20,
            "Qualified": 20,
            "Technical Validation": 15,
            "Business Validation": 12,
            "Committed": 8,
            "Launched": 12,
            "Closed Lost": 13,
        },
    ),
    (
        float("inf"),
        {
            "Prospect": 13,
            "Qualified": 11,
            "Technical Validation": 7,
            "Business Validation": 6,
            "Committed": 5,
            "Launched": 34,
            "Closed Lost": 24,
        },
    ),
)

EARLY_REVIEW: Final[tuple[tuple[float, dict[str, int]], ...]] = (
    # Review status of Prospect and Qualified, by age as above. What is later in the sale is approved.
    (
        21,
        {
            "Pending Submission": 34,
            "Submitted": 17,
            "In review": 13,
            "Action Required": 8,
            "Rejected": 3,
            "Approved": 25,
        },
    ),
    (float("inf"), {"Pending Submission": 9, "Action Required": 7, "Rejected": 13, "Approved": 71}),
)

SALES_ACTIVITIES: Final[dict[str, tuple[str, ...]]] = {
    # What has been done when a stage is reached; a stage has its own and all those before.
    "Prospect": ("Initialized discussions with customer",),
    "Qualified": ("Customer has shown interest in solution",),
    "Technical Validation": ("Conducted POC / Demo", "In evaluation / planning stage"),
    "Business Validation": ("Agreed on solution to Business Problem",),
    "Committed": ("Completed Action Plan", "Finalized Deployment Need"),
    "Launched": ("SOW Signed",),
}

NEXT_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "Prospect": (
        "Call with the sponsor to confirm scope and budget owner.",
        "Send reference stories from the same industry.",
        "Discovery workshop with IT and the business unit.",
        "Wait for the answers to our qualification questions.",
    ),
    "Qualified": (
        "Prepare the architecture sketch for the technical team.",
        "Agree on success criteria of the proof of concept.",
        "Introduce the AWS account team to the customer.",
        "Collect sizing figures of the present landscape.",
    ),
    "Technical Validation": (
        "Proof of concept runs until the end of the month; review results with the architects.",
        "Well-Architected review of the target design.",
        "Load test with production data that was made anonymous.",
        "Close the open questions on networking and identity.",
    ),
    "Business Validation": (
        "Present the business case to the steering committee.",
        "Compare total cost of ownership over three years.",
        "Legal review of the data processing agreement.",
        "Second round with procurement on price and terms.",
    ),
    "Committed": (
        "Signature of the statement of work is planned for next week.",
        "Staff the delivery team and fix the kick-off date.",
        "Finish the funding request before the start of the project.",
        "Set up the landing zone with the customer's platform team.",
    ),
    "Launched": ("Handover to customer success; review usage after 90 days.", "Look for the next workload to follow."),
    "Closed Lost": ("Ask again before the next budget round.", "Keep in contact with the sponsor."),
}

CLOSED_LOST: Final[tuple[tuple[str, int, str | None], ...]] = (
    # (reason, weight, competitor that it names)
    ("Price", 18, None),
    ("Delay / Cancellation of Project", 18, None),
    ("No Opportunity", 12, None),
    ("Customer Deficiency", 6, None),
    ("Lost to Competitor - Microsoft", 11, "Microsoft Azure"),
    ("Lost to Competitor - Google", 6, "Google Cloud Platform"),
    ("Lost to Competitor - SoftLayer", 1, "IBM Softlayer"),
    ("Lost to Competitor - VMWare", 2, "*Other"),
    ("Lost to Competitor - Other", 4, "*Other"),
    ("On Premises Deployment", 6, "On-Prem"),
    ("Partner Gap", 4, None),
    ("Security / Compliance", 3, None),
    ("Legal / Tax / Regulatory", 2, None),
    ("Technical Limitations", 4, None),
    ("Customer Experience", 2, None),
    ("People/Relationship/Governance", 4, None),
    ("Product/Technology", 3, None),
    ("Financial/Commercial", 4, None),
)

COMPETITORS: Final = ("Microsoft Azure", "Google Cloud Platform", "On-Prem", "Oracle Cloud", "Co-location", "*Other")
OTHER_COMPETITORS: Final = ("Regional hosting provider", "Sovereign cloud vendor", "The customer's own IT subsidiary")

ACTION_REQUIRED: Final = (
    # What the reviewer asks for: reason and comment.
    ("Customer business problem unclear", "Please describe the customer's problem and why AWS is being considered."),
    (
        "Expected spend missing detail",
        "The expected monthly spend looks low for this scope. Please check it or add an estimate.",
    ),
    (
        "Customer details incomplete",
        "The website does not match the company name. Please correct the customer's details.",
    ),
    ("Target close date unrealistic", "The target close date does not fit the stage. Please update it."),
)
REJECTED: Final = (
    ("Duplicate opportunity", "The same project has been registered for this customer already."),
    ("No partner involvement", "We could not find an active engagement of the partner with this customer."),
    ("Insufficient information", "No answer to our questions was received within the review period."),
    ("Not an AWS opportunity", "The described solution does not run on AWS."),
)

PRIMARY_NEEDS: Final = (
    ("Co-Sell - Architectural Validation", 20),
    ("Co-Sell - Business Presentation", 10),
    ("Co-Sell - Competitive Information", 8),
    ("Co-Sell - Pricing Assistance", 16),
    ("Co-Sell - Technical Consultation", 22),
    ("Co-Sell - Total Cost of Ownership Evaluation", 12),
    ("Co-Sell - Deal Support", 20),
    ("Co-Sell - Support for Public Tender / RFx", 3),
)

DELIVERY_MODELS: Final = (
    (("SaaS or PaaS",), 34),
    (("Professional Services",), 22),
    (("Managed Services",), 14),
    (("Managed Services", "Professional Services"), 14),
    (("SaaS or PaaS", "Professional Services"), 8),
    (("Resell",), 5),
    (("BYOL or AMI",), 3),
)

CHANNELS: Final = (
    ("Email",),
    ("Live Event",),
    ("Virtual Event", "Email"),
    ("Search", "Social"),
    ("AWS Marketing Central",),
)
CAMPAIGNS: Final = ("Cloud Readiness Tour", "Modernize Now", "Data Week", "Secure by Design", "Summit Follow-up")
APN_PROGRAMS: Final = ("Migration Acceleration Program", "Well-Architected", "Partner Opportunity Acceleration Funded")
ADDITIONAL_COMMENTS: Final = (
    "The customer prefers communication by e-mail.",
    "A reference call with a customer of similar size was requested.",
    "Procurement runs over the group's central purchasing.",
    "The project must not start before the fiscal year does.",
)
SOLUTION_DESCRIPTIONS: Final = (
    "Cloud Migration Factory",
    "Managed Landing Zone",
    "Data Foundation Package",
    "Modern Workplace Service",
)
AWS_PRODUCTS: Final = (
    "AmazonEC2Linux",
    "AmazonS3",
    "AmazonRDSforPostgreSQL",
    "AWSLambda",
    "AmazonBedrock",
    "AmazonElasticKubernetesServiceEKS",
    "AmazonRedshift",
    "AWSBackup",
)
