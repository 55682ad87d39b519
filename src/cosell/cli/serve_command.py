"""`cosell serve`: answer AWS clients on a port."""

import sys
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from cosell.cli.options import options_of
from cosell.cli.site import checked_host, names_given, reporting_given
from cosell.cli.typed import setting_given, told_of
from cosell.errors import UserError
from cosell.settings import OF_A_SERVER
from cosell.suggestion import suggested

if TYPE_CHECKING:
    from cosell.settings import Settings


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
    from cosell.serve.log import configure_log
    from cosell.serve.options import ServeOptions
    from cosell.serve.server import base_url, free_port
    from cosell.serve.workers import check_sharing, serve
    from cosell.settings import Settings, readings_of
    from cosell.store.interface import StoreUnavailable
    from cosell.store.open import explanation
    from cosell.time_texts import span_ms
    from cosell.wire.older import older_model

    settings = Settings(**given)
    host = settings.host
    checked_host(host, insecure=settings.insecure, lets="read and change everything")
    names = names_given(host, settings.allow_host, settings.public_url)
    try:
        course = course_of(settings.clock, wall_clock())
    except ValueError as error:
        raise UserError(f"{setting_given('clock')} {error}", "see docs/how-to/control-time.md") from None
    readings = readings_of(settings)
    reporting = reporting_given(settings.currency, settings.rates, settings.probabilities)
    script = review_document(settings, setting_given)
    with told_of("fault"):
        faults = [rule_of(text) for text in settings.fault]
    with told_of("model"):
        older_model(settings.model)
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
        keep_events_ms=span_ms(settings.keep_events),
        keep_history_ms=span_ms(settings.keep_history) if settings.keep_history else None,
        webhook_secret=settings.webhook_secret,
        script=script,
        readings=readings,
        model=settings.model,
        reporting=reporting,
    )
    _check_places(settings)
    check_sharing(options, settings.workers)
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


def _check_places(settings: "Settings") -> None:
    """Raises UserError for an impossible database or sink, so that it is reported once, and before the start."""
    from cosell.events.webhook_sink import key_in
    from cosell.passwords import without_password
    from cosell.serve.workers import check_sinks
    from cosell.store.open import check_place

    try:
        check_place(settings.db)
    except UserError as mistake:
        if mistake.message.startswith(settings.db):  # the name is right, but not the file
            raise
        given = f"{setting_given('db')} {without_password(settings.db)!r}"
        raise UserError(f"{given}: {mistake.message}", mistake.next_step) from None
    if settings.webhook_secret:
        with told_of("webhook_secret"):
            key_in(settings.webhook_secret)
    with told_of("sink"):
        check_sinks(settings.sink, settings.webhook_secret)
