"""What customers of an invented pipeline want to do: for each CustomerUseCase, how people put it into words.

The names of the use cases are the service's, spelled as it answers them; it knows no other. Source: documentation of
Project.CustomerUseCase, with spaces around the slashes as in the service's own lists.
"""

from typing import Final, NamedTuple


class UseCase(NamedTuple):
    """One CustomerUseCase in words. Texts are parts of sentences; a pain follows `Today `, a goal `The goal is to `."""

    name: str
    weight: int
    marketing: str | None
    """The value of Marketing.UseCases that fits; None if none does."""
    titles: tuple[str, ...]
    pains: tuple[str, ...]
    goals: tuple[str, ...]
    industries: tuple[str, ...] = ()
    """The only industries that have it; none means all."""


USE_CASES: Final = (
    UseCase(
        "AI Machine Learning and Analytics",
        10,
        "AI/ML",
        ("Demand forecasting", "Generative AI assistant", "Churn prediction", "Document understanding"),
        (
            "planners export figures by hand and forecasts are out of date before they are read",
            "support agents search six knowledge bases for every answer",
            "data scientists wait for weeks until a model reaches production",
        ),
        (
            "train and serve models on managed infrastructure with a clear approval path",
            "answer customers from the company's own documents, with sources shown",
            "move from monthly reports to predictions that are renewed every night",
        ),
    ),
    UseCase(
        "Archiving",
        2,
        "Storage",
        ("Long-term archive", "Tape replacement"),
        (
            "ten years of records lie on tapes that nobody has tried to restore",
            "archive storage grows by a third each year and is paid for at production prices",
        ),
        (
            "move cold records to archive storage with retention locks",
            "retire the tape library and prove a restore every quarter",
        ),
    ),
    UseCase(
        "Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI",
        9,
        "Analytics",
        ("Data lake", "Warehouse modernization", "Group reporting platform", "Self-service analytics"),
        (
            "every department keeps its own extract and no two revenue figures agree",
            "the nightly load no longer ends before the offices open",
            "licences of the present warehouse are due for renewal at twice the price",
        ),
        (
            "bring all sources into one governed data lake with lineage",
            "load changes within minutes and give analysts self-service access",
            "replace the warehouse appliance before the licence runs out",
        ),
    ),
    UseCase(
        "Blockchain",
        1,
        "Blockchain",
        ("Supply provenance ledger", "Shared settlement ledger"),
        ("partners reconcile the same shipments in four systems", "disputes over deliveries take months to settle"),
        ("share one tamper-evident record among all parties", "cut settlement from days to minutes"),
    ),
    UseCase(
        "Business Applications: Mainframe Modernization",
        3,
        "Migration & Transfer",
        ("Mainframe exit", "Core system replatforming"),
        (
            "the core runs on a mainframe whose last experts retire within two years",
            "each change of the core system takes a release train of four months",
        ),
        (
            "refactor the batch programs and leave the mainframe step by step",
            "replatform without changing what branch staff see",
        ),
    ),
    UseCase(
        "Business Applications & Contact Center",
        4,
        "Customer Engagement",
        ("Cloud contact center", "Omnichannel service desk"),
        (
            "callers repeat their story at every transfer because the systems share nothing",
            "the telephone system cannot be extended for seasonal peaks",
        ),
        (
            "run voice and chat in one cloud contact center with agent assistance",
            "scale seats by the hour and measure every contact the same way",
        ),
    ),
    UseCase(
        "Business Applications & SAP Production",
        3,
        "Business Applications",
        ("SAP production landing zone", "ERP production hosting"),
        (
            "the hosting contract of the ERP ends and the provider's outages have become frequent",
            "month-end closing overloads the production system every time",
        ),
        (
            "run production on certified instances with a tested recovery in a second zone",
            "size the landscape by measured load, not by the worst day of the year",
        ),
    ),
    UseCase(
        "Centralized Operations Management",
        2,
        "Management & Governance",
        ("Central operations hub", "Unified patching"),
        (
            "three operations teams patch and monitor with three sets of tools",
            "nobody can say how many servers are out of support",
        ),
        (
            "manage all accounts and data centers from one place",
            "patch everything within a week and be able to prove it",
        ),
    ),
    UseCase(
        "Cloud Management Tools",
        2,
        "Cloud Financial Management",
        ("Cloud cost transparency", "FinOps platform"),
        ("cloud invoices cannot be assigned to products", "idle resources are found by chance"),
        ("show each team its cost every morning", "commit to savings plans on the ground of measured use"),
    ),
    UseCase(
        "Cloud Management Tools & DevOps with Continuous Integration & Continuous Delivery (CICD)",
        4,
        "Developer Tools",
        ("Delivery pipeline renewal", "Developer platform"),
        (
            "releases are built by hand on one engineer's machine",
            "each team has its own pipeline and half of them are broken at any time",
        ),
        (
            "give all teams one paved road from commit to production",
            "release daily with automated checks and a way back",
        ),
    ),
    UseCase(
        "Configuration, Compliance & Auditing",
        3,
        "Management & Governance",
        ("Continuous compliance", "Audit evidence automation"),
        (
            "auditors get screenshots that took two months to collect",
            "configuration drift is noticed only after incidents",
        ),
        ("record every change and check it against the rules at once", "hand auditors evidence that collects itself"),
    ),
    UseCase(
        "Connected Services",
        1,
        "IoT",
        ("Connected product services", "Remote service platform"),
        (
            "devices in the field report only when a technician visits",
            "customers cannot see the state of what they bought",
        ),
        ("offer remote service as a subscription", "bring telemetry of the installed base into one platform"),
    ),
    UseCase(
        "Containers & Serverless",
        6,
        "Containers",
        ("Container platform", "Serverless order flow", "Monolith split"),
        (
            "a single monolith must be stopped for every release",
            "the self-run cluster needs two engineers just to stay alive",
        ),
        (
            "run services on a managed container platform",
            "let event-driven functions take the peaks",
            "split the monolith along its domains",
        ),
    ),
    UseCase(
        "Content Delivery & Edge Services",
        2,
        "Networking & Content Delivery",
        ("Global content delivery", "Edge protection"),
        ("pages take four seconds outside the home market", "traffic attacks take the shop down in every campaign"),
        ("deliver from the edge with protection against attacks", "bring page times below one second worldwide"),
    ),
    UseCase(
        "Database",
        7,
        "Databases",
        ("Managed database migration", "Commercial database exit", "Database consolidation"),
        (
            "commercial database licences eat most of the IT budget",
            "forty database servers are maintained by two people",
            "failover has never worked without a phone call at night",
        ),
        (
            "move to managed open-source databases",
            "consolidate on managed instances with automatic failover",
            "leave the licence contract at its next renewal",
        ),
    ),
    UseCase(
        "Edge Computing / End User Computing",
        3,
        "End User Computing",
        ("Virtual desktops", "Secure remote workplaces"),
        (
            "contractors wait for weeks until they have a laptop",
            "remote staff reach internal tools through an overloaded tunnel",
        ),
        ("give contractors a secured desktop within an hour", "replace the desktop farm before its support ends"),
    ),
    UseCase(
        "Energy",
        4,
        "Analytics",
        ("Grid load analytics", "Production data platform"),
        (
            "meter readings arrive daily while the market trades every quarter of an hour",
            "well data is kept on engineers' laptops",
        ),
        ("collect and evaluate readings in near real time", "give geoscientists one catalogue of all surveys"),
        ("Energy - Oil and Gas", "Energy - Power and Utilities"),
    ),
    UseCase(
        "Enterprise Governance & Controls",
        2,
        "Management & Governance",
        ("Landing zone", "Multi-account governance"),
        (
            "accounts are opened by credit card and found by accident",
            "security rules differ from one subsidiary to the next",
        ),
        ("set up a landing zone with guardrails for all subsidiaries", "open a compliant account within an hour"),
    ),
    UseCase(
        "Enterprise Resource Planning",
        3,
        "Business Applications",
        ("ERP cloud transition", "Subsidiary ERP rollout"),
        ("five subsidiaries close their books in five systems", "the ERP runs on hardware whose maintenance has ended"),
        ("roll out one ERP template in the cloud", "move the ERP without a weekend of downtime"),
    ),
    UseCase(
        "Financial Services",
        5,
        "Analytics",
        ("Real-time fraud scoring", "Digital onboarding", "Regulatory reporting"),
        (
            "fraud is recognised the day after",
            "opening an account takes customers two visits",
            "regulatory reports are put together in spreadsheets",
        ),
        (
            "score each payment before it is released",
            "open accounts online within ten minutes",
            "produce regulatory reports from one audited source",
        ),
        ("Financial Services",),
    ),
    UseCase(
        "Healthcare and Life Sciences",
        5,
        "Analytics",
        ("Clinical data platform", "Genomics pipeline", "Imaging archive"),
        (
            "clinical data lies in systems that cannot talk to each other",
            "a genome takes three days on the local cluster",
        ),
        (
            "bring records together under one consent model",
            "process samples in parallel at a known price for each",
            "share images between sites within seconds",
        ),
        ("Healthcare", "Life Sciences"),
    ),
    UseCase(
        "High Performance Computing",
        2,
        "Compute",
        ("Simulation burst capacity", "Engineering simulation"),
        ("engineers queue for days until the cluster has room", "the cluster is idle at night and overbooked by noon"),
        ("burst simulations into the cloud within minutes", "replace the cluster at the end of its lease"),
    ),
    UseCase(
        "Hybrid Application Platform",
        2,
        "Containers",
        ("Hybrid platform", "Plant and cloud platform"),
        (
            "applications must stay near the plants while everything else moves",
            "two platforms are run for the same applications",
        ),
        ("run one platform on site and in the cloud", "keep local latency and central operations"),
    ),
    UseCase(
        "Industrial Software",
        3,
        "IoT",
        ("Engineering tools in the cloud", "Manufacturing execution renewal"),
        (
            "engineering tools are bound to workstations in one building",
            "the execution system knows nothing of the neighbouring plant",
        ),
        ("run design tools on streamed workstations", "bring execution data of all plants together"),
        ("Manufacturing", "Automotive", "Aerospace", "Mining", "Computers and Electronics"),
    ),
    UseCase(
        "IOT",
        3,
        "IoT",
        ("Fleet telemetry", "Predictive maintenance", "Smart building sensors"),
        ("machines stop without a warning", "sensor readings are thrown away for lack of a place to keep them"),
        ("predict failures from vibration and temperature", "take in readings of 50,000 devices and act on them"),
    ),
    UseCase(
        "Manufacturing, Supply Chain and Operations",
        4,
        "Analytics",
        ("Supply chain visibility", "Quality inspection by camera"),
        (
            "delays become known when the truck is already late",
            "one part in two hundred is sent back for faults seen too late",
        ),
        (
            "show every order from supplier to customer",
            "inspect parts by camera on the line",
            "plan stock across all sites at once",
        ),
        (
            "Manufacturing",
            "Automotive",
            "Consumer Goods",
            "Agriculture",
            "Wholesale and Distribution",
            "Transportation and Logistics",
        ),
    ),
    UseCase(
        "Media & High performance computing (HPC)",
        3,
        "Media Services",
        ("Cloud rendering", "Live streaming platform"),
        (
            "the render farm is too small for the last month of every production",
            "live streams break down when a match goes into extra time",
        ),
        ("render in the cloud and pay by the frame", "stream to a million viewers with two encoders in two zones"),
        ("Media and Entertainment", "Gaming", "Marketing and Advertising"),
    ),
    UseCase(
        "Migration / Database Migration",
        12,
        "Migration & Transfer",
        ("Data center exit", "Server migration wave", "Lift and modernize", "Application portfolio migration"),
        (
            "the lease of the data center ends next year",
            "hardware is due for a renewal that nobody wants to pay",
            "the last power failure cost two days of production",
        ),
        (
            "move 300 servers in four waves and close the data center",
            "migrate first and modernize what earns it",
            "leave the data center before the lease is renewed",
        ),
    ),
    UseCase(
        "Monitoring, logging and performance",
        2,
        "Management & Governance",
        ("Central logging", "Performance baseline"),
        (
            "logs are kept on the servers that write them and die with them",
            "slow pages are reported by customers first",
        ),
        ("collect and search all logs in one place", "measure what users feel and alert on it"),
    ),
    UseCase(
        "Monitoring & Observability",
        3,
        "Management & Governance",
        ("Observability platform", "Tracing rollout"),
        ("an incident needs five teams on the phone to find its cause", "monitoring costs more than what it watches"),
        ("trace each request through all services", "halve the time to recover and the price of telemetry"),
    ),
    UseCase(
        "Networking",
        3,
        "Networking & Content Delivery",
        ("Global network backbone", "Branch connectivity"),
        (
            "branches reach the cloud through headquarters and one leased line",
            "address ranges of the merged companies overlap",
        ),
        ("connect branches directly and centrally inspected", "build one backbone for all regions"),
    ),
    UseCase(
        "Outpost",
        1,
        "Compute",
        ("Local zone for the plant", "On-site cloud racks"),
        ("control systems tolerate no more than five milliseconds", "data may not leave the site"),
        ("run cloud services in racks on the site", "keep data on site and operations in the cloud"),
    ),
    UseCase(
        "SAP",
        6,
        "Migration & Transfer",
        ("SAP S/4HANA migration", "SAP landscape move", "SAP disaster recovery"),
        (
            "the old SAP release is out of maintenance soon",
            "copies of the SAP system take a week each",
            "recovery of SAP has never been tested",
        ),
        (
            "convert to S/4HANA and move in one project",
            "copy systems within hours",
            "recover within one hour in another region",
        ),
    ),
    UseCase(
        "Security & Compliance",
        7,
        "Security",
        ("Security operations center", "Zero trust access", "Ransomware resilience"),
        (
            "alerts of twelve tools end in one mailbox",
            "a break-in at a supplier showed how far one password reaches",
            "the regulator has set a date for closing the findings",
        ),
        (
            "detect and answer threats around the clock",
            "give access by identity and device only",
            "be able to restore everything after an attack",
        ),
    ),
    UseCase(
        "Storage & Backup",
        5,
        "Storage",
        ("Immutable backup", "File server replacement"),
        ("backups are kept next to what they protect", "file servers are full again half a year after each extension"),
        ("keep backups that nobody can change or delete", "replace file servers by managed shares"),
    ),
    UseCase(
        "Training",
        1,
        None,
        ("Cloud skills program", "Enablement for developers"),
        (
            "only two of sixty engineers have built anything in the cloud",
            "each project hires the same consultants again",
        ),
        ("certify forty engineers within a year", "build a cloud center of excellence"),
    ),
    UseCase(
        "VMC",
        1,
        "Migration & Transfer",
        ("Virtualization extension", "Hypervisor capacity in the cloud"),
        ("the hypervisor hosts are out of support", "capacity for the year-end peak stands idle all summer"),
        ("extend the present platform without changing workloads", "evacuate the hosts before support ends"),
    ),
    UseCase(
        "VMWare",
        3,
        "Migration & Transfer",
        ("VMware exit", "VMware relocation"),
        (
            "licence costs of the virtualization platform have tripled",
            "the virtual machines cannot be moved without downtime",
        ),
        ("relocate 500 virtual machines before the licence renews", "move to native instances in three waves"),
    ),
    UseCase(
        "Web development & DevOps",
        5,
        "Front End Web & Mobile",
        ("Customer portal", "E-commerce replatforming", "Mobile app backend"),
        (
            "the shop goes down on every campaign day",
            "a new feature of the portal takes half a year",
            "the mobile app still calls a server under a desk",
        ),
        (
            "replatform the shop for ten times the load",
            "release the portal every week",
            "give the app a backend that scales with its users",
        ),
    ),
)
