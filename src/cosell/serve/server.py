"""Running a worker: granian around the application, from readiness to graceful shutdown."""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, NoReturn

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from cosell.clock import wall_clock
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.events.deliverer import Deliverer
from cosell.events.sink import addressed
from cosell.passwords import shown
from cosell.serve.app import Application
from cosell.serve.connections import end_unread, room_for_connections
from cosell.serve.history_retention import trim_history
from cosell.serve.log import log_delivery, log_event, log_outage
from cosell.serve.options import ServeOptions
from cosell.serve.origin import public_origin
from cosell.serve.stopping import ending_on_signals, leave
from cosell.serve.uncaught import tell_uncaught, tell_uncaught_of
from cosell.serve.write_ahead_log import keep_short
from cosell.wire.model import served_month

HEADER_TIMEOUT_MS: Final = 75_000
"""How long a connection may be without complete headers, at its start and after each answer: granian has one limit for
both. A client that polls once a minute keeps the connection."""
HEADER_LIMIT_BYTES: Final = 16 * 1024
BACKLOG: Final = 4096
"""Connections that wait to be accepted. The system may allow fewer."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address. Raises UserError for what is not an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise UserError(f"{host!r} is not an IP address", "try --host 127.0.0.1 or --host ::1") from None


def free_port(host: str, port: int) -> int:
    """The port itself if nobody listens on it, a free one for 0. Raises UserError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UserError(f"port {port} is in use", "stop the other server, or take --port 0") from None
            raise UserError(
                f"cannot listen on {host}:{port}: {error.strerror}", "try another --host or --port"
            ) from None
        return int(probe.getsockname()[1])


def base_url(host: str, port: int) -> str:
    """The address of a server, as clients take it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(engine: Engine, options: ServeOptions, on_ready: Callable[[], None]) -> NoReturn:
    """Answer until SIGTERM or SIGINT, then end the process, as `ending_on_signals` says."""
    tell_uncaught()
    asyncio.run(_serve(engine, options, on_ready))


async def _serve(engine: Engine, options: ServeOptions, on_ready: Callable[[], None]) -> NoReturn:
    host, port = options.host, options.port
    loop = asyncio.get_running_loop()
    tell_uncaught_of(loop)
    application = Application(engine, options)
    sinks = addressed(options.sinks, options.webhook_secret, wall_clock)
    deliverer = Deliverer(
        engine.store.outbox,
        sinks,
        engine.clock,
        engine.chance,
        log_delivery,
        log_outage,
        keep_ms=options.keep_events_ms,
    )
    deliverer.open()
    await application.open()
    server = embedded(application, host, port)

    def stop() -> None:
        application.drain()
        server.stop()  # type: ignore[no-untyped-call]

    with ending_on_signals(lambda: loop.call_soon_threadsafe(stop)):
        serving = asyncio.create_task(server.serve())
        await listening(serving, host, port)
        on_ready()
        log_event("serving", **_facts(options, [sink.name for sink in sinks]))
        deliverer.start()
        to_last: list[Coroutine[Any, Any, None]] = [
            application.play_aws_side(),
            application.feed_search(),
            keep_short(engine.store),
        ]
        if options.keep_history_ms is not None:
            to_last.append(trim_history(engine.store, engine.clock, options.keep_history_ms))
        lasting = [asyncio.create_task(lasts) for lasts in to_last]
        await serving
        for task in lasting:
            task.cancel()
        await loop.run_in_executor(None, deliverer.stop)
        application.close()
        log_event("stopped")
        leave(0)


def _facts(options: ServeOptions, sinks: list[str]) -> dict[str, object]:
    """What a reader of the log's first line needs to know. Nothing secret is in it."""
    return {
        "version": options.version,
        "model": served_month(options.model),
        "database": shown(options.db),
        "host": options.host,
        "port": options.port,
        "workers": options.workers,
        "sinks": sinks,
        "console": f"{public_origin(options.public_url) or base_url(options.host, options.port)}/console/",
    }


def embedded(application: Callable[..., Awaitable[None]], host: str, port: int) -> Server:
    """The server of an ASGI application, with the limits that all have."""
    return Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=HEADER_LIMIT_BYTES),
        websockets=False,
        backlog=BACKLOG,
        backpressure=room_for_connections(),
        log_enabled=False,
    )


async def listening(serving: "asyncio.Task[None]", host: str, port: int) -> None:
    """Wait until a server answers, or has failed to start. Clients that read nothing are disconnected from then on."""
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.001)
        else:
            writer.close()
            end_unread(port)
            return
