"""A push: row after row, each opportunity created once, and nothing overwritten that somebody else changed.

What keeps a repeated push from creating duplicates, and why each part is needed: docs/decisions/0010. In short: what an
earlier push did is in the journal; what it did without receiving the answer is found by its key in the list, and
repeated with the same ClientToken, which the service answers for a day without creating again.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from cosell.member_path import value_at
from cosell.sync.push import members as of_members
from cosell.sync.push.calls import ATTEMPTS, Calls, Unanswered
from cosell.sync.push.journal import Journal, Pushed
from cosell.sync.push.members import Shapes
from cosell.sync.push.row import KEY, Outcome, Problem, Result, Row
from cosell.sync.push.rows import name_of
from cosell.sync.push.stored import Records

TOKEN_MEMORY_MS: Final = 23 * 60 * 60 * 1000
"""How long a ClientToken is relied on: an hour less than the service remembers it."""

SAME_CREATION: Final = timedelta(minutes=1)
"""How much a CreatedDate of whole seconds, as AWS writes them, and the stamp of the creation may differ."""

OF_A_ROW: Final = frozenset(
    {
        "ValidationException",
        "ConflictException",
        "ResourceNotFoundException",
        "AccessDeniedException",
        "ServiceQuotaExceededException",
        "SerializationException",
    }
)
"""Refusals that concern a row. Others, such as those of credentials, would meet every row, and end the push."""


Judge = Callable[[str, dict[str, Any], dict[str, Any] | None], tuple[Problem, ...]]
"""What is wrong with a request: the operation, its members, and the opportunity as it is stored, if it is."""


class Options(NamedTuple):
    """How to push. `replace`: a row is the whole record, and what it does not name is cleared.

    With a `judge` it is a dry run: requests are judged instead of sent.
    """

    catalog: str
    replace: bool = False
    judge: Judge | None = None

    @property
    def dry_run(self) -> bool:
        """Whether nothing is written."""
        return self.judge is not None


class _Done(NamedTuple):
    outcome: Outcome
    id: str | None = None
    last_modified: str | None = None
    errors: tuple[Problem, ...] = ()


class Pusher:
    """Pushes rows. `clock` returns seconds since 1970."""

    def __init__(
        self,
        client: Any,
        calls: Calls,
        journal: Journal,
        options: Options,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._calls = calls
        self._journal = journal
        self._options = options
        self._clock = clock
        self._shapes: Shapes = of_members.shapes_of(client)
        self._records = Records(client, calls, options.catalog)
        self._ids_by_key: dict[str, list[str]] | None = None

    def push(self, rows: Iterable[Row]) -> Iterator[Result]:
        """The result of each row, as soon as it is known. Raises what ends the push: ClientError, or botocore's others.

        If nobody answers, the row in progress is yielded as `failed`, and the push ends.
        """
        for row in rows:
            done, lost = self._pushed(row)
            yield Result(
                line=row.line,
                outcome=done.outcome,
                id=done.id,
                key=row.members.get(KEY) if isinstance(row.members.get(KEY), str) else None,
                last_modified_date=done.last_modified,
                errors=done.errors,
                dry_run=self._options.dry_run,
            )
            if lost is not None and not isinstance(lost.error, ClientError):
                raise lost.error

    def _pushed(self, row: Row) -> tuple[_Done, Unanswered | None]:
        if row.problems:
            return _Done("refused", row.members.get("Id"), errors=row.problems), None
        try:
            return self._created_or_updated(row), None
        except ClientError as error:
            if _code_of(error) not in OF_A_ROW:
                raise
            outcome: Outcome = "conflict" if _code_of(error) == "ConflictException" else "refused"
            return _Done(outcome, row.members.get("Id"), errors=_with_values(problems_of_error(error), row)), None
        except Unanswered as lost:
            problem = Problem("service", type(lost.error).__name__, str(lost))
            return _Done("failed", row.members.get("Id"), errors=(problem,)), lost

    def _created_or_updated(self, row: Row) -> _Done:
        name = name_of(row.members)
        if identifier := row.members.get("Id"):
            return self._updated(row, name, *self._records.read(identifier))
        if found := self._remembered(row, name):
            return self._updated(row, name, *found)
        if name.startswith("key:") and (ids := self._with_key(row.members[KEY])):
            if len(ids) > 1:
                several = f"Several opportunities carry it: {', '.join(ids)}. Give the row the Id of one."
                return _Done("refused", errors=(Problem(KEY, "DUPLICATE_KEY_VALUE", several),))
            return self._updated(row, name, *self._records.read(ids[0]))
        if row.members.get("LastModifiedDate"):
            unknown = "The row names a state of an opportunity that cannot be found. Give it an Id, or leave this out."
            return _Done("refused", errors=(Problem("LastModifiedDate", "INVALID_VALUE", unknown),))
        return self._created(row, name)

    def _remembered(self, row: Row, name: str) -> tuple[dict[str, Any], list[str]] | None:
        """The opportunity that an earlier push made of this row; None if there is none, or it is another one now.

        A cosell that was reset assigns the same identifiers again, so what is found must fit what is remembered.
        """
        pushed = self._journal.of(name)
        if pushed.id is None:
            return None
        try:
            stored, unknown = self._records.read(pushed.id)
        except ClientError as error:
            if _code_of(error) != "ResourceNotFoundException":
                raise
        else:
            if stored.get(KEY) == row.members[KEY] if row.members.get(KEY) else _is_creation(stored, pushed):
                return stored, unknown
        if not self._options.dry_run:
            self._journal.forget(name)
        return None

    def _with_key(self, key: str) -> list[str]:
        if self._ids_by_key is None:
            self._ids_by_key = self._records.ids_by_key()
        return self._ids_by_key.get(key, [])

    def _created(self, row: Row, name: str) -> _Done:
        request = {
            **of_members.without_empty(of_members.fitted(of_members.content_of(row.members), self._shapes.create)),
            "Catalog": self._options.catalog,
            "ClientToken": token_of(self._options.catalog, name),
        }
        if self._options.judge is not None:
            problems = self._options.judge("create_opportunity", request, None)
            return _Done("refused" if problems else "created", errors=_with_values(problems, row))
        now_ms = int(self._clock() * 1000)
        begun_ms = self._journal.of(name).begun_ms or now_ms
        if not row.members.get(KEY) and now_ms - begun_ms > TOKEN_MEMORY_MS:
            return _Done("refused", errors=(_outcome_unknown(begun_ms),))
        content = of_members.content_of(row.members)
        self._journal.keep(name, Pushed(begun_ms=begun_ms))
        try:
            created = self._calls.create("create_opportunity", **request)
        except Unanswered:
            raise
        except Exception as error:
            if _code_of(error) == "ConflictException":
                moment_ago = "Another push has just created it with other content. Run this one again to update it."
                return _Done("conflict", errors=(Problem("ClientToken", "ConflictException", moment_ago),))
            self._journal.forget(name)  # nothing was created
            raise
        stamp = of_members.plain(created["LastModifiedDate"])
        self._journal.keep(name, Pushed(begun_ms, created["Id"], self._digest(content), stamp, stamp))
        return _Done("created", created["Id"], stamp)

    def _updated(self, row: Row, name: str, stored: dict[str, Any], unknown: list[str]) -> _Done:
        identifier, stamp = stored["Id"], stored["LastModifiedDate"]
        content = of_members.content_of(row.members)
        now = of_members.fitted(of_members.content_of(stored), self._shapes.update)
        changes = of_members.fitted(content, self._shapes.update)
        wanted = changes if self._options.replace else of_members.merged(now, changes)
        pushed = self._journal.of(name)
        done = msgspec.structs.replace(pushed, id=identifier, content=self._digest(content), last_modified=stamp)
        if of_members.same(wanted, now) or done == pushed:
            self._keep(name, done)
            return _Done("unchanged", identifier, stamp)
        expected = row.members.get("LastModifiedDate") or stamp
        if of_members.moment_of(expected) != of_members.moment_of(stamp):
            later = f"The opportunity was last modified at {stamp}. Read it again, and decide anew."
            return _Done("conflict", identifier, stamp, (Problem("LastModifiedDate", "ConflictException", later),))
        if unknown and not self._options.replace:
            return _Done("refused", identifier, stamp, tuple(map(_would_be_cleared, unknown)))
        if self._options.judge is not None:
            request = of_members.without_empty(wanted) | {"Catalog": self._options.catalog, "Identifier": identifier}
            problems = self._options.judge("update_opportunity", request, stored)
            return _Done("refused" if problems else "updated", identifier, stamp, _with_values(problems, row))
        new_stamp = self._change(identifier, wanted, changes, stamp)
        if new_stamp is None:
            between = "Somebody else changed the opportunity meanwhile. Run this push again."
            return _Done("conflict", identifier, errors=(Problem("LastModifiedDate", "ConflictException", between),))
        self._keep(name, msgspec.structs.replace(done, last_modified=new_stamp))
        return _Done("updated", identifier, new_stamp)

    def _change(self, identifier: str, wanted: dict[str, Any], changes: dict[str, Any], stamp: str) -> str | None:
        """Update, and if the answer is lost, check whether it was done: the new stamp. None: somebody else was first.

        Raises Unanswered if it is lost again and again.
        """
        members = of_members.without_empty(wanted) | {"Catalog": self._options.catalog, "Identifier": identifier}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._calls.change("update_opportunity", **members, LastModifiedDate=stamp)
                return str(of_members.plain(answer["LastModifiedDate"]))
            except Unanswered as lost:
                self._calls.pause(attempt)
                stored, _ = self._records.read(identifier)
                if stored["LastModifiedDate"] != stamp:
                    return stored["LastModifiedDate"] if of_members.has_all(stored, changes) else None
                unanswered = lost
        raise unanswered

    def _keep(self, name: str, pushed: Pushed) -> None:
        if not self._options.dry_run:
            self._journal.keep(name, pushed)

    def _digest(self, content: dict[str, Any]) -> str:
        return of_members.digest([content, self._options.replace])


def token_of(catalog: str, name: str) -> str:
    """The ClientToken of a row: the same in every push, on every machine."""
    return f"cosell-push-{of_members.digest([catalog, name])}"


def _code_of(error: Exception) -> str | None:
    """The service's name of an error; None for one that is not the service's."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def _is_creation(stored: dict[str, Any], pushed: Pushed) -> bool:
    """Whether a record was made by the creation that the journal knows."""
    assert pushed.created is not None, "without a key, only its creation makes an opportunity known"
    created = datetime.fromisoformat(stored["CreatedDate"])
    apart = abs(created - datetime.fromisoformat(pushed.created))
    return apart == timedelta(0) if created.microsecond else apart < SAME_CREATION


