"""What every worker of a server is told."""

import msgspec


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `cosell serve` that a worker needs; they reach a worker's process as one JSON text."""

    db: str
    host: str
    port: int
    log_level: str
