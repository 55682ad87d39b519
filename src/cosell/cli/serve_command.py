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
@setting("clock")
@setting("sink")
@setting("webhook_secret")
@setting("log_level")
def serve_command(
    db: str,
    host: str,
    port: int,
    workers: int,
    insecure: bool,
    clock: str,
    sink: list[str],
    webhook_secret: str,
    log_level: str,
) -> None:
    """Answer AWS clients on a port, until SIGTERM or Ctrl-C."""
    from cosell.clock import course_of, wall_clock
    from cosell.serve.log import configure_log
    from cosell.serve.options import ServeOptions
    from cosell.serve.server import free_port, is_loopback
    from cosell.serve.workers import serve

    if not is_loopback(host) and not insecure:
        raise UserError(
            f"whoever reaches {host} could read and change everything",
            "listen on 127.0.0.1, or say --insecure if the network keeps others out",
        )
    try:
        course = course_of(clock, wall_clock())
    except ValueError as error:
        raise UserError(str(error), "see docs/how-to/control-time.md") from None
    port = free_port(host, port)
    configure_log(log_level)
    address = f"[{host}]" if ":" in host else host

    def announce() -> None:
        click.echo(f"cosell ready on http://{address}:{port}")
        sys.stdout.flush()

    options = ServeOptions(db=db, host=host, port=port, log_level=log_level, sinks=sink, webhook_secret=webhook_secret)
    serve(options, workers, course, announce)
