"""Values that AWS documents for members which have no enumeration in the service model.

Source: documentation of the members in the service model 2022-07-26; AWS's field list for postal codes, and for the
spellings that differ from the documentation.
"""

import re
from typing import Final

NO_SUPPORT: Final = "Do Not Need Support from AWS Sales Rep"
"""The PrimaryNeedsFromAws of what is shared for visibility only. AWS returns it, but the enumeration lacks it."""

CUSTOMER_USE_CASES: Final = frozenset(
    {
        "AI Machine Learning and Analytics",
        "Archiving",
        "Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI",
        "Blockchain",
        "Business Applications: Mainframe Modernization",
        "Business Applications & Contact Center",
        "Business Applications & SAP Production",
        "Centralized Operations Management",
        "Cloud Management Tools",
        "Cloud Management Tools & DevOps with Continuous Integration & Continuous Delivery (CICD)",
        "Configuration, Compliance & Auditing",
        "Connected Services",
        "Containers & Serverless",
        "Content Delivery & Edge Services",
        "Database",
        "Edge Computing / End User Computing",
        "Energy",
        "Enterprise Governance & Controls",
        "Enterprise Resource Planning",
        "Financial Services",
        "Healthcare and Life Sciences",
        "High Performance Computing",
        "Hybrid Application Platform",
        "Industrial Software",
        "IOT",
        "Manufacturing, Supply Chain and Operations",
        "Media & High performance computing (HPC)",
        "Migration / Database Migration",
        "Monitoring, logging and performance",
        "Monitoring & Observability",
        "Networking",
        "Outpost",
        "SAP",
        "Security & Compliance",
        "Storage & Backup",
        "Training",
        "VMC",
        "VMWare",
        "Web development & DevOps",
    }
)

SPELLED_OTHERWISE: Final = {
    # CustomerUseCase as the documentation writes it: as the service's own lists and errors do
    "Big Data: Data Warehouse/Data Integration/ETL/Data Lake/BI": (
        "Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI"
    ),
    "Edge Computing/End User Computing": "Edge Computing / End User Computing",
    "Migration/Database Migration": "Migration / Database Migration",
}

US_STATES: Final = frozenset(
    {
        "Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado", "Connecticut",
        "Delaware", "Dist. of Columbia", "Federated States of Micronesia", "Florida", "Georgia", "Guam", "Hawaii",
        "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Marshall Islands",
        "Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska",
        "Nevada", "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota",
        "Northern Mariana Islands", "Ohio", "Oklahoma", "Oregon", "Palau", "Pennsylvania", "Puerto Rico",
        "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont", "Virginia",
        "Virgin Islands", "Washington", "West Virginia", "Wisconsin", "Wyoming", "APO/AE", "AFO/FPO", "FPO, AP",
    }
)  # fmt: skip
LONGEST_REGION: Final = 255
"""Characters of a StateOrRegion outside the United States. Our choice: the model sets no bound."""

APN_PROGRAMS: Final = frozenset(
    {
        "APN Immersion Days",
        "APN Solution Space",
        "ATO (Authority to Operate)",
        "AWS Marketplace Campaign",
        "IS Immersion Day SFID Program",
        "ISV Immersion Day SFID Program",  # the field list's spelling of the one before
        "ISV Workload Migration",
        "Migration Acceleration Program",
        "P3",
        "Partner Launch Initiative",
        "Partner Opportunity Acceleration Funded",
        "The Next Smart",
        "VMware Cloud on AWS",
        "Well-Architected",
        "Windows",
        "Workspaces/AppStream Accelerator Program",
        "WWPS NDPP",
    }
)

MARKETING_USE_CASES: Final = frozenset(
    {
        "AI/ML", "Analytics", "Application Integration", "Blockchain", "Business Applications",
        "Cloud Financial Management", "Compute", "Containers", "Customer Engagement", "Databases", "Developer Tools",
        "End User Computing", "Front End Web & Mobile", "Game Tech", "IoT", "Management & Governance",
        "Media Services", "Migration & Transfer", "Networking & Content Delivery", "Quantum Technologies", "Robotics",
        "Satellite", "Security", "Serverless", "Storage", "VR & AR",
    }
)  # fmt: skip

WITHOUT_POSTAL_CODES: Final = frozenset(
    {
        "AE", "AG", "AN", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CF", "CG", "CI", "CK", "CM",
        "CW", "DJ", "DM", "ER", "FJ", "GD", "GH", "GM", "GQ", "GY", "HK", "HM", "KI", "KM", "KN", "LY", "ML", "MO",
        "MR", "MW", "NR", "NU", "QA", "RW", "SB", "SC", "SH", "SL", "SR", "ST", "SY", "TF", "TG", "TK", "TL", "TO",
        "TV", "VU", "YE", "ZW",
    }
)  # fmt: skip
"""Countries, by their codes."""

US_POSTAL_CODE: Final = re.compile(r"[0-9]{5}(-[0-9]{4})?", re.ASCII)
SHORTEST_CONTRACT_MONTHS: Final = 1
LONGEST_CONTRACT_MONTHS: Final = 144
SPEND_COMPANIES: Final = ("AWS", "Self")
"""With whom a spend may be: the second only under a contract with a duration."""
EURO_PARTITION: Final = "aws-eusc"
"""The European Sovereign Cloud, which counts in euros."""
