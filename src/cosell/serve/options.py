"""What every worker of a server is told."""

import msgspec


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `cosell serve` that a worker needs; they reach a worker's process as one JSON text.

    Some are secret, so the text goes where no list of processes shows it.
    """

    db: str
    host: str
    port: int
    log_level: str
    sinks: list[str]
    webhook_secret: str
