"""Every setting of cosell, once: its name, its type, its default and what it means.

A setting is an option of the commands that use it, a variable `COSELL_…`, and a key of `cosell.toml` in the working
directory; the option wins over the variable, the variable over the file, the file over the default.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from cosell.auth.open_access import ACCOUNT_PATTERN, DEFAULT_ACCOUNT
from cosell.context import Readings
from cosell.errors import UserError
from cosell.time_texts import span_ms

FILE: Final = "cosell.toml"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings with their defaults."""

    db: Annotated[str, Meta(description="The database: a file's path, :memory: or sqlite:///path.")] = "cosell.db"
    account: Annotated[
        str, Meta(pattern=ACCOUNT_PATTERN, description="The AWS account whose data is meant, twelve digits.")
    ] = DEFAULT_ACCOUNT
    catalog: Annotated[str, Meta(pattern=r"^(AWS|Sandbox)\Z", description="The catalog: AWS or Sandbox.")] = "Sandbox"
    mirror: Annotated[
        str, Meta(description="The mirror: a file's path, sqlite:///path, postgresql://… or duckdb:///path.")
    ] = "mirror.db"
    url: Annotated[str, Meta(description="The address of a running cosell.")] = "http://127.0.0.1:4280"
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = 4280
    workers: Annotated[int, Meta(ge=1, le=64, description="Processes that answer requests.")] = 1
    insecure: Annotated[bool, Meta(description="Listen beyond loopback although nobody is authenticated.")] = False
    allow_host: Annotated[
        list[str],
        Meta(
            description="A name by which clients call this server, beside its addresses and localhost. May be "
            "repeated; the variable separates several by spaces."
        ),
    ] = []
    public_url: Annotated[
        str,
        Meta(
            description="The address by which people reach this server, such as https://pipeline.example, where a "
            "proxy stands in front of it."
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
    webhook_secret: Annotated[
        str, Meta(description="What signs the events of webhooks that name no secret of their own: whsec_….")
    ] = ""
    review: Annotated[
        str, Meta(description="Who plays AWS's side: manual (you, by cosell review), auto, or the path of a script.")
    ] = "manual"
    review_start: Annotated[str, Meta(description="With auto: how long after a submission its review starts.")] = "5s"
    review_verdict: Annotated[str, Meta(description="With auto: how long a review takes.")] = "10s"
    review_action_required: Annotated[
        float, Meta(ge=0, le=1, description="With auto: the share of reviews that ends with Action Required.")
    ] = 0.1
    review_rejected: Annotated[
        float, Meta(ge=0, le=1, description="With auto: the share of reviews that ends with Rejected.")
    ] = 0.05
    review_seed: Annotated[int, Meta(description="With auto: the same seed decides alike for an opportunity.")] = 1
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
            description="How long at most a new opportunity, or what was just associated with one, is not found, "
            "such as 5s; with 0s it is found at once."
        ),
    ] = "0s"
    any_value: Annotated[
        bool, Meta(description="Take values that are not in the lists which AWS documents beside its enumerations.")
    ] = False
    any_review_status: Annotated[
        bool, Meta(description="Let an update in Sandbox play In review and Rejected too, which AWS's does not.")
    ] = False
    drafts: Annotated[
        bool,
        Meta(description="Take opportunities that lack members which AWS demands, and updates that leave them out."),
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
        bool, Meta(description="Begin a Sandbox without the solution S-1234567, as new partner organisations have it.")
    ] = False
    without_search: Annotated[
        list[Annotated[str, Meta(pattern=ACCOUNT_PATTERN)]],
        Meta(
            description="An account that may not search opportunities, as before AWS enables it. May be repeated; the "
            "variable separates several by spaces."
        ),
    ] = []
    fault: Annotated[
        list[str],
        Meta(
            description="What goes wrong, such as error=ThrottlingException,operation=Create*,times=2. May be "
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
            pattern=r"^(debug|info|warning|error)\Z",
            description="What to log: debug (every call), info, warning or error.",
        ),
    ] = "info"
    log_format: Annotated[
        str,
        Meta(
            pattern=r"^(auto|json|text)\Z",
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
    "log_level",
    "log_format",
)
"""The settings of `cosell serve`, in the order of its options."""


def from_file(folder: Path) -> dict[str, Any]:
    """The settings that `cosell.toml` gives; empty where there is no file.

    Raises UserError where the file cannot be read, is not TOML, names an unknown setting or gives one a value that it
    cannot have.
    """
    try:
        given = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        msgspec.convert(given, Settings)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {FILE}: {error.strerror}", "fix it, or go to another folder") from None
    except RecursionError:
        raise UserError(f"{FILE} is nested too deeply", "see docs/reference/settings.md") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise UserError(f"{FILE}: {error}", "see docs/reference/settings.md") from None
    return given


def readings_of(settings: Settings) -> Readings:
    """How to read what AWS leaves open. Raises UserError for a span of time that is none."""
    return Readings(
        action_required_stays=settings.action_required_stays,
        closed_lost_reopens=settings.closed_lost_reopens,
        task_delay_ms=_span_ms(settings, "task_delay"),
        appearance_delay_ms=_span_ms(settings, "appearance_delay"),
        any_value=settings.any_value,
        any_review_status=settings.any_review_status,
        drafts=settings.drafts,
        sandbox_quirks=settings.sandbox_quirks,
        empty_messages=settings.empty_messages,
        escaped_texts=settings.escaped_texts,
        no_sandbox_solution=settings.no_sandbox_solution,
        without_search=tuple(settings.without_search),
    )


def _span_ms(settings: Settings, name: str) -> int:
    try:
        return span_ms(getattr(settings, name))
    except ValueError as error:
        raise UserError(f"{name}: {error}", "see docs/reference/settings.md") from None
