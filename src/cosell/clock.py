"""Time as an argument: the engine's clock, which may be real, frozen, moved, or faster than real time.

How time runs is one value, a *course*: at the real moment `since_wall_ms` the engine's was `since_ms`, and from then on
it advances `factor` milliseconds for each real one. Stamps do not depend on where a clock is set: they only grow
(docs/decisions/0004), so after a clock is set back, later changes get dense stamps, never earlier ones.

Decision: docs/decisions/0014.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

import msgspec

from cosell.time_texts import moment_ms

MS: Final = timedelta(milliseconds=1)
FASTEST: Final = 1_000_000
"""The engine's milliseconds per real one."""
FIRST_MS: Final = 0
LAST_MS: Final = 253_370_764_800_000
"""9999-01-01: five-digit years cannot be represented on the wire, and things fall due some time after now."""
LEASE_MS: Final = 50
"""How long a process trusts what it has read of the shared course, in real milliseconds."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Mode = Literal["real", "moved", "frozen", "accelerated"]


def wall_clock() -> int:
    """Milliseconds since 1970 UTC, by this machine's clock."""
    return time.time_ns() // 1_000_000


class Course(msgspec.Struct, frozen=True):
    """How the engine's time runs relative to real time. Both in milliseconds since 1970 UTC."""

    since_wall_ms: int = 0
    since_ms: int = 0
    factor: float = 1.0

    def at(self, wall_ms: int) -> int:
        """The engine's moment at a real moment."""
        moment = self.since_ms + int((wall_ms - self.since_wall_ms) * self.factor)
        return min(max(moment, FIRST_MS), LAST_MS)

    @property
    def mode(self) -> Mode:
        """What people call it."""
        if self.factor == 1:
            return "real" if self.since_ms == self.since_wall_ms else "moved"
        return "accelerated" if self.factor else "frozen"

    def moved_to(self, moment_ms: int, wall_ms: int) -> "Course":
        """The course that shows `moment_ms` now, and runs on as this one does.

        Raises ValueError, with a sentence for people, for a moment before `FIRST_MS` or after `LAST_MS`.
        """
        if not FIRST_MS <= moment_ms <= LAST_MS:
            raise ValueError("the clock goes from 1970-01-01 to 9999-01-01, and not beyond")
        return Course(wall_ms, moment_ms, self.factor)

    def paced(self, factor: float, wall_ms: int) -> "Course":
        """The course that continues from here at another pace."""
        return Course(wall_ms, self.at(wall_ms), factor)


REAL: Final = Course()
FROZEN: Final = Course(factor=0)


class Clock:
    """An engine's clock in one process. Calling it gives milliseconds since 1970 UTC. Safe to use from many threads."""

    def __init__(self, frozen_at: datetime | None = None, *, wall: Callable[[], int] = wall_clock) -> None:
        """Real time, or frozen at a moment. Without a time zone, UTC is meant. Raises ValueError as `set` does."""
        self._wall = wall
        self._course = REAL if frozen_at is None else FROZEN.moved_to(_ms(frozen_at), wall())

    def __call__(self) -> int:
        """The engine's moment, in milliseconds since 1970 UTC."""
        return self._course.at(self._wall())

    @property
    def now(self) -> datetime:
        """The engine's moment, in UTC."""
        return _EPOCH + self() * MS

    @property
    def course(self) -> Course:
        """How time runs."""
        return self._course

    def follow(self, course: Course) -> None:
        """Run as `course` says, from now on."""
        self._course = course

    def freeze(self, moment: datetime | None = None) -> None:
        """Stop, now or at a moment. Raises ValueError as `set` does."""
        wall_ms = self._wall()
        self.follow(FROZEN.moved_to(self.course.at(wall_ms) if moment is None else _ms(moment), wall_ms))

    def set(self, moment: datetime) -> None:
        """Jump to a moment, and keep running. Raises ValueError before 1970 and after the first day of 9999."""
        self.follow(self.course.moved_to(_ms(moment), self._wall()))

    def step(self, distance: timedelta | None = None, **parts: float) -> None:
        """Jump ahead by a span: `step(timedelta(days=2))`, `step(days=2, hours=1)`. Raises ValueError as `set` does."""
        distance = (distance or timedelta()) + timedelta(**parts)
        self.follow(self.course.moved_to(self() + distance // MS, self._wall()))

    def accelerate(self, factor: float) -> None:
        """Advance `factor` seconds for each real second."""
        self.follow(self.course.paced(factor, self._wall()))

    def real(self) -> None:
        """Return to real time."""
        self.follow(REAL)


def course_of(text: str, wall_ms: int) -> Course | None:
    """The course that a setting names, starting at a real moment; None for `kept`: as the database has it.

    `real`, `frozen`, `frozen:MOMENT`, `accelerated:FACTOR` or `accelerated:FACTOR:MOMENT`; without a moment it starts
    now. Raises ValueError, with a sentence for people, for any other text.
    """
    if text == "kept":
        return None
    try:
        return _course(text, wall_ms)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a clock: {error}") from None


def _course(text: str, wall_ms: int) -> Course:
    mode, _, rest = text.partition(":")
    if text == "real":
        return REAL
    if mode == "frozen":
        return FROZEN.moved_to(moment_ms(rest) if rest else wall_ms, wall_ms)
    if mode == "accelerated":
        number, _, moment = rest.partition(":")
        if re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", number) and 0 < float(number) <= FASTEST:
            return Course(factor=float(number)).moved_to(moment_ms(moment) if moment else wall_ms, wall_ms)
        raise ValueError(f"{number!r} is not a factor, such as 60, and at most {FASTEST}")
    raise ValueError("it must be kept, real, frozen, frozen:MOMENT, accelerated:FACTOR or accelerated:FACTOR:MOMENT")


class CourseStore(Protocol):
    """Where a database's processes find out how its time runs."""

    def course(self) -> Course:
        """How time runs, as last committed."""

    def put_course(self, course: Course) -> None:
        """Change how time runs, durably."""


class SharedClock(Clock):
    """The clock of a database that several processes share.

    A process reads the course anew after `LEASE_MS`, so a request costs one look at the machine's monotonic clock. A
    change of the course waits for the same time, so that afterwards nobody trusts the former one.
    """

    def __init__(self, store: CourseStore, *, wall: Callable[[], int] = wall_clock) -> None:
        super().__init__(wall=wall)
        self._store = store
        self._trusted_until_ns = 0

    def __call__(self) -> int:
        """The engine's moment, in milliseconds since 1970 UTC. Raises StoreUnavailable if nobody can tell."""
        course = self.course
        return self._wall() if course is REAL else course.at(self._wall())

    @property
    def course(self) -> Course:
        """How time runs, as last set by any process of the database."""
        now_ns = time.monotonic_ns()
        if now_ns >= self._trusted_until_ns:
            course = self._store.course()
            self._course = REAL if course == REAL else course
            self._trusted_until_ns = now_ns + LEASE_MS * 1_000_000
        return self._course

    def follow(self, course: Course) -> None:
        """Let every process run as `course` says. Returns once all of them do."""
        self._store.put_course(course)
        self._trusted_until_ns = 0
        time.sleep(LEASE_MS / 1000)


def _ms(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // MS
