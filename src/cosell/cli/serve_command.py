"""`cosell serve`: answer AWS clients on a port."""

import sys

import click

from cosell.cli.options import setting
from cosell.errors import UserError


@click.command("serve")
@setting("db")
@setting("host")
@setting("port")
@setting("workers")
@setting("insecure")
@setting("log_level")
def serve_command(db: str, host: str, port: int, workers: int, insecure: bool, log_level: str) -> None:
    """Answer AWS clients on a port, until SIGTERM or Ctrl-C."""
    from cosell.engine import Engine
    from cosell.serve.log import configure_log
    from cosell.serve.server import free_port, is_loopback, run
    from cosell.serve.workers import supervise

    if not is_loopback(host) and not insecure:
        raise UserError(
            f"whoever reaches {host} could read and change everything",
            "listen on 127.0.0.1, or say --insecure if the network keeps others out",
        )
    port = free_port(host, port)
    configure_log(log_level)
    address = f"[{host}]" if ":" in host else host

    def announce() -> None:
        click.echo(f"cosell ready on http://{address}:{port}")
        sys.stdout.flush()

    if workers == 1:
        run(Engine.open(db), host, port, announce)
    else:
        supervise(workers, db, host, port, log_level, announce)
