"""What libpq or a server says when there is no connection, and what a user does about it.

Errors while connecting carry no SQLSTATE, so their English words are looked at; a server that speaks another language
gets the last next step.
"""

import re
from typing import Final

import psycopg

from cosell.errors import UserError
from cosell.passwords import shown

_NEXT_STEPS: Final = (
    (r"password authentication failed|no password supplied", "check the password: in PGPASSFILE, or in PGPASSWORD"),
    (r"database \".*\" does not exist", "make it with createdb, or name another with --db"),
    (r"role \".*\" does not exist", "name another user with --db"),
    (r"no pg_hba.conf entry|pg_hba.conf rejects", "see to pg_hba.conf of the server, or take another sslmode"),
    (r"failed to resolve host|could not translate host name", "check the host in --db"),
    (r"SSL|certificate", "see to sslmode and sslrootcert in --db"),
    (r"session is read-only|is in hot standby", "name the primary, or wait until there is one again"),
    (r"is not in hot standby", "take another target_session_attrs in --db"),
    (r"too many clients|connection slots", "let fewer programs connect, or raise max_connections of the server"),
    (r"starting up|shutting down|in recovery|not yet accepting", "wait for the server"),
    (r"bad value for|invalid .* value", "check the parameters of --db"),
)
_ANY_OTHER: Final = "start the server, or name another with --db"
_SAID_BEFORE: Final = re.compile(
    r"(connection (failed|is bad): )?(connection to server (at|on) .*? failed: )?(FATAL|ERROR)?:? *"
)
_ATTEMPT: Final = re.compile(r"- host: '?(.*?)'?, port: '?(.*?)'?, hostaddr: .*?: (connection .*|failed .*|timeout.*)")


def refused(url: str, error: psycopg.Error) -> UserError:
    """What to tell a user who gets no connection, in one line, without a password."""
    reason = _reason(str(error))
    step = next((step for pattern, step in _NEXT_STEPS if re.search(pattern, reason)), _ANY_OTHER)
    return UserError(f"cannot connect to {shown(url)}: {reason}", step)


def _reason(message: str) -> str:
    """What a message says in one line: of several hosts, each with its own."""
    attempts = [_ATTEMPT.match(line) for line in message.splitlines()]
    by_host = {f"{attempt[1]}:{attempt[2]}": _bare(attempt[3]) for attempt in attempts if attempt}
    if len(set(by_host.values())) > 1:
        return ", ".join(f"{host} says {reason}" for host, reason in by_host.items())
    return _bare(message.strip().partition("\n")[0])


def _bare(line: str) -> str:
    said_before = _SAID_BEFORE.match(line)
    return line[said_before.end() :] if said_before else line
