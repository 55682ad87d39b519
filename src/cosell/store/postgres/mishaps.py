"""What PostgreSQL's errors mean to those who ask: not now, busy, or a mistake in what was configured."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import errors

from cosell.store.interface import StoreBusy, StoreUnavailable
from cosell.store.postgres.bounded_wait import NotInTime

BUSY: Final = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.SerializationFailure,
    errors.DeadlockDetected,
)
"""Others were at work for longer than somebody could wait."""
_REASONS: Final[dict[type[psycopg.Error], str]] = {
    errors.LockNotAvailable: "another writer holds it",
    errors.QueryCanceled: "a statement took too long",
    errors.SerializationFailure: "another writer was faster",
    errors.DeadlockDetected: "another writer waits for this one",
    errors.ReadOnlySqlTransaction: "it is a read-only standby",
    errors.DiskFull: "its disk is full",
    errors.OutOfMemory: "it is out of memory",
    errors.TooManyConnections: "it has too many connections",
    errors.AdminShutdown: "it is shutting down",
    errors.CrashShutdown: "it is restarting after a crash",
    errors.CannotConnectNow: "it is starting",
    errors.IdleInTransactionSessionTimeout: "a transaction stood still for too long",
    errors.UndefinedTable: "its tables are not all there",
    errors.UndefinedColumn: "its tables are not all there",
    errors.InsufficientPrivilege: "the role may not do that",
    errors.IoError: "its disk fails",
    NotInTime: "it has not answered in time",
    errors.DataCorrupted: "its files are damaged",
}


def reason_of(error: BaseException | None) -> str | None:
    """Why the database does not answer, without a word of what it holds; None for an error of another kind."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return f"{reason} ({error.sqlstate})" if error.sqlstate else reason
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return "it cannot be reached" if error.sqlstate is None else f"it does not answer ({error.sqlstate})"
    return None


@contextmanager
def unavailable_instead_of_postgres_errors() -> Iterator[None]:
    """Turns PostgreSQL's ways of saying "not now" into StoreUnavailable, or StoreBusy where others are at work."""
    try:
        yield
    except psycopg.Error as error:
        reason = reason_of(error)
        if reason is None:
            raise
        raise (StoreBusy if isinstance(error, BUSY) else StoreUnavailable)(reason) from error
