"""`cosell.serve`: a server on a port, in a process of its own that ends with the block, the test or the parent."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self
from weakref import WeakSet

import msgspec

from cosell.auth.open_access import DEFAULT_ACCOUNT, check_account
from cosell.client_environment import client_environment
from cosell.errors import UserError
from cosell.settings import OF_A_SERVER
from cosell.testing.clients import new_client
from cosell.testing.options import check_names, checked_settings

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

START_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 40
"""More than a server takes at most (`cosell.serve.stopping`)."""
LOOK_S: Final = 0.005
READY: Final = "cosell ready on "


def serve(*, account: str = DEFAULT_ACCOUNT, **settings: Any) -> "Server":
    """Start a server in a process of its own. It is ready when this returns.

    `settings` are those of `cosell serve`, by name, and no others: neither variables nor `cosell.toml` are read.
    Without `db` the database is in memory, and without `port` a free one is taken. The server's clients and
    `environment` act for `account`. Raises UserError if an option is not valid, or the server does not start.
    """
    check_account(account)
    check_names(settings, OF_A_SERVER)
    checked = checked_settings({"db": ":memory:", "port": 0, **settings})
    return Server(account, {name: getattr(checked, name) for name in OF_A_SERVER})


class Server:
    """A running server: a context manager, which stops it. It is stopped when this process ends at the latest."""

    url: str
    """Its address: `http://127.0.0.1:43121`."""
    account: str
    """The account that its clients act for, unless they name another."""

    def __init__(self, account: str, settings: dict[str, Any]) -> None:
        self.account = account
        self._clients: WeakSet[Any] = WeakSet()
        self._out: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # no pipe, which somebody would have to read
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cosell.cli.serve_child"],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for the test: it stops the server as everything else does
        )
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(msgspec.json.encode(settings) + b"\n")
            self._process.stdin.flush()
            self.url = self._ready_at()
        except BaseException:
            self._end(at_once=True)
            raise

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point any AWS client here: for a subprocess, beside those of `os.environ`."""
        return client_environment(self.url, self.account)

    @property
    def log(self) -> str:
        """What the server has written to its log until now. Empty once it has stopped."""
        return _content(self._log)

    def client(self, *, account: str | None = None, **boto3_options: Any) -> "PartnerCentralSellingAPIClient":
        """A boto3 client of this server. It goes through no proxy, and its connections are closed with the server."""
        from botocore.config import Config

        config = Config(proxies={}).merge(boto3_options.pop("config", Config()))
        client = new_client(account or self.account, endpoint_url=self.url, config=config, **boto3_options)
        self._clients.add(client)
        return client

    def administer(self, path: str, **members: Any) -> dict[str, Any]:
        """Call the admin API (docs/reference/admin-api.md): `administer("/_cosell/review", id=…, decision="approve")`.

        Raises UserError if it refuses.
        """
        request = urllib.request.Request(  # noqa: S310  # our own server
            self.url + path, json.dumps(members).encode(), {"content-type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=START_TIMEOUT_S) as answer:
                answered: dict[str, Any] = json.loads(answer.read())
                return answered
        except urllib.error.HTTPError as error:
            with error:
                told = json.loads(error.read())
                raise UserError(f"{path}: {told['error']}", told.get("next_step", "")) from None

    def stop(self) -> None:
        """Stop the server: requests in progress are finished first. Idempotent."""
        for client in list(self._clients):
            client.close()
        self._end(at_once=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _ready_at(self) -> str:
        until = time.monotonic() + START_TIMEOUT_S
        while not (line := _content(self._out)).endswith("\n"):
            if self._process.poll() is not None:
                raise UserError(_content(self._log).strip() or f"the server ended with {self._process.returncode}")
            if time.monotonic() > until:
                raise TimeoutError(f"the server was not ready within {START_TIMEOUT_S} s: {_content(self._log)}")
            time.sleep(LOOK_S)
        return line.splitlines()[0].removeprefix(READY)

    def _end(self, *, at_once: bool) -> None:
        try:
            if not at_once:
                self._process.terminate()
                self._process.wait(STOP_TIMEOUT_S)
        finally:
            self._process.kill()
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()
            self._out.close()
            self._log.close()


def _content(file: IO[bytes]) -> str:
    """What is in a file, without moving the place where the server goes on writing, which it shares."""
    if file.closed:
        return ""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")
