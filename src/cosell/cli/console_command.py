"""`cosell console`: look at a mirror in a browser."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.cli.options import setting
from cosell.cli.site import checked_host, names_given, reporting_given
from cosell.context import Scope
from cosell.errors import UserError
from cosell.suggestion import suggested

if TYPE_CHECKING:
    from cosell.sync.targets.mirror import Mirror
    from cosell.sync.targets.reading import Reading


@click.command("console")
@setting("mirror")
@setting("host")
@setting("port")
@setting("insecure")
@setting("allow_host")
@setting("public_url")
@setting("currency")
@setting("rates")
@setting("probabilities")
@setting("log_level")
@setting("log_format")
def console_command(
    mirror: str,
    host: str,
    port: int,
    insecure: bool,
    allow_host: list[str],
    public_url: str,
    currency: str,
    rates: str,
    probabilities: str,
    log_level: str,
    log_format: str,
) -> None:
    """Look at a mirror in a browser, until SIGTERM or Ctrl-C. It is read-only.

    A running server has a console of its own, at /console/.
    """
    from cosell.serve.log import configure_log
    from cosell.serve.mirror_server import show_mirror
    from cosell.serve.server import base_url, free_port

    checked_host(host, insecure=insecure, lets="read the whole mirror")
    names = names_given(host, allow_host, public_url)
    reporting = reporting_given(currency, rates, probabilities)
    source = MirrorSource(mirror)
    source.scope()  # so that a mistake in --mirror is told at once
    port = free_port(host, port)
    configure_log(log_level, log_format)

    def announce() -> None:
        click.echo(f"cosell shows {mirror} on {names.origin or base_url(host, port)}/console/")
        sys.stdout.flush()

    show_mirror(source, host, allow_host, public_url, port, announce, reporting)


class MirrorSource:
    """The mirror at a URL, opened only while it is read, so that a sync never has to wait."""

    def __init__(self, url: str) -> None:
        self._url = url

    def scope(self) -> Scope:
        """See `serve.mirror_source.Source`."""
        with self._opened() as target:
            identity = target.identity()
            account = (identity and identity.account) or DEFAULT_ACCOUNT
            return Scope(account, identity.catalog if identity else "AWS")

    @contextmanager
    def reading(self) -> "Iterator[Reading]":
        """See `serve.mirror_source.Source`."""
        from cosell.sync.targets.reading import Reading

        with self._opened() as target, target.database.snapshot():
            yield Reading(target)

    def health(self) -> dict[str, Any]:
        """See `serve.mirror_source.Source`."""
        from cosell.cli.sync_status import status_of
        from cosell.passwords import without_password
        from cosell.sync.mirroring import now_ms

        with self._opened() as target:
            status = status_of(target, now_ms())
        return status | {"mirror": without_password(self._url), "commands": self._commands(status)}

    def _commands(self, status: dict[str, Any]) -> dict[str, str]:
        """The command that brings the mirror in step with its service, from any folder."""
        from cosell.sync.account_key import is_aws

        endpoint = status["endpoint"]
        about = {
            "mirror": self._url if "://" in self._url else str(Path(self._url).absolute()),
            "url": None if endpoint is None or is_aws(endpoint) else endpoint,
            "catalog": status["catalog"],
        }
        return {
            "sync": suggested("sync", **about),
            "full": suggested("sync", "--full", **about),
            "verify": suggested("sync verify", **about),
        }

    @contextmanager
    def _opened(self) -> "Iterator[Mirror]":
        from cosell.sync.target import MirrorUnavailable
        from cosell.sync.targets.open import open_target

        try:
            with open_target(self._url, create=False) as target:
                yield target
        except MirrorUnavailable as error:
            raise UserError(f"the mirror's database does not answer: {error}", "see whether it runs") from error
