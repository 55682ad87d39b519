"""The journal of pushes."""

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cosell.errors import UserError
from cosell.sync.push.journal import Journal, Pushed


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda path: path.write_text("no database, but a text that is long enough" * 9),
            "it is not a SQLite database",
        ),
        (lambda path: path.mkdir(), "it cannot be opened"),
        (_newer, "was written by a newer cosell"),
    ],
)
def test_a_file_that_is_no_journal_is_a_users_mistake(
    tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(tmp_path / "push.db")
    with pytest.raises(UserError, match=told):
        Journal.open(tmp_path / "push.db", "account", "Sandbox")


def test_accounts_and_catalogs_are_apart_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "push.db"
    scopes = [("a", "Sandbox"), ("a", "AWS"), ("b", "Sandbox")]
    for number, scope in enumerate(scopes):
        journal = Journal.open(path, *scope)
        assert journal.of("key:K") == Pushed()
        journal.keep("key:K", Pushed(id=f"O{number}"))
        journal.close()
    for number, scope in enumerate(scopes):
        journal = Journal.open(path, *scope)
        assert journal.of("key:K") == Pushed(id=f"O{number}")
        journal.forget("key:K")
        assert journal.of("key:K") == Pushed()
        journal.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_journal_that_goes_bad_is_reported(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "push.db", "a", "Sandbox")
    other = sqlite3.connect(tmp_path / "push.db")
    other.execute("DROP TABLE pushed")
    other.close()
    with pytest.raises(UserError, match="cannot be used"):
        journal.of("key:K")
    journal.close()
