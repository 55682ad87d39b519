"""Running a console over a mirror until it is told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from cosell.serve.log import log_event
from cosell.serve.mirror_site import MirrorSite, Source
from cosell.serve.server import embedded, listening


def show_mirror(source: Source, host: str, port: int, on_ready: Callable[[], None]) -> NoReturn:
    """Show the mirror until SIGTERM or SIGINT, then end the process as a server does."""
    asyncio.run(_show(source, host, port, on_ready))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


async def _show(source: Source, host: str, port: int, on_ready: Callable[[], None]) -> None:
    site = MirrorSite(source, host)
    server = embedded(site, host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    await listening(serving, host, port)
    on_ready()
    log_event("showing", host=host, port=port)
    await serving
    site.close()
    log_event("stopped")