def _outcome_unknown(begun_ms: int) -> Problem:
    begun = datetime.fromtimestamp(begun_ms / 1000).astimezone().isoformat(timespec="seconds")
    return Problem(
        "row",
        "OUTCOME_UNKNOWN",
        f"Its creation was begun at {begun}, and no answer came; the service has forgotten the attempt by now. "
        f"Look whether it is there, and give the row its Id, or a {KEY}.",
    )


def _would_be_cleared(path: str) -> Problem:
    return Problem(
        path, "UNKNOWN_FIELD", "The installed boto3 does not know it, and an update would clear it. Upgrade boto3."
    )


def _with_values(problems: Iterable[Problem], row: Row) -> tuple[Problem, ...]:
    """What the service says, which never repeats a value, with the row's."""
    return tuple(msgspec.structs.replace(problem, value=value_at(row.members, problem.field)) for problem in problems)


def problems_of_error(error: ClientError) -> tuple[Problem, ...]:
    """Every entry of the ErrorList, or the error itself."""
    entries: Any = error.response.get("ErrorList") or []
    told = error.response["Error"]
    return tuple(
        Problem(entry.get("FieldName", "request"), entry.get("Code", told["Code"]), entry.get("Message", ""))
        for entry in entries
    ) or (Problem("request", told["Code"], told.get("Message", "")),)
