"""Every setting of cosell, once: its name, its type, its default and what it means.

A setting is an option of the commands that use it, a variable `COSELL_…`, and a key of `cosell.toml` in the working
directory; the option wins over the variable, the variable over the file, the file over the default.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import Meta

from cosell.auth.open_access import ACCOUNT_PATTERN, DEFAULT_ACCOUNT
from cosell.context import Readings
from cosell.errors import UserError
from cosell.nearest import closest, either, nearest
from cosell.time_texts import span_ms

FILE: Final = "cosell.toml"
CHOICES: Final = {
    "catalog": ("AWS", "Sandbox"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("auto", "json", "text"),
}
"""The values of settings that have few."""

_URL_PATTERN: Final = r"^https?://[^/\s]\S*\Z"
_RULES: Final = {
    "account": "an account of twelve digits",
    "without_search": "a list of accounts of twelve digits",
    "url": "an address that begins with http:// or https://",
}
"""What a pattern requires, in words."""
_SPANS: Final = frozenset({"review_start", "review_verdict", "task_delay", "appearance_delay"})
"""Settings that are time spans, as texts."""


def _one_of(name: str) -> str:
    return rf"^({'|'.join(CHOICES[name])})\Z"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings with their defaults."""

    db: Annotated[str, Meta(description="The database: a file's path, :memory: or sqlite:///path.")] = "cosell.db"
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


def from_file(folder: Path) -> dict[str, Any]:
    """The settings that `cosell.toml` gives; empty if there is no file.

    Raises UserError if the file cannot be read, is not TOML, names an unknown setting or gives one a value that it
    cannot have.
    """
    try:
        given = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"cannot read {FILE}: {error.strerror}", "fix it, or go to another folder") from None
    except RecursionError:
        raise UserError(f"{FILE} is nested too deeply", _SEE) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (.*)\)", str(error))
        raise UserError(f"{FILE} is not TOML{f' at {place[1]}' if place else ''}", _SEE) from None
    except UnicodeDecodeError:
        raise UserError(f"{FILE} is not UTF-8", "save it as UTF-8") from None
    for name, value in given.items():
        if name not in FIELDS:
            raise UserError(f"{FILE}: there is no setting {name}", nearest(name, FIELDS))
        try:
            checked(name, value)
        except UserError as mistake:
            raise UserError(f"{FILE}: {name} {mistake.message}", mistake.next_step or _SEE) from None
    return given


def checked(name: str, value: Any, *, strict: bool = True) -> Any:
    """The value of a setting; unless it is `strict`, a number may be a text.

    Raises UserError for an impossible one: the message begins with the value.
    """
    try:
        converted = msgspec.convert(value, FIELDS[name].type, strict=strict)
        if name in _SPANS:
            span_ms(converted)
    except ValueError:  # of msgspec, or of a span
        told = " ".join(value) if isinstance(value, list | tuple) and all(isinstance(e, str) for e in value) else value
        close = closest(str(value), CHOICES.get(name, ()))
        raise UserError(f"{told!r} is not {_rule_of(name)}", f"did you mean {close}?" if close else "") from None
    return converted


def unknown_variables(names: Iterable[str]) -> dict[str, str | None]:
    """Variables that look like settings but are none; each with the one that may have been meant.

    Those that Kubernetes sets for a service called cosell are ignored.
    """
    known = {f"COSELL_{name.upper()}" for name in FIELDS}
    return {
        name: closest(name, known, cutoff=0.8)
        for name in sorted(names)
        if name.startswith("COSELL_") and name not in known and not _OF_KUBERNETES.search(name)
    }


_OF_KUBERNETES: Final = re.compile(r"_SERVICE_(HOST|PORT(_\w+)?)\Z|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?\Z")
_SEE: Final = "see docs/reference/settings.md"


def _rule_of(name: str) -> str:
    """What a setting's value must be, in words."""
    if name in CHOICES:
        return either(CHOICES[name])
    if name in _SPANS:
        return "a time span such as 30s or 1d12h"
    if name in _RULES:
        return _RULES[name]
    type_, constraint = get_args(FIELDS[name].type)
    if type_ in (int, float):
        words = "a whole number" if type_ is int else "a number"
        return words if constraint.ge is None else f"{words} from {constraint.ge} to {constraint.le}"
    if get_origin(type_) is list:
        return "a list of texts"
    return "true or false" if type_ is bool else "a text"


def readings_of(settings: Settings) -> Readings:
    """How to read what AWS leaves open. Raises UserError for an invalid time span."""
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


def kept_events_ms(settings: Settings) -> int:
    """How long events are kept, in milliseconds. Raises UserError for an invalid time span."""
    return _span_ms(settings, "keep_events")


def _span_ms(settings: Settings, name: str) -> int:
    try:
        return span_ms(getattr(settings, name))
    except ValueError as error:
        raise UserError(f"{name}: {error}", _SEE) from None
