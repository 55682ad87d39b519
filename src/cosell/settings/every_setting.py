"""The table of settings: the name, type, default and meaning of each, in one place."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from cosell.auth.open_access import ACCOUNT_PATTERN, DEFAULT_ACCOUNT

CHOICES: Final = {
    "catalog": ("AWS", "Sandbox"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("auto", "json", "text"),
}
"""The values of settings that have few."""

_URL_PATTERN: Final = r"^https?://[^/\s]\S*\Z"


def _one_of(name: str) -> str:
    return rf"^({'|'.join(CHOICES[name])})\Z"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings with their defaults."""

    db: Annotated[str, Meta(description="The database: a file's path, :memory:, sqlite:///path or postgresql://….")] = (
        "cosell.db"
    )
    account: Annotated[str, Meta(pattern=ACCOUNT_PATTERN, description="The AWS account, twelve digits.")] = (
        DEFAULT_ACCOUNT
    )
    catalog: Annotated[str, Meta(pattern=_one_of("catalog"), description="The catalog: AWS or Sandbox.")] = "Sandbox"
    mirror: Annotated[
        str, Meta(description="The mirror: a file's path, sqlite:///path, postgresql://… or duckdb:///path.")
    ] = "mirror.db"
    url: Annotated[str, Meta(pattern=_URL_PATTERN, description="The address of a running cosell.")] = (
        "http://127.0.0.1:4280"
    )
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = 4280
    workers: Annotated[int, Meta(ge=1, le=64, description="Processes that answer requests.")] = 1
    insecure: Annotated[bool, Meta(description="Listen beyond loopback, although nobody is authenticated.")] = False
    allow_host: Annotated[
        list[str],
        Meta(
            description="A name by which clients call this server, besides its addresses and localhost. May be "
            "repeated; the variable separates several by spaces."
        ),
    ] = []
    public_url: Annotated[
        str,
        Meta(
            description="The address by which people reach this server, such as https://pipeline.example, if a "
            "proxy is in front of it."
        ),
    ] = ""
    clock: Annotated[
        str,
        Meta(
            description="How time runs: kept (as the database has it), real, frozen, frozen:MOMENT, "
            "accelerated:FACTOR or accelerated:FACTOR:MOMENT."
        ),
    ] = "kept"
    sink: Annotated[
        list[str],
        Meta(
            description="Where events go: file:PATH, https://…, sqs:QUEUE_URL or eventbridge:BUS. May be repeated; the "
            "variable separates several by spaces."
        ),
    ] = []
    keep_events: Annotated[
        str,
        Meta(description="How long an event, or a dead letter, is kept once every sink has it, such as 30d."),
    ] = "7d"
    keep_history: Annotated[
        str,
        Meta(
            description="How long the history of opportunities, their records before each change, is kept, such as "
            "90d; for ever by default."
        ),
    ] = ""
    webhook_secret: Annotated[
        str, Meta(description="The secret that signs events for webhooks without a secret of their own: whsec_….")
    ] = ""
    review: Annotated[
        str, Meta(description="Who plays AWS's side: manual (you, with cosell review), auto, or the path of a script.")
    ] = "manual"
    review_start: Annotated[str, Meta(description="With auto: how long after a submission its review starts.")] = "5s"
    review_verdict: Annotated[str, Meta(description="With auto: how long a review takes.")] = "10s"
    review_action_required: Annotated[
        float, Meta(ge=0, le=1, description="With auto: the share of reviews that ends with Action Required.")
    ] = 0.1
    review_rejected: Annotated[
        float, Meta(ge=0, le=1, description="With auto: the share of reviews that ends with Rejected.")
    ] = 0.05
    review_seed: Annotated[int, Meta(description="With auto: the same seed makes the same decisions.")] = 1
    action_required_stays: Annotated[
        bool,
        Meta(description="Keep an updated opportunity in Action Required until it is submitted again."),
    ] = False
    closed_lost_reopens: Annotated[bool, Meta(description="Let an approved opportunity leave Closed Lost.")] = False
    task_delay: Annotated[
        str, Meta(description="How long a task is in progress before it is carried out, such as 30s; 0s is at once.")
    ] = "0s"
    appearance_delay: Annotated[
        str,
        Meta(
            description="The longest time for which a new opportunity, or a new association, cannot be found, "
            "such as 5s; with 0s it is found at once."
        ),
    ] = "0s"
    any_value: Annotated[
        bool, Meta(description="Accept values that are not on the lists that AWS documents beside its enumerations.")
    ] = False
    any_review_status: Annotated[
        bool, Meta(description="Let an update in Sandbox play In review and Rejected too, which AWS's does not.")
    ] = False
    drafts: Annotated[
        bool,
        Meta(description="Accept opportunities that lack members AWS requires, and updates that leave them out."),
    ] = False
    sandbox_quirks: Annotated[
        bool,
        Meta(description="Lose the review status in Sandbox when an update leaves it out, as AWS's own Sandbox does."),
    ] = False
    empty_messages: Annotated[
        bool, Meta(description="Leave the Message of a ValidationException empty, as AWS often does; see ErrorList.")
    ] = False
    escaped_texts: Annotated[
        bool,
        Meta(description="Escape colons in the texts of GetOpportunity's answers as `&amp;colon;`, as AWS does."),
    ] = False
    no_sandbox_solution: Annotated[
        bool, Meta(description="Start a Sandbox without the solution S-1234567, as new partner organisations do.")
    ] = False
    without_search: Annotated[
        list[Annotated[str, Meta(pattern=ACCOUNT_PATTERN)]],
        Meta(
            description="An account that may not search opportunities, as before AWS enables it. May be repeated; the "
            "variable separates several by spaces."
        ),
    ] = []
    currency: Annotated[
        str, Meta(description="The currency into which `rates` convert on the console's page Pipeline.")
    ] = "USD"
    rates: Annotated[
        str,
        Meta(
            description="What one unit of each currency is worth in `currency`, such as EUR=1.08,GBP=1.27. Amounts "
            "in a currency without a rate stay separate."
        ),
    ] = ""
    probabilities: Annotated[
        str,
        Meta(
            description="How likely a sale is in each open stage, in percent, for the weighted forecast, such as "
            "Prospect=10,Technical Validation=45. Others keep their defaults."
        ),
    ] = ""
    fault: Annotated[
        list[str],
        Meta(
            description="A fault, such as error=ThrottlingException,operation=Create*,times=2. May be "
            "repeated; the variable separates several by spaces."
        ),
    ] = []
    model: Annotated[
        str,
        Meta(
            description="The month of an older service model to serve, such as 2026-06: later operations do not exist, "
            "and later members are left out."
        ),
    ] = ""
    log_level: Annotated[
        str,
        Meta(
            pattern=_one_of("log_level"),
            description="What to log: debug (every call), info, warning or error.",
        ),
    ] = "info"
    log_format: Annotated[
        str,
        Meta(
            pattern=_one_of("log_format"),
            description="How to write the log: json, text, or auto (text on a terminal, else json).",
        ),
    ] = "auto"


DEFAULTS: Final = Settings()
FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}
OF_A_SERVER: Final = (
    "db",
    "host",
    "port",
    "workers",
    "insecure",
    "allow_host",
    "public_url",
    "clock",
    "sink",
    "keep_events",
    "keep_history",
    "webhook_secret",
    "review",
    "review_start",
    "review_verdict",
    "review_action_required",
    "review_rejected",
    "review_seed",
    "action_required_stays",
    "closed_lost_reopens",
    "task_delay",
    "appearance_delay",
    "any_value",
    "any_review_status",
    "drafts",
    "sandbox_quirks",
    "empty_messages",
    "escaped_texts",
    "no_sandbox_solution",
    "without_search",
    "fault",
    "model",
    "currency",
    "rates",
    "probabilities",
    "log_level",
    "log_format",
)
"""The settings of `cosell serve`, in the order of its options."""
