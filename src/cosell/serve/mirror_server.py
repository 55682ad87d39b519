"""Running a console over a mirror until it is told to stop."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NoReturn

from cosell.reporting import DEFAULT_REPORTING, Reporting
from cosell.serve.log import log_event
from cosell.serve.mirror_site import MirrorSite
from cosell.serve.mirror_source import Source
from cosell.serve.server import embedded, listening
from cosell.serve.stopping import ending_on_signals, leave
from cosell.serve.uncaught import tell_uncaught, tell_uncaught_of


def show_mirror(
    source: Source,
    host: str,
    allowed: Sequence[str],
    public_url: str,
    port: int,
    on_ready: Callable[[], None],
    reporting: Reporting = DEFAULT_REPORTING,
) -> NoReturn:
    """Show the mirror until SIGTERM or SIGINT, then end the process as a server does."""
    tell_uncaught()
    asyncio.run(_show(MirrorSite(source, host, allowed, public_url, reporting=reporting), host, port, on_ready))


async def _show(site: MirrorSite, host: str, port: int, on_ready: Callable[[], None]) -> NoReturn:
    server = embedded(site, host, port)
    loop = asyncio.get_running_loop()
    tell_uncaught_of(loop)
    with ending_on_signals(lambda: loop.call_soon_threadsafe(server.stop)):
        serving = asyncio.create_task(server.serve())
        await listening(serving, host, port)
        on_ready()
        log_event("showing", host=host, port=port)
        await serving
        await loop.run_in_executor(None, site.close)
        log_event("stopped")
        leave(0)
