"""Where events can be sent, and how the operator names it.

    file:PATH            a file of JSON lines; `file:-` is stdout
    https://… http://…   a webhook, signed as Standard Webhooks does
    sqs:QUEUE_URL        a queue of Amazon SQS
    eventbridge:BUS      a bus of Amazon EventBridge, by name or ARN

Options follow a `#`, joined by `&`, since that part of a URL is never sent to a server: `account`, `catalog` and
`detail-type` (which may be repeated) filter events; `secret` signs a webhook's, `source` names those of a bus.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from cosell.context import Now
from cosell.errors import UserError
from cosell.events.choice import Choice
from cosell.events.delivery import Failure
from cosell.nearest import closest, nearest
from cosell.rules.event import DETAIL_TYPES
from cosell.store.outbox import Event

CHOOSING: Final = ("account", "catalog", "detail-type")
KINDS: Final = {
    "file": CHOOSING,
    "https": (*CHOOSING, "secret"),
    "http": (*CHOOSING, "secret"),
    "sqs": CHOOSING,
    "eventbridge": (*CHOOSING, "source"),
}
"""The options that each kind of sink has."""


class Sink(Protocol):
    """Takes events. Used by one thread at a time; `deliver` may block for some seconds."""

    at_once: int
    """How many events one call of `deliver` may be given."""

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """Send events, each about another subject. For each, in this order: None once it has safely arrived."""

    def trouble(self) -> str | None:
        """Why it could not take anything now, as far as that shows without an event; None if nothing shows."""

    def close(self) -> None:
        """Close connections and files."""


class Address(NamedTuple):
    """What `--sink` names. `target` is the part between kind and options; for a webhook, the whole URL."""

    name: str
    """Distinguishes the sink in logs, metrics and the database. It contains nothing secret."""
    kind: str
    target: str
    options: dict[str, str]
    choice: Choice


class NamedSink(NamedTuple):
    """A sink to deliver to."""

    name: str
    choice: Choice
    open: Callable[[], Sink]
    """Raises UserError if the environment does not allow it."""


def addressed(texts: Sequence[str], webhook_secret: str, wall_clock: Now) -> list[NamedSink]:
    """The sinks that `--sink` names. Raises UserError if one is not valid, or named twice."""
    addresses = [address_of(text) for text in texts]
    for address in addresses:
        if [other.name for other in addresses].count(address.name) > 1:
            raise UserError(f"{address.name!r} is named twice", "name it once")
    return [
        NamedSink(address.name, address.choice, _opener(address, webhook_secret, wall_clock)) for address in addresses
    ]


def address_of(text: str) -> Address:
    """What a text names. Raises UserError, whose message starts with what may be shown of the text, for no sink."""
    try:
        return _address(text)
    except UserError as mistake:
        raise UserError(f"{_shown(text)!r} is not a sink: {mistake.message}", mistake.next_step) from None


def _shown(text: str) -> str:
    """A text without its options; of a URL only scheme and host, because the rest may be a secret."""
    before = text.partition("#")[0]
    scheme, is_url, rest = before.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}" if is_url else before


def _address(text: str) -> Address:
    before, _, after = text.partition("#")
    kind, _, target = before.partition(":")
    if kind not in KINDS:
        raise UserError("its kind is unknown", "name file:PATH, https://…, sqs:QUEUE_URL or eventbridge:BUS")
    if not target:
        raise UserError(f"{kind}: needs a target", "see docs/how-to/receive-events.md")
    options = parse_qsl(after, keep_blank_values=True)
    unknown = [name for name, _ in options if name not in KINDS[kind]]
    if unknown:
        raise UserError(f"{kind} sinks have no option {unknown[0]!r}", nearest(unknown[0], KINDS[kind]))
    one = dict(options)
    detail_types = frozenset(value for name, value in options if name == "detail-type")
    strange = sorted(detail_types - set(DETAIL_TYPES))
    if strange:
        close = closest(strange[0], DETAIL_TYPES)
        next_step = f"did you mean {close}?" if close else "see docs/reference/events.md"
        raise UserError(f"{strange[0]!r} is not a detail type", next_step)
    choice = Choice(one.get("account"), one.get("catalog"), detail_types)
    if kind in ("http", "https"):
        return Address(_webhook_name(before), kind, before, one, choice)
    return Address(before, kind, target, one, choice)


def _webhook_name(url: str) -> str:
    """Scheme and host, and a digest of all: paths and queries of webhooks are often secrets themselves."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise UserError("a webhook needs a URL with a host", "give one such as https://example.com/events")
    if parts.username or parts.password:
        raise UserError("a webhook's URL may hold no password", "let the receiver check the signature instead")
    digest = hashlib.blake2b(url.encode(), digest_size=4).hexdigest()
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''} {digest}"


def _opener(address: Address, webhook_secret: str, wall_clock: Now) -> Callable[[], Sink]:
    """How to open a sink; mistakes in its options are reported now. Each kind is loaded on first use."""
    if address.kind == "file":
        from cosell.events.file_sink import FileSink

        return lambda: FileSink(address.target)
    if address.kind == "sqs":
        from cosell.events.sqs_sink import SqsSink

        return lambda: SqsSink(address.target)
    if address.kind == "eventbridge":
        from cosell.events.eventbridge_sink import DEFAULT_SOURCE, EventBridgeSink

        source = address.options.get("source", DEFAULT_SOURCE)
        return lambda: EventBridgeSink(address.target, source)
    from cosell.events.webhook_sink import WebhookSink, signing_key

    key = signing_key(address.options.get("secret") or webhook_secret, address.name)
    return lambda: WebhookSink(address.target, key, wall_clock)
