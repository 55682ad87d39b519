"""`cosell serve`: answer AWS clients on a port."""

import sys
from typing import Any

import click
from msgspec.structs import replace

from cosell.cli.options import options_of
from cosell.errors import UserError
from cosell.settings import OF_A_SERVER
from cosell.suggestion import suggested


@click.command("serve")
@options_of(OF_A_SERVER)
def serve_command(**given: Any) -> int:
    """Serve AWS clients on a port, until SIGTERM or Ctrl-C.

    It first finishes the requests in progress, within 30 seconds; a second signal ends it at once. The exit code is 0,
    or 1 if something had to be aborted.
    """
    from cosell import __version__
    from cosell.aws_side.script_file import review_document
    from cosell.clock import course_of, wall_clock
    from cosell.faults.rule import rule_of
    from cosell.reporting import reporting_of
    from cosell.serve.log import configure_log
    from cosell.serve.options import ServeOptions
    from cosell.serve.origin import names_of
    from cosell.serve.server import base_url, free_port, is_loopback
    from cosell.serve.workers import check, serve
    from cosell.settings import Settings, kept_events_ms, readings_of
    from cosell.store.interface import StoreUnavailable
    from cosell.store.open import explanation

    settings = Settings(**given)
    host = settings.host
    if not is_loopback(host) and not settings.insecure:
        raise UserError(
            f"whoever reaches {host} could read and change everything",
            "listen on 127.0.0.1, or say --insecure if the network keeps others out",
        )
    names = names_of(host, settings.allow_host, settings.public_url)  # so that a mistake in them is told once
    try:
        course = course_of(settings.clock, wall_clock())
    except ValueError as error:
        raise UserError(str(error), "see docs/how-to/control-time.md") from None
    readings = readings_of(settings)
    reporting = reporting_of(settings.currency, settings.rates, settings.probabilities)
    script = review_document(settings)
    faults = [rule_of(text) for text in settings.fault]
    options = ServeOptions(
        db=settings.db,
        host=host,
        allow_host=settings.allow_host,
        public_url=settings.public_url,
        port=settings.port,
        log_level=settings.log_level,
        version=__version__,
        log_format=settings.log_format,
        workers=settings.workers,
        sinks=settings.sink,
        keep_events_ms=kept_events_ms(settings),
        webhook_secret=settings.webhook_secret,
        script=script,
        readings=readings,
        model=settings.model,
        reporting=reporting,
    )
    check(options, settings.workers)
    port = free_port(host, settings.port)  # last, so that no mistake hides behind a port that is taken
    configure_log(settings.log_level, settings.log_format)

    def announce() -> None:
        click.echo(f"cosell ready on {base_url(host, port)}")
        if names.origin:
            step = suggested("env", url=names.origin, account=None)
            click.echo(f"people reach it at {names.origin}, with AWS clients after: {step}")
        sys.stdout.flush()

    try:
        return serve(replace(options, port=port), settings.workers, course, faults, announce)
    except StoreUnavailable as error:
        raise explanation(settings.db, error) from None
