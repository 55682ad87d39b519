"""News of events that other processes have committed, by NOTIFY.

Nobody depends on it: whoever waits for events looks by himself, too, a few times a second. Behind a pooler nothing is
to be heard, because its sessions are nobody's own.
"""

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final

import psycopg

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.connections import Connections
from cosell.store.postgres.sql_connection import PostgresConnection

CHANNEL: Final = "'cosell_events_' || coalesce(to_regnamespace(quote_ident(current_schema()))::oid, 0)"
"""What the processes of one schema tell each other that there are events."""
NOTIFY: Final = f"SELECT pg_notify({CHANNEL}, '')"
LOOK_S: Final = 1.0
"""How long a thread that hears nothing takes to notice that it is to end."""
AGAIN_AFTER_S: Final = 0.5


class News:
    """Calls `on_news` in a thread of its own whenever some process has committed events, once somebody wants it."""

    def __init__(self, connections: Connections, on_news: Callable[[], object]) -> None:
        self._connections = connections
        self._on_news = on_news
        self._beginning = Lock()
        self._ending = Event()
        self._thread: Thread | None = None

    def hear(self) -> None:
        """Begin, unless that was done."""
        with self._beginning:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="news of events", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End within `LOOK_S`. Nobody waits for it."""
        self._ending.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                connection = self._connections.open()
                try:
                    if connection.is_pooled:
                        return
                    self._listen(connection)
                finally:
                    connection.close()
            except (psycopg.Error, StoreUnavailable):  # told by whoever needs the database
                self._ending.wait(AGAIN_AFTER_S)

    def _listen(self, connection: PostgresConnection) -> None:
        connection.connection.execute(f'LISTEN "{connection.value(f"SELECT {CHANNEL}")}"'.encode())
        self._on_news()  # of what was committed before
        while not self._ending.is_set():
            for _ in connection.connection.notifies(timeout=LOOK_S, stop_after=1):
                self._on_news()
