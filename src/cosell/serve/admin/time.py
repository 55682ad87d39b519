"""The engine's clock."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cosell.aws_side.work import work
from cosell.clock import FASTEST, REAL, Course, wall_clock
from cosell.engine import clock_of
from cosell.errors import UserError
from cosell.serve.admin.fields import given_moment_ms, given_span_ms
from cosell.serve.admin.router import Refused, Room
from cosell.serve.log import log_defect
from cosell.wire.timestamps import Timestamp


class ClockChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How time is to run from now on. What is left out stays as it is."""

    mode: Annotated[
        Literal["real", "frozen", "accelerated"] | None,
        Meta(description="`real` is this machine's time; `frozen` stands still; `accelerated` needs `factor`."),
    ] = None
    at: Annotated[str | None, Meta(description="The moment to be at, such as `2026-05-04T09:00:00Z`.")] = None
    step: Annotated[str | None, Meta(description="A time span to go on by, such as `25h`, `2d` or `1d12h`.")] = None
    factor: (
        Annotated[float, Meta(gt=0, le=FASTEST, description="Seconds of the engine in a second of this machine.")]
        | None
    ) = None


def clock(room: Room, _: object) -> dict[str, Any]:
    """The engine's current moment, and how its time runs."""
    course = clock_of(room.engine).course
    now_ms = course.at(wall_clock())
    return {"now": str(Timestamp.from_ms(now_ms)), "mode": course.mode, "factor": course.factor}


def change_clock(room: Room, change: ClockChange) -> dict[str, Any]:
    """Change how the engine's time runs, in every process of the database.

    If it moves forward, whatever AWS's side has to do until then happens first: each thing at the moment at which it is
    due. Stamps only grow, even if the clock goes back.
    """
    steered = clock_of(room.engine)
    wall_ms = wall_clock()
    course = changed(steered.course, change, wall_ms)
    work(room.engine, room.script, course.at(wall_ms), log_defect)
    steered.follow(course)
    return clock(room, None)


def changed(course: Course, change: ClockChange, wall_ms: int) -> Course:
    """The course after a change at a moment of real time.

    Raises UserError if the change contradicts itself, Refused if it leads out of the calendar.
    """
    if change == ClockChange():
        raise UserError("nothing was said about the clock", "give mode, at, step or factor")
    if change.mode == "real":
        if change != ClockChange(mode="real"):
            raise UserError("real time has no at, step or factor", "leave them out, or choose another mode")
        return REAL
    if change.at is not None and change.step is not None:
        raise UserError("at and step contradict each other", "leave out one of them")
    if (change.mode == "accelerated") != (change.factor is not None):
        raise UserError("accelerated and factor belong together", "give both of them")
    factor = 0.0 if change.mode == "frozen" else course.factor if change.factor is None else change.factor
    moment_ms = course.at(wall_ms) if change.at is None else given_moment_ms(change.at)
    if change.step is not None:
        moment_ms += given_span_ms(change.step)
    try:
        return course.moved_to(moment_ms, wall_ms).paced(factor, wall_ms)
    except ValueError as error:
        raise Refused(400, f"{error}.") from None
